/** What the server says of itself: whether it is well, what it has done, and where there is something to ask. */
import { registerServerPaths } from '../../../src/apiserver/discovery/server-paths.ts';
import type { Answer } from '../../../src/apiserver/answer.ts';
import { CONFIGMAPS } from '../../../src/api/kinds.ts';
import { apiCluster, type ApiCluster } from '../support/api-cluster.ts';
import { configMap } from '../support/objects.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
});
afterAll(() => cluster.close());
const get = (path: string) => cluster.server.raw('GET', path);

describe('health', () => {
  test.each(['/healthz', '/livez', '/readyz', '/livez/ping', '/healthz/etcd', '/readyz/shutdown', '/readyz/poststarthook/rbac/bootstrap-roles'])('%s is ok', async (path) => {
    expect(await get(path)).toMatchObject({ code: 200, body: 'ok', contentType: 'text/plain; charset=utf-8' });
  });

  test.each(['/livez/nope', '/livez/shutdown', '/healthz/'])('%s', async (path) => {
    expect((await get(path)).code).toBe(path === '/healthz/' ? 200 : 404);
  });

  test('verbose: each check, what was left out, and what cannot be', async () => {
    const lines = (await get('/readyz?verbose&exclude=etcd&exclude=nope&exclude=also')).body.split('\n');
    expect(lines.slice(0, 5)).toEqual(['[+]ping ok', '[+]log ok', '[+]etcd excluded: ok', '[+]etcd-readiness ok', '[+]informer-sync ok']);
    expect(lines.slice(-4)).toEqual(['[+]shutdown ok', 'warn: some health checks cannot be excluded: no matches for "also","nope"', 'readyz check passed', '']);
    expect((await get('/livez?verbose')).body).toMatch(/^\[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd ok\n\[\+\]poststarthook\/start-apiserver-admission-initializer ok\n[^]*\[\+\]autoregister-completion ok\n[^]*livez check passed\n$/);
  });

  test('a store that does not answer', async () => {
    const handlers = new Map<string, (method: string, path: string) => Promise<Answer>>();
    registerServerPaths({ registerPath: (prefix, handler) => void handlers.set(prefix, handler) }, { resources: () => Promise.resolve([]), metrics: () => Promise.reject(new Error()), etcd: () => Promise.reject(new Error('gone')) });
    const ask = (path: string) => handlers.get('/livez')!('GET', path);
    expect(await ask('/livez/etcd')).toMatchObject({ code: 500, body: 'internal server error: gone\n' });
    const { code, body } = await ask('/livez');
    expect([code, body.split('\n')[2], body.trim().split('\n').at(-1)]).toEqual([500, '[-]etcd failed: reason withheld', 'livez check failed']);
    expect((await ask('/livez?exclude=etcd')).code).toBe(200);
    expect(await handlers.get('/livez')!('POST', '/livez')).toMatchObject({ code: 405, body: '405: Method Not Allowed' });
  });
});

test('metrics count requests and objects', async () => {
  await cluster.of(CONFIGMAPS).create(configMap('one'));
  await cluster.of(CONFIGMAPS).get('default', 'none').catch(() => undefined);
  const { body, contentType } = await get('/metrics');
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toContain('apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"} 1\n');
  expect(body).toContain('apiserver_request_total{code="404",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"} 1\n');
  expect(body).toContain('apiserver_storage_objects{resource="configmaps"} 1\n');
  expect(body).toContain('apiserver_current_inflight_requests{request_kind="mutating"} 0\n');
  for (const line of body.trimEnd().split('\n')) expect(line).toMatch(/^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{(?:[a-z_]+="[^"]*",?)*\})? [\d.e+-]+)$/);
});

test('a histogram counts what was at most so large', async () => {
  const ended = cluster.server.metrics.begin({ verb: 'get', group: '', version: 'v1', resource: 'secrets', name: 'a', namespace: 'default' });
  ended(0.3);
  const { body } = await get('/metrics');
  const labels = (le: string) => `apiserver_request_duration_seconds_bucket{component="apiserver",dry_run="",group="",le="${le}",resource="secrets",scope="resource",subresource="",verb="GET",version="v1"}`;
  expect(body).toContain(`${labels('0.2')} 0\n${labels('0.4')} 1\n`);
  expect(body).toContain(`${labels('+Inf')} 1\n`);
});

test('the root lists the paths, others are not there', async () => {
  const { paths } = JSON.parse((await get('/')).body) as { paths: string[] };
  expect(paths).toEqual(expect.arrayContaining(['/api/v1', '/apis/apps', '/apis/apps/v1', '/healthz/ping', '/metrics', '/openid/v1/jwks', '/readyz/poststarthook/rbac/bootstrap-roles', '/version']));
  expect(paths).toEqual([...paths].sort());
  expect(await get('/nonsense')).toMatchObject({ code: 404, body: '404 page not found\n' });
});
