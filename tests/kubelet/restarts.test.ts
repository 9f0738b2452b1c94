import type { PodSpec } from '../../src/api/generated/types.ts';
import { cluster, logs, type Cluster } from './support.ts';

let test: Cluster;
afterEach(() => test.stop());

const shell = (script: string, more: Partial<PodSpec> = {}): Partial<PodSpec> => ({ containers: [{ name: 'c', image: 'busybox', imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] }], ...more });
const state = async () => (await test.pod()).status?.containerStatuses?.[0];

describe('exit codes and restart policies', () => {
  it('completes', async () => {
    test = await cluster();
    const pod = await test.create(shell('echo hi; sleep 5; exit 0', { restartPolicy: 'Never' }));
    expect((await test.pod()).status?.phase).toBe('Running');
    await test.clock.converge(60_000);
    const { status } = await test.pod();
    expect(status?.phase).toBe('Succeeded');
    expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed', startedAt: '2025-01-01T00:00:00Z', finishedAt: '2025-01-01T00:00:05Z' });
    expect(status?.conditions?.map(({ type, status: value, reason }) => `${type}=${value}/${reason ?? ''}`)).toEqual(['PodReadyToStartContainers=False/', 'Initialized=True/PodCompleted', 'Ready=False/PodCompleted', 'ContainersReady=False/PodCompleted', 'PodScheduled=True/']);
    expect(await logs(test, pod, 'c')).toBe('hi\n');
  });

  it('fails', async () => {
    test = await cluster();
    await test.create(shell('echo hi; sleep 5; exit 3', { restartPolicy: 'Never' }));
    await test.clock.converge(60_000);
    expect((await test.pod()).status?.phase).toBe('Failed');
    expect((await state())?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
  });

  it('crash-loops: at once, then after 10 s, 20 s, 40 s', async () => {
    test = await cluster();
    const pod = await test.create(shell('echo started; exit 1'));
    await test.clock.converge(600_000);
    expect(await state()).toMatchObject({ restartCount: 1, ready: false, state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off 10s restarting failed container=c pod=web_default(${pod.metadata.uid})` } }, lastState: { terminated: { exitCode: 1, reason: 'Error' } } });
    expect((await test.pod()).status?.phase).toBe('Running');
    expect(await test.events('web')).toContain(`BackOff: Back-off restarting failed container c in pod web_default(${pod.metadata.uid})`);
    await test.clock.advance(10_100);
    expect(await state()).toMatchObject({ restartCount: 2, state: { waiting: { message: `back-off 20s restarting failed container=c pod=web_default(${pod.metadata.uid})` } } });
    await test.clock.advance(600_000);
    expect((await state())?.state?.waiting?.message).toMatch(/^back-off 5m0s /);
    expect(await logs(test, pod, 'c', { previous: true })).toBe('started\n');
  });

  it('restarts on failure only', async () => {
    test = await cluster();
    await test.create(shell('test -f /data/done || { touch /data/done; exit 1; }', { restartPolicy: 'OnFailure', volumes: [{ name: 'data', emptyDir: {} }], containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'test -f /data/done || { touch /data/done; exit 1; }'], volumeMounts: [{ name: 'data', mountPath: '/data' }] }] }));
    await test.clock.converge(60_000);
    expect((await test.pod()).status?.phase).toBe('Succeeded');
    expect((await state())?.restartCount).toBe(1);
  });

  it('says when a command is not there', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'c', image: 'nginx', command: ['nope'] }] });
    const message = 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nope": executable file not found in $PATH: unknown';
    expect(await state()).toMatchObject({ state: { waiting: { reason: 'RunContainerError', message } }, lastState: { terminated: { exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' } } });
    expect(await test.events('web')).toContain(`Failed: Error: ${message}`);
    await test.clock.converge(60_000);
    expect((await state())?.state?.waiting?.reason).toBe('CrashLoopBackOff');
  });

  it('kills what takes too much memory', async () => {
    test = await cluster();
    await test.create({ restartPolicy: 'Never', containers: [{ name: 'c', image: 'polinux/stress', command: ['stress'], args: ['--vm', '1', '--vm-bytes', '250M', '--vm-hang', '1'], resources: { limits: { memory: '100Mi' }, requests: { memory: '50Mi' } } }] });
    await test.clock.converge(60_000);
    expect((await state())?.state?.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
  });

  it('stops at the active deadline', async () => {
    test = await cluster();
    await test.create(shell('sleep 1000', { activeDeadlineSeconds: 5, terminationGracePeriodSeconds: 3 }));
    await test.clock.converge(60_000);
    expect((await test.pod()).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' });
    expect((await state())?.state?.terminated?.exitCode).toBe(137);
  });
});

describe('init containers and sidecars', () => {
  it('run one after the other, before the rest', async () => {
    test = await cluster();
    const init = (name: string, script: string) => ({ name, image: 'busybox', command: ['sh', '-c', script] });
    await test.create({ initContainers: [init('a', 'sleep 2'), init('b', 'sleep 3')] });
    expect((await test.pod()).status).toMatchObject({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }], initContainerStatuses: [{ name: 'a', state: { running: {} } }, { name: 'b', state: { waiting: { reason: 'PodInitializing' } } }] });
    expect((await test.pod()).status?.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({ status: 'False', reason: 'ContainersNotInitialized', message: 'containers with incomplete status: [a b]' });
    await test.clock.converge(60_000);
    const { status } = await test.pod();
    expect(status).toMatchObject({ phase: 'Running', initContainerStatuses: [{ ready: true, state: { terminated: { reason: 'Completed' } } }, { ready: true }] });
    expect(status?.containerStatuses?.[0]?.state?.running?.startedAt).toBe('2025-01-01T00:00:05Z');
  });

  it('fail the pod that never restarts', async () => {
    test = await cluster();
    await test.create({ restartPolicy: 'Never', initContainers: [{ name: 'a', image: 'busybox', command: ['false'] }] });
    await test.clock.converge(60_000);
    expect((await test.pod()).status?.phase).toBe('Failed');
  });

  it('hand files on through a volume', async () => {
    test = await cluster();
    const mount = (mountPath: string) => [{ name: 'html', mountPath }];
    const pod = await test.create({
      volumes: [{ name: 'html', emptyDir: {} }], initContainers: [{ name: 'write', image: 'busybox', command: ['sh', '-c', 'echo hello > /pages/index.html'], volumeMounts: mount('/pages') }],
      containers: [{ name: 'read', image: 'busybox', command: ['sh', '-c', 'cat /html/index.html; sleep infinity'], volumeMounts: mount('/html') }],
    });
    await test.clock.converge(60_000);
    expect(await logs(test, pod, 'read')).toBe('hello\n');
  });

  it('sidecars start first, stay, and do not hold up a job', async () => {
    test = await cluster();
    await test.create({ restartPolicy: 'Never', initContainers: [{ name: 'side', image: 'nginx', restartPolicy: 'Always' }], containers: [{ name: 'job', image: 'busybox', command: ['sh', '-c', 'sleep 5'] }] });
    expect((await test.pod()).status).toMatchObject({ phase: 'Running', initContainerStatuses: [{ started: true, ready: true }] });
    await test.clock.converge(60_000);
    expect((await test.pod()).status).toMatchObject({ phase: 'Succeeded', initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }] });
  });
});
