/** /healthz, /livez, /readyz and the checks that they are made of. Follows apiserver pkg/server/healthz/healthz.go and what kube-apiserver installs. */
import type { Answer } from '../answer.ts';

export const HEALTH_ENDPOINTS = ['healthz', 'livez', 'readyz'] as const;
export type HealthEndpoint = (typeof HEALTH_ENDPOINTS)[number];

/** Throws an Error when what is looked at is unwell. */
export type HealthCheck = () => Promise<void>;

/** What kube-apiserver's parts do once at their start; a server that answers has done it. */
const START_HOOKS = [
  'start-apiserver-admission-initializer', 'generic-apiserver-start-informers', 'priority-and-fairness-config-consumer', 'priority-and-fairness-filter', 'storage-object-count-tracker-hook',
  'start-apiextensions-informers', 'start-apiextensions-controllers', 'crd-informer-synced', 'start-system-namespaces-controller', 'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller', 'start-kube-apiserver-identity-lease-garbage-collector', 'start-legacy-token-tracking-controller', 'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles', 'scheduling/bootstrap-system-priority-classes', 'priority-and-fairness-config-producer', 'bootstrap-controller', 'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert', 'start-kube-aggregator-informers', 'apiservice-status-local-available-controller', 'apiservice-status-remote-available-controller',
  'apiservice-registration-controller', 'apiservice-discovery-controller', 'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`);
const COMMON = ['ping', 'log', 'etcd'];
const LAST_HOOKS = ['autoregister-completion', 'poststarthook/apiservice-openapi-controller', 'poststarthook/apiservice-openapiv3-controller'];

/** The checks of an endpoint, in upstream's order. */
const CHECKS: Readonly<Record<HealthEndpoint, readonly string[]>> = {
  healthz: [...COMMON, ...START_HOOKS, ...LAST_HOOKS],
  livez: [...COMMON, ...START_HOOKS, ...LAST_HOOKS],
  readyz: [...COMMON, 'etcd-readiness', 'informer-sync', ...START_HOOKS, ...LAST_HOOKS, 'shutdown'],
};

/** All paths below which something is answered. */
export const healthPaths = (): readonly string[] => HEALTH_ENDPOINTS.flatMap((endpoint) => [`/${endpoint}`, ...CHECKS[endpoint].map((name) => `/${endpoint}/${name}`)]);

const text = (code: number, body: string): Answer => ({ code, contentType: 'text/plain; charset=utf-8', body, headers: { 'X-Content-Type-Options': 'nosniff' } });

/** The answer of an endpoint, or of one of its checks; undefined for a check that is not there. @param etcd whether the store answers */
export async function healthAnswer(endpoint: HealthEndpoint, name: string, query: URLSearchParams, etcd: HealthCheck): Promise<Answer | undefined> {
  const problemOf = async (check: string): Promise<string | undefined> => {
    if (!check.startsWith('etcd')) return undefined;
    try {
      await etcd();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  if (name !== '') {
    if (!CHECKS[endpoint].includes(name)) return undefined;
    const problem = await problemOf(name);
    return problem === undefined ? text(200, 'ok') : text(500, `internal server error: ${problem}\n`);
  }
  const excluded = new Set(query.getAll('exclude'));
  const lines: string[] = [];
  let failed = false;
  for (const check of CHECKS[endpoint]) {
    if (excluded.delete(check)) lines.push(`[+]${check} excluded: ok\n`);
    else if ((await problemOf(check)) === undefined) lines.push(`[+]${check} ok\n`);
    else {
      failed = true;
      lines.push(`[-]${check} failed: reason withheld\n`);
    }
  }
  if (excluded.size > 0) lines.push(`warn: some health checks cannot be excluded: no matches for ${[...excluded].sort().map((each) => JSON.stringify(each)).join(',')}\n`);
  if (failed) return text(500, `${lines.join('')}${endpoint} check failed\n`);
  return text(200, query.has('verbose') ? `${lines.join('')}${endpoint} check passed\n` : 'ok');
}
