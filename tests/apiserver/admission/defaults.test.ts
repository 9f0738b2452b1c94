import type { Ingress, PersistentVolumeClaim, Pod, RuntimeClass, StorageClass } from '../../../src/api/generated/types.ts';
import { INGRESSCLASSES, PERSISTENTVOLUMECLAIMS, PODS, RUNTIMECLASSES, SERVICEACCOUNTS, STORAGECLASSES, type Resource } from '../../../src/api/kinds.ts';
import { resourceAt } from '../../../src/api/resource.ts';
import { clusterOfEachTest, failure } from '../support/api-cluster.ts';
import { pod } from '../support/objects.ts';

const INGRESSES = resourceAt('networking.k8s.io', 'v1', 'ingresses') as Resource<Ingress>;

const cluster = clusterOfEachTest();

const claim = (name: string, more: Partial<NonNullable<PersistentVolumeClaim['spec']>> = {}): PersistentVolumeClaim => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'default' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more } });
const storageClass = (name: string, more: Partial<StorageClass> = {}): StorageClass => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'x.example.com/y', ...more });

test('a claim gets the newest default class and a finalizer', async () => {
  expect((await cluster.of(PERSISTENTVOLUMECLAIMS).create(claim('none'))).spec?.storageClassName).toBeUndefined();
  await cluster.of(STORAGECLASSES).create(storageClass('old'));
  await cluster.clock.advance(5000);
  await cluster.of(STORAGECLASSES).create(storageClass('b'));
  await cluster.of(STORAGECLASSES).create(storageClass('a'));
  const made = await cluster.of(PERSISTENTVOLUMECLAIMS).create(claim('one'));
  expect([made.spec?.storageClassName, made.metadata.finalizers]).toEqual(['a', ['kubernetes.io/pvc-protection']]);
  expect((await cluster.of(PERSISTENTVOLUMECLAIMS).create(claim('two', { storageClassName: '' }))).spec?.storageClassName).toBe('');
});

test('a claim grows only when it is bound and its class allows it', async () => {
  await cluster.of(STORAGECLASSES).create(storageClass('fixed'));
  await cluster.of(STORAGECLASSES).create(storageClass('grows', { allowVolumeExpansion: true }));
  const grow = (name: string): Promise<unknown> => cluster.request({ verb: 'patch', resource: 'persistentvolumeclaims', namespace: 'default', name, patchType: 'merge', body: { spec: { resources: { requests: { storage: '2Gi' } } } } });
  const bind = (name: string): Promise<unknown> => cluster.request({ verb: 'patch', resource: 'persistentvolumeclaims', subresource: 'status', namespace: 'default', name, patchType: 'merge', body: { status: { phase: 'Bound' } } });
  for (const name of ['fixed', 'grows']) await cluster.of(PERSISTENTVOLUMECLAIMS).create(claim(name, { storageClassName: name, volumeName: `pv-${name}` }));
  expect((await failure(grow('grows'))).message).toMatch(/Forbidden: spec is immutable/);
  await bind('fixed');
  await bind('grows');
  expect((await failure(grow('fixed'))).message).toBe('persistentvolumeclaims "fixed" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  await grow('grows');
});

test('an Ingress gets the default class', async () => {
  await cluster.of(INGRESSCLASSES).create({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }, spec: { controller: 'example.com/x' } });
  const made = await cluster.of(INGRESSES).create({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: 'default' }, spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } });
  expect(made.spec?.ingressClassName).toBe('nginx');
});

test('a RuntimeClass gives pods its overhead, nodes and tolerations', async () => {
  const sandbox: RuntimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'sandbox' }, handler: 'runsc', overhead: { podFixed: { cpu: '250m' } }, scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] } };
  await cluster.of(RUNTIMECLASSES).create(sandbox);
  const withClass = (name: string, more: Partial<NonNullable<Pod['spec']>> = {}): Pod => ({ ...pod(name), spec: { containers: [{ name: 'main', image: 'nginx' }], runtimeClassName: 'sandbox', ...more } });
  const made = await cluster.of(PODS).create(withClass('a', { tolerations: [{ key: 'sandbox', operator: 'Equal', value: 'x' }] }));
  expect(made.spec).toMatchObject({ overhead: { cpu: '250m' }, nodeSelector: { sandbox: 'yes' } });
  expect(made.spec?.tolerations?.filter(({ key }) => key === 'sandbox')).toEqual([{ key: 'sandbox', operator: 'Exists' }]);
  expect((await failure(cluster.of(PODS).create(withClass('b', { runtimeClassName: 'nope' })))).message).toBe('pods "b" is forbidden: pod rejected: RuntimeClass "nope" not found');
  expect((await failure(cluster.of(PODS).create(withClass('c', { nodeSelector: { sandbox: 'no' } })))).message).toBe('pods "c" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; pod.spec.nodeSelector[sandbox] = no');
  expect((await failure(cluster.of(PODS).create({ ...pod('d'), spec: { containers: [{ name: 'main', image: 'nginx' }], overhead: { cpu: '1' } } }))).message).toBe('pods "d" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
});

test('an account that says so lends its pods only the secrets that it names', async () => {
  await cluster.of(SERVICEACCOUNTS).create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'strict', namespace: 'default', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } }, secrets: [{ name: 'mine' }] });
  const using = (name: string, secret: string): Pod => ({ ...pod(name), spec: { serviceAccountName: 'strict', containers: [{ name: 'main', image: 'nginx', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: secret, key: 'k' } } }] }] } });
  await cluster.of(PODS).create(using('a', 'mine'));
  expect((await failure(cluster.of(PODS).create(using('b', 'other')))).message).toBe('pods "b" is forbidden: container main with envVar A referencing secret.secretName="other" is not allowed because service account strict does not reference that secret');
});
