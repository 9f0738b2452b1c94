import { selectorFromMap } from '../../src/api/labels.ts';
import { Cache } from '../../src/scheduler/cache/cache.ts';
import { PodInfo } from '../../src/scheduler/cache/pod-info.ts';
import { feasibleNodesToFind } from '../../src/scheduler/schedule-pod.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { aNode, aPod, nodeInfo, podInfo } from './objects.ts';

it('takes up room for assumed pods, and gives it back when they are forgotten', () => {
  const cache = new Cache();
  cache.setNode(aNode('n'));
  const info = podInfo('p', { cpu: '1', memory: '1Gi' });
  cache.assume(info, 'n');
  expect(cache.isAssumed('uid-p')).toBe(true);
  expect(cache.node('n')?.requested).toMatchObject({ milliCPU: 1000, memory: 2 ** 30 });
  cache.removePod('uid-p');
  expect(cache.node('n')?.requested).toMatchObject({ milliCPU: 0, memory: 0 });
  expect(cache.node('n')?.pods.size).toBe(0);
});

it('counts a pod once, assumed and then confirmed, and follows it when it turns out to be elsewhere', () => {
  const cache = new Cache();
  cache.setNode(aNode('a'));
  cache.setNode(aNode('b'));
  cache.assume(podInfo('p', { cpu: '1' }), 'a');
  cache.setPod(aPod('p', { cpu: '1', node: 'a' }));
  expect(cache.isAssumed('uid-p')).toBe(false);
  expect(cache.node('a')?.requested.milliCPU).toBe(1000);
  cache.setPod(aPod('p', { cpu: '2', node: 'b' }));
  expect(cache.node('a')?.requested.milliCPU).toBe(0);
  expect(cache.node('b')?.requested.milliCPU).toBe(2000);
});

it('knows pods before their node', () => {
  const cache = new Cache();
  cache.setPod(aPod('p', { cpu: '1', node: 'late' }));
  expect(cache.nodes()).toEqual([]);
  cache.setNode(aNode('late'));
  expect(cache.node('late')?.requested.milliCPU).toBe(1000);
  cache.removeNode('late');
  expect(cache.nodes()).toEqual([]);
  cache.setNode(aNode('late'));
  expect(cache.node('late')?.pods.size).toBe(1);
});

it('goes through the zones in turn', () => {
  const cache = new Cache();
  for (const [name, zone] of [['a1', 'a'], ['a2', 'a'], ['a3', 'a'], ['b1', 'b'], ['c1', 'c'], ['c2', 'c']] as const) cache.setNode(aNode(name, { labels: { 'topology.kubernetes.io/zone': zone } }));
  expect(cache.nodes().map(({ name }) => name)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  cache.setNode(aNode('a1', { labels: { 'topology.kubernetes.io/zone': 'd' } }));
  expect(cache.nodes().map(({ name }) => name)).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'c2']);
});

it('counts on how many nodes an image is', () => {
  const cache = new Cache();
  const images = [{ names: ['nginx:latest'], sizeBytes: 100 }];
  cache.setNode(aNode('a', { images }));
  cache.setNode(aNode('b', { images }));
  expect(cache.image('nginx:latest')).toEqual({ sizeBytes: 100, nodes: 2 });
  cache.setNode(aNode('a'));
  expect(cache.image('nginx:latest')).toEqual({ sizeBytes: 100, nodes: 1 });
  cache.removeNode('b');
  expect(cache.image('nginx:latest')).toBeUndefined();
});

it('leaves the original alone when pods come and go on a copy', () => {
  const original = nodeInfo('n', {}, [podInfo('a', { cpu: '1', spec: { containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }], resources: { requests: { cpu: '1' } } }] } })]);
  const copy = original.clone();
  copy.removePod('uid-a');
  copy.addPod(podInfo('b', { cpu: '3' }));
  expect(original.requested.milliCPU).toBe(1000);
  expect(copy.requested.milliCPU).toBe(3000);
  expect(original.ports.conflicts({ ip: '0.0.0.0', protocolPort: 'TCP/80' })).toBe(true);
  expect(copy.ports.conflicts({ ip: '0.0.0.0', protocolPort: 'TCP/80' })).toBe(false);
});

it('keeps running counts that agree with counting anew', () => {
  const random = seededRandom('index');
  const cache = new Cache();
  for (let i = 0; i < 5; i++) cache.setNode(aNode(`n${i}`));
  const selectors = [selectorFromMap({ app: 'a' }), selectorFromMap({ app: 'b', tier: '1' }), selectorFromMap({ tier: '0' }), selectorFromMap({})];
  const pods = new Map<string, { labels: Record<string, string>; node: string; going: boolean }>();
  for (let step = 0; step < 2000; step++) {
    const name = `p${random.int(60)}`;
    if (random.int(3) === 0) {
      cache.removePod(`uid-${name}`);
      pods.delete(name);
    } else {
      const pod = { labels: { app: 'abc'.charAt(random.int(3)), tier: String(random.int(2)) }, node: `n${random.int(5)}`, going: random.int(5) === 0 };
      cache.setPod(aPod(name, { labels: pod.labels, node: pod.node, metadata: pod.going ? { deletionTimestamp: '2025-01-01T00:00:00Z' } : {} }));
      pods.set(name, pod);
    }
    const selector = selectors[random.int(selectors.length)] ?? selectors[0];
    const withTerminating = random.int(2) === 0;
    const expected: Record<string, number> = {};
    for (const { labels, node, going } of pods.values()) if (selector?.matches(labels) && (withTerminating || !going)) expected[node] = (expected[node] ?? 0) + 1;
    expect(Object.fromEntries([...cache.index.countPerNode('default', selector ?? selectorFromMap({}), withTerminating)].map(([node, count]) => [node.name, count]))).toEqual(expected);
  }
});

it('takes a new version of a pod in place only where nothing that counts has changed', () => {
  const info = new PodInfo(aPod('p', { cpu: '1', labels: { app: 'a' } }));
  expect(info.requests.milliCPU).toBe(1000);
  expect(info.refresh(aPod('p', { cpu: '1', labels: { app: 'a' }, status: { phase: 'Running' } }))).toBe(true);
  expect(info.pod.status?.phase).toBe('Running');
  expect(info.refresh(aPod('p', { cpu: '2', labels: { app: 'a' } }))).toBe(false);
  expect(info.refresh(aPod('p', { cpu: '1', labels: { app: 'b' } }))).toBe(false);
  expect(info.refresh(aPod('p', { cpu: '1', labels: { app: 'a' }, metadata: { deletionTimestamp: '2025-01-01T00:00:00Z' } }))).toBe(false);
});

it.each([[5, 5], [99, 99], [100, 100], [1000, 420], [5000, 500], [6000, 300]])('of %d nodes %d that fit are enough', (nodes, enough) => {
  expect(feasibleNodesToFind(nodes)).toBe(enough);
});
