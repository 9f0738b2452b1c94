import { ClusterClock } from '../../src/simulation/cluster-clock.ts';
import type { ClusterEvent } from '../../src/scheduler/framework/events.ts';
import { Heap } from '../../src/scheduler/queue/heap.ts';
import { SchedulingQueue, type QueuePolicy, type QueuedPodInfo } from '../../src/scheduler/queue/scheduling-queue.ts';
import { prioritySort } from '../../src/scheduler/plugins/priority-sort.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { aNode, aPod } from './objects.ts';

const NODE_ADD: ClusterEvent = { kind: 'NodeAdd', node: aNode('n') };
const POD_DELETE: ClusterEvent = { kind: 'AssignedPodDelete', pod: aPod('gone') };
const FIT = { rejectedBy: new Set(['NodeResourcesFit']) };
const AFFINITY = { rejectedBy: new Set(['NodeAffinity']) };
const ERROR = { rejectedBy: new Set<string>() };

let clock: ClusterClock;
let queue: SchedulingQueue;
let gated: Set<string>;

beforeEach(() => {
  clock = new ClusterClock({ speed: 0, startMs: 0 });
  gated = new Set();
  const sort = prioritySort();
  const policy: QueuePolicy = {
    less: (a, b) => sort.less?.(a, b) ?? false,
    runPreEnqueue: ({ name }) => (gated.has(name) ? { plugin: 'SchedulingGates' } : undefined),
    // Pods rejected for want of room are helped by both events, others by new nodes only.
    isWorthRequeuing: (event, _pod, rejectedBy) => event.kind === 'NodeAdd' || (event.kind === 'AssignedPodDelete' && rejectedBy.has('NodeResourcesFit')) || event.kind === 'UnscheduledPodUpdate',
  };
  queue = new SchedulingQueue(clock, policy);
});
afterEach(() => queue.close());

const take = async (): Promise<QueuedPodInfo> => (await queue.take()) as QueuedPodInfo;
const nothing = async (): Promise<boolean> => {
  const before = { ...queue.counts() };
  return before.active === 0 && before.backoff === 0;
};
const add = (name: string, priority = 0) => queue.add(aPod(name, { spec: { priority } }));

it('gives out pods by priority, then by age', async () => {
  add('low-1');
  add('low-2');
  add('high', 1000);
  add('negative', -5);
  const names: string[] = [];
  for (let i = 0; i < 4; i++) names.push((await take()).info.name);
  expect(names).toEqual(['high', 'low-1', 'low-2', 'negative']);
});

it('hands a pod to one who waits, and nothing after it is closed', async () => {
  const waiting = queue.take();
  add('late');
  expect((await waiting)?.info.name).toBe('late');
  const second = queue.take();
  queue.close();
  expect(await second).toBeUndefined();
  expect(await queue.take()).toBeUndefined();
});

it('lets a rejected pod wait for an event that helps', async () => {
  add('fit');
  queue.reject(await take(), AFFINITY);
  queue.move(POD_DELETE);
  expect(await nothing()).toBe(true);
  queue.move(NODE_ADD);
  const again = await take();
  expect(again.info.name).toBe('fit');
  expect(again.attempts).toBe(2);
});

it('prefers pods that do not back off; with nothing else to do it does not wait', async () => {
  add('failed');
  queue.reject(await take(), FIT);
  queue.move(POD_DELETE);
  expect(queue.counts()).toMatchObject({ active: 0, backoff: 1 });
  add('fresh', -10);
  expect((await take()).info.name).toBe('fresh');
  expect((await take()).info.name).toBe('failed');
});

it('takes a pod whose back-off is over by its priority', async () => {
  add('failed', 5);
  queue.reject(await take(), FIT);
  queue.move(POD_DELETE);
  add('fresh', 1);
  await clock.advance(1000);
  expect((await take()).info.name).toBe('failed');
});

it('waits out the back-off after errors: 1 s, 2 s, 4 s, 8 s, then 10 s', async () => {
  add('unlucky');
  let queued = await take();
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    const from = clock.now();
    queue.reject(queued, ERROR);
    const next = queue.take();
    expect(clock.pending('retry')).toBe(1);
    expect(clock.pending('progress')).toBe(0);
    await clock.step();
    queued = (await next) as QueuedPodInfo;
    waits.push(clock.now() - from);
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
});

it('says that it goes on where the next attempt is expected to succeed, but not for ever', async () => {
  add('conflicted');
  for (let i = 1; i < 10; i++) {
    queue.reject(await take(), { ...ERROR, hopeful: true });
    expect(clock.pending('progress')).toBe(1);
    await clock.step();
  }
  queue.reject(await take(), { ...ERROR, hopeful: true });
  expect(clock.pending('progress')).toBe(0);
  expect(clock.pending('retry')).toBe(1);
});

it('tries a pod again after five minutes without a word', async () => {
  add('forgotten');
  queue.reject(await take(), AFFINITY);
  expect(clock.pending('background')).toBe(1);
  await clock.advance(5 * 60_000 - 1);
  expect(await nothing()).toBe(true);
  await clock.advance(1);
  expect((await take()).info.name).toBe('forgotten');
});

it('keeps gated pods out, even after five minutes, until they are let in', async () => {
  gated.add('held');
  add('held');
  await clock.advance(6 * 60_000);
  expect(queue.counts()).toEqual({ active: 0, backoff: 0, errorBackoff: 0, unschedulable: 1 });
  gated.clear();
  const old = aPod('held', { spec: { schedulingGates: [{ name: 'g' }] } });
  queue.update(old, aPod('held'));
  expect((await take()).info.name).toBe('held');
});

it('forgets pods that are deleted, wherever they wait', async () => {
  for (const name of ['active', 'unschedulable', 'error']) add(name);
  const taken = new Map<string, QueuedPodInfo>();
  for (let i = 0; i < 3; i++) {
    const queued = await take();
    taken.set(queued.info.name, queued);
  }
  queue.reject(taken.get('unschedulable') as QueuedPodInfo, FIT);
  queue.reject(taken.get('error') as QueuedPodInfo, ERROR);
  queue.delete('uid-active');
  queue.delete('uid-unschedulable');
  queue.delete('uid-error');
  expect(queue.counts()).toEqual({ active: 0, backoff: 0, errorBackoff: 0, unschedulable: 0 });
  expect(clock.pending('retry')).toBe(0);
});

it('knows who is nominated where', () => {
  queue.add(aPod('waiting', { status: { nominatedNodeName: 'n1' } }));
  expect(queue.nominator.on('n1').map(({ name }) => name)).toEqual(['waiting']);
  queue.update(aPod('waiting', { status: { nominatedNodeName: 'n1' } }), aPod('waiting', { status: { nominatedNodeName: 'n2' } }));
  expect(queue.nominator.on('n1')).toEqual([]);
  expect(queue.nominator.nodeOf('uid-waiting')).toBe('n2');
  queue.delete('uid-waiting');
  expect(queue.nominator.on('n2')).toEqual([]);
});

it('has a heap that sorts, whatever is taken out of its middle', () => {
  const random = seededRandom('heap');
  const heap = new Heap<{ readonly value: number }>((a, b) => a.value < b.value);
  const items = Array.from({ length: 300 }, () => ({ value: random.int(100) }));
  for (const item of items) heap.push(item);
  const gone = new Set(items.filter((_, i) => i % 3 === 0));
  for (const item of gone) expect(heap.remove(item)).toBe(true);
  const popped: number[] = [];
  for (let item = heap.pop(); item; item = heap.pop()) popped.push(item.value);
  expect(popped).toEqual(items.filter((item) => !gone.has(item)).map(({ value }) => value).sort((a, b) => a - b));
});
