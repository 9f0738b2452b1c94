import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeSpec, PodSpec } from '../../../src/api/generated/types.ts';
import { EVENTS, PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS } from '../../../src/api/kinds.ts';
import { persistentVolumeBinderController } from '../../../src/controllers/persistentvolume/controller.ts';
import { scheduler } from '../../../src/scheduler/index.ts';
import { aNode, aPod } from '../../scheduler/objects.ts';
import { testContext, type TestContext } from '../../support/test-context.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(async () => {
  await test.stop();
  expect(test.errors).toEqual([]);
});

const BOUND = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };
const volume = (name: string, spec: PersistentVolumeSpec = {}, annotations = {}) => test.api.put<PersistentVolume>({
  apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, annotations },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain', hostPath: { path: '/data' }, ...spec }, status: { phase: 'Available' },
} as never);
const claim = (name: string, spec: PersistentVolumeClaimSpec = {}, annotations = {}) => test.api.put<PersistentVolumeClaim>({
  apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'default', annotations },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '', ...spec }, status: { phase: 'Pending' },
} as never);
const storageClass = (name: string, provisioner: string, volumeBindingMode = 'Immediate', annotations = {}) => test.api.put({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name, annotations }, provisioner, volumeBindingMode } as never);
const start = () => test.start(persistentVolumeBinderController);
const volumeNow = (name: string) => test.api.get(PERSISTENTVOLUMES, undefined, name);
const claimNow = (name: string) => test.api.get(PERSISTENTVOLUMECLAIMS, 'default', name);
const said = () => test.api.list(EVENTS).map(({ reason, message, involvedObject, count }) => `${involvedObject.name} ${reason} x${count}: ${message}`);
const FAILED_BINDING = 'no persistent volumes available for this claim and no storage class is set';

it('binds a claim to the smallest volume that will do', async () => {
  volume('big', { capacity: { storage: '5Gi' } });
  volume('small', { capacity: { storage: '500Mi' } });
  volume('shared', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] });
  volume('right', { capacity: { storage: '2Gi' } });
  volume('classy', { storageClassName: 'fast' });
  volume('block', { volumeMode: 'Block' });
  test.api.change(PERSISTENTVOLUMES, undefined, 'right', (pv) => (pv.status = { phase: 'Pending' }));
  await start();
  const { metadata: { uid } } = claim('data');
  await test.settle();
  expect(volumeNow('right')).toMatchObject({
    metadata: { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
    spec: { claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid } }, status: { phase: 'Bound' },
  });
  expect(claimNow('data')).toMatchObject({ metadata: { annotations: BOUND }, spec: { volumeName: 'right' }, status: { phase: 'Bound', capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'] } });
  for (const name of ['big', 'small', 'shared', 'classy', 'block']) expect(volumeNow(name)?.status?.phase).toBe('Available');
  expect(test.api.list(EVENTS)).toEqual([]);
});

it('gives each of two claims its own, and tells the third that there is none', async () => {
  for (const name of ['a', 'b']) volume(name);
  for (const name of ['one', 'two', 'three']) claim(name);
  await start();
  expect(['one', 'two', 'three'].map((name) => claimNow(name)?.status?.phase)).toEqual(['Bound', 'Bound', 'Pending']);
  await test.clock.advance(31_000);
  expect(said().at(-1)).toMatch(new RegExp(`^three FailedBinding x\\d+: ${FAILED_BINDING}$`));
  volume('late', { claimRef: { namespace: 'default', name: 'three' } });
  await test.settle();
  expect(claimNow('three')?.spec?.volumeName).toBe('late');
  // What the user had reserved is not marked as the controller's choice.
  expect(volumeNow('late')).toMatchObject({ spec: { claimRef: { uid: claimNow('three')?.metadata.uid } }, status: { phase: 'Bound' } });
  expect(volumeNow('late')?.metadata.annotations).toEqual({});
});

it.each<[PersistentVolumeSpec, string]>([
  [{ capacity: { storage: '1Mi' } }, 'VolumeMismatch x1: Cannot bind to requested volume "mine": requested PV is too small'],
  [{ storageClassName: 'x' }, 'VolumeMismatch x1: Cannot bind to requested volume "mine": storageClassName does not match'],
  [{ volumeMode: 'Block' }, 'VolumeMismatch x1: Cannot bind to requested volume "mine": incompatible volumeMode'],
  [{ accessModes: ['ReadOnlyMany'] }, 'VolumeMismatch x1: Cannot bind to requested volume "mine": incompatible accessMode'],
  [{ claimRef: { namespace: 'default', name: 'other' } }, 'FailedBinding x1: volume "mine" already bound to a different claim.'],
])('a claim that names a volume with %j', async (spec, message) => {
  await start();
  volume('mine', spec);
  await test.settle();
  claim('data', { volumeName: 'mine' });
  await test.settle();
  expect(said()).toEqual([`data ${message}`]);
  expect(claimNow('data')?.status?.phase).toBe('Pending');
});

it('waits for the volume that a claim names', async () => {
  claim('data', { volumeName: 'mine' });
  await start();
  expect(said()).toEqual([]);
  volume('mine', { capacity: { storage: '9Gi' } });
  await test.settle();
  expect(claimNow('data')).toMatchObject({ metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, status: { phase: 'Bound', capacity: { storage: '9Gi' } } });
  expect(claimNow('data')?.metadata.annotations).not.toHaveProperty(['pv.kubernetes.io/bound-by-controller']);
});

it.each<[PersistentVolumeSpec, object, string | undefined, string[]]>([
  [{}, {}, 'Released', []],
  [{ persistentVolumeReclaimPolicy: 'Delete' }, {}, 'Failed', ['pv VolumeFailedDelete x1: host_path deleter only supports /tmp/.+ but received provided /data']],
  [{ persistentVolumeReclaimPolicy: 'Delete', hostPath: { path: '/tmp/data' } }, {}, undefined, []],
  [{ persistentVolumeReclaimPolicy: 'Delete', hostPath: undefined, nfs: { server: 's', path: '/' } }, {}, 'Failed', ['pv VolumeFailedDelete x1: error getting deleter volume plugin for volume "pv": no deletable volume plugin matched']],
  [{ persistentVolumeReclaimPolicy: 'Delete', hostPath: undefined, iscsi: { iqn: 'i', lun: 0, targetPortal: 'p' } }, {}, 'Failed', ['pv VolumeFailedDelete x1: error getting deleter volume plugin for volume "pv": no volume plugin matched']],
  [{ persistentVolumeReclaimPolicy: 'Delete', hostPath: undefined, csi: { driver: 'd', volumeHandle: 'v' } }, {}, 'Released', []],
  [{ persistentVolumeReclaimPolicy: 'Delete' }, { 'pv.kubernetes.io/provisioned-by': 'example.com/x' }, 'Released', []],
  [{ persistentVolumeReclaimPolicy: 'Recycle' }, {}, 'Available', ['pv VolumeRecycled x1: Volume recycled']],
])('takes a volume with %j %j back', async (spec, annotations, phase, events) => {
  volume('pv', spec, annotations);
  claim('data');
  await start();
  expect(volumeNow('pv')?.status?.phase).toBe('Bound');
  test.api.remove(PERSISTENTVOLUMECLAIMS, 'default', 'data');
  await test.settle();
  expect(volumeNow('pv')?.status?.phase).toBe(phase);
  expect(said()).toEqual(events);
  // A new claim of that name is another.
  const { length } = events;
  claim('data');
  await test.settle();
  if (phase !== 'Available') expect(said().slice(length)).toEqual([`data FailedBinding x1: ${FAILED_BINDING}`]);
});

it.each<[string, (() => void)]>([
  ['ClaimLost x1: Bound claim has lost its PersistentVolume. Data on the volume is lost!', () => test.api.remove(PERSISTENTVOLUMES, undefined, 'pv')],
  ['ClaimMisbound x1: Two claims are bound to the same volume, this one is bound incorrectly', () => claim('second', { volumeName: 'pv' }, BOUND)],
  ['ClaimLost x1: Bound claim has lost reference to PersistentVolume. Data on the volume is lost!', () => claim('second', {}, BOUND)],
])('says %s', async (message, happens) => {
  volume('pv');
  claim('data');
  await start();
  happens();
  await test.settle();
  expect(said()).toEqual([expect.stringMatching(new RegExp(`^(data|second) ${message}$`))]);
  const lost = claimNow('second') ?? claimNow('data');
  expect(lost?.status).toEqual({ phase: 'Lost' });
});

it('lets go of a volume whose claim has gone for another', async () => {
  volume('other');
  claim('data');
  await start();
  const { uid } = claimNow('data')?.metadata ?? {};
  volume('mine', { claimRef: { namespace: 'default', name: 'data', uid } }, { 'pv.kubernetes.io/bound-by-controller': 'yes' });
  volume('theirs', { claimRef: { namespace: 'default', name: 'data', uid } });
  await test.settle();
  expect(volumeNow('mine')).toMatchObject({ status: { phase: 'Available' } });
  expect(volumeNow('mine')?.spec?.claimRef).toBeUndefined();
  expect(volumeNow('theirs')?.spec?.claimRef).toEqual({ namespace: 'default', name: 'data' });
});

it.each<[string, string, string]>([
  ['missing', '', 'ProvisioningFailed x1: storageclass.storage.k8s.io "missing" not found'],
  ['hand', 'kubernetes.io/no-provisioner', 'ProvisioningFailed x1: no volume plugin matched name: kubernetes.io/no-provisioner'],
  ['nfs', 'kubernetes.io/nfs', 'ProvisioningFailed x1: no provisionable volume plugin matched'],
  ['later', 'kubernetes.io/no-provisioner', 'WaitForFirstConsumer x1: waiting for first consumer to be created before binding'],
])('a claim of the class %s', async (name, provisioner, message) => {
  if (provisioner) storageClass(name, provisioner, name === 'later' ? 'WaitForFirstConsumer' : 'Immediate');
  volume('pv', { storageClassName: 'later' });
  claim('data', { storageClassName: name });
  await start();
  expect(said()).toEqual([`data ${message}`]);
  expect(volumeNow('pv')?.status?.phase).toBe('Available');
});

it.each([['example.com/nfs', 'example.com/nfs'], ['kubernetes.io/aws-ebs', 'ebs.csi.aws.com']])('leaves claims to the provisioner %s', async (provisioner, name) => {
  storageClass('ext', provisioner);
  claim('data', { storageClassName: 'ext' });
  await start();
  expect(claimNow('data')?.metadata.annotations).toEqual({ 'volume.beta.kubernetes.io/storage-provisioner': name, 'volume.kubernetes.io/storage-provisioner': name });
  expect(said()[0]).toMatch(`: Waiting for a volume to be created either by the external provisioner '${name}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`);
});

it('names the pods that a claim waits for', async () => {
  storageClass('later', 'kubernetes.io/no-provisioner', 'WaitForFirstConsumer');
  for (const name of ['a', 'b']) test.api.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] } } as never);
  claim('data', { storageClassName: 'later' });
  await start();
  expect(said()).toEqual(['data WaitForPodScheduled x1: waiting for pods a,b to be scheduled']);
});

it('gives earlier claims a default class that has come later', async () => {
  claim('data', { storageClassName: undefined });
  await start();
  storageClass('usual', 'example.com/x', 'Immediate', { 'storageclass.kubernetes.io/is-default-class': 'true' });
  await test.settle();
  expect(claimNow('data')?.spec?.storageClassName).toBe('usual');
});

describe('with the scheduler', () => {
  const onNode = (name: string) => ({ nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }] } } });
  const pod = (name: string, claimName: string) => test.api.put(aPod(name, { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] } as Partial<PodSpec> }));
  const podNow = (name: string) => test.api.get(PODS, 'default', name);
  const begin = async () => {
    for (const name of ['n1', 'n2']) test.api.put(aNode(name, { labels: { 'kubernetes.io/hostname': name } }));
    storageClass('later', 'kubernetes.io/no-provisioner', 'WaitForFirstConsumer');
    storageClass('made', 'example.com/x', 'WaitForFirstConsumer');
    await test.start(persistentVolumeBinderController, scheduler);
  };

  it('binds a claim to a volume of the node that its pod gets', async () => {
    volume('of-n2', { storageClassName: 'later', ...onNode('n2') });
    for (const name of ['first', 'second']) claim(name, { storageClassName: 'later' });
    await begin();
    for (const name of ['first', 'second']) pod(name, name);
    await test.settle();
    expect(podNow('first')?.spec?.nodeName).toBe('n2');
    expect(claimNow('first')).toMatchObject({ spec: { volumeName: 'of-n2' }, status: { phase: 'Bound' } });
    expect(said()).toContainEqual(expect.stringContaining("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."));
    volume('of-n1', { storageClassName: 'later', ...onNode('n1') });
    await test.clock.advance(20_000);
    expect(podNow('second')?.spec?.nodeName).toBe('n1');
  });

  it('has a volume made for the node, and waits ten minutes for it', async () => {
    claim('data', { storageClassName: 'made' });
    await begin();
    pod('web', 'data');
    await test.settle();
    const node = claimNow('data')?.metadata.annotations?.['volume.kubernetes.io/selected-node'] ?? '';
    expect(['n1', 'n2']).toContain(node);
    expect(claimNow('data')?.metadata.annotations).toMatchObject({ 'volume.kubernetes.io/storage-provisioner': 'example.com/x' });
    await test.clock.advance(601_000);
    expect(said()).toContainEqual('web FailedScheduling xundefined: running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded');
    await test.clock.advance(20_000);
    volume('pvc-1', { storageClassName: 'made', claimRef: { namespace: 'default', name: 'data', uid: claimNow('data')?.metadata.uid } });
    await test.settle();
    expect(podNow('web')?.spec?.nodeName).toBe(node);
  });
});
