/** What the server says of its own state: health, metrics, and the list of all paths. Follows apiserver pkg/server/routes and config.go. */
import type { ResourceFacts } from '../../api/resource.ts';
import { splitUrl } from '../../api/rest.ts';
import type { Answer } from '../answer.ts';
import { HEALTH_ENDPOINTS, healthAnswer, healthPaths, type HealthCheck } from './health.ts';
import type { PathRegistry } from './index.ts';

export interface ServerState {
  readonly resources: () => Promise<readonly ResourceFacts[]>;
  /** Whether the store answers. */
  readonly etcd: HealthCheck;
  readonly metrics: () => Promise<Answer>;
}

const plain = (code: number, body: string): Answer => ({ code, contentType: 'text/plain; charset=utf-8', body });
const unknownPath = plain(404, '404 page not found\n');

export function registerServerPaths(server: PathRegistry, { resources, etcd, metrics }: ServerState): void {
  const register = (prefix: string, answer: (path: string, query: URLSearchParams) => Promise<Answer>) =>
    server.registerPath(prefix, async (method, url) => {
      const { path, query } = splitUrl(url);
      return method === 'GET' ? answer(path, query) : plain(405, '405: Method Not Allowed');
    });
  for (const endpoint of HEALTH_ENDPOINTS) register(`/${endpoint}`, async (path, query) => (await healthAnswer(endpoint, path.slice(endpoint.length + 2), query, etcd)) ?? unknownPath);
  register('/metrics', async (path) => (path === '/metrics' ? metrics() : unknownPath));
  for (const index of ['/', '/index.html']) register(index, async (path) => (path === index ? { code: 200, contentType: 'application/json', body: JSON.stringify({ paths: pathsOf(await resources()) }, null, 2) } : unknownPath));
}

function pathsOf(resources: readonly ResourceFacts[]): readonly string[] {
  const paths = new Set(['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/', '/metrics', '/openapi/v2', '/openapi/v3', '/openapi/v3/', '/openid/v1/jwks', '/version', ...healthPaths()]);
  for (const { group, version } of resources) {
    if (group === '') continue;
    paths.add(`/apis/${group}`);
    paths.add(`/apis/${group}/${version}`);
  }
  return [...paths].sort();
}
