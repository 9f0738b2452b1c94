import { CONFIGMAPS, DEPLOYMENTS, PODS, REPLICASETS } from '../../../src/api/kinds.ts';
import { controllerRef } from '../../../src/api/object.ts';
import { garbageCollector } from '../../../src/controllers/garbagecollector/controller.ts';
import { testContext, type TestContext } from '../../support/fake-api.ts';
import { deployment, replicaSet } from '../workloads.ts';
import { podOn } from '../nodes.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(() => test.stop());

/** A Deployment with a ReplicaSet with a pod. */
function family(): void {
  const owner = test.api.put(deployment());
  const rs = test.api.put({ ...replicaSet({}, 'web-1'), metadata: { namespace: 'default', name: 'web-1', ownerReferences: [controllerRef(owner, DEPLOYMENTS)] } });
  test.api.put(podOn('node-1', 'web-1-a', { metadata: { ownerReferences: [controllerRef(rs, REPLICASETS)] } }));
}
const left = () => [...test.api.list(DEPLOYMENTS), ...test.api.list(REPLICASETS), ...test.api.list(PODS).filter(({ metadata }) => !metadata.deletionTimestamp)].map(({ metadata }) => metadata.name);

it('leaves what has its owners', async () => {
  family();
  await test.start(garbageCollector);
  expect(left()).toEqual(['web', 'web-1', 'web-1-a']);
  expect(test.api.writes()).toEqual([]);
});

it('deletes dependents after their owner, generation by generation', async () => {
  family();
  await test.start(garbageCollector);
  await test.context.client.of(DEPLOYMENTS).delete('default', 'web', { propagationPolicy: 'Background' });
  await test.settle();
  expect(left()).toEqual([]);
});

it('deletes blocking dependents before their owner when asked to', async () => {
  family();
  await test.start(garbageCollector);
  await test.context.client.of(DEPLOYMENTS).delete('default', 'web', { propagationPolicy: 'Foreground' });
  await test.settle();
  // The pod has its grace period; until it is over its owners stay.
  expect(left()).toEqual(['web', 'web-1']);
  test.api.remove(PODS, 'default', 'web-1-a');
  await test.settle();
  expect(left()).toEqual([]);
});

it('leaves dependents behind when asked to', async () => {
  family();
  await test.start(garbageCollector);
  await test.context.client.of(DEPLOYMENTS).delete('default', 'web', { propagationPolicy: 'Orphan' });
  await test.settle();
  expect(left()).toEqual(['web-1', 'web-1-a']);
  expect(test.api.get(REPLICASETS, 'default', 'web-1')?.metadata.ownerReferences ?? []).toEqual([]);
});

it('deletes what names an owner that never was, or is another of the same name', async () => {
  const real = test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'owner' } });
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' };
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'kept', ownerReferences: [{ ...reference, uid: real.metadata.uid }] } });
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'lost', ownerReferences: [{ ...reference, uid: 'another' }] } });
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'foreign', ownerReferences: [{ ...reference, kind: 'Nobody', uid: 'x' }] } });
  await test.start(garbageCollector);
  expect(test.api.list(CONFIGMAPS).map(({ metadata }) => metadata.name)).toEqual(['owner', 'kept', 'foreign']);
});

it('with two owners the one that is gone is dropped', async () => {
  const real = test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'owner' } });
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' };
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'child', ownerReferences: [{ ...reference, uid: real.metadata.uid }, { ...reference, name: 'gone', uid: 'gone' }] } });
  await test.start(garbageCollector);
  expect(test.api.get(CONFIGMAPS, 'default', 'child')?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([real.metadata.uid]);
});
