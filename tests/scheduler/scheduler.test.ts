import { EVENTS, NODES, PODS } from '../../src/api/kinds.ts';
import { conflict } from '../../src/api/status.ts';
import { podCondition } from '../../src/api/pods.ts';
import type { Stored } from '../../src/api/object.ts';
import type { Event, Pod } from '../../src/api/generated/types.ts';
import { scheduler } from '../../src/scheduler/index.ts';
import { testContext, type TestContext } from '../support/fake-api.ts';
import { aNode, aPod, type NodeOptions } from './objects.ts';

const CONTROL_PLANE_TAINT = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

let test: TestContext;
beforeEach(() => {
  test = testContext({ component: 'default-scheduler' });
});
afterEach(() => test.stop());

function nodes(count: number, options: NodeOptions = {}): void {
  for (let i = 1; i <= count; i++) test.api.put(aNode(`node-${i}`, options));
}

const pod = (name: string): Stored<Pod> => test.api.get(PODS, 'default', name) as Stored<Pod>;
const eventsOf = (name: string): Stored<Event>[] => test.api.list(EVENTS).filter(({ involvedObject }) => involvedObject.name === name);

it('assigns a pod to a node, says so in an event, and records the decision', async () => {
  nodes(3);
  test.api.put(aPod('nginx-x', { cpu: '100m' }));
  await test.start(scheduler);
  const { nodeName } = pod('nginx-x').spec ?? {};
  expect(nodeName).toMatch(/^node-[123]$/);
  const [event, ...others] = eventsOf('nginx-x');
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    type: 'Normal', reason: 'Scheduled', action: 'Binding', message: `Successfully assigned default/nginx-x to ${nodeName}`,
    reportingComponent: 'default-scheduler', reportingInstance: 'default-scheduler-node-1', source: {}, eventTime: '2025-01-01T00:00:00.000000Z',
  });
  expect(event).not.toHaveProperty('count');
  const [binding] = test.api.writes('pods');
  expect(binding).toMatchObject({ verb: 'create', subresource: 'binding', body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'nginx-x', namespace: 'default', uid: pod('nginx-x').metadata.uid }, target: { kind: 'Node', name: nodeName } } });
  expect(binding?.reason).toMatch(new RegExp(`^${nodeName} of 3 feasible: total \\d+ = TaintToleration 100×3 \\+ NodeResourcesFit \\d+×1 \\+ NodeResourcesBalancedAllocation \\d+×1 \\+ ImageLocality 0×1$`));
  expect(binding?.detail).toMatchObject({ filtered: {}, winner: nodeName, scores: { 'node-1': { TaintToleration: 300, ImageLocality: 0 } } });
});

it('spreads equal pods over equal nodes', async () => {
  nodes(3);
  for (let i = 0; i < 9; i++) test.api.put(aPod(`web-${i}`, { cpu: '200m', memory: '100Mi' }));
  await test.start(scheduler);
  const counts = new Map<string, number>();
  for (const { spec } of test.api.list(PODS)) counts.set(spec?.nodeName ?? '', (counts.get(spec?.nodeName ?? '') ?? 0) + 1);
  expect([...counts.values()]).toEqual([3, 3, 3]);
});

it('places pods the same way for the same seed', async () => {
  const place = async (seed: string) => {
    const other = testContext({ seed });
    for (let i = 1; i <= 5; i++) other.api.put(aNode(`node-${i}`));
    for (let i = 0; i < 5; i++) other.api.put(aPod(`web-${i}`));
    await other.start(scheduler);
    await other.stop();
    return other.api.list(PODS).map(({ spec }) => spec?.nodeName).join();
  };
  expect(await place('a')).toBe(await place('a'));
  expect(new Set(await Promise.all(['b', 'c', 'd', 'e', 'f'].map(place))).size).toBeGreaterThan(1);
});

it("says why no node fits, in the pod's status and in an event", async () => {
  test.api.put(aNode('node-1', { taints: [CONTROL_PLANE_TAINT] }));
  test.api.put(aNode('node-2', { cpu: '2' }));
  test.api.put(aNode('node-3', { cpu: '2' }));
  test.api.put(aPod('big', { cpu: '16' }));
  await test.start(scheduler);
  const message = '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. ' +
    'preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.';
  expect(podCondition(pod('big'), 'PodScheduled')).toMatchObject({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: '2025-01-01T00:00:00Z' });
  expect(eventsOf('big')).toMatchObject([{ type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message }]);
  expect(test.steps).toMatchObject([{ component: 'default-scheduler', object: { resource: 'pods', name: 'big' }, reason: message, detail: { filtered: { 'node-2': 'Insufficient cpu' } } }]);
});

it('waits for nodes when there are none', async () => {
  test.api.put(aPod('early'));
  await test.start(scheduler);
  expect(podCondition(pod('early'), 'PodScheduled')).toMatchObject({ status: 'False', reason: 'Unschedulable', message: 'no nodes available to schedule pods' });
  expect(test.clock.pending('progress')).toBe(0);
  nodes(1);
  await test.settle();
  expect(test.clock.pending('progress')).toBe(1);
  await test.clock.converge(60_000);
  expect(pod('early').spec?.nodeName).toBe('node-1');
  expect(test.clock.now()).toBe(Date.UTC(2025, 0, 1, 0, 0, 1));
});

it('tries a waiting pod again at once when a pod that took its room goes', async () => {
  nodes(1, { cpu: '1' });
  test.api.put(aPod('first', { cpu: '1', node: 'node-1' }));
  test.api.put(aPod('second', { cpu: '1' }));
  await test.start(scheduler);
  expect(pod('second').spec?.nodeName).toBeUndefined();
  test.api.remove(PODS, 'default', 'first');
  await test.settle();
  expect(pod('second').spec?.nodeName).toBe('node-1');
});

it('takes a pod that has ended for gone', async () => {
  nodes(1, { cpu: '1' });
  test.api.put(aPod('job', { cpu: '1', node: 'node-1', status: { phase: 'Running' } }));
  test.api.put(aPod('next', { cpu: '1' }));
  await test.start(scheduler);
  expect(pod('next').spec?.nodeName).toBeUndefined();
  test.api.change(PODS, 'default', 'job', (job) => (job.status = { phase: 'Succeeded' }));
  await test.settle();
  expect(pod('next').spec?.nodeName).toBe('node-1');
});

it('does not try again for events that cannot help', async () => {
  nodes(2, { cpu: '1' });
  test.api.put(aPod('big', { cpu: '2' }));
  await test.start(scheduler);
  test.api.change(NODES, undefined, 'node-1', (node) => (node.metadata.annotations = { seen: 'yes' }));
  test.api.put(aNode('node-3', { cpu: '1' }));
  await test.settle();
  expect(test.steps).toHaveLength(1);
  test.api.put(aNode('node-4', { cpu: '2' }));
  await test.settle();
  expect(pod('big').spec?.nodeName).toBe('node-4');
});

it('schedules when a node is uncordoned', async () => {
  nodes(1, { unschedulable: true });
  test.api.put(aPod('web'));
  await test.start(scheduler);
  expect(podCondition(pod('web'), 'PodScheduled')?.message).toBe('0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.');
  test.api.change(NODES, undefined, 'node-1', (node) => delete node.spec?.unschedulable);
  await test.settle();
  expect(pod('web').spec?.nodeName).toBe('node-1');
});

it('leaves pods of other schedulers and pods with gates alone, until the gates are gone', async () => {
  nodes(1);
  test.api.put(aPod('other', { spec: { schedulerName: 'mine' } }));
  test.api.put(aPod('gated', { spec: { schedulingGates: [{ name: 'example.com/wait' }] } }));
  await test.start(scheduler);
  expect(test.api.writes()).toEqual([]);
  test.api.change(PODS, 'default', 'gated', (gated) => delete gated.spec?.schedulingGates);
  await test.settle();
  expect(pod('gated').spec?.nodeName).toBe('node-1');
  expect(pod('other').spec?.nodeName).toBeUndefined();
});

it('binds again after a conflict, and gives the room back meanwhile', async () => {
  nodes(1, { cpu: '1' });
  test.api.put(aPod('web', { cpu: '1' }));
  const again = test.api.before(({ subresource }) => {
    if (subresource !== 'binding') return;
    again();
    throw conflict({ group: '', plural: 'pods/binding' }, 'web', 'the pod is busy');
  });
  await test.start(scheduler);
  expect(eventsOf('web')).toMatchObject([{ reason: 'FailedScheduling', message: 'running Bind plugin "DefaultBinder": Operation cannot be fulfilled on pods/binding "web": the pod is busy' }]);
  expect(podCondition(pod('web'), 'PodScheduled')?.reason).toBe('SchedulerError');
  expect(test.clock.pending('progress')).toBe(1);
  await test.clock.converge(60_000);
  expect(pod('web').spec?.nodeName).toBe('node-1');
});

it('tries a forgotten pod again every five minutes, and counts the failures', async () => {
  nodes(1, { cpu: '1' });
  test.api.put(aPod('big', { cpu: '2' }));
  await test.start(scheduler);
  await test.clock.advance(5 * 60_000);
  expect(test.steps).toHaveLength(2);
  expect(test.clock.pending('progress')).toBe(0);
  await test.clock.advance(5 * 60_000);
  // The first event speaks of the pod before its status said why; the others are one series.
  expect(eventsOf('big').map(({ series }) => series?.count)).toEqual([undefined, 2]);
});

it('places 1,000 pods on 10 nodes in well under a second', async () => {
  nodes(10, { cpu: '64', memory: '256Gi', pods: '200' });
  for (let i = 0; i < 1000; i++) test.api.put(aPod(`web-${i}`, { cpu: '100m', memory: '64Mi', labels: { app: 'web' } }));
  const start = process.hrtime.bigint();
  await test.start(scheduler);
  const tookMs = Number(process.hrtime.bigint() - start) / 1e6;
  expect(test.api.list(PODS).every(({ spec }) => spec?.nodeName)).toBe(true);
  expect(tookMs).toBeLessThan(5000);
});
