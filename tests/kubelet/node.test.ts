import { EVENTS, LEASES, NODES, PODS } from '../../src/api/kinds.ts';
import { InformerFactory } from '../../src/client/informer.ts';
import { nodeFleet } from '../../src/kubelet/fleet.ts';
import { cluster, logs, type Cluster } from './support.ts';

let test: Cluster;
afterEach(() => test.stop());

describe('a node', () => {
  it('registers and is ready at once', async () => {
    test = await cluster({ nodes: 2 });
    const { metadata, status } = await test.node('node-2');
    expect(metadata.labels).toEqual({ 'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': 'node-2', 'kubernetes.io/os': 'linux' });
    expect(status?.addresses).toEqual([{ address: '172.18.0.3', type: 'InternalIP' }, { address: 'node-2', type: 'Hostname' }]);
    expect(status?.nodeInfo).toMatchObject({ kubeletVersion: 'v1.33.1', containerRuntimeVersion: 'containerd://2.1.1' });
    expect(status?.conditions?.map(({ type, status: value, reason, message }) => [type, value, reason, message])).toEqual([
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'], ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
      ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'], ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
    ]);
    expect(await test.events('node-2')).toEqual(['Starting: Starting kubelet.', 'NodeHasSufficientMemory: Node node-2 status is now: NodeHasSufficientMemory', 'NodeHasNoDiskPressure: Node node-2 status is now: NodeHasNoDiskPressure', 'NodeHasSufficientPID: Node node-2 status is now: NodeHasSufficientPID', 'NodeAllocatableEnforced: Updated Node Allocatable limit across pods', 'NodeReady: Node node-2 status is now: NodeReady']);
    const { items } = await test.context.client.of(EVENTS).list();
    expect(items[0]).toMatchObject({ source: { component: 'kubelet', host: 'node-1' }, involvedObject: { kind: 'Node', name: 'node-1', uid: 'node-1' } });
  });

  it('renews its lease every ten seconds and its status every five minutes', async () => {
    test = await cluster();
    const lease = async () => (await test.context.client.of(LEASES).get('kube-node-lease', 'node-1')).spec;
    expect(await lease()).toEqual({ holderIdentity: 'node-1', leaseDurationSeconds: 40, renewTime: '2025-01-01T00:00:00.000000Z' });
    await test.clock.advance(25_000);
    expect((await lease())?.renewTime).toBe('2025-01-01T00:00:20.000000Z');
    await test.clock.advance(300_000);
    expect((await test.node()).status?.conditions?.[3]).toMatchObject({ lastHeartbeatTime: '2025-01-01T00:05:00Z', lastTransitionTime: '2025-01-01T00:00:00Z' });
  });

  it('tells within ten seconds that it was cordoned, and uncordoned', async () => {
    test = await cluster();
    const cordon = (unschedulable: boolean | null) => test.context.client.of(NODES).patch(undefined, 'node-1', { spec: { unschedulable } }, 'merge');
    await cordon(true);
    await test.clock.advance(11_000);
    await cordon(null);
    await test.clock.advance(11_000);
    expect((await test.events('node-1')).slice(-2)).toEqual(['NodeNotSchedulable: Node node-1 status is now: NodeNotSchedulable', 'NodeSchedulable: Node node-1 status is now: NodeSchedulable']);
  });

  it('names its images', async () => {
    test = await cluster();
    await test.create({});
    await test.clock.advance(11_000);
    expect((await test.node()).status?.images).toEqual([{ names: [expect.stringMatching(/^docker.io\/library\/nginx@sha256:/), 'docker.io/library/nginx:latest'], sizeBytes: 72080558 }]);
  });

  it('is not made anew while the kubelet runs', async () => {
    test = await cluster();
    await test.context.client.of(NODES).delete(undefined, 'node-1');
    await test.clock.advance(600_000);
    await expect(test.node()).rejects.toThrow('nodes "node-1" not found');
  });
});

const fault = (value: string | null) => test.context.client.of(NODES).patch(undefined, 'node-1', { metadata: { annotations: { 'mock-kubectl.io/fault': value } } }, 'merge');

describe('a power cut', () => {
  it('silences the node; power on restarts what is bound to it', async () => {
    test = await cluster();
    const pod = await test.create({});
    await test.create({}, 'doomed');
    const before = await test.pod();
    await fault('down');
    await test.settle();
    const writes = test.api.requests.length;
    await test.context.client.of(PODS).delete('default', 'doomed');
    await test.clock.advance(120_000);
    expect(test.api.requests.slice(writes).filter(({ userAgent }) => userAgent === 'kubelet')).toEqual([]);
    expect((await test.pod()).status).toEqual(before.status);
    await expect(logs(test, pod, 'nginx')).rejects.toThrow('Get "https://172.18.0.2:10250/containerLogs/default/web/nginx": dial tcp 172.18.0.2:10250: connect: no route to host');
    await fault(null);
    await test.clock.advance(100);
    const { status } = await test.pod();
    expect(status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 1, ready: true, state: { running: { startedAt: '2025-01-01T00:02:00Z' } }, lastState: { terminated: { exitCode: 255, reason: 'Unknown', startedAt: '2025-01-01T00:00:00Z' } } }] });
    expect((await test.events('node-1')).some((event) => /^Rebooted: Node node-1 has been rebooted, boot id: [0-9a-f-]{36}$/.test(event))).toBe(true);
    expect(await test.events('web')).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
    await expect(test.pod('doomed')).rejects.toThrow('not found');
    expect(test.errors).toEqual([]);
  });
});

describe('a new kubelet', () => {
  it('takes over what runs, without a restart', async () => {
    test = await cluster();
    const pod = await test.create({ containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one; sleep 20; echo two; sleep 20; exit 4'] }], restartPolicy: 'Never' });
    await test.clock.advance(10_000);
    const first = (await test.pod()).status;
    await test.stop();
    const { second, stop } = await newProcess();
    expect((await second.pod()).status).toEqual(first);
    expect(await logs(second, pod, 'c')).toBe('one\n');
    await test.clock.advance(31_000);
    expect((await second.pod()).status).toMatchObject({ phase: 'Failed', containerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 4, startedAt: '2025-01-01T00:00:00Z', finishedAt: '2025-01-01T00:00:40Z' } } }] });
    await stop();
  });

  it('finds everything as it was, and writes nothing', async () => {
    test = await cluster();
    const shell = (script: string) => ({ name: 'c', image: 'busybox', command: ['sh', '-c', script] });
    await test.create({}, 'runs');
    await test.create({ containers: [shell('echo no; exit 1')] }, 'crashes');
    await test.create({ restartPolicy: 'Never', containers: [shell('exit 0')] }, 'completed');
    await test.create({ containers: [{ name: 'c', image: 'nope' }] }, 'unpulled');
    await test.create({ containers: [{ name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'none' } }] }] }, 'unconfigured');
    await test.create({ initContainers: [{ ...shell('exit 0'), name: 'first' }], containers: [{ name: 'c', image: 'nginx', readinessProbe: { httpGet: { port: 81 } } }] }, 'unready');
    await test.create({ nodeSelector: { no: 'where' } }, 'rejected');
    await test.clock.converge(60_000);
    await test.clock.advance(5000);
    await test.stop();
    const before = test.api.requests.length;
    const { stop } = await newProcess();
    expect(test.api.requests.slice(before).filter(({ verb, resource }) => !['list', 'watch', 'get'].includes(verb) && resource !== 'leases').map(({ resource, name, body }) => ({ resource, name, body }))).toEqual([]);
    await stop();
  });

  it('stays without power where it was cut', async () => {
    test = await cluster();
    await test.create({});
    await fault('down');
    await test.stop();
    const { second, stop } = await newProcess();
    await test.clock.advance(60_000);
    expect((await second.pod()).status?.containerStatuses?.[0]?.restartCount).toBe(0);
    await fault(null);
    await test.clock.advance(1000);
    expect((await second.pod()).status?.containerStatuses?.[0]?.restartCount).toBe(1);
    await stop();
  });
});

/** The same API and time, a new process: its caches are built again. */
async function newProcess(): Promise<{ second: Cluster; stop: () => Promise<void> }> {
  const { context, clock } = test;
  const stopping = new AbortController();
  const informers = new InformerFactory(context.client, clock, context.log);
  const fleet = nodeFleet({ nodes: 1, timing: 'fast' })({ ...context, informers });
  await informers.start(stopping.signal);
  const running = fleet.run(stopping.signal);
  await clock.activity.idle();
  return {
    second: { ...test, fleet },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
