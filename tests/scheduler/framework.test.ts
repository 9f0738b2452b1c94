import { PODS } from '../../src/api/kinds.ts';
import { podCondition } from '../../src/api/pods.ts';
import { fitErrorMessage } from '../../src/scheduler/framework/fit-error.ts';
import type { Plugin, PluginEntry } from '../../src/scheduler/framework/plugin.ts';
import { NodeStatuses, unresolvable, unschedulable } from '../../src/scheduler/framework/status.ts';
import { DEFAULT_PLUGINS } from '../../src/scheduler/registry.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import { testContext } from '../support/fake-api.ts';
import { Harness } from './harness.ts';
import { aNode, aPod, podInfo } from './objects.ts';

const entry = (plugin: Plugin, weight = 0): PluginEntry => ({ make: () => plugin, weight });

/** A running scheduler with one more plugin. */
async function schedulerWith(plugin: Plugin) {
  const test = testContext();
  test.api.put(aNode('node-1'));
  test.api.put(aPod('p'));
  let made: Scheduler | undefined;
  await test.start((context) => (made = new Scheduler(context, [...DEFAULT_PLUGINS.slice(0, -1), entry(plugin), ...DEFAULT_PLUGINS.slice(-1)])));
  return { test, scheduler: made as Scheduler, pod: () => test.api.get(PODS, 'default', 'p') };
}

describe('the message when nothing fits', () => {
  const none = { plugins: new Set<string>(), preFilterMessage: '', postFilterMessage: '' };

  it('counts reasons and sorts them as texts', () => {
    const statuses = new NodeStatuses();
    for (let i = 0; i < 10; i++) statuses.set(`a${i}`, unschedulable('Insufficient cpu', 'Too many pods'));
    statuses.set('b', unschedulable('Insufficient memory'));
    statuses.set('c', unschedulable('Insufficient memory'));
    expect(fitErrorMessage(12, { ...none, statuses })).toBe('0/12 nodes are available: 10 Insufficient cpu, 10 Too many pods, 2 Insufficient memory.');
  });

  it('counts nodes that were not looked at', () => {
    const statuses = new NodeStatuses();
    statuses.set('a', unschedulable('Insufficient cpu'));
    statuses.absent = unresolvable("node(s) didn't satisfy plugin(s) [NodeAffinity]");
    expect(fitErrorMessage(3, { ...none, statuses })).toBe("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].");
  });

  it('says what was wrong with the pod itself instead', () => {
    const statuses = new NodeStatuses();
    statuses.absent = unresolvable('pod affinity terms conflict');
    expect(fitErrorMessage(3, { ...none, statuses, preFilterMessage: 'pod affinity terms conflict', postFilterMessage: 'preemption: no' })).toBe('0/3 nodes are available: pod affinity terms conflict. preemption: no');
  });
});

it('asks no further filter once one has rejected a node', () => {
  const asked: string[] = [];
  const plugin = (name: string, rejects: boolean) => entry({ name, filter: () => (asked.push(name), rejects ? unschedulable(name) : undefined) });
  const harness = new Harness([plugin('A', false), plugin('B', true), plugin('C', true)]).node('n');
  expect(harness.filter(aPod('p'))).toEqual({ n: 'Unschedulable: B' });
  expect(asked).toEqual(['A', 'B']);
});

it('does not ask plugins that have nothing to do', () => {
  const skipping = entry({ name: 'A', preFilter: () => ({ status: { code: 'Skip', reasons: [] } }), filter: () => unschedulable('asked') });
  expect(new Harness([skipping]).node('n').filter(aPod('p'))).toEqual({ n: '' });
});

it('weights normalized scores', () => {
  const scoring = entry({ name: 'A', score: (_state, _pod, { name }) => name.length, normalizeScore: (_state, _pod, scores) => scores.forEach((score, i) => (scores[i] = score * 10)) }, 3);
  expect(new Harness([scoring]).node('a').node('bb').scores(aPod('p'))).toEqual({ A: { a: 30, bb: 60 } });
});

it('filters as if nominated pods of at least the same priority were there', () => {
  const harness = new Harness().node('n', { cpu: '2' });
  harness.nominator.add(podInfo('nominated', { cpu: '2', spec: { priority: 10 } }), 'n');
  expect(harness.filter(aPod('p', { cpu: '1', spec: { priority: 10 } }))).toEqual({ n: 'Unschedulable: Insufficient cpu' });
  expect(harness.filter(aPod('p', { cpu: '1', spec: { priority: 11 } }))).toEqual({ n: '' });
});

describe('Permit', () => {
  it('holds the binding until the plugin allows it', async () => {
    const { test, scheduler, pod } = await schedulerWith({ name: 'Gang', permit: () => ({ status: { code: 'Wait', reasons: [] }, timeoutMs: 60_000 }) });
    expect(pod()?.spec?.nodeName).toBeUndefined();
    expect(scheduler.cache.node('node-1')?.pods.size).toBe(1);
    scheduler.framework.waitingPods.allow(pod()?.metadata.uid ?? '', 'Gang');
    await test.settle();
    expect(pod()?.spec?.nodeName).toBe('node-1');
    await test.stop();
  });

  it('rejects the pod after the timeout, and gives its room back', async () => {
    const { test, scheduler, pod } = await schedulerWith({ name: 'Gang', permit: () => ({ status: { code: 'Wait', reasons: [] }, timeoutMs: 60_000 }) });
    await test.clock.advance(60_000);
    expect(podCondition(pod() ?? aPod('x'), 'PodScheduled')).toMatchObject({ reason: 'Unschedulable', message: '0/1 nodes are available: 1 rejected due to timeout after waiting 60s at plugin Gang.' });
    expect(scheduler.cache.node('node-1')?.pods.size).toBe(0);
    await test.stop();
  });
});

it('ends at once while a plugin holds a pod, and leaves no trace on it', async () => {
  const { test, pod } = await schedulerWith({ name: 'Gang', permit: () => ({ status: { code: 'Wait', reasons: [] }, timeoutMs: 60_000 }) });
  await test.stop();
  expect(pod()).toMatchObject({ status: { phase: 'Pending' } });
  expect(test.api.writes()).toEqual([]);
  expect(test.clock.pending('progress')).toBe(0);
});

it('takes reservations back when a later plugin turns the pod away', async () => {
  const calls: string[] = [];
  const { test, pod } = await schedulerWith({
    name: 'Volumes',
    reserve: () => void calls.push('reserve'),
    unreserve: () => void calls.push('unreserve'),
    preBind: () => Promise.resolve(unschedulable('no volume')),
  });
  expect(calls).toEqual(['reserve', 'unreserve']);
  expect(podCondition(pod() ?? aPod('x'), 'PodScheduled')?.message).toBe('0/1 nodes are available: 1 no volume.');
  await test.stop();
});
