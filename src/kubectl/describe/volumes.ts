/** The volumes of a pod, and the source of a persistent volume (kubectl pkg/describe/describe.go: describeVolumes). */
import type { CSIVolumeSource, DownwardAPIVolumeSource, EmptyDirVolumeSource, EphemeralVolumeSource, PersistentVolumeSpec, ProjectedVolumeSource, Volume } from '../../api/generated/types.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { goText } from '../../api/go-value.ts';
import { goList, shorten, sortedKeys } from './format.ts';
import { writeClaimSpec } from './claim.ts';
import type { DescriptionWriter } from './writer.ts';

type Source = Readonly<Record<string, unknown>>;
type Fact = readonly [label: string, value: (source: Source) => string];

/** What a field shows; a field that is not set has its type's zero value. */
const text = (key: string, none = '') => (source: Source): string => String(source[key] ?? none);
const flag = (key: string) => text(key, 'false');
const number = (key: string) => text(key, '0');
const list = (key: string) => (source: Source): string => goList(source[key] as readonly string[] | undefined);
const map = (key: string) => (source: Source): string => goText(source[key] ?? {}, 'int64');
const secret = (key: string) => (source: Source): string => {
  const reference = source[key] as { name?: string; namespace?: string } | undefined;
  return reference ? `&LocalObjectReference{Name:${reference.name ?? ''},}` : 'nil';
};
/** The secret of a persistent volume also says its namespace. */
const farSecret = (key: string) => (source: Source): string => {
  const reference = source[key] as { name?: string; namespace?: string } | undefined;
  return reference ? `&SecretReference{Name:${reference.name ?? ''},Namespace:${reference.namespace ?? ''},}` : 'nil';
};
const part = (key: string, inner: string) => (source: Source): string => text(inner)((source[key] as Source | undefined) ?? {});

interface Description {
  readonly type: string;
  readonly facts: readonly Fact[];
}

const iscsi = (reference: (key: string) => (source: Source) => string): Description => ({
  type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
  facts: [
    ['TargetPortal:', text('targetPortal')], ['IQN:', text('iqn')], ['Lun:', number('lun')], ['ISCSIInterface', text('iscsiInterface')], ['FSType:', text('fsType')], ['ReadOnly:', flag('readOnly')], ['Portals:', list('portals')],
    ['DiscoveryCHAPAuth:', flag('chapAuthDiscovery')], ['SessionCHAPAuth:', flag('chapAuthSession')], ['SecretRef:', reference('secretRef')], ['InitiatorName:', text('initiatorName', '<none>')],
  ],
});
const rbd = (reference: (key: string) => (source: Source) => string): Description => ({
  type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
  facts: [
    ['CephMonitors:', list('monitors')], ['RBDImage:', text('image')], ['FSType:', text('fsType')], ['RBDPool:', text('pool')], ['RadosUser:', text('user')], ['Keyring:', text('keyring')], ['SecretRef:', reference('secretRef')], ['ReadOnly:', flag('readOnly')],
  ],
});
const cinder = (reference: (key: string) => (source: Source) => string): Description => ({
  type: 'Cinder (a Persistent Disk resource in OpenStack)',
  facts: [['VolumeID:', text('volumeID')], ['FSType:', text('fsType')], ['ReadOnly:', flag('readOnly')], ['SecretRef:', reference('secretRef')]],
});
const cephfs = (reference: (key: string) => (source: Source) => string): Description => ({
  type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
  facts: [['Monitors:', list('monitors')], ['Path:', text('path')], ['User:', text('user')], ['SecretFile:', text('secretFile')], ['SecretRef:', reference('secretRef')], ['ReadOnly:', flag('readOnly')]],
});
const flex = (reference: (key: string) => (source: Source) => string): Description => ({
  type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
  facts: [['Driver:', text('driver')], ['FSType:', text('fsType')], ['SecretRef:', reference('secretRef')], ['ReadOnly:', flag('readOnly')], ['Options:', map('options')]],
});
const SCALE_IO: readonly Fact[] = [['Gateway:', text('gateway')], ['System:', text('system')], ['Protection Domain:', text('protectionDomain')], ['Storage Pool:', text('storagePool')], ['Storage Mode:', text('storageMode')], ['VolumeName:', text('volumeName')]];
const SCALE_IO_TYPE = 'ScaleIO (a persistent volume backed by a block device in ScaleIO)';
const AZURE_FILE_TYPE = 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)';
const GLUSTERFS_TYPE = "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)";
const FS_TYPE: Fact = ['FSType:', text('fsType')];
const READ_ONLY: Fact = ['ReadOnly:', flag('readOnly')];

/** Sources that pods and persistent volumes share. */
const SHARED: Readonly<Record<string, Description>> = {
  hostPath: { type: 'HostPath (bare host directory volume)', facts: [['Path:', text('path')], ['HostPathType:', text('type', '<none>')]] },
  gcePersistentDisk: { type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)', facts: [['PDName:', text('pdName')], FS_TYPE, ['Partition:', number('partition')], READ_ONLY] },
  awsElasticBlockStore: { type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)', facts: [['VolumeID:', text('volumeID')], FS_TYPE, ['Partition:', number('partition')], READ_ONLY] },
  nfs: { type: 'NFS (an NFS mount that lasts the lifetime of a pod)', facts: [['Server:', text('server')], ['Path:', text('path')], READ_ONLY] },
  quobyte: { type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)", facts: [['Registry:', text('registry')], ['Volume:', text('volume')], READ_ONLY] },
  portworxVolume: { type: 'PortworxVolume (a Portworx Volume resource)', facts: [['VolumeID:', text('volumeID')]] },
  azureDisk: {
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    facts: [['DiskName:', text('diskName')], ['DiskURI:', text('diskURI')], ['Kind: ', text('kind')], FS_TYPE, ['CachingMode:', text('cachingMode')], READ_ONLY],
  },
  vsphereVolume: { type: 'vSphereVolume (a Persistent Disk resource in vSphere)', facts: [['VolumePath:', text('volumePath')], FS_TYPE, ['StoragePolicyName:', text('storagePolicyName')]] },
  photonPersistentDisk: { type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)', facts: [['PdID:', text('pdID')], FS_TYPE] },
  storageos: { type: 'StorageOS (a StorageOS Persistent Disk resource)', facts: [['VolumeName:', text('volumeName')], ['VolumeNamespace:', text('volumeNamespace')], FS_TYPE, READ_ONLY] },
  fc: { type: 'FC (a Fibre Channel disk)', facts: [['TargetWWNs:', (source) => ((source['targetWWNs'] as readonly string[] | undefined) ?? []).join(', ')], ['LUN:', text('lun', '<none>')], FS_TYPE, READ_ONLY] },
  flocker: { type: 'Flocker (a Flocker volume mounted by the Flocker agent)', facts: [['DatasetName:', text('datasetName')], ['DatasetUUID:', text('datasetUUID')]] },
};

const OF_PODS: Readonly<Record<string, Description>> = {
  ...SHARED,
  gitRepo: { type: 'GitRepo (a volume that is pulled from git when the pod is created)', facts: [['Repository:', text('repository')], ['Revision:', text('revision')]] },
  secret: { type: 'Secret (a volume populated by a Secret)', facts: [['SecretName:', text('secretName')], ['Optional:', flag('optional')]] },
  configMap: { type: 'ConfigMap (a volume populated by a ConfigMap)', facts: [['Name:', text('name')], ['Optional:', flag('optional')]] },
  iscsi: iscsi(secret),
  glusterfs: { type: GLUSTERFS_TYPE, facts: [['EndpointsName:', text('endpoints')], ['Path:', text('path')], READ_ONLY] },
  persistentVolumeClaim: { type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', facts: [['ClaimName:', text('claimName')], READ_ONLY] },
  rbd: rbd(secret),
  cinder: cinder(secret),
  scaleIO: { type: SCALE_IO_TYPE, facts: [...SCALE_IO, FS_TYPE, READ_ONLY] },
  cephfs: cephfs(secret),
  azureFile: { type: AZURE_FILE_TYPE, facts: [['SecretName:', text('secretName')], ['ShareName:', text('shareName')], READ_ONLY] },
  flexVolume: flex(secret),
  image: { type: 'Image (a container image or OCI artifact)', facts: [['Reference:', text('reference')], ['PullPolicy:', text('pullPolicy')]] },
};

const OF_PERSISTENT_VOLUMES: Readonly<Record<string, Description>> = {
  ...SHARED,
  iscsi: iscsi(farSecret),
  glusterfs: { type: GLUSTERFS_TYPE, facts: [['EndpointsName:', text('endpoints')], ['EndpointsNamespace:', text('endpointsNamespace', '<unset>')], ['Path:', text('path')], READ_ONLY] },
  rbd: rbd(farSecret),
  cinder: cinder(farSecret),
  scaleIO: { type: SCALE_IO_TYPE, facts: [...SCALE_IO, ['SecretName:', part('secretRef', 'name')], ['SecretNamespace:', part('secretRef', 'namespace')], FS_TYPE, READ_ONLY] },
  local: { type: 'LocalVolume (a persistent volume backed by local storage on a node)', facts: [['Path:', text('path')]] },
  cephfs: cephfs(farSecret),
  azureFile: { type: AZURE_FILE_TYPE, facts: [['SecretName:', text('secretName')], ['SecretNamespace:', text('secretNamespace')], ['ShareName:', text('shareName')], READ_ONLY] },
  flexVolume: flex(farSecret),
};

/** The indentation of a source's facts. */
const FACTS = 2;

function writeFacts(w: DescriptionWriter, { type, facts }: Description, source: object): void {
  w.field('Type', type, FACTS);
  for (const [label, value] of facts) w.row(FACTS, label, value(source as Source));
}

export function writeVolumes(w: DescriptionWriter, volumes: readonly Volume[] = [], indent = ''): void {
  if (volumes.length === 0) return w.write(0, `${indent}Volumes:\t<none>\n`);
  w.write(0, `${indent}Volumes:\n`);
  for (const volume of volumes) {
    w.heading(`${indent === '' ? '' : ' '}${volume.name}`, 1);
    writeVolume(w, volume);
  }
}

function writeVolume(w: DescriptionWriter, volume: Volume): void {
  const { name: _, ...sources } = volume;
  for (const [key, description] of Object.entries(OF_PODS)) {
    const source = (sources as Readonly<Record<string, object | undefined>>)[key];
    if (source) return writeFacts(w, description, source);
  }
  if (volume.emptyDir) return writeEmptyDir(w, volume.emptyDir);
  if (volume.ephemeral) return writeEphemeral(w, volume.ephemeral);
  if (volume.downwardAPI) return writeDownwardApi(w, volume.downwardAPI);
  if (volume.projected) return writeProjected(w, volume.projected);
  if (volume.csi) return writeCsi(w, volume.csi, [['Driver:', text('driver')], FS_TYPE, READ_ONLY]);
  w.write(1, '<unknown>\n');
}

export function writePersistentVolumeSource(w: DescriptionWriter, spec: PersistentVolumeSpec): void {
  for (const [key, description] of Object.entries(OF_PERSISTENT_VOLUMES)) {
    const source = (spec as Readonly<Record<string, unknown>>)[key];
    if (typeof source === 'object' && source !== null) return writeFacts(w, description, source);
  }
  if (spec.csi) return writeCsi(w, spec.csi, [['Driver:', text('driver')], FS_TYPE, ['VolumeHandle:', text('volumeHandle')], READ_ONLY]);
  w.write(1, '<unknown>\n');
}

function writeEmptyDir(w: DescriptionWriter, { medium = '', sizeLimit }: EmptyDirVolumeSource): void {
  const limit = sizeLimit === undefined ? undefined : parseQuantity(sizeLimit);
  writeFacts(w, { type: "EmptyDir (a temporary directory that shares a pod's lifetime)", facts: [['Medium:', () => medium], ['SizeLimit:', () => (limit && limit.nano > 0n ? limit.toString() : '<unset>')]] }, {});
}

function writeEphemeral(w: DescriptionWriter, { volumeClaimTemplate }: EphemeralVolumeSource): void {
  w.field('Type', 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)', FACTS);
  if (volumeClaimTemplate) writeClaimSpec(w.nested(FACTS), volumeClaimTemplate, undefined);
}

function writeDownwardApi(w: DescriptionWriter, { items = [] }: DownwardAPIVolumeSource): void {
  w.field('Type', 'DownwardAPI (a volume populated by information about the pod)', FACTS);
  w.heading('Items', FACTS);
  for (const { fieldRef, resourceFieldRef, path } of items) {
    if (fieldRef) w.write(3, `${fieldRef.fieldPath} -> ${path}\n`);
    if (resourceFieldRef) w.write(3, `${resourceFieldRef.resource} -> ${path}\n`);
  }
}

function writeProjected(w: DescriptionWriter, { sources }: ProjectedVolumeSource): void {
  w.field('Type', 'Projected (a volume that contains injected data from multiple sources)', FACTS);
  for (const { secret: fromSecret, downwardAPI, configMap, serviceAccountToken } of sources ?? []) {
    if (fromSecret) {
      w.field('SecretName', fromSecret.name ?? '', FACTS);
      w.field('Optional', fromSecret.optional ?? false, FACTS);
    } else if (downwardAPI) w.field('DownwardAPI', true, FACTS);
    else if (configMap) {
      w.field('ConfigMapName', configMap.name ?? '', FACTS);
      w.field('Optional', configMap.optional ?? false, FACTS);
    } else if (serviceAccountToken) w.field('TokenExpirationSeconds', serviceAccountToken.expirationSeconds ?? 0, FACTS);
  }
}

const MAX_ATTRIBUTE_BYTES = 140;

function writeCsi(w: DescriptionWriter, source: Pick<CSIVolumeSource, 'volumeAttributes'>, facts: readonly Fact[]): void {
  writeFacts(w, { type: 'CSI (a Container Storage Interface (CSI) volume source)', facts }, source);
  w.write(FACTS, 'VolumeAttributes:\t');
  const keys = sortedKeys(source.volumeAttributes);
  if (keys.length === 0) return w.line('<none>');
  keys.forEach((key, index) => {
    if (index > 0) {
      w.write(FACTS, '');
      w.write(FACTS, '\t');
    }
    w.write(FACTS, `${shorten(`${key}=${source.volumeAttributes?.[key]}`, MAX_ATTRIBUTE_BYTES)}\n`);
  });
}
