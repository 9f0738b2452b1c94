/** Where storage comes from, in pods' volumes and in PersistentVolumes alike. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { AzureDiskVolumeSource, ISCSIPersistentVolumeSource, ISCSIVolumeSource, PersistentVolumeSpec, QuobyteVolumeSource, SecretReference, StorageOSVolumeSource } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { forbidden, invalid, notSupported, required, tooLong, type FieldError, type Path } from './field.ts';
import { checkDnsLabel, checkDnsSubdomain, rangeText } from './formats.ts';
import { goStrings, GoValue } from './go-value.ts';
import { checkNoBacksteps } from './paths.ts';

export type SourceCheck<S> = (source: S, path: Path, errors: FieldError[]) => void;

/** Fields that must be there and not be empty. */
export const needs =
  <S extends object>(...fields: readonly (keyof S & string)[]): SourceCheck<S> =>
  (source, path, errors) => {
    for (const field of fields) {
      const value: unknown = source[field];
      if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) errors.push(required(path.child(field)));
    }
  };

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export const hostPath: SourceCheck<{ readonly path: string; readonly type?: string }> = (source, path, errors) => {
  if (!source.path) return void errors.push(required(path.child('path')));
  checkNoBacksteps(source.path, path.child('path'), errors);
  const type = source.type ?? '';
  if (!HOST_PATH_TYPES.includes(type)) errors.push(notSupported(path.child('type'), type, HOST_PATH_TYPES));
};

export const nfs: SourceCheck<{ readonly server: string; readonly path: string }> = (source, path, errors) => {
  needs<typeof source>('server', 'path')(source, path, errors);
  if (!source.path?.startsWith('/')) errors.push(invalid(path.child('path'), source.path ?? '', 'must be an absolute path'));
};

function checkPartition(partition: number | undefined, path: Path, errors: FieldError[]): void {
  if (partition !== undefined && (partition < 0 || partition > 255)) errors.push(invalid(path.child('partition'), partition, rangeText(1, 255)));
}

/** Upstream calls the field by another name here. */
export const gcePersistentDisk: SourceCheck<{ readonly pdName: string; readonly partition?: number }> = (source, path, errors) => {
  const at = path.sibling('persistentDisk');
  needs<typeof source>('pdName')(source, at, errors);
  checkPartition(source.partition, at, errors);
};

export const awsElasticBlockStore: SourceCheck<{ readonly volumeID: string; readonly partition?: number }> = (source, path, errors) => {
  needs<typeof source>('volumeID')(source, path, errors);
  checkPartition(source.partition, path, errors);
};

const ISCSI_NAMES: Readonly<Record<string, RegExp>> = { iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/, eui: /^eui.[A-Za-z0-9]{16}$/, naa: /^naa.[A-Za-z0-9]{32}$/ };

function checkIscsiName(name: string, unknownText: string, path: Path, errors: FieldError[]): void {
  const shape = ISCSI_NAMES[name.slice(0, 3)];
  if (!shape) errors.push(invalid(path, name, unknownText));
  else if (!shape.test(name)) errors.push(invalid(path, name, 'must be valid format'));
}

const TOO_LONG_PORTAL = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

/** `pvName` is a PersistentVolume's, whose messages are shorter. */
export function checkIscsi(source: ISCSIVolumeSource | ISCSIPersistentVolumeSource, pvName: string | undefined, path: Path, errors: FieldError[]): void {
  const text = pvName === undefined ? 'must be valid format starting with iqn, eui, or naa' : 'must be valid format';
  const { targetPortal = '', iqn = '', lun = 0, initiatorName } = source;
  if (!targetPortal) errors.push(required(path.child('targetPortal')));
  if (pvName !== undefined && initiatorName !== undefined && `${pvName}:${targetPortal}`.length > 64) errors.push(invalid(path.child('targetportal'), targetPortal, TOO_LONG_PORTAL));
  if (!iqn) errors.push(required(path.child('iqn')));
  else checkIscsiName(iqn, text, path.child('iqn'), errors);
  if (lun < 0 || lun > 255) errors.push(invalid(path.child('lun'), lun, rangeText(0, 255)));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef) errors.push(required(path.child('secretRef')));
  if (pvName !== undefined && source.secretRef && !source.secretRef.name) errors.push(required(path.child('secretRef', 'name')));
  if (initiatorName !== undefined) checkIscsiName(initiatorName, text, path.child('initiatorname'), errors);
}

/** A pod's own iSCSI volume; its name is part of what is bounded. */
export function checkIscsiPortal(source: ISCSIVolumeSource, volumeName: string, path: Path, errors: FieldError[]): void {
  if (source.initiatorName !== undefined && `${volumeName}:${source.targetPortal}`.length > 64) errors.push(invalid(path.child('name'), volumeName, TOO_LONG_PORTAL));
}

export const fc: SourceCheck<{ readonly targetWWNs?: readonly string[]; readonly wwids?: readonly string[]; readonly lun?: number }> = ({ targetWWNs = [], wwids = [], lun }, path, errors) => {
  if (!targetWWNs.length && !wwids.length) errors.push(required(path.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length && wwids.length) errors.push(invalid(path.child('targetWWNs'), new GoValue(goStrings(targetWWNs)), 'targetWWNs and wwids can not be specified simultaneously'));
  if (!targetWWNs.length) return;
  if (lun === undefined) errors.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (lun < 0 || lun > 255) errors.push(invalid(path.child('lun'), lun, rangeText(0, 255)));
};

export const flocker: SourceCheck<{ readonly datasetName?: string; readonly datasetUUID?: string }> = ({ datasetName = '', datasetUUID = '' }, path, errors) => {
  if (!datasetName && !datasetUUID) errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID) errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName.includes('/')) errors.push(invalid(path.child('datasetName'), datasetName, "must not contain '/'"));
};

const HOST_PORT_TEXT = 'must be a host:port pair or multiple pairs separated by commas';

export const quobyte: SourceCheck<QuobyteVolumeSource> = (source, path, errors) => {
  if (!source.registry) errors.push(required(path.child('registry'), HOST_PORT_TEXT));
  else if ((source.tenant?.length ?? 0) >= 65) errors.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else for (const pair of source.registry.split(',')) if (!/^(\[[^[\]]*\]|[^:[\]]*):[^:]*$/.test(pair)) errors.push(invalid(path.child('registry'), source.registry, HOST_PORT_TEXT));
  needs<QuobyteVolumeSource>('volume')(source, path, errors);
};

export const flexVolume: SourceCheck<{ readonly driver: string; readonly options?: Readonly<Record<string, string>> }> = (source, path, errors) => {
  needs<typeof source>('driver')(source, path, errors);
  for (const key of Object.keys(source.options ?? {})) {
    const domain = `.${(key.split('/')[0] ?? '').toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')) errors.push(invalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
};

export const azureDisk: SourceCheck<AzureDiskVolumeSource> = (source, path, errors) => {
  needs<AzureDiskVolumeSource>('diskName', 'diskURI')(source, path, errors);
  const { cachingMode, kind, diskURI = '' } = source;
  if (cachingMode !== undefined && !['None', 'ReadOnly', 'ReadWrite'].includes(cachingMode)) errors.push(notSupported(path.child('cachingMode'), cachingMode, ['None', 'ReadOnly', 'ReadWrite']));
  if (kind === undefined) return;
  if (!['Dedicated', 'Managed', 'Shared'].includes(kind)) errors.push(notSupported(path.child('kind'), kind, ['Dedicated', 'Managed', 'Shared']));
  const managed = kind === 'Managed';
  if (!diskURI.startsWith(managed ? '/subscriptions/' : 'https://'))
    errors.push(notSupported(path.child('diskURI'), diskURI, [managed ? '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}' : 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']));
};

export const storageos: SourceCheck<Pick<StorageOSVolumeSource, 'volumeName' | 'volumeNamespace' | 'secretRef'>> = (source, path, errors) => {
  if (!source.volumeName) errors.push(required(path.child('volumeName')));
  else checkDnsLabel(source.volumeName, path.child('volumeName'), errors);
  if (source.volumeNamespace) checkDnsLabel(source.volumeNamespace, path.child('volumeNamespace'), errors);
  if (source.secretRef && !source.secretRef.name) errors.push(required(path.child('secretRef', 'name')));
};

/** CSI drivers go by names of at most 63 characters. */
export function checkDriverName(name: string, path: Path, errors: FieldError[]): void {
  if (!name) errors.push(required(path));
  if (name.length > 63) errors.push(tooLong(path, 63));
  for (const text of dns1123SubdomainErrors(name.toLowerCase())) errors.push(invalid(path, name, text));
}

function checkSecretReference(ref: SecretReference | undefined, path: Path, errors: FieldError[]): void {
  if (!ref) return;
  if (!ref.name) errors.push(required(path.child('name')));
  else checkDnsSubdomain(ref.name, path.child('name'), errors);
  if (!ref.namespace) errors.push(required(path.child('namespace')));
  else checkDnsLabel(ref.namespace, path.child('namespace'), errors);
}

type VolumeSources = Omit<PersistentVolumeSpec, 'accessModes' | 'capacity' | 'claimRef' | 'mountOptions' | 'nodeAffinity' | 'persistentVolumeReclaimPolicy' | 'storageClassName' | 'volumeAttributesClassName' | 'volumeMode'>;
type PersistentSource = keyof VolumeSources;

const secretIn: SourceCheck<{ readonly secretRef?: SecretReference }> = ({ secretRef }, path, errors) => {
  if (!secretRef) return;
  if (!secretRef.name) errors.push(required(path.child('secretRef', 'name')));
  if (!secretRef.namespace) errors.push(required(path.child('secretRef', 'namespace')));
};

/** What a PersistentVolume may be made of, in the order in which upstream looks at it. */
const PERSISTENT: { readonly [K in PersistentSource]-?: SourceCheck<NonNullable<VolumeSources[K]>> } = {
  hostPath,
  gcePersistentDisk,
  awsElasticBlockStore,
  glusterfs(source, path, errors) {
    needs<typeof source>('endpoints', 'path')(source, path, errors);
    const namespace = source.endpointsNamespace;
    if (namespace === '') errors.push(invalid(path.child('endpointsNamespace'), namespace, 'if the endpointnamespace is set, it must be a valid namespace name'));
    else if (namespace !== undefined) checkDnsLabel(namespace, path.child('endpointsNamespace'), errors);
  },
  flocker,
  nfs,
  rbd: needs('monitors', 'image'),
  quobyte,
  cephfs: needs('monitors'),
  iscsi: (source, path, errors) => checkIscsi(source, '', path, errors),
  cinder(source, path, errors) {
    needs<typeof source>('volumeID')(source, path, errors);
    secretIn(source, path, errors);
  },
  fc,
  flexVolume,
  azureFile(source, path, errors) {
    needs<typeof source>('secretName', 'shareName')(source, path, errors);
    if (source.secretNamespace === '') errors.push(required(path.child('secretNamespace')));
  },
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk,
  scaleIO: needs('gateway', 'system', 'volumeName'),
  local(source, path, errors) {
    if (!source.path) errors.push(required(path.child('path')));
    else checkNoBacksteps(source.path, path.child('path'), errors);
  },
  storageos(source, path, errors) {
    storageos(source, path, errors);
    if (source.secretRef && !source.secretRef.namespace) errors.push(required(path.child('secretRef', 'namespace')));
  },
  csi(source, path, errors) {
    checkDriverName(source.driver ?? '', path.child('driver'), errors);
    if (!source.volumeHandle) errors.push(required(path.child('volumeHandle')));
    for (const name of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const) checkSecretReference(source[name], path.child(name), errors);
  },
};

const PERSISTENT_NAMES = Object.keys(PERSISTENT) as readonly PersistentSource[];

/** The part of a volume's spec that says where its storage is. */
export function persistentSource(spec: PersistentVolumeSpec): VolumeSources {
  return Object.fromEntries(PERSISTENT_NAMES.filter((name) => spec[name] !== undefined).map((name) => [name, spec[name]]));
}

/** Exactly one source, and that without fault. */
export function checkPersistentSource(spec: PersistentVolumeSpec, volumeName: string, path: Path, errors: FieldError[]): void {
  let count = 0;
  for (const name of PERSISTENT_NAMES) {
    const source = spec[name];
    if (source === undefined) continue;
    if (count > 0 && name !== 'flexVolume') {
      errors.push(forbidden(path.child(name === 'cephfs' ? 'cephFS' : name), 'may not specify more than 1 volume type'));
      continue;
    }
    count++;
    if (name === 'iscsi' && spec.iscsi) checkIscsi(spec.iscsi, volumeName, path.child(name), errors);
    else (PERSISTENT[name] as SourceCheck<unknown>)(source, path.child(name), errors);
    if (name === 'local' && !spec.nodeAffinity) errors.push(required(path.child('nodeAffinity'), 'Local volume requires node affinity'));
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
}
