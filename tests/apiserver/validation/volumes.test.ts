/** Cases of kubernetes pkg/apis/core/validation/validation_test.go about volumes, claims and PersistentVolumes, as facts. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../../src/api/generated/types.ts';
import { created, faults, pod, updated } from './support.ts';

const volume = (source: object): string[] => faults(pod({ volumes: [{ name: 'v', ...source }] }));
const persistent = (spec: object): object => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec } });
const claim = (spec: object = {}): object => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c', namespace: 'default' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec } });
const AT = 'spec.volumes[0]';
const IP_PORT = 'must be a host:port pair or multiple pairs separated by commas';

test.each<[string, object, string[]]>([
  ['none at all but a name', { image: { reference: 'x' } }, [`${AT}: Required value: must specify a volume type`]],
  ['emptyDir', { emptyDir: { sizeLimit: '-1' } }, [`${AT}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity`]],
  ['hostPath without path', { hostPath: { path: '' } }, [`${AT}.hostPath.path: Required value`]],
  ['hostPath with backsteps', { hostPath: { path: '/a/../b', type: 'Foo' } }, [
    `${AT}.hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
    `${AT}.hostPath.type: Unsupported value: "Foo": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"`,
  ]],
  ['nfs', { nfs: { server: '', path: 'a' } }, [`${AT}.nfs.server: Required value`, `${AT}.nfs.path: Invalid value: "a": must be an absolute path`]],
  ['gce', { gcePersistentDisk: { pdName: '', partition: 256 } }, [`${AT}.persistentDisk.pdName: Required value`, `${AT}.persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive`]],
  ['iscsi, unknown name', { iscsi: { targetPortal: 'p', iqn: 'abc', lun: 1 } }, [`${AT}.iscsi.iqn: Invalid value: "abc": must be valid format starting with iqn, eui, or naa`]],
  ['iscsi, bad iqn', { iscsi: { targetPortal: 'p', iqn: 'iqn.2015-02.example.com', lun: 300 } }, [`${AT}.iscsi.iqn: Invalid value: "iqn.2015-02.example.com": must be valid format`, `${AT}.iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive`]],
  ['iscsi, chap without secret', { iscsi: { targetPortal: 'p', iqn: 'iqn.2015-02.example.com:test', lun: 1, chapAuthDiscovery: true } }, [`${AT}.iscsi.secretRef: Required value`]],
  ['fc with both', { fc: { targetWWNs: ['a'], wwids: ['b'], lun: 1 } }, [`${AT}.fc.targetWWNs: Invalid value: []string{"a"}: targetWWNs and wwids can not be specified simultaneously`]],
  ['flocker', { flocker: { datasetName: 'a/b' } }, [`${AT}.flocker.datasetName: Invalid value: "a/b": must not contain '/'`]],
  ['quobyte', { quobyte: { registry: 'registry7861', volume: '' } }, [`${AT}.quobyte.registry: Invalid value: "registry7861": ${IP_PORT}`, `${AT}.quobyte.volume: Required value`]],
  ['flexVolume', { flexVolume: { driver: 'a/b', options: { 'kubernetes.io/x': 'y' } } }, [`${AT}.flexVolume.options[kubernetes.io/x]: Invalid value: "kubernetes.io/x": kubernetes.io and k8s.io namespaces are reserved`]],
  ['azureDisk', { azureDisk: { diskName: 'd', diskURI: 'blob', cachingMode: 'None', kind: 'Shared' } }, [
    `${AT}.azureDisk.diskURI: Unsupported value: "blob": supported values: "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"`,
  ]],
  ['csi', { csi: { driver: 'a'.repeat(64) } }, [`${AT}.csi.driver: Too long: may not be more than 63 bytes`]],
  ['configMap items', { configMap: { name: 'c', items: [{ key: '', path: '/a' }], defaultMode: 512 } }, [
    `${AT}.configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive`,
    `${AT}.configMap.items[0].key: Required value`,
    `${AT}.configMap.items[0].path: Invalid value: "/a": must be a relative path`,
  ]],
  ['projected twice', { projected: { sources: [{ secret: { name: 's', items: [{ key: 'k', path: 'p' }] } }, { configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } }] } }, [`${AT}.projected: Invalid value: "c": conflicting duplicate paths`]],
  ['ephemeral', { ephemeral: { volumeClaimTemplate: { metadata: { name: 'x' }, spec: {} } } }, [
    `${AT}.ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set`,
    `${AT}.ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required`,
    `${AT}.ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value`,
  ]],
])('volume: %s', (_name, source, expected) => {
  expect(volume(source)).toEqual(expected);
});

test.each<[string, object, string[]]>([
  ['sound', { hostPath: { path: '/a' } }, []],
  ['no source', {}, ['spec: Required value: must specify a volume type']],
  ['two sources', { hostPath: { path: '/a' }, nfs: { server: 's', path: '/p' } }, ['spec.nfs: Forbidden: may not specify more than 1 volume type']],
  ['no capacity', { hostPath: { path: '/a' }, capacity: {} }, ['spec.capacity: Required value', 'spec.capacity: Unsupported value: core.ResourceList{}: supported values: "storage"']],
  ['other capacity', { hostPath: { path: '/a' }, capacity: { cpu: '1' } }, [
    'spec.capacity: Unsupported value: core.ResourceList{"cpu":resource.Quantity{i:resource.int64Amount{value:1, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1", Format:"DecimalSI"}}: supported values: "storage"',
  ]],
  ['once pod with others', { hostPath: { path: '/a' }, accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] }, ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes']],
  ['recycled root', { hostPath: { path: '/.' }, persistentVolumeReclaimPolicy: 'Recycle' }, ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"]],
  ['local without affinity', { local: { path: '/a/..' } }, ["spec.local.path: Invalid value: \"/a/..\": must not contain '..'", 'spec.nodeAffinity: Required value: Local volume requires node affinity']],
  ['csi', { csi: { driver: 'd', volumeHandle: '', nodeStageSecretRef: {}, nodePublishSecretRef: { name: 'A' } } }, [
    'spec.csi.volumeHandle: Required value',
    "spec.csi.nodePublishSecretRef.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    'spec.csi.nodePublishSecretRef.namespace: Required value',
  ]],
  ['glusterfs', { glusterfs: { endpoints: 'e', path: 'p', endpointsNamespace: '' } }, ['spec.glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a valid namespace name']],
])('PersistentVolume: %s', (_name, spec, expected) => {
  expect(faults(persistent(spec))).toEqual(expected);
});

test("a PersistentVolume's source stays, its affinity's labels may get their lasting names", () => {
  const old = created<PersistentVolume>(persistent({ csi: { driver: 'd', volumeHandle: 'h' }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'In', values: ['linux'] }] }] } } }));
  expect(updated(old, (pv) => void (pv.spec!.csi!.volumeHandle = 'i')).faults[0]).toMatch(/^spec\.persistentvolumesource: Forbidden: spec\.persistentvolumesource is immutable after creation\n/);
  expect(updated(old, (pv) => void (pv.spec!.csi!.controllerExpandSecretRef = { name: 's', namespace: 'n' })).faults).toEqual([]);
  expect(updated(old, (pv) => void (pv.spec!.nodeAffinity!.required!.nodeSelectorTerms[0]!.matchExpressions![0]!.key = 'kubernetes.io/os')).faults).toEqual([]);
  expect(updated(old, (pv) => void (pv.spec!.nodeAffinity!.required!.nodeSelectorTerms[0]!.matchExpressions![0]!.key = 'x')).faults).toHaveLength(1);
});

test.each<[string, object, string[]]>([
  ['sound', {}, []],
  ['no size', { resources: {} }, ['spec.resources[storage]: Required value']],
  ['negative size', { resources: { requests: { storage: '-10G' } } }, ['spec.resources[storage]: Invalid value: "-10G": must be greater than zero']],
  ['modes', { accessModes: ['fakemode'] }, ['spec.accessModes: Unsupported value: "fakemode": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"']],
  ['data source of another group', { dataSource: { kind: 'Foo', name: 'x' }, dataSourceRef: { kind: 'Foo', name: 'x' } }, [
    'spec.dataSource: Invalid value: "Foo": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
    'spec.dataSourceRef: Invalid value: "Foo": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
  ]],
  ['sources that differ', { dataSource: { kind: 'PersistentVolumeClaim', name: 'x' }, dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'y' } }, ['spec: Invalid value: field.Path{name:"dataSource", index:"", parent:(*field.Path)(0xc000000000)}: must match dataSourceRef']],
])('claim: %s', (_name, spec, expected) => {
  expect(faults(claim(spec))).toEqual(expected);
});

test('a claim may grow when bound, and get its class once; its size may be written otherwise', () => {
  const old = created<PersistentVolumeClaim>(claim({ volumeName: 'pv' }));
  expect(updated(old, (c) => void (c.spec!.resources!.requests!.storage = '2Gi')).faults[0]).toMatch(/^spec: Forbidden: spec is immutable after creation except resources\.requests and volumeAttributesClassName for bound claims\n/);
  expect(updated(old, (c) => void (c.spec!.resources!.requests!.storage = '1073741824')).faults).toEqual([]);
  const bound = { ...old, status: { phase: 'Bound', capacity: { storage: '1Gi' } } };
  expect(updated(bound, (c) => void (c.spec!.resources!.requests!.storage = '2Gi')).faults).toEqual([]);
  expect(updated(bound, (c) => void (c.spec!.resources!.requests!.storage = '512Mi')).faults).toEqual(['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity']);
  expect(updated(bound, (c) => void (c.spec!.storageClassName = 'fast')).faults).toEqual([]);
});

test('what a claim begins with has two names; what only the new one may say is dropped from the old', () => {
  const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' };
  const other = { apiGroup: 'a.b', kind: 'C', name: 's' };
  const sources = (spec: object): unknown => {
    const { dataSource, dataSourceRef } = created<PersistentVolumeClaim>(claim(spec)).spec ?? {};
    return [dataSource, dataSourceRef];
  };
  expect(sources({ dataSource: snapshot })).toEqual([snapshot, snapshot]);
  expect(sources({ dataSourceRef: other })).toEqual([other, other]);
  expect(sources({ dataSource: other })).toEqual([undefined, undefined]);
});
