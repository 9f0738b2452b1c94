import type { DeploymentSpec } from '../../../src/api/generated/types.ts';
import { newReplicaSetAnnotations, withSize } from '../../../src/controllers/deployment/annotations.ts';
import { findActiveOrLatest, findNew, sameTemplate, type StoredDeployment, type StoredReplicaSet } from '../../../src/controllers/deployment/replica-sets.ts';
import { availableScaleDowns, isSaturated, maxScaledDown, maxSurge, maxUnavailable, newReplicaSetSize, proportionalSizes, unhealthyScaleDowns } from '../../../src/controllers/deployment/sizes.ts';
import { deployment as make, replicaSet, stored, template } from '../workloads.ts';

const deployment = (spec: Partial<DeploymentSpec> = {}): StoredDeployment => stored(make(spec));
const rolling = (replicas: number, surge: number | string, unavailable: number | string) =>
  deployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } } });

function rs(name: string, replicas: number, { available = 0, max, desired, created = 0, image }: { available?: number; max?: number; desired?: number; created?: number; image?: string } = {}): StoredReplicaSet {
  return stored(
    { ...replicaSet({ replicas, template: template(image) }, name), status: { replicas, availableReplicas: available } },
    {
      name, uid: name, creationTimestamp: `2025-01-01T00:00:0${created}Z`,
      annotations: { ...(max !== undefined ? { 'deployment.kubernetes.io/max-replicas': String(max) } : {}), ...(desired !== undefined ? { 'deployment.kubernetes.io/desired-replicas': String(desired) } : {}) },
    },
  );
}

const sizes = (pairs: readonly (readonly [StoredReplicaSet, number])[]) => Object.fromEntries(pairs.map(([{ metadata }, size]) => [metadata.name, size]));

it.each([
  [3, '25%', '25%', 1, 0],
  [10, '25%', '25%', 3, 2],
  [4, 1, 0, 1, 0],
  [1, 0, '1%', 0, 1],
  [2, 0, 5, 0, 2],
  [0, '25%', '25%', 0, 0],
])('of %i replicas, maxSurge %s and maxUnavailable %s are %i and %i', (replicas, surge, unavailable, surgePods, unavailablePods) => {
  expect(maxSurge(rolling(replicas, surge, unavailable))).toBe(surgePods);
  expect(maxUnavailable(rolling(replicas, surge, unavailable))).toBe(unavailablePods);
});

it('knows neither with strategy Recreate', () => {
  const recreate = deployment({ replicas: 10, strategy: { type: 'Recreate' } });
  expect([maxSurge(recreate), maxUnavailable(recreate), newReplicaSetSize(recreate, [rs('old', 10)], 0)]).toEqual([0, 0, 10]);
});

it.each([
  ['from nothing', 10, 3, [], 0, 10],
  ['beside the old pods', 10, 3, [rs('old', 10)], 0, 3],
  ['no more than is missing', 10, 3, [rs('old', 1), rs('new', 9)], 9, 10],
  ['not at all while there are too many', 10, 3, [rs('old', 13)], 0, 0],
])('lets the new ReplicaSet grow: %s', (_case, replicas, surge, all, size, expected) => {
  expect(newReplicaSetSize(rolling(replicas, surge, 2), all, size)).toBe(expected);
});

// The examples of upstream's TestScale.
it.each<[string, number, number, number | string, Record<string, number>, Record<string, number>]>([
  ['up', 5, 10, 0, { new: 2, old: 3 }, { new: 4, old: 6 }],
  ['down', 5, 3, 0, { new: 3, old: 2 }, { new: 2, old: 1 }],
  ['up, by more than the ReplicaSets share evenly', 10, 20, 0, { new: 5, older: 3, oldest: 2 }, { new: 10, older: 6, oldest: 4 }],
  ['up with equal sizes, the newer first', 10, 11, 0, { new: 5, old: 5 }, { new: 6, old: 5 }],
  ['down with equal sizes, the older first', 10, 9, 0, { new: 5, old: 5 }, { new: 5, old: 4 }],
  ['to zero', 10, 0, 0, { new: 5, old: 5 }, { new: 0, old: 0 }],
  ['with surge', 10, 15, '10%', { new: 6, old: 5 }, { new: 9, old: 8 }],
])('scales in proportion: %s', (_case, before, after, surge, from, to) => {
  const names = Object.keys(from);
  const max = before + (surge === '10%' ? 1 : 0);
  const all = names.map((name, i) => rs(name, from[name] ?? 0, { max, created: names.length - i }));
  expect(sizes(proportionalSizes(rolling(after, surge, 0), all))).toEqual(to);
});

it('takes unavailable old pods down first, then what the minimum allows', () => {
  const wanted = rolling(10, 3, 2);
  const newRS = rs('new', 5, { available: 0, created: 5 });
  const old = [rs('b', 4, { available: 4, created: 2 }), rs('a', 4, { available: 1, created: 1 })];
  expect(maxScaledDown(wanted, [...old, newRS], newRS)).toBe(0);
  const ready = rs('new', 5, { available: 5, created: 5 });
  expect(maxScaledDown(wanted, [...old, ready], ready)).toBe(5);
  expect(sizes(unhealthyScaleDowns(old, 5))).toEqual({ a: 1 });
  expect(sizes(unhealthyScaleDowns(old, 2))).toEqual({ a: 2 });
  expect(sizes(availableScaleDowns(wanted, [...old, ready], old))).toEqual({ a: 2 });
  expect(availableScaleDowns(wanted, old, old)).toEqual([]);
});

it('is saturated only when size, note and availability agree', () => {
  const wanted = deployment({ replicas: 3 });
  expect(isSaturated(wanted, rs('new', 3, { available: 3, desired: 3 }))).toBe(true);
  for (const other of [rs('new', 3, { available: 2, desired: 3 }), rs('new', 3, { available: 3, desired: 2 }), rs('new', 3, { available: 3 }), undefined]) expect(isSaturated(wanted, other)).toBe(false);
});

it('finds the only active ReplicaSet, or the newest', () => {
  const [a, b] = [rs('a', 0, { created: 1 }), rs('b', 0, { created: 2 })];
  expect(findActiveOrLatest(undefined, [])).toBeUndefined();
  expect(findActiveOrLatest(undefined, [b, a])?.metadata.name).toBe('b');
  expect(findActiveOrLatest(rs('new', 0), [a, b])?.metadata.name).toBe('new');
  expect(findActiveOrLatest(rs('new', 0), [rs('c', 1), b])?.metadata.name).toBe('c');
  expect(findActiveOrLatest(rs('new', 1), [rs('c', 1)])).toBeUndefined();
});

it('knows its template whatever the hash label and empty lists, and takes the oldest of several', () => {
  const own = template('nginx:1', { app: 'web' });
  expect(sameTemplate(own, template('nginx:1', { app: 'web', 'pod-template-hash': 'abc' }))).toBe(true);
  expect(sameTemplate(own, { ...own, spec: { ...own.spec!, tolerations: [] } })).toBe(true);
  expect(sameTemplate(own, template('nginx:2'))).toBe(false);
  expect(sameTemplate(own, template('nginx:1', { app: 'web', tier: 'x' }))).toBe(false);
  const found = findNew(deployment({ template: own }), [rs('late', 1, { created: 3, image: 'nginx:1' }), rs('early', 1, { created: 1, image: 'nginx:1' }), rs('other', 1, { image: 'nginx:2' })]);
  expect(found?.metadata.name).toBe('early');
});

describe('annotations of the new ReplicaSet', () => {
  const key = (name: string) => `deployment.kubernetes.io/${name}`;

  it('are the Deployment\'s but for those of its own', () => {
    const own = { 'kubernetes.io/change-cause': 'v1', [key('revision')]: '7', 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    expect(newReplicaSetAnnotations(own, {}, 1)).toEqual({ 'kubernetes.io/change-cause': 'v1', [key('revision')]: '1' });
    const same = { 'kubernetes.io/change-cause': 'v1', [key('revision')]: '1' };
    expect(newReplicaSetAnnotations(own, same, 1)).toBe(same);
    const later = { ...same, [key('revision')]: '3' };
    expect(newReplicaSetAnnotations(own, later, 1)).toBe(later);
  });

  it('keep the revisions that it was before', () => {
    expect(newReplicaSetAnnotations({}, { [key('revision')]: '9' }, 10)).toEqual({ [key('revision')]: '10', [key('revision-history')]: '9' });
    expect(newReplicaSetAnnotations({}, { [key('revision')]: '4', [key('revision-history')]: '1,2' }, 6)[key('revision-history')]).toBe('1,2,4');
  });

  it('forget the oldest revisions when there are too many', () => {
    const history = Array.from({ length: 500 }, (_, i) => String(1000 + i)).join(',');
    const result = newReplicaSetAnnotations({}, { [key('revision')]: '2000', [key('revision-history')]: history }, 2001)[key('revision-history')] ?? '';
    expect(result.startsWith('1101,')).toBe(true);
    expect(result.endsWith(',1499,2000')).toBe(true);
    expect(result.length).toBeLessThanOrEqual(2000);
  });

  it('leave a revision alone that is no number', () => {
    const odd = { [key('revision')]: 'abc' };
    expect(newReplicaSetAnnotations({}, odd, 5)).toBe(odd);
  });

  it('carry the size', () => {
    const sized = withSize({}, 3, 4);
    expect(sized).toEqual({ [key('desired-replicas')]: '3', [key('max-replicas')]: '4' });
    expect(withSize(sized, 3, 4)).toBe(sized);
  });
});
