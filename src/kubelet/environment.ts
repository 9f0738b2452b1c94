/** A container's environment: envFrom, env, field and resource references, service links. Follows kubernetes pkg/kubelet/kubelet_pods.go: makeEnvironmentVariables. */
import type { Container, Pod, Service } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { parseQuantity } from '../api/quantity.ts';
import type { References, Waiter } from './references.ts';

/** Why a container's configuration can't be made (CreateContainerConfigError). */
export class ConfigError extends Error {}
/** The answer to a question is under way. */
export class Asking extends Error {}

export interface EnvironmentSource {
  readonly references: References;
  readonly waiter: Waiter;
  readonly podIp: string;
  readonly hostIp: string;
  readonly nodeName: string;
  readonly allocatable: Readonly<Record<string, string>>;
  services(namespace: string): readonly Stored<Service>[];
}

const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8');

/** Throws ConfigError with the kubelet's text where a reference leads nowhere, Asking where that isn't known yet. */
export function makeEnvironment(pod: Stored<Pod>, container: Container, source: EnvironmentSource): ReadonlyMap<string, string> {
  const namespace = pod.metadata.namespace ?? '';
  const result = new Map<string, string>();
  for (const [name, value] of serviceLinks(pod, source)) result.set(name, value);
  for (const from of container.envFrom ?? []) {
    const data = from.configMapRef
      ? dataOf(source, 'ConfigMap', namespace, from.configMapRef.name ?? '', from.configMapRef.optional)
      : dataOf(source, 'Secret', namespace, from.secretRef?.name ?? '', from.secretRef?.optional);
    for (const [key, value] of Object.entries(data ?? {})) result.set(`${from.prefix ?? ''}${key}`, value);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef || valueFrom?.secretKeyRef) {
      const kind = valueFrom.configMapKeyRef ? 'ConfigMap' : 'Secret';
      const reference = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef;
      const data = dataOf(source, kind, namespace, reference?.name ?? '', reference?.optional);
      const found = data?.[reference?.key ?? ''];
      if (found !== undefined) result.set(name, found);
      else if (!reference?.optional) {
        source.references.watch(kind === 'ConfigMap' ? 'configmap' : 'secret', namespace, reference?.name ?? '', source.waiter);
        throw new ConfigError(`couldn't find key ${reference?.key ?? ''} in ${kind} ${namespace}/${reference?.name ?? ''}`);
      }
    } else if (valueFrom?.fieldRef) result.set(name, fieldValue(pod, valueFrom.fieldRef.fieldPath, source));
    else if (valueFrom?.resourceFieldRef) {
      const { resource, containerName, divisor } = valueFrom.resourceFieldRef;
      result.set(name, resourceValue(pod, containerName ?? container.name, resource, divisor, source));
    } else result.set(name, expandReferences(value ?? '', result));
  }
  return result;
}

/** $(NAME) in values, commands and arguments; $$(NAME) stays. */
export function expandReferences(text: string, environment: ReadonlyMap<string, string>): string {
  if (!text.includes('$')) return text;
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => (name === undefined ? '$' : (environment.get(name) ?? whole)));
}

function dataOf({ references, waiter }: EnvironmentSource, kind: 'ConfigMap' | 'Secret', namespace: string, name: string, optional: boolean | undefined): Readonly<Record<string, string>> | undefined {
  if (kind === 'ConfigMap') {
    const found = references.configMap(namespace, name, waiter);
    if (found === 'asking') throw new Asking();
    if (found !== 'missing') return found.object.data ?? {};
  } else {
    const found = references.secret(namespace, name, waiter);
    if (found === 'asking') throw new Asking();
    if (found !== 'missing') return Object.fromEntries(Object.entries(found.object.data ?? {}).map(([key, value]) => [key, decode(value)]));
  }
  if (optional) return undefined;
  throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
}

/** The downward API's fields. */
export function fieldValue(pod: Stored<Pod>, path: string, source: Pick<EnvironmentSource, 'podIp' | 'hostIp' | 'nodeName'>): string {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels']?.[subscript[2] ?? ''] ?? '';
  const lines = (map: Readonly<Record<string, string>> | undefined): string => Object.keys(map ?? {}).sort().map((key) => `${key}=${JSON.stringify(map?.[key] ?? '')}`).join('\n');
  const fields: Readonly<Record<string, () => string>> = {
    'metadata.name': () => metadata.name, 'metadata.namespace': () => metadata.namespace ?? '', 'metadata.uid': () => metadata.uid,
    'metadata.labels': () => lines(metadata.labels), 'metadata.annotations': () => lines(metadata.annotations),
    'spec.nodeName': () => source.nodeName, 'spec.serviceAccountName': () => spec?.serviceAccountName ?? '',
    'status.podIP': () => source.podIp, 'status.podIPs': () => source.podIp, 'status.hostIP': () => source.hostIp, 'status.hostIPs': () => source.hostIp,
  };
  return fields[path]?.() ?? '';
}

/** "limits.cpu" with its divisor, rounded up; without a limit it is what the node has. */
export function resourceValue(pod: Stored<Pod>, containerName: string, resource: string, divisor: string | undefined, source: Pick<EnvironmentSource, 'allocatable'>): string {
  const container = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(({ name }) => name === containerName);
  const [which = '', ...rest] = resource.split('.');
  const name = rest.join('.');
  const text = (which === 'limits' ? container?.resources?.limits : container?.resources?.requests)?.[name] ?? (which === 'limits' ? source.allocatable[name] : undefined) ?? '0';
  const unit = divisor && divisor !== '0' ? divisor : '1';
  return String(Math.ceil(parseQuantity(text).milliValue() / parseQuantity(unit).milliValue()));
}

/** FOO_SERVICE_HOST and its like, of the API server and, with service links, of the namespace's services. */
function serviceLinks(pod: Stored<Pod>, source: EnvironmentSource): Map<string, string> {
  const result = new Map<string, string>();
  const add = (service: Stored<Service>): void => {
    const { clusterIP = '', ports = [] } = service.spec ?? {};
    const [first] = ports;
    if (clusterIP === '' || clusterIP === 'None' || !first) return;
    const prefix = service.metadata.name.toUpperCase().replaceAll('-', '_');
    result.set(`${prefix}_SERVICE_HOST`, clusterIP);
    result.set(`${prefix}_SERVICE_PORT`, String(first.port));
    for (const port of ports) if (port.name) result.set(`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port));
    const protocol = (port: { readonly protocol?: string }): string => (port.protocol ?? 'TCP').toLowerCase();
    result.set(`${prefix}_PORT`, `${protocol(first)}://${clusterIP}:${first.port}`);
    for (const port of ports) {
      const base = `${prefix}_PORT_${port.port}_${(port.protocol ?? 'TCP').toUpperCase()}`;
      result.set(base, `${protocol(port)}://${clusterIP}:${port.port}`);
      result.set(`${base}_PROTO`, protocol(port));
      result.set(`${base}_PORT`, String(port.port));
      result.set(`${base}_ADDR`, clusterIP);
    }
  };
  for (const service of source.services('default')) if (service.metadata.name === 'kubernetes') add(service);
  if (pod.spec?.enableServiceLinks !== false) for (const service of source.services(pod.metadata.namespace ?? '')) if (service.metadata.name !== 'kubernetes') add(service);
  return result;
}
