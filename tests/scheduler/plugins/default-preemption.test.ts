import { EVENTS, PODS } from '../../../src/api/kinds.ts';
import { podCondition } from '../../../src/api/pods.ts';
import type { Pod } from '../../../src/api/generated/types.ts';
import type { Stored } from '../../../src/api/object.ts';
import { scheduler } from '../../../src/scheduler/index.ts';
import { testContext, type TestContext } from '../../support/fake-api.ts';
import { aNode, aPod, type PodOptions } from '../objects.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext({ component: 'default-scheduler' });
});
afterEach(() => test.stop());

const pod = (name: string): Stored<Pod> => test.api.get(PODS, 'default', name) as Stored<Pod>;
const message = (name: string) => podCondition(pod(name), 'PodScheduled')?.message;
function running(name: string, node: string, cpu: string, priority: number, more: PodOptions = {}): void {
  test.api.put(aPod(name, { cpu, node, spec: { priority }, status: { phase: 'Running', startTime: '2024-12-31T23:00:00Z' }, ...more }));
}
const waiting = (name: string, cpu: string, priority: number, spec: PodOptions['spec'] = {}) => test.api.put(aPod(name, { cpu, spec: { priority, ...spec } }));

it('makes room: nominates the node, tells the victim to go, and schedules once it is gone', async () => {
  test.api.put(aNode('node-1', { cpu: '2' }));
  running('low', 'node-1', '2', 0);
  waiting('high', '2', 1000);
  await test.start(scheduler);
  expect(message('high')).toBe('0/1 nodes are available: 1 Insufficient cpu.');
  expect(pod('high').status?.nominatedNodeName).toBe('node-1');
  expect(pod('low').metadata.deletionTimestamp).toBeDefined();
  expect(podCondition(pod('low'), 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod' });
  const [event] = test.api.list(EVENTS).filter(({ reason }) => reason === 'Preempted');
  expect(event).toMatchObject({ type: 'Normal', action: 'Preempting', message: `Preempted by pod ${pod('high').metadata.uid} on node node-1`, involvedObject: { name: 'low' }, related: { kind: 'Pod', name: 'high' } });
  test.api.remove(PODS, 'default', 'low');
  await test.settle();
  expect(pod('high').spec?.nodeName).toBe('node-1');
});

it('does not preempt pods of the same priority', async () => {
  test.api.put(aNode('node-1', { cpu: '2' }));
  running('equal', 'node-1', '2', 1000);
  waiting('high', '2', 1000);
  await test.start(scheduler);
  expect(message('high')).toBe('0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.');
  expect(pod('equal').metadata.deletionTimestamp).toBeUndefined();
});

it('says what is still missing without the victims', async () => {
  test.api.put(aNode('node-1', { cpu: '2' }));
  running('low', 'node-1', '1', 0);
  waiting('huge', '3', 1000);
  await test.start(scheduler);
  expect(message('huge')).toBe('0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Insufficient cpu.');
});

it('respects preemptionPolicy Never', async () => {
  test.api.put(aNode('node-1', { cpu: '2' }));
  running('low', 'node-1', '2', 0);
  waiting('polite', '2', 1000, { preemptionPolicy: 'Never' });
  await test.start(scheduler);
  expect(message('polite')).toBe('0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.');
});

it('takes no more victims than needed, the least important ones', async () => {
  test.api.put(aNode('node-1', { cpu: '3' }));
  running('a', 'node-1', '1', 10);
  running('b', 'node-1', '1', 5);
  running('c', 'node-1', '1', 5, { status: { phase: 'Running', startTime: '2024-12-31T22:00:00Z' } });
  waiting('high', '1', 100);
  await test.start(scheduler);
  // Of b and c, b has run for less long.
  expect(['a', 'b', 'c'].filter((name) => pod(name).metadata.deletionTimestamp)).toEqual(['b']);
});

it('chooses the node where it hurts least', async () => {
  for (const name of ['node-1', 'node-2', 'node-3']) test.api.put(aNode(name, { cpu: '2' }));
  running('important', 'node-1', '2', 50);
  running('one', 'node-2', '1', 10);
  running('two', 'node-2', '1', 10);
  running('single', 'node-3', '2', 10);
  waiting('high', '2', 100);
  await test.start(scheduler);
  expect(pod('high').status?.nominatedNodeName).toBe('node-3');
});

it('spares pods that a PodDisruptionBudget protects, where it can', async () => {
  for (const name of ['node-1', 'node-2']) test.api.put(aNode(name, { cpu: '2' }));
  running('guarded', 'node-1', '2', 1, { labels: { app: 'db' } });
  running('free', 'node-2', '2', 10);
  test.api.put({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'db', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'db' } } }, status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 } } as Parameters<typeof test.api.put>[0]);
  waiting('high', '2', 100);
  await test.start(scheduler);
  expect(pod('high').status?.nominatedNodeName).toBe('node-2');
  expect(pod('guarded').metadata.deletionTimestamp).toBeUndefined();
});

it('keeps the room for the nominated pod against pods that matter less', async () => {
  test.api.put(aNode('node-1', { cpu: '2' }));
  running('low', 'node-1', '2', 0);
  waiting('high', '2', 1000);
  await test.start(scheduler);
  waiting('sneaky', '1', 10);
  await test.settle();
  test.api.remove(PODS, 'default', 'low');
  await test.settle();
  expect(pod('high').spec?.nodeName).toBe('node-1');
  expect(pod('sneaky').spec?.nodeName).toBeUndefined();
});

it('waits for its victims instead of taking more', async () => {
  test.api.put(aNode('node-1', { cpu: '2' }));
  test.api.put(aNode('node-2', { cpu: '2' }));
  running('low-1', 'node-1', '2', 0);
  running('low-2', 'node-2', '2', 0);
  waiting('high', '2', 1000);
  await test.start(scheduler);
  await test.clock.advance(6 * 60_000);
  expect(['low-1', 'low-2'].filter((name) => pod(name).metadata.deletionTimestamp)).toHaveLength(1);
  expect(message('high')).toBe('0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to a terminating pod on the nominated node.');
});
