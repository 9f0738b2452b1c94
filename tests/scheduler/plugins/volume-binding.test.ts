import type { PersistentVolume, PersistentVolumeClaim, PodSpec, StorageClass } from '../../../src/api/generated/types.ts';
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, STORAGECLASSES } from '../../../src/api/kinds.ts';
import type { Stored } from '../../../src/api/object.ts';
import { Harness } from '../harness.ts';
import { aPod } from '../objects.ts';

const meta = (name: string, more: object = {}) => ({ name, uid: name, resourceVersion: '1', ...more });
const claim = (name: string, more: object = {}, metadata: object = {}) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta(name, { namespace: 'default', ...metadata }), ...more }) as unknown as Stored<PersistentVolumeClaim>;
const boundTo = (name: string, volumeName: string) => claim(name, { spec: { volumeName } }, { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } });
const volume = (name: string, hostname: string, more: object = {}) => ({
  apiVersion: 'v1', kind: 'PersistentVolume', metadata: meta(name), status: { phase: 'Available' },
  spec: {
    capacity: { storage: '1Gi' }, ...more, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [hostname] }] }] } },
  },
}) as unknown as Stored<PersistentVolume>;
const storageClass = (name: string, provisioner: string, more: object = {}) => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: meta(name), provisioner, volumeBindingMode: 'WaitForFirstConsumer', ...more }) as unknown as Stored<StorageClass>;
const onlyOn = (node: string) => ({ allowedTopologies: [{ matchLabelExpressions: [{ key: 'kubernetes.io/hostname', values: [node] }] }] });
const late = (name: string, storage: string, storageClassName = 'later', annotations = {}) => claim(name, { spec: { storageClassName, resources: { requests: { storage } } } }, { annotations });
const using = (...claims: string[]) => aPod('p', { spec: { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) } as Partial<PodSpec> });

const harness = new Harness()
  .node('a', { labels: { 'kubernetes.io/hostname': 'a' } })
  .node('b', { labels: { 'kubernetes.io/hostname': 'b' } })
  .known(STORAGECLASSES, storageClass('later', 'kubernetes.io/no-provisioner'), storageClass('made', 'example.com/x'), storageClass('made-on-b', 'example.com/x', onlyOn('b')))
  .known(PERSISTENTVOLUMES, volume('local', 'a'), volume('of-a', 'a', { storageClassName: 'later' }), volume('small-of-b', 'b', { storageClassName: 'later', capacity: { storage: '1Mi' } }))
  .known(PERSISTENTVOLUMECLAIMS, claim('free'), late('late', '1Gi'), late('tiny', '1Mi'), late('huge', '9Gi'), late('made', '1Gi', 'made'), late('made-on-b', '1Gi', 'made-on-b'), late('chosen', '1Gi', 'made', { 'volume.kubernetes.io/selected-node': 'b' }), boundTo('local', 'local'), boundTo('nowhere', 'none'),
    claim('lost', { spec: { volumeName: 'x' }, status: { phase: 'Lost' } }), claim('going', {}, { deletionTimestamp: '2025-01-01T00:00:00Z' }));

const everywhere = (said: string) => ({ a: said, b: said });

const NO_VOLUME = "UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind";

it.each<[string, Record<string, string>]>([
  ['missing', everywhere('UnschedulableAndUnresolvable: persistentvolumeclaim "missing" not found')],
  ['free', everywhere('UnschedulableAndUnresolvable: pod has unbound immediate PersistentVolumeClaims')],
  ['lost', everywhere('UnschedulableAndUnresolvable: persistentvolumeclaim "lost" bound to non-existent persistentvolume "x"')],
  ['going', everywhere('UnschedulableAndUnresolvable: persistentvolumeclaim "going" is being deleted')],
  ['late', { a: '', b: NO_VOLUME }],
  ['tiny', everywhere('')],
  ['huge', everywhere(NO_VOLUME)],
  ['made', everywhere('')],
  ['made-on-b', { a: NO_VOLUME, b: '' }],
  ['chosen', { a: NO_VOLUME, b: '' }],
  ['local', { a: '', b: 'UnschedulableAndUnresolvable: node(s) had volume node affinity conflict' }],
  ['nowhere', everywhere('UnschedulableAndUnresolvable: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')],
])('a pod that uses the claim %s', (name, said) => {
  expect(harness.filter(using(name))).toEqual(said);
});

it('waits for the controller that makes the claims of ephemeral volumes', () => {
  const pod = aPod('p', { spec: { volumes: [{ name: 'v', ephemeral: {} }] } as Partial<PodSpec> });
  expect(harness.filter(pod)).toEqual(everywhere('UnschedulableAndUnresolvable: waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"'));
});

it('needs a volume for each claim, and tells all that is wrong', () => {
  expect(harness.filter(using('late', 'tiny'))).toEqual(everywhere(NO_VOLUME));
  expect(harness.filter(using('local', 'late'))).toEqual({ a: '', b: "UnschedulableAndUnresolvable: node(s) had volume node affinity conflict, node(s) didn't find available persistent volumes to bind" });
});
