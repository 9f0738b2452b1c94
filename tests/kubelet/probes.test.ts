import { PODS } from '../../src/api/kinds.ts';
import { cluster, type Cluster } from './support.ts';
import type { Container } from '../../src/api/generated/types.ts';

let test: Cluster;
afterEach(() => test.stop());

const nginx = (more: Partial<Container>) => ({ containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80, name: 'http' }], ...more }] });
const status = async () => (await test.pod()).status?.containerStatuses?.[0];

describe('probes', () => {
  it('a good readiness probe makes the pod ready in the one status write', async () => {
    test = await cluster();
    const before = test.api.requests.length;
    await test.create(nginx({ readinessProbe: { httpGet: { path: '/', port: 'http' } } }));
    expect(await status()).toMatchObject({ ready: true });
    expect(test.api.requests.slice(before).filter(({ resource, verb }) => resource === 'pods' && verb === 'patch')).toHaveLength(1);
  });

  it('a wrong path is not ready, and says why', async () => {
    test = await cluster();
    await test.create(nginx({ readinessProbe: { httpGet: { path: '/nope', port: 80 }, periodSeconds: 5 } }));
    await test.clock.converge(60_000);
    expect(await status()).toMatchObject({ ready: false, started: true });
    expect((await test.pod()).status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [nginx]' });
    expect(await test.events('web')).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404 (x3)');
  });

  it('a closed port refuses; the container is killed and starts again', async () => {
    test = await cluster();
    await test.create(nginx({ livenessProbe: { httpGet: { path: '/', port: 81 }, periodSeconds: 3, failureThreshold: 2 } }));
    await test.clock.advance(3500);
    const events = await test.events('web');
    expect(events).toContain('Unhealthy: Liveness probe failed: Get "http://10.244.1.2:81/": dial tcp 10.244.1.2:81: connect: connection refused (x3)');
    expect(events).toContain('Killing: Container nginx failed liveness probe, will be restarted');
    expect(await status()).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 0, reason: 'Completed' } } });
    expect(await test.clock.converge(600_000)).toBe(true);
    expect((await status())?.state?.waiting?.reason).toBe('CrashLoopBackOff');
  });

  it('the documentation\'s exec example: healthy for 30 s, then restarted', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'liveness', image: 'registry.k8s.io/busybox:1.27.2', args: ['/bin/sh', '-c', 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'], livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 } }] });
    await test.clock.advance(29_000);
    expect(await status()).toMatchObject({ restartCount: 0, ready: true });
    await test.clock.advance(46_000);
    expect(await status()).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'Error' } } });
    expect(await test.events('web')).toEqual(expect.arrayContaining([expect.stringContaining("Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory")]));
  });

  it('a startup probe holds up the others', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'sleep 12; touch /tmp/up; sleep infinity'], startupProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, periodSeconds: 5, failureThreshold: 10 }, livenessProbe: { exec: { command: ['test', '-f', '/tmp/up'] }, failureThreshold: 1 } }] });
    expect(await status()).toMatchObject({ started: false, ready: false });
    await test.clock.converge(60_000);
    expect(await status()).toMatchObject({ started: true, ready: true, restartCount: 0 });
  });

  it('an hour of 50 probed pods is cheap', async () => {
    test = await cluster();
    for (let i = 0; i < 50; i++) await test.context.client.of(PODS).create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, namespace: 'default' }, spec: { nodeName: 'node-1', ...nginx({ readinessProbe: { httpGet: { port: 80 } }, livenessProbe: { tcpSocket: { port: 80 } } }) } });
    await test.settle();
    const before = test.api.requests.length;
    const began = performance.now();
    await test.clock.advance(3_600_000);
    expect(performance.now() - began).toBeLessThan(2000);
    // Heartbeats and node status only.
    expect(test.api.requests.length - before).toBeLessThan(400);
  });
});
