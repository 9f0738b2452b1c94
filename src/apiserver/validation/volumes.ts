/** Validation of pods' volumes. Follows kubernetes pkg/apis/core/validation/validation.go (ValidateVolumes and below). */
import type { DownwardAPIVolumeFile, KeyToPath, ObjectMeta, ProjectedVolumeSource, Volume } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { checkClaimSpec } from './claim.ts';
import { checkFieldRef, checkResourceFieldRef, VOLUME_FIELD_PATHS } from './downward.ts';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError, type Path } from './field.ts';
import { checkDnsLabel, rangeText } from './formats.ts';
import { goStrings, GoValue } from './go-value.ts';
import { quantityOf } from './resources.ts';
import { checkAnnotations, checkLabels } from './metadata.ts';

export type VolumesByName = ReadonlyMap<string, Volume>;
type SourceName = Exclude<keyof Volume, 'name'>;

const MODE_TEXT = 'must be a number between 0 and 0777 (octal), both inclusive';
const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
/** Kinds of volumes in the order in which upstream looks at them, with the name that it uses for a second one. */
const SOURCES: readonly (readonly [SourceName, string])[] = [
  ['emptyDir', 'emptyDir'], ['hostPath', 'hostPath'], ['gitRepo', 'gitRepo'], ['gcePersistentDisk', 'gcePersistentDisk'], ['awsElasticBlockStore', 'awsElasticBlockStore'], ['secret', 'secret'],
  ['nfs', 'nfs'], ['iscsi', 'iscsi'], ['glusterfs', 'glusterfs'], ['flocker', 'flocker'], ['persistentVolumeClaim', 'persistentVolumeClaim'], ['rbd', 'rbd'], ['cinder', 'cinder'], ['cephfs', 'cephFS'],
  ['quobyte', 'quobyte'], ['downwardAPI', 'downwarAPI'], ['fc', 'fc'], ['flexVolume', 'flexVolume'], ['configMap', 'configMap'], ['azureFile', 'azureFile'], ['vsphereVolume', 'vsphereVolume'],
  ['photonPersistentDisk', 'photonPersistentDisk'], ['portworxVolume', 'portworxVolume'], ['azureDisk', 'azureDisk'], ['storageos', 'storageos'], ['projected', 'projected'], ['scaleIO', 'scaleIO'],
  ['csi', 'csi'], ['ephemeral', 'ephemeral'], ['image', 'image'],
];

/** Checks all volumes, and gives those without fault by name: mounts may refer to no others. `meta` is a real pod's. */
export function checkVolumes(volumes: readonly Volume[] | undefined, meta: ObjectMeta | undefined, path: Path, errors: FieldError[]): VolumesByName {
  const sound = new Map<string, Volume>();
  if (!volumes?.length) return sound;
  const createdClaims = new Set<string>();
  if (meta?.name) for (const volume of volumes) if (volume.ephemeral) createdClaims.add(`${meta.name}-${volume.name}`);
  volumes.forEach((volume, i) => {
    const at = path.index(i);
    const before = errors.length;
    checkSource(volume, meta, at, errors);
    if (!volume.name) errors.push(required(at.child('name')));
    else checkDnsLabel(volume.name, at.child('name'), errors);
    if (sound.has(volume.name)) errors.push(duplicate(at.child('name'), volume.name));
    if (errors.length === before) sound.set(volume.name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && createdClaims.has(claim)) errors.push(invalid(at.child('persistentVolumeClaim', 'claimName'), claim, 'must not reference a PVC that gets created for an ephemeral volume'));
  });
  return sound;
}

function checkSource(volume: Volume, meta: ObjectMeta | undefined, path: Path, errors: FieldError[]): void {
  let count = 0;
  for (const [name, shown] of SOURCES) {
    if (volume[name] === undefined) continue;
    if (count > 0) {
      errors.push(forbidden(path.child(shown), 'may not specify more than 1 volume type'));
      continue;
    }
    count++;
    checkOneSource(volume, name, meta, path, errors);
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
}

const needs = (source: object, fields: readonly string[], path: Path, errors: FieldError[]): void => {
  for (const field of fields) {
    const value = (source as Record<string, unknown>)[field];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) errors.push(required(path.child(field)));
  }
};

function checkOneSource(volume: Volume, name: SourceName, meta: ObjectMeta | undefined, at: Path, errors: FieldError[]): void {
  const path = at.child(name);
  if (volume.emptyDir && name === 'emptyDir') {
    if (quantityOf(volume.emptyDir.sizeLimit).nano < 0n) errors.push(forbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
  } else if (volume.hostPath && name === 'hostPath') {
    if (!volume.hostPath.path) errors.push(required(path.child('path')));
    else {
      checkNoBacksteps(volume.hostPath.path, path.child('path'), errors);
      const type = volume.hostPath.type ?? '';
      if (!HOST_PATH_TYPES.includes(type)) errors.push(notSupported(path.child('type'), type, HOST_PATH_TYPES));
    }
  } else if (volume.secret && name === 'secret') {
    if (!volume.secret.secretName) errors.push(required(path.child('secretName')));
    checkMode(volume.secret.defaultMode, path.child('defaultMode'), errors);
    checkItems(volume.secret.items, path, errors);
  } else if (volume.configMap && name === 'configMap') {
    if (!volume.configMap.name) errors.push(required(path.child('name')));
    checkMode(volume.configMap.defaultMode, path.child('defaultMode'), errors);
    checkItems(volume.configMap.items, path, errors);
  } else if (volume.projected && name === 'projected') {
    checkMode(volume.projected.defaultMode, path.child('defaultMode'), errors);
    checkProjected(volume.projected, path, errors);
  } else if (volume.persistentVolumeClaim && name === 'persistentVolumeClaim') needs(volume.persistentVolumeClaim, ['claimName'], path, errors);
  else if (volume.downwardAPI && name === 'downwardAPI') {
    checkMode(volume.downwardAPI.defaultMode, path.child('defaultMode'), errors);
    for (const file of volume.downwardAPI.items ?? []) checkDownwardFile(file, path, errors);
  } else if (volume.csi && name === 'csi') {
    if (!volume.csi.driver) errors.push(required(path.child('driver')));
    if (volume.csi.nodePublishSecretRef && !volume.csi.nodePublishSecretRef.name) errors.push(required(path.child('nodePublishSecretRef', 'name')));
  } else if (volume.ephemeral && name === 'ephemeral') {
    const template = volume.ephemeral.volumeClaimTemplate;
    if (!template) errors.push(required(path.child('volumeClaimTemplate')));
    else {
      checkLabels(template.metadata?.labels, path.child('volumeClaimTemplate', 'metadata', 'labels'), errors);
      checkAnnotations(template.metadata?.annotations, path.child('volumeClaimTemplate', 'metadata', 'annotations'), errors);
      checkClaimSpec(template.spec ?? {}, path.child('volumeClaimTemplate', 'spec'), errors);
    }
    if (meta?.name && volume.name) {
      const claim = `${meta.name}-${volume.name}`;
      for (const text of dns1123SubdomainErrors(claim)) errors.push(invalid(at.child('name'), volume.name, `PVC name ${goQuote(claim)}: ${text}`));
    }
  } else if (volume.image && name === 'image') {
    if (meta && !volume.image.reference) errors.push(required(path.child('reference')));
  } else if (volume.nfs && name === 'nfs') {
    needs(volume.nfs, ['server', 'path'], path, errors);
    if (!volume.nfs.path?.startsWith('/')) errors.push(invalid(path.child('path'), volume.nfs.path ?? '', 'must be an absolute path'));
  } else checkRareSource(volume, name, path, errors);
}

/** Volumes of storage that no one ships any more, and of vendors. */
function checkRareSource(volume: Volume, name: SourceName, path: Path, errors: FieldError[]): void {
  if (volume.gitRepo && name === 'gitRepo') {
    needs(volume.gitRepo, ['repository'], path, errors);
    checkDescendingPath(volume.gitRepo.directory ?? '', path.child('directory'), errors);
  } else if (volume.iscsi && name === 'iscsi') {
    needs(volume.iscsi, ['targetPortal', 'iqn'], path, errors);
    if (volume.iscsi.lun < 0 || volume.iscsi.lun > 255) errors.push(invalid(path.child('lun'), volume.iscsi.lun, rangeText(0, 255)));
  } else if (volume.fc && name === 'fc') {
    const { targetWWNs = [], wwids = [], lun } = volume.fc;
    if (!targetWWNs.length && !wwids.length) errors.push(required(path.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
    if (targetWWNs.length && wwids.length) errors.push(invalid(path.child('targetWWNs'), new GoValue(goStrings(targetWWNs)), 'targetWWNs and wwids can not be specified simultaneously'));
    if (targetWWNs.length && lun === undefined) errors.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
    else if (targetWWNs.length && lun !== undefined && (lun < 0 || lun > 255)) errors.push(invalid(path.child('lun'), lun, rangeText(0, 255)));
  } else if (volume.gcePersistentDisk && name === 'gcePersistentDisk') needs(volume.gcePersistentDisk, ['pdName'], path.sibling('persistentDisk'), errors);
  else if (volume.awsElasticBlockStore && name === 'awsElasticBlockStore') needs(volume.awsElasticBlockStore, ['volumeID'], path, errors);
  else if (volume.glusterfs && name === 'glusterfs') needs(volume.glusterfs, ['endpoints', 'path'], path, errors);
  else if (volume.rbd && name === 'rbd') needs(volume.rbd, ['monitors', 'image'], path, errors);
  else if (volume.cinder && name === 'cinder') needs(volume.cinder, ['volumeID'], path, errors);
  else if (volume.cephfs && name === 'cephfs') needs(volume.cephfs, ['monitors'], path, errors);
  else if (volume.flexVolume && name === 'flexVolume') needs(volume.flexVolume, ['driver'], path, errors);
  else if (volume.azureFile && name === 'azureFile') needs(volume.azureFile, ['secretName', 'shareName'], path, errors);
  else if (volume.azureDisk && name === 'azureDisk') needs(volume.azureDisk, ['diskName', 'diskURI'], path, errors);
  else if (volume.vsphereVolume && name === 'vsphereVolume') needs(volume.vsphereVolume, ['volumePath'], path, errors);
  else if (volume.photonPersistentDisk && name === 'photonPersistentDisk') needs(volume.photonPersistentDisk, ['pdID'], path, errors);
  else if (volume.portworxVolume && name === 'portworxVolume') needs(volume.portworxVolume, ['volumeID'], path, errors);
  else if (volume.quobyte && name === 'quobyte') {
    if (!volume.quobyte.registry) errors.push(required(path.child('registry'), 'must be a host:port pair or multiple pairs separated by commas'));
    needs(volume.quobyte, ['volume'], path, errors);
  } else if (volume.scaleIO && name === 'scaleIO') needs(volume.scaleIO, ['gateway', 'system', 'volumeName'], path, errors);
  else if (volume.flocker && name === 'flocker') {
    const { datasetName, datasetUUID } = volume.flocker;
    if (!datasetName && !datasetUUID) errors.push(required(path, 'one of datasetName and datasetUUID is required'));
    if (datasetName && datasetUUID) errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
}

function checkMode(mode: number | undefined, path: Path, errors: FieldError[]): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.push(invalid(path, mode, MODE_TEXT));
}

function checkItems(items: readonly KeyToPath[] | undefined, path: Path, errors: FieldError[]): void {
  (items ?? []).forEach((item, i) => checkKeyToPath(item, path.child('items').index(i), errors));
}

function checkKeyToPath(item: KeyToPath, path: Path, errors: FieldError[]): void {
  if (!item.key) errors.push(required(path.child('key')));
  if (!item.path) errors.push(required(path.child('path')));
  checkLocalPath(item.path ?? '', path.child('path'), errors);
  checkMode(item.mode, path.child('mode'), errors);
}

function checkDownwardFile(file: DownwardAPIVolumeFile, path: Path, errors: FieldError[]): void {
  if (!file.path) errors.push(required(path.child('path')));
  checkLocalPath(file.path ?? '', path.child('path'), errors);
  if (file.fieldRef) {
    checkFieldRef(file.fieldRef, VOLUME_FIELD_PATHS, path.child('fieldRef'), errors);
    if (file.resourceFieldRef) errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (file.resourceFieldRef) checkResourceFieldRef(file.resourceFieldRef, true, path.child('resourceFieldRef'), errors);
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  checkMode(file.mode, path.child('mode'), errors);
}

function checkProjected(projected: ProjectedVolumeSource, path: Path, errors: FieldError[]): void {
  const paths = new Set<string>();
  const take = (file: string | undefined, owner: string): void => {
    if (!file) return;
    if (paths.has(file)) errors.push(invalid(path, owner, 'conflicting duplicate paths'));
    else paths.add(file);
  };
  (projected.sources ?? []).forEach((source, i) => {
    const at = path.child('sources').index(i);
    let count = 0;
    for (const name of ['secret', 'configMap'] as const) {
      const part = source[name];
      if (!part) continue;
      count++;
      if (!part.name) errors.push(required(at.child(name, 'name')));
      (part.items ?? []).forEach((item, j) => {
        checkKeyToPath(item, at.child(name, 'items').index(j), errors);
        take(item.path, part.name ?? '');
      });
    }
    if (source.downwardAPI) {
      count++;
      for (const file of source.downwardAPI.items ?? []) {
        checkDownwardFile(file, at.child('downwardAPI'), errors);
        take(file.path, file.path);
      }
    }
    if (source.serviceAccountToken) {
      count++;
      const seconds = source.serviceAccountToken.expirationSeconds ?? 0;
      if (seconds < 600) errors.push(invalid(at.child('serviceAccountToken', 'expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'));
      if (seconds > 2 ** 32) errors.push(invalid(at.child('serviceAccountToken', 'expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'));
      if (!source.serviceAccountToken.path) errors.push(required(path.child('path')));
      else checkLocalPath(source.serviceAccountToken.path, path.child('path'), errors);
    }
    if (source.clusterTrustBundle) {
      count++;
      const { name, signerName, path: file } = source.clusterTrustBundle;
      if (name === undefined && signerName === undefined) errors.push(required(at.child('clusterTrustBundle'), 'either name or signerName must be specified'));
      if (!file) errors.push(required(at.child('clusterTrustBundle', 'path')));
      take(file, file);
    }
    if (count > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
  });
}

export function checkNoBacksteps(target: string, path: Path, errors: FieldError[]): void {
  if (target.includes('..') && target.split('/').includes('..')) errors.push(invalid(path, target, "must not contain '..'"));
}

/** A relative path that stays below where it begins. */
export function checkDescendingPath(target: string, path: Path, errors: FieldError[]): void {
  if (target.startsWith('/')) errors.push(invalid(path, target, 'must be a relative path'));
  checkNoBacksteps(target, path, errors);
}

function checkLocalPath(target: string, path: Path, errors: FieldError[]): void {
  checkDescendingPath(target, path, errors);
  if (target.startsWith('..') && !target.startsWith('../')) errors.push(invalid(path, target, "must not start with '..'"));
}
