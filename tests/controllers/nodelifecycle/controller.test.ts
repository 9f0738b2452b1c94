import { EVENTS, NODES, PODS } from '../../../src/api/kinds.ts';
import { nodeLifecycleController } from '../../../src/controllers/nodelifecycle/controller.ts';
import { evictionTime, taintEvictionController } from '../../../src/controllers/tainteviction/controller.ts';
import { testContext, type TestContext } from '../../support/fake-api.ts';
import { beat, lease, node, podOn } from '../nodes.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext({ component: 'node-controller' });
});
afterEach(() => test.stop());

const names = ['node-1', 'node-2', 'node-3'];
const messages = () => test.api.list(EVENTS).map(({ reason, message, involvedObject }) => `${involvedObject.kind} ${reason} ${message}`);
const taints = (name: string) => (test.api.get(NODES, undefined, name)?.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const ready = (name: string) => test.api.get(NODES, undefined, name)?.status?.conditions?.find(({ type }) => type === 'Ready');
const TOLERATIONS = ['not-ready', 'unreachable'].map((key) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));

function cluster(): void {
  for (const name of names) {
    test.api.put(node(name));
    test.api.put(lease(name, test.clock.now()));
  }
}

it('leaves nodes alone that send heartbeats', async () => {
  cluster();
  await test.start(nodeLifecycleController);
  await beat(test, names, 300);
  expect(names.map((name) => ready(name)?.status)).toEqual(['True', 'True', 'True']);
  expect(test.api.writes('nodes')).toEqual([]);
});

it('welcomes a node that is new, and not those that were there before', async () => {
  cluster();
  await test.start(nodeLifecycleController);
  test.api.put(node('node-4'));
  await beat(test, names, 10);
  expect(messages().filter((message) => message.includes('RegisteredNode'))).toEqual(['Node RegisteredNode Node node-4 event: Registered Node node-4 in Controller']);
});

it('marks a silent node and its pods after 40 seconds, and taints it', async () => {
  cluster();
  test.api.put(podOn('node-2', 'web'));
  await test.start(nodeLifecycleController);
  await beat(test, ['node-1', 'node-3'], 30);
  expect(ready('node-2')?.status).toBe('True');
  await beat(test, ['node-1', 'node-3'], 10);
  expect(ready('node-2')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: '2025-01-01T00:00:40Z', lastHeartbeatTime: '2025-01-01T00:00:00Z' });
  expect(taints('node-2')).toEqual(['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute']);
  expect(test.api.get(PODS, 'default', 'web')?.status?.conditions?.[0]?.status).toBe('False');
  expect(messages()).toEqual(expect.arrayContaining(['Node NodeNotReady Node node-2 status is now: NodeNotReady', 'Pod NodeNotReady Node is not ready']));
});

it('takes the taints away when the node is back', async () => {
  cluster();
  await test.start(nodeLifecycleController);
  await beat(test, ['node-1', 'node-3'], 50);
  expect(taints('node-2')).toHaveLength(2);
  test.api.change(NODES, undefined, 'node-2', (changed) => Object.assign(changed, { status: { conditions: [{ ...node('node-2').status?.conditions?.[0], lastHeartbeatTime: '2025-01-01T00:00:50Z' }] } }));
  await test.settle();
  expect(taints('node-2')).toEqual([]);
});

it('evicts nobody when all nodes fall silent at once: the fault is more likely on this side', async () => {
  cluster();
  await test.start(nodeLifecycleController);
  await beat(test, [], 60);
  expect(names.map((name) => ready(name)?.status)).toEqual(['Unknown', 'Unknown', 'Unknown']);
  expect(names.flatMap(taints).filter((taint) => taint.endsWith('NoExecute'))).toHaveLength(0);
});

it('a pod leaves a dead node when its toleration has run out, and stays when the node returns before', async () => {
  cluster();
  test.api.put(podOn('node-2', 'web', { spec: { containers: [], tolerations: TOLERATIONS } }));
  await test.start(nodeLifecycleController, taintEvictionController);
  await beat(test, ['node-1', 'node-3'], 330);
  expect(test.api.get(PODS, 'default', 'web')?.metadata.deletionTimestamp).toBeUndefined();
  await beat(test, ['node-1', 'node-3'], 20);
  expect(test.api.get(PODS, 'default', 'web')?.metadata.deletionTimestamp).toBeDefined();
  expect(messages()).toContain('Pod TaintManagerEviction Marking for deletion Pod default/web');
});

it('a pod without a toleration leaves at once', async () => {
  test.api.put({ ...node('node-1'), spec: { taints: [{ key: 'maintenance', effect: 'NoExecute' }] } });
  test.api.put(podOn('node-1', 'web'));
  await test.start(taintEvictionController);
  expect(test.api.writes('pods').map(({ verb }) => verb)).toContain('delete');
});

describe('when a pod has to leave', () => {
  const since = '2025-01-01T00:00:00Z';
  const at = Date.parse(since);
  it.each([
    ['no taint', [], [], Infinity],
    ['no toleration', [{ key: 'a', effect: 'NoExecute', timeAdded: since }], [], 0],
    ['tolerated for ever', [{ key: 'a', effect: 'NoExecute', timeAdded: since }], [{ key: 'a', operator: 'Exists' }], Infinity],
    ['tolerated for a while', [{ key: 'a', effect: 'NoExecute', timeAdded: since }], [{ key: 'a', operator: 'Exists', tolerationSeconds: 60 }], at + 60_000],
    ['the shortest of several', [{ key: 'a', effect: 'NoExecute', timeAdded: since }, { key: 'b', effect: 'NoExecute', timeAdded: since }], [{ operator: 'Exists', tolerationSeconds: 60 }, { key: 'b', operator: 'Exists', tolerationSeconds: 5 }], at + 5000],
    ['one of two not tolerated', [{ key: 'a', effect: 'NoExecute' }, { key: 'b', effect: 'NoExecute' }], [{ key: 'a', operator: 'Exists' }], 0],
  ])('%s', (_name, nodeTaints, tolerations, expected) => {
    expect(evictionTime(nodeTaints, tolerations)).toBe(expected);
  });
});
