import { PODS } from '../../src/api/kinds.ts';
import { cluster, logs, type Cluster } from './support.ts';

let test: Cluster;
afterEach(() => test.stop());

describe('a plain pod', () => {
  it('gets to Running with the status and events that Kubernetes shows', async () => {
    test = await cluster();
    await test.create({});
    const { status } = await test.pod();
    expect(status).toMatchObject({ phase: 'Running', podIP: '10.244.1.2', podIPs: [{ ip: '10.244.1.2' }], hostIP: '172.18.0.2', hostIPs: [{ ip: '172.18.0.2' }], startTime: '2025-01-01T00:00:00Z', qosClass: 'BestEffort' });
    expect(status?.conditions?.map(({ type, status: value }) => `${type}=${value}`)).toEqual(['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True']);
    expect(status?.containerStatuses).toEqual([{
      name: 'nginx', state: { running: { startedAt: '2025-01-01T00:00:00Z' } }, lastState: {}, ready: true, restartCount: 0, image: 'docker.io/library/nginx:latest',
      imageID: expect.stringMatching(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/), containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/), started: true, resources: {},
      user: { linux: { uid: 0, gid: 0, supplementalGroups: [0] } },
    }]);
    expect(await test.events('web')).toEqual(['Pulling: Pulling image "nginx"', 'Pulled: Successfully pulled image "nginx" in 1ms (1ms including waiting). Image size: 72080558 bytes.', 'Created: Created container: nginx', 'Started: Started container nginx']);
    expect(test.errors).toEqual([]);
  });

  it('needs one status write to be up', async () => {
    test = await cluster();
    const before = test.api.requests.length;
    await test.create({});
    expect(test.api.requests.slice(before).filter(({ resource, verb }) => resource === 'pods' && verb === 'patch')).toHaveLength(1);
  });

  it('is stopped gracefully and deleted when it is gone from the node', async () => {
    test = await cluster();
    await test.create({});
    await test.context.client.of(PODS).delete('default', 'web');
    await test.settle();
    await test.clock.advance(1);
    await expect(test.pod()).rejects.toThrow('pods "web" not found');
    expect(await test.events('web')).toContain('Killing: Stopping container nginx');
    const patches = test.api.requests.filter(({ resource, verb }) => resource === 'pods' && verb === 'patch').map(({ body }) => (body as { status: { phase?: string } }).status.phase);
    expect(patches.at(-1)).toBe('Succeeded');
    await test.create({}, 'next');
    expect((await test.pod('next')).status?.podIP).toBe('10.244.1.3');
  });

  it('prints what the image prints', async () => {
    test = await cluster();
    const pod = await test.create({});
    const text = await logs(test, pod, 'nginx');
    expect(text.split('\n')[0]).toBe('/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration');
    expect(await logs(test, pod, 'nginx', { tailLines: 1, timestamps: true })).toBe('2025-01-01T00:00:00.000000000Z 2025/01/01 00:00:00 [notice] 1#1: start worker process 30\n');
  });
});

it('follows a log until the container ends', async () => {
  test = await cluster();
  const pod = await test.create({ restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'for i in 1 2 3; do echo $i; sleep 10; done'] }] });
  const lines: string[] = [];
  let over = false;
  const following = test.fleet.dial('node-1')?.containerLogs({ namespace: 'default', pod: 'web', uid: pod.metadata.uid, container: 'c', follow: true, previous: false, timestamps: false }, (text) => lines.push(text)).then(() => (over = true));
  await test.settle();
  expect(lines).toEqual(['1\n']);
  await test.clock.advance(15_000);
  expect(lines).toEqual(['1\n', '2\n']);
  expect(over).toBe(false);
  await test.clock.advance(20_000);
  await following;
  expect(lines).toEqual(['1\n', '2\n', '3\n']);
});

it('says why there is no log', async () => {
  test = await cluster();
  const pod = await test.create({ containers: [{ name: 'c', image: 'nope' }] });
  await expect(logs(test, pod, 'c')).rejects.toThrow('container "c" in pod "web" is waiting to start: image can\'t be pulled');
  await expect(logs(test, pod, 'c', { previous: true })).rejects.toThrow('previous terminated container "c" in pod "web" not found');
  await test.clock.converge(60_000);
  await expect(logs(test, pod, 'c')).rejects.toThrow('container "c" in pod "web" is waiting to start: trying and failing to pull image');
});

it('takes back what another wrote over its status', async () => {
  test = await cluster();
  await test.create({});
  await test.context.client.of(PODS).patch('default', 'web', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 'strategic', { subresource: 'status' });
  await test.settle();
  expect((await test.pod()).status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
});
