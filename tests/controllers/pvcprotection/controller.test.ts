import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS } from '../../../src/api/kinds.ts';
import { pvcProtectionController } from '../../../src/controllers/pvcprotection/controller.ts';
import { pvProtectionController } from '../../../src/controllers/pvprotection/controller.ts';
import { testContext, type TestContext } from '../../support/test-context.ts';
import { podOn } from '../nodes.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(() => test.stop());

const claim = (metadata: object = {}) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { namespace: 'default', name: 'data', ...metadata }, spec: { accessModes: ['ReadWriteOnce'] } });
const going = (finalizer: string) => ({ deletionTimestamp: '2025-01-01T00:00:00Z', finalizers: [finalizer] });
const user = podOn('node-1', 'db', { spec: { containers: [{ name: 'db', image: 'postgres' }], nodeName: 'node-1', volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } });

it('keeps a claim that is being deleted until the last pod that uses it is gone', async () => {
  test.api.put(user);
  test.api.put(claim(going('kubernetes.io/pvc-protection')));
  await test.start(pvcProtectionController);
  expect(test.api.get(PERSISTENTVOLUMECLAIMS, 'default', 'data')?.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  test.api.remove(PODS, 'default', 'db');
  await test.settle();
  expect(test.api.get(PERSISTENTVOLUMECLAIMS, 'default', 'data')?.metadata.finalizers ?? []).toEqual([]);
  expect(test.errors).toEqual([]);
});

it('protects claims that were made before it ran', async () => {
  test.api.put(claim());
  await test.start(pvcProtectionController);
  expect(test.api.get(PERSISTENTVOLUMECLAIMS, 'default', 'data')?.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
});

it('keeps a volume while a claim is bound to it', async () => {
  test.api.put({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv', ...going('kubernetes.io/pv-protection') }, status: { phase: 'Bound' } });
  await test.start(pvProtectionController);
  expect(test.api.get(PERSISTENTVOLUMES, undefined, 'pv')?.metadata.finalizers).toEqual(['kubernetes.io/pv-protection']);
  test.api.change(PERSISTENTVOLUMES, undefined, 'pv', (volume) => Object.assign(volume, { status: { phase: 'Released' } }));
  await test.settle();
  expect(test.api.get(PERSISTENTVOLUMES, undefined, 'pv')?.metadata.finalizers ?? []).toEqual([]);
});
