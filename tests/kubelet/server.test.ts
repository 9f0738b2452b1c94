/** The kubelet's own server, as the API server's proxy asks it. */
import type { Page } from '../../src/api/node-connection.ts';
import { cluster, type Cluster } from './support.ts';

let test: Cluster;
beforeEach(async () => {
  test = await cluster();
});
afterEach(() => test.stop());

const ask = async (path: string, query: Record<string, string> = {}, method = 'GET'): Promise<Page> => {
  const page = await test.fleet.dial('node-1')?.serve({ method, path, query });
  if (page === undefined || page === 'unreachable') throw new Error('the kubelet does not answer');
  return page;
};
const json = async <T>(path: string): Promise<T> => JSON.parse((await ask(path)).body) as T;

it('is well', async () => {
  expect(await ask('/healthz')).toEqual({ code: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' });
  expect((await ask('/healthz', { verbose: '' })).body).toBe('[+]ping ok\n[+]log ok\n[+]syncloop ok\nhealthz check passed\n');
  expect((await ask('/healthz/syncloop')).body).toBe('ok');
});

it('knows its pods, and those that run', async () => {
  await test.create({});
  await test.create({ containers: [{ name: 'x', image: 'no-such-image.example.com/x' }] }, 'stuck');
  const pods = await json<{ kind: string; items: { kind?: string; metadata: { name: string } }[] }>('/pods');
  expect([pods.kind, pods.items.map(({ kind, metadata }) => [kind, metadata.name])]).toEqual(['PodList', [[undefined, 'web'], [undefined, 'stuck']]]);
  const running = await json<{ items: { metadata: object; spec: { containers: object[] } }[] }>('/runningpods/');
  expect(running.items.map(({ metadata, spec }) => [metadata, spec.containers])).toEqual([[expect.objectContaining({ name: 'web', namespace: 'default', creationTimestamp: null }), [expect.objectContaining({ name: 'nginx' })]]]);
});

it('measures what its containers use, the same in summary and metrics', async () => {
  const { metadata } = await test.create({ containers: [{ name: 'nginx', image: 'nginx', resources: { limits: { memory: '8Mi' } } }] });
  await test.clock.advance(10_000);
  const summary = await json<{ node: { nodeName: string; memory: { availableBytes: number } }; pods: { podRef: object; containers: { name: string; cpu: { usageNanoCores: number; usageCoreNanoSeconds: number }; memory: { workingSetBytes: number } }[] }[] }>('/stats/summary');
  const [pod] = summary.pods;
  const [container] = pod?.containers ?? [];
  expect([summary.node.nodeName, pod?.podRef]).toEqual(['node-1', { name: 'web', namespace: 'default', uid: metadata.uid }]);
  expect(container?.memory.workingSetBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(container?.cpu.usageCoreNanoSeconds).toBe((container?.cpu.usageNanoCores ?? 0) * 10);
  const { body, contentType } = await ask('/metrics/resource');
  expect(contentType).toMatch(/^text\/plain; version=0.0.4/);
  expect(body).toContain(`container_memory_working_set_bytes{container="nginx",namespace="default",pod="web"} ${container?.memory.workingSetBytes} ${test.clock.now()}\n`);
  expect(body).toContain('# TYPE node_cpu_usage_seconds_total counter\n');
  expect((await ask('/metrics')).body).toContain('kubelet_running_containers{container_state="running"} 1\n');
});

it('shows logs of containers by name and by file', async () => {
  const { metadata } = await test.create({ containers: [{ name: 'box', image: 'busybox', command: ['sh', '-c', 'echo one; echo two; sleep 1000'] }] });
  expect((await ask('/containerLogs/default/web/box')).body).toBe('one\ntwo\n');
  expect((await ask('/containerLogs/default/web/box', { tail: '1' })).body).toBe('two\n');
  expect(await ask('/containerLogs/default/none/box')).toMatchObject({ code: 404, body: 'pod "none" does not exist' });
  expect(await ask('/containerLogs/default/web/none')).toMatchObject({ code: 404, body: 'container "none" not found in pod "web"' });
  expect(await ask('/containerLogs/default/web/box', { tailLines: 'x' })).toMatchObject({ code: 400 });
  expect(await ask('/containerLogs/default/web/box', { previous: 'true' })).toMatchObject({ code: 400, body: 'previous terminated container "box" in pod "web" not found' });
  expect((await ask('/logs/')).body).toBe('<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n<a href="containers/">containers/</a>\n<a href="pods/">pods/</a>\n</pre>\n');
  expect((await ask(`/logs/pods/default_web_${metadata.uid}/box/0.log`)).body).toMatch(/^2025-01-01T\S+Z stdout F one\n2025-01-01T\S+Z stdout F two\n$/);
  expect(await ask('/logs/none')).toMatchObject({ code: 404 });
});

it('says with what it runs, and what it does not know', async () => {
  expect((await json<{ kubeletconfig: { maxPods: number } }>('/configz')).kubeletconfig.maxPods).toBe(110);
  expect(await ask('/none')).toMatchObject({ code: 404, body: '404 page not found\n' });
  expect(await ask('/pods/x')).toMatchObject({ code: 404, body: '404: Page Not Found' });
  expect(await ask('/pods', {}, 'POST')).toMatchObject({ code: 405 });
});
