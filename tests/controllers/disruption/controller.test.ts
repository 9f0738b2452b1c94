import type { OwnerReference, Pod, PodDisruptionBudgetSpec } from '../../../src/api/generated/types.ts';
import { EVENTS, PODDISRUPTIONBUDGETS, PODS } from '../../../src/api/kinds.ts';
import { disruptionController } from '../../../src/controllers/disruption/controller.ts';
import { testContext, type TestContext } from '../../support/test-context.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(async () => {
  await test.stop();
  expect(test.errors).toEqual([]);
});

const owner = (kind: string, apiVersion = 'apps/v1') => [{ apiVersion, kind, name: 'web', uid: `${kind}-uid`, controller: true }];
const pod = (name: string, ready = true, ownerReferences: readonly OwnerReference[] = []) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: 'web' }, ownerReferences },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const budget = (spec: PodDisruptionBudgetSpec) => test.api.put({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web', namespace: 'default', generation: 1 }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } });
const status = () => test.api.get(PODDISRUPTIONBUDGETS, 'default', 'web')?.status;
const events = async () => (await test.context.client.of(EVENTS).list()).items.map(({ reason, message, source }) => `${source?.component} ${reason}: ${message}`);
/** A Deployment of `replicas`, its ReplicaSet, and pods of that. */
const deployment = (replicas: number, pods: readonly [string, boolean][]) => {
  test.api.put({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default', uid: 'Deployment-uid' }, spec: { replicas } });
  test.api.put({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web', namespace: 'default', uid: 'ReplicaSet-uid', ownerReferences: owner('Deployment') }, spec: { replicas: 1 } });
  for (const [name, ready] of pods) test.api.put(pod(name, ready, owner('ReplicaSet')));
};

it('counts what is healthy, and allows what is more than must be', async () => {
  budget({ minAvailable: 1 });
  for (const name of ['a', 'b', 'c']) test.api.put(pod(name, name !== 'c'));
  await test.start(disruptionController);
  expect(status()).toEqual({
    currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1, expectedPods: 3, observedGeneration: 1,
    conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '', observedGeneration: 1, lastTransitionTime: '2025-01-01T00:00:00Z' }],
  });
  test.api.put({ ...pod('b'), metadata: { ...pod('b').metadata, deletionTimestamp: '2025-01-01T00:00:00Z' } });
  await test.settle();
  expect(status()).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0, conditions: [{ status: 'False', reason: 'InsufficientPods' }] });
});

it.each<[PodDisruptionBudgetSpec, number, number]>([
  [{ maxUnavailable: 1 }, 3, 1],
  [{ maxUnavailable: '50%' }, 2, 2],
  [{ minAvailable: '50%' }, 2, 2],
  [{ minAvailable: '100%' }, 4, 0],
])('reckons %j from what the controllers are scaled to', async (spec, desiredHealthy, disruptionsAllowed) => {
  budget(spec);
  deployment(4, [['a', true], ['b', true], ['c', true], ['d', true]]);
  await test.start(disruptionController);
  expect(status()).toMatchObject({ expectedPods: 4, desiredHealthy, disruptionsAllowed });
});

it('tells of pods that nothing controls, and of none at all', async () => {
  budget({ maxUnavailable: 1 });
  await test.start(disruptionController);
  expect(status()).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 });
  test.api.put(pod('lone'));
  await test.settle();
  expect(await events()).toEqual([
    'controllermanager NoPods: No matching pods found',
    'controllermanager UnmanagedPods: Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
  ]);
});

it('allows nothing where it cannot count', async () => {
  budget({ maxUnavailable: 1 });
  test.api.put(pod('a', true, owner('DaemonSet')));
  await test.start(disruptionController);
  expect(status()).toMatchObject({ disruptionsAllowed: 0, conditions: [{ status: 'False', reason: 'SyncFailed', message: 'daemonsets.apps does not implement the scale subresource' }] });
  expect(await events()).toContain('controllermanager CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: daemonsets.apps does not implement the scale subresource');
});

it('takes an evicted pod for gone for two minutes', async () => {
  budget({ minAvailable: 1 });
  for (const name of ['a', 'b']) test.api.put(pod(name));
  await test.start(disruptionController);
  const found = test.api.get(PODDISRUPTIONBUDGETS, 'default', 'web');
  await test.context.client.of(PODDISRUPTIONBUDGETS).updateStatus({ ...found, status: { ...found?.status, disruptionsAllowed: 0, disruptedPods: { a: '2025-01-01T00:00:00Z' } } } as never);
  await test.settle();
  expect(status()).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0, disruptedPods: { a: '2025-01-01T00:00:00Z' } });
  await test.clock.advance(121_000);
  expect(status()).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
  expect(await events()).toContain("controllermanager NotDeleted: Pod was expected by PDB default/default to be deleted but it wasn't");
});

it('takes back that a pod is to go when nobody deletes it', async () => {
  const target = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', lastTransitionTime: '2025-01-01T00:00:00Z' };
  test.api.put({ ...pod('a'), status: { phase: 'Running', conditions: [target] } });
  await test.start(disruptionController);
  await test.clock.advance(119_000);
  const condition = () => (test.api.get(PODS, 'default', 'a') as Pod).status?.conditions?.[0];
  expect(condition()?.status).toBe('True');
  await test.clock.advance(2000);
  expect(condition()).toEqual({ type: 'DisruptionTarget', status: 'False', lastTransitionTime: '2025-01-01T00:02:00Z' });
});
