/** Validation of pods' volumes. Follows kubernetes pkg/apis/core/validation/validation.go (ValidateVolumes and below). */
import type { ObjectMeta, Volume } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { checkClaimTemplate } from './claim.ts';
import { duplicate, forbidden, invalid, required, type FieldError, type Path } from './field.ts';
import { checkDnsLabel } from './formats.ts';
import { checkDescendingPath } from './paths.ts';
import { checkProjected } from './projected.ts';
import { quantityOf } from './resources.ts';
import { checkDownwardFile, checkItems, checkMode } from './volume-files.ts';
import { awsElasticBlockStore, azureDisk, checkDriverName, checkIscsi, checkIscsiPortal, fc, flexVolume, flocker, gcePersistentDisk, hostPath, needs, nfs, quobyte, storageos, type SourceCheck } from './volume-sources.ts';

export type VolumesByName = ReadonlyMap<string, Volume>;
/** Images as volumes are switched off in v1.33: such a volume has no source. */
type SourceName = Exclude<keyof Volume, 'name' | 'image'>;


/** Kinds of volumes in the order in which upstream looks at them. */
const SOURCES: { readonly [K in SourceName]-?: SourceCheck<NonNullable<Volume[K]>> } = {
  emptyDir(source, path, errors) {
    if (quantityOf(source.sizeLimit).nano < 0n) errors.push(forbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
  },
  hostPath,
  gitRepo(source, path, errors) {
    needs<typeof source>('repository')(source, path, errors);
    checkDescendingPath(source.directory ?? '', path.child('directory'), errors);
  },
  gcePersistentDisk,
  awsElasticBlockStore,
  secret(source, path, errors) {
    needs<typeof source>('secretName')(source, path, errors);
    checkMode(source.defaultMode, path.child('defaultMode'), errors);
    checkItems(source.items, path, errors);
  },
  nfs,
  iscsi: (source, path, errors) => checkIscsi(source, undefined, path, errors),
  glusterfs: needs('endpoints', 'path'),
  flocker,
  persistentVolumeClaim: needs('claimName'),
  rbd: needs('monitors', 'image'),
  cinder(source, path, errors) {
    needs<typeof source>('volumeID')(source, path, errors);
    if (source.secretRef && !source.secretRef.name) errors.push(required(path.child('secretRef', 'name')));
  },
  cephfs: needs('monitors'),
  quobyte,
  downwardAPI(source, path, errors) {
    checkMode(source.defaultMode, path.child('defaultMode'), errors);
    for (const file of source.items ?? []) checkDownwardFile(file, path, errors);
  },
  fc,
  flexVolume,
  configMap(source, path, errors) {
    needs<typeof source>('name')(source, path, errors);
    checkMode(source.defaultMode, path.child('defaultMode'), errors);
    checkItems(source.items, path, errors);
  },
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk,
  storageos,
  projected(source, path, errors) {
    checkMode(source.defaultMode, path.child('defaultMode'), errors);
    checkProjected(source, path, errors);
  },
  scaleIO: needs('gateway', 'system', 'volumeName'),
  csi(source, path, errors) {
    checkDriverName(source.driver ?? '', path.child('driver'), errors);
    const secret = source.nodePublishSecretRef;
    if (secret && !secret.name) errors.push(required(path.child('nodePublishSecretRef', 'name')));
    else if (secret?.name) for (const text of dns1123SubdomainErrors(secret.name)) errors.push(invalid(path.child('name'), secret.name, text));
  },
  ephemeral(source, path, errors) {
    const at = path.child('volumeClaimTemplate');
    if (!source.volumeClaimTemplate) errors.push(required(at));
    else checkClaimTemplate(source.volumeClaimTemplate, at, errors);
  },
};
/** What upstream calls a second source, where that is not its field. */
const SECOND_NAMES: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };
const SOURCE_NAMES = Object.keys(SOURCES) as readonly SourceName[];

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
  for (const name of SOURCE_NAMES) {
    const source = volume[name];
    if (source === undefined) continue;
    if (count > 0) errors.push(forbidden(path.child(SECOND_NAMES[name] ?? name), 'may not specify more than 1 volume type'));
    else (SOURCES[name] as SourceCheck<unknown>)(source, path.child(name), errors);
    if (name === 'iscsi' && volume.iscsi) checkIscsiPortal(volume.iscsi, volume.name ?? '', path, errors);
    else if (name === 'ephemeral' && count === 0) checkClaimName(volume, meta, path, errors);
    count++;
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
}

/** The claim of an ephemeral volume is named after its pod. */
function checkClaimName(volume: Volume, meta: ObjectMeta | undefined, path: Path, errors: FieldError[]): void {
  if (!meta?.name || !volume.name) return;
  const claim = `${meta.name}-${volume.name}`;
  for (const text of dns1123SubdomainErrors(claim)) errors.push(invalid(path.child('name'), volume.name, `PVC name ${goQuote(claim)}: ${text}`));
}
