/** `create ingress` (kubectl pkg/cmd/create/create_ingress.go: buildIngressSpec). */
import { intOrString, newMeta, optional, type Generated, type StringMap } from './object.ts';

/** host/path=service:port, and ",tls" or ",tls=secret". */
export const RULE = /^[\w*\-.]*\/.*=[\w-]+:[\w-]+(,tls=?([\w-]+)?)?/;

export interface IngressRequest {
  readonly name: string;
  readonly namespace: string;
  readonly className: string;
  readonly rules: readonly string[];
  /** "service:port"; '' for none. */
  readonly defaultBackend: string;
  readonly annotations: StringMap;
}

export function newIngress({ name, namespace, className, rules, defaultBackend, annotations }: IngressRequest): Generated {
  return {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: newMeta(name, namespace, { annotations }),
    spec: {
      ...optional('ingressClassName', className),
      ...(defaultBackend === '' ? {} : { defaultBackend: backend(defaultBackend) }),
      ...optional('tls', tlsEntries(rules)),
      ...optional('rules', ingressRules(rules)),
    },
    status: { loadBalancer: {} },
  };
}

function backend(text: string): object {
  const [name = '', port = ''] = text.split(':');
  const value = intOrString(port);
  return { service: { name, port: typeof value === 'number' ? optional('number', value) : optional('name', value) } };
}

interface Tls {
  hosts?: string[];
  secretName?: string;
}

/** Each host once, together with the others of its secret. */
function tlsEntries(rules: readonly string[]): readonly Tls[] {
  const entries: Tls[] = [];
  const seen = new Set<string>();
  for (const rule of rules) {
    const parts = rule.split(',');
    if (parts.length !== 2) continue;
    const host = rule.split('/')[0] as string;
    const secret = (parts[1] as string).split('=')[1] ?? '';
    if (seen.has(host)) continue;
    seen.add(host);
    const same = entries.find((entry) => (entry.secretName ?? '') === secret);
    if (same) {
      same.hosts = [...(same.hosts ?? []), host];
      continue;
    }
    if (host === '' && secret === '') continue;
    entries.push({ ...(host === '' ? {} : { hosts: [host] }), ...(secret === '' ? {} : { secretName: secret }) });
  }
  return entries;
}

/** One rule for each host, with its paths. */
function ingressRules(rules: readonly string[]): readonly object[] {
  const hosts = new Map<string, object[]>();
  for (const rule of rules) {
    const plain = rule.split(',')[0] as string;
    const slash = plain.indexOf('/');
    const host = plain.slice(0, slash);
    hosts.set(host, [...(hosts.get(host) ?? []), httpPath(plain.slice(slash + 1))]);
  }
  return [...hosts].map(([host, paths]) => ({ ...optional('host', host), http: { paths } }));
}

function httpPath(text: string): object {
  const [path = '', service = ''] = text.split('=');
  const prefix = path.endsWith('*');
  return { path: `/${prefix ? path.slice(0, -1) : path}`, pathType: prefix ? 'Prefix' : 'Exact', backend: backend(service) };
}
