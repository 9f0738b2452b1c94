import type { Pod } from '../../../src/api/generated/types.ts';
import { objectKey, type Stored } from '../../../src/api/object.ts';
import { podsToDelete } from '../../../src/controllers/shared/deletion-order.ts';
import { Expectations } from '../../../src/controllers/shared/expectations.ts';
import { podFromTemplate } from '../../../src/controllers/shared/pod-control.ts';
import { slowStartBatch } from '../../../src/controllers/shared/slow-start.ts';
import { REPLICASETS } from '../../../src/api/kinds.ts';
import { ClusterClock } from '../../../src/simulation/cluster-clock.ts';
import { replicaSet, runningStatus, stored, template } from '../workloads.ts';

const NOW = Date.UTC(2025, 0, 2);

interface Sketch {
  node?: string;
  phase?: string;
  ready?: boolean;
  since?: string;
  cost?: string;
  restarts?: number;
  sidecarRestarts?: number;
  created?: string;
  uid?: string;
}

function pod(name: string, { node = 'node-1', phase = 'Running', ready = true, since = '2025-01-01T00:00:00Z', cost, restarts = 0, sidecarRestarts, created = '2025-01-01T00:00:00Z', uid = name }: Sketch = {}): Stored<Pod> {
  return stored<Pod>({
    spec: {
      containers: [{ name: 'web' }],
      ...(node ? { nodeName: node } : {}),
      ...(sidecarRestarts !== undefined ? { initContainers: [{ name: 'side', restartPolicy: 'Always' }] } : {}),
    },
    status: {
      ...runningStatus(ready, since, restarts), phase,
      ...(sidecarRestarts !== undefined ? { initContainerStatuses: [{ name: 'side', image: '', imageID: '', ready: true, restartCount: sidecarRestarts }] } : {}),
    },
  }, { name, uid, namespace: 'default', creationTimestamp: created, ...(cost !== undefined ? { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } } : {}) });
}

describe('which pods go first', () => {
  const first = (pods: Stored<Pod>[], related: Stored<Pod>[] = []) => podsToDelete(pods, related, 1, NOW)[0];

  it.each<[string, Sketch, Sketch]>([
    ['it is not assigned to a node', { node: '' }, { phase: 'Pending', ready: false }],
    ['its phase is an earlier one', { phase: 'Pending', ready: false }, { ready: false }],
    ['its phase is an earlier one', { phase: 'Unknown', ready: false }, { ready: false }],
    ['it is not ready', { ready: false, cost: '5' }, { cost: '1' }],
    ['its pod-deletion-cost is lower', { cost: '-10' }, {}],
    ['its pod-deletion-cost is lower', { cost: '+7' }, { cost: '1' }],
    ['it has been ready for a shorter time', { since: '2025-01-01T23:59:00Z' }, { since: '2025-01-01T00:00:00Z' }],
    ['its containers have restarted more often', { restarts: 3 }, { restarts: 2, sidecarRestarts: 9 }],
    ['its containers have restarted more often', { sidecarRestarts: 2 }, { sidecarRestarts: 1 }],
    ['it is younger', { created: '2025-01-01T23:00:00Z' }, {}],
  ])('%s', (why, goes, stays) => {
    expect(first([pod('stays', stays), pod('goes', goes)])).toMatchObject({ why, pod: { metadata: { name: 'goes' } } });
    expect(first([pod('goes', goes), pod('stays', stays)])?.pod.metadata.name).toBe('goes');
  });

  it('relieves the node that runs most of the related active pods', () => {
    const [a, b] = [pod('a', { node: 'node-a' }), pod('b', { node: 'node-b' })];
    const finished = ['x', 'y', 'z'].map((name) => pod(name, { node: 'node-a', phase: 'Succeeded' }));
    expect(first([a, b], [a, b, pod('c', { node: 'node-b' }), ...finished])).toMatchObject({ why: 'its node runs more pods of the same owner', pod: { metadata: { name: 'b' } } });
  });

  it('takes ages of the same power of two for equal and lets the uid decide', () => {
    const older = pod('older', { since: '2025-01-01T00:00:00Z', uid: '1' });
    const younger = pod('younger', { since: '2025-01-01T00:30:00Z', uid: '2' });
    expect(first([older, younger])?.pod.metadata.name).toBe('older');
  });

  it('needs no order when all of them go', () => {
    expect(podsToDelete([pod('a'), pod('b', { node: '' })], [], 2, NOW).map(({ pod: { metadata } }) => metadata.name)).toEqual(['a', 'b']);
  });
});

describe('slow start', () => {
  it('doubles its batches and makes the calls of one at the same time', async () => {
    const batches: number[] = [];
    let running = 0;
    const result = await slowStartBatch(10, async () => {
      running++;
      await Promise.resolve();
      if (running > 0) batches.push(running);
      running = 0;
    });
    expect(batches).toEqual([1, 2, 4, 3]);
    expect(result).toEqual({ successes: 10 });
  });

  it('goes on to no further batch after a failure', async () => {
    const calls: number[] = [];
    const result = await slowStartBatch(100, async (index) => {
      calls.push(index);
      if (index === 4) throw new Error('no more');
    });
    expect(calls).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(result).toMatchObject({ successes: 6, error: { message: 'no more' } });
  });

  it('does nothing for none', async () => {
    expect(await slowStartBatch(0, () => Promise.reject(new Error('called')))).toEqual({ successes: 0 });
  });
});

describe('expectations', () => {
  const owner = objectKey('default', 'web');

  it('are satisfied when everything has been seen', () => {
    const expectations = new Expectations(new ClusterClock({ speed: 0, startMs: NOW }));
    expect(expectations.satisfied(owner)).toBe(true);
    expectations.expectCreations(owner, 2);
    expectations.creationObserved(owner);
    expect(expectations.satisfied(owner)).toBe(false);
    expectations.creationObserved(owner);
    expect(expectations.satisfied(owner)).toBe(true);
  });

  it('count a deletion once, however often it is seen', () => {
    const expectations = new Expectations(new ClusterClock({ speed: 0, startMs: NOW }));
    const [a, b] = [objectKey('default', 'a'), objectKey('default', 'b')];
    expectations.expectDeletions(owner, [a, b]);
    expectations.deletionObserved(owner, a);
    expectations.deletionObserved(owner, a);
    expect(expectations.satisfied(owner)).toBe(false);
    expectations.deletionObserved(owner, b);
    expect(expectations.satisfied(owner)).toBe(true);
  });

  it('are given up after five minutes, or when the owner is gone', async () => {
    const clock = new ClusterClock({ speed: 0, startMs: NOW });
    const expectations = new Expectations(clock);
    expectations.expectCreations(owner, 1);
    await clock.advance(300_000);
    expect(expectations.satisfied(owner)).toBe(false);
    await clock.advance(1);
    expect(expectations.satisfied(owner)).toBe(true);
    expectations.expectCreations(owner, 1);
    expectations.forget(owner);
    expect(expectations.satisfied(owner)).toBe(true);
  });
});

it('leaves the dash out where the name would be too long', () => {
  const name = 'a'.repeat(253);
  expect(podFromTemplate(template(), stored(replicaSet({}, name), { name }), REPLICASETS).metadata?.generateName).toBe(name);
});
