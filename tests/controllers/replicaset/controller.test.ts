import { EVENTS, PODS, REPLICASETS } from '../../../src/api/kinds.ts';
import { controllerOf } from '../../../src/api/object.ts';
import { forbidden, StatusError } from '../../../src/api/status.ts';
import { replicaSetController } from '../../../src/controllers/replicaset/controller.ts';
import { testContext } from '../../support/fake-api.ts';
import type { TestContext } from '../../support/fake-api.ts';
import { replicaSet, runningStatus, runPods, template } from '../workloads.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext({ component: 'replicaset-controller' });
});
afterEach(() => test.stop());

const messages = () => test.api.list(EVENTS).map(({ reason, message, type }) => `${type} ${reason} ${message}`);
const podNames = () => test.api.list(PODS).map(({ metadata }) => metadata.name);
const status = (name = 'web') => test.api.get(REPLICASETS, 'default', name)?.status;

it('creates the pods that are missing, from the template and under its own name', async () => {
  test.api.put(replicaSet({ template: { metadata: { labels: { app: 'web' }, annotations: { note: 'x' } }, spec: template().spec! } }));
  await test.start(replicaSetController);
  const pods = test.api.list(PODS);
  expect(pods).toHaveLength(3);
  const rs = test.api.get(REPLICASETS, 'default', 'web');
  for (const pod of pods) {
    expect(pod.metadata).toMatchObject({ generateName: 'web-', namespace: 'default', labels: { app: 'web' }, annotations: { note: 'x' } });
    expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(pod.metadata.ownerReferences).toEqual([{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: rs?.metadata.uid, controller: true, blockOwnerDeletion: true }]);
    expect(pod.spec).toEqual(template().spec);
  }
  expect(status()).toEqual({ replicas: 3, fullyLabeledReplicas: 3, observedGeneration: 1 });
  expect(messages()).toEqual(podNames().map((name) => `Normal SuccessfulCreate Created pod: ${name}`));
  expect(test.api.writes('pods')[0]?.reason).toBe('ReplicaSet web wants 3 pods and has 0');
  expect(test.errors).toEqual([]);
});

it('counts ready and available pods, and writes nothing when nothing changed', async () => {
  test.api.put(replicaSet());
  await test.start(replicaSetController);
  await runPods(test);
  expect(status()).toEqual({ replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 });
  const writes = test.api.writes('replicasets').length;
  const [pod] = podNames();
  test.api.change(PODS, 'default', pod!, (changed) => Object.assign(changed.status!, { podIP: '10.0.0.1' }));
  await test.settle();
  expect(test.api.writes('replicasets')).toHaveLength(writes);
});

it('counts a pod as available only after minReadySeconds', async () => {
  test.api.put(replicaSet({ minReadySeconds: 10 }));
  await test.start(replicaSetController);
  await runPods(test);
  expect(status()).toMatchObject({ readyReplicas: 3 });
  expect(status()?.availableReplicas).toBeUndefined();
  await test.clock.advance(9_000);
  expect(status()?.availableReplicas).toBeUndefined();
  await test.clock.advance(1_000);
  expect(status()).toMatchObject({ availableReplicas: 3 });
});

it('replaces a pod that is deleted or has failed, without waiting for it to be gone', async () => {
  test.api.put(replicaSet());
  await test.start(replicaSetController);
  await runPods(test);
  const [first, second] = podNames();
  await test.context.client.of(PODS).delete('default', first!);
  await test.settle();
  expect(test.api.get(PODS, 'default', first!)?.metadata.deletionTimestamp).toBeDefined();
  expect(podNames()).toHaveLength(4);
  test.api.change(PODS, 'default', second!, (pod) => Object.assign(pod.status!, { phase: 'Failed' }));
  await test.settle();
  expect(podNames()).toHaveLength(5);
  expect(status()?.replicas).toBe(3);
});

it('deletes what is too much, unready pods first, and says why', async () => {
  test.api.put(replicaSet());
  await test.start(replicaSetController);
  const [unready] = podNames();
  await runPods(test, (pod) => pod.metadata.name !== unready);
  test.api.change(REPLICASETS, 'default', 'web', (rs) => Object.assign(rs.spec!, { replicas: 2 }));
  await test.settle();
  expect(podNames()).not.toContain(unready);
  expect(podNames()).toHaveLength(2);
  expect(messages()).toContain(`Normal SuccessfulDelete Deleted pod: ${unready}`);
  expect(test.api.writes('pods').find(({ verb }) => verb === 'delete')?.reason).toBe('ReplicaSet web wants 2 pods and has 3; this one goes first: it is not assigned to a node');
});

it('stops at the first failing batch, reports it, and recovers', async () => {
  let quota = 3;
  test.api.before(({ verb, resource }) => {
    if (verb === 'create' && resource === 'pods' && quota-- <= 0) throw forbidden(PODS, '', 'exceeded quota: small');
  });
  test.api.put(replicaSet({ replicas: 20 }));
  await test.start(replicaSetController);
  // Batches of 1, 2 and 4: the third fails as a whole, and the fourth is not tried.
  expect(test.api.writes('pods').filter(({ reason }) => reason?.endsWith('has 0'))).toHaveLength(7);
  expect(status()).toMatchObject({ conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'pods is forbidden: exceeded quota: small', lastTransitionTime: '2025-01-01T00:00:00Z' }] });
  expect(messages()).toContain('Warning FailedCreate Error creating: pods is forbidden: exceeded quota: small');
  quota = 100;
  await test.clock.converge(60_000);
  expect(podNames()).toHaveLength(20);
  expect(status()?.conditions).toBeUndefined();
});

it('does not report, nor try again and again, in a namespace that is on its way out', async () => {
  test.api.before(({ verb, resource }) => {
    if (verb !== 'create' || resource !== 'pods') return;
    throw new StatusError(403, 'Forbidden', 'because it is being terminated', { causes: [{ reason: 'NamespaceTerminating' }] });
  });
  test.api.put(replicaSet());
  await test.start(replicaSetController);
  await test.clock.converge(60_000);
  expect(test.api.writes('pods')).toHaveLength(3);
  expect(messages()).toEqual([]);
  expect(status()).toEqual({ replicas: 0, observedGeneration: 1 });
});

it('adopts orphans that its selector matches, and no others', async () => {
  for (const [name, labels] of [['mine', { app: 'web' }], ['other', { app: 'db' }]] as const) {
    test.api.put({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name, labels }, spec: template().spec, status: runningStatus(true, '2025-01-01T00:00:00Z') });
  }
  test.api.put({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'elsewhere', name: 'mine', labels: { app: 'web' } } });
  test.api.put(replicaSet({ replicas: 2 }));
  await test.start(replicaSetController);
  expect(test.api.list(PODS, 'default')).toHaveLength(3);
  expect(controllerOf(test.api.get(PODS, 'default', 'mine')!)).toMatchObject({ kind: 'ReplicaSet', name: 'web' });
  expect(controllerOf(test.api.get(PODS, 'default', 'other')!)).toBeUndefined();
  expect(controllerOf(test.api.get(PODS, 'elsewhere', 'mine')!)).toBeUndefined();
});

it('adopts an orphan that appears later, and gives up the pod that is then too much', async () => {
  test.api.put(replicaSet({ replicas: 1 }));
  await test.start(replicaSetController);
  await runPods(test);
  const [kept] = podNames();
  test.api.put({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name: 'late', labels: { app: 'web' } }, status: { phase: 'Pending' } });
  await test.settle();
  expect(podNames()).toEqual([kept]);
});

it('releases a pod whose labels no longer match, and makes another', async () => {
  test.api.put(replicaSet());
  await test.start(replicaSetController);
  const [name] = podNames();
  test.api.change(PODS, 'default', name!, (pod) => Object.assign(pod.metadata, { labels: { app: 'debug' } }));
  await test.settle();
  expect(controllerOf(test.api.get(PODS, 'default', name!)!)).toBeUndefined();
  expect(podNames()).toHaveLength(4);
  expect(status()?.replicas).toBe(3);
});

it('does not adopt when it has been replaced by another of its name', async () => {
  test.api.put(replicaSet({ replicas: 0 }));
  await test.start(replicaSetController);
  test.api.before(({ verb, resource }) => {
    if (verb === 'get' && resource === 'replicasets') throw forbidden(REPLICASETS, 'web', 'no');
  });
  test.api.put({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name: 'orphan', labels: { app: 'web' } } });
  await test.settle();
  expect(test.api.writes('pods')).toEqual([]);
  expect(test.errors).toEqual(['default/web: replicasets.apps "web" is forbidden: no']);
});

it('leaves the pods of a ReplicaSet alone that is on its way out', async () => {
  test.api.put({ ...replicaSet(), metadata: { namespace: 'default', name: 'web', finalizers: ['foregroundDeletion'], deletionTimestamp: '2025-01-01T00:00:00Z' } });
  await test.start(replicaSetController);
  expect(podNames()).toEqual([]);
});

it('does not create pods twice when its cache lags behind', async () => {
  test.api.put(replicaSet());
  let written = 0;
  test.api.before(async ({ verb, resource }) => {
    // The status update comes before the pods of the first round are seen; a change wakes the controller meanwhile.
    if (verb === 'update' && resource === 'replicasets' && written++ === 0) test.api.change(REPLICASETS, 'default', 'web', (rs) => Object.assign(rs.metadata, { annotations: { touched: 'yes' } }));
  });
  await test.start(replicaSetController);
  await test.clock.converge(10_000);
  expect(podNames()).toHaveLength(3);
  expect(status()?.replicas).toBe(3);
});

it('makes a thousand pods at a cost that does not grow with their number', async () => {
  test.api.put(replicaSet({ replicas: 1000 }));
  const started = process.hrtime.bigint();
  await test.start(replicaSetController);
  await test.clock.converge(60_000);
  expect(podNames()).toHaveLength(1000);
  const before = test.api.writes('replicasets').length;
  await runPods(test);
  await test.clock.converge(60_000);
  expect(status()).toMatchObject({ replicas: 1000, readyReplicas: 1000, availableReplicas: 1000 });
  // One write for many events.
  expect(test.api.writes('replicasets').length - before).toBeLessThan(10);
  expect(before).toBeLessThan(20);
  expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(5000);
});
