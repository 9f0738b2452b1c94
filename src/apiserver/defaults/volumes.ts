/** Defaults of volumes. Follows kubernetes pkg/apis/core/v1/defaults.go and the +default marks of core/v1 types. */
import type { DownwardAPIVolumeFile, PersistentVolumeClaimSpec, Volume, VolumeProjection } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { dropDisabledClaim } from './disabled.ts';
import { defaultResources, storedQuantity } from './quantities.ts';
import { omitEmpty, templateMeta } from './omit.ts';

/** 0644 */
const FILE_MODE = 420;

interface RareSources {
  iscsi?: { iscsiInterface?: string };
  rbd?: { pool?: string; user?: string; keyring?: string };
  scaleIO?: { storageMode?: string; fsType?: string };
}

export function defaultVolume(volume: Draft<Volume>): void {
  let hasSource = false;
  for (const key in volume) {
    if (key !== 'name' && volume[key as keyof typeof volume] !== undefined) {
      hasSource = true;
      break;
    }
  }
  if (!hasSource) {
    volume.emptyDir = {};
    return;
  }
  if (volume.emptyDir) {
    omitEmpty(volume.emptyDir, 'medium');
    if (volume.emptyDir.sizeLimit !== undefined) volume.emptyDir.sizeLimit = storedQuantity(volume.emptyDir.sizeLimit);
  } else if (volume.configMap) {
    volume.configMap.defaultMode ??= FILE_MODE;
    omitEmpty(volume.configMap, 'items');
  } else if (volume.secret) {
    volume.secret.defaultMode ??= FILE_MODE;
    omitEmpty(volume.secret, 'items');
  } else if (volume.projected) {
    volume.projected.defaultMode ??= FILE_MODE;
    for (const source of volume.projected.sources ?? []) defaultProjection(source);
  } else if (volume.persistentVolumeClaim) {
    omitEmpty(volume.persistentVolumeClaim, 'readOnly');
  } else if (volume.hostPath) {
    volume.hostPath.type ??= '';
  } else if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= FILE_MODE;
    for (const file of volume.downwardAPI.items ?? []) defaultDownwardFile(file);
  } else if (volume.ephemeral?.volumeClaimTemplate) {
    templateMeta(volume.ephemeral.volumeClaimTemplate);
    if (volume.ephemeral.volumeClaimTemplate.spec) defaultClaimSpec(volume.ephemeral.volumeClaimTemplate.spec);
  } else defaultRareVolume(volume);
}

/** Kinds of storage that volumes of pods and PersistentVolumes have in common, and few use. */
export function defaultRareVolume(volume: Pick<Draft<Volume>, 'azureDisk'> & RareSources): void {
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= 'default';
  if (volume.rbd) {
    volume.rbd.pool ||= 'rbd';
    volume.rbd.user ||= 'admin';
    volume.rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.kind ??= 'Shared';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.readOnly ??= false;
  }
  if (volume.scaleIO) {
    volume.scaleIO.storageMode ||= 'ThinProvisioned';
    volume.scaleIO.fsType ||= 'xfs';
  }
}

function defaultProjection(source: Draft<VolumeProjection>): void {
  if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
  for (const file of source.downwardAPI?.items ?? []) defaultDownwardFile(file);
}

function defaultDownwardFile(file: Draft<DownwardAPIVolumeFile>): void {
  if (file.fieldRef) file.fieldRef.apiVersion ||= 'v1';
  if (file.resourceFieldRef) file.resourceFieldRef.divisor = storedQuantity(file.resourceFieldRef.divisor ?? '0');
}

/** A claim's spec, by itself or as a template. */
export function defaultClaimSpec(spec: Draft<PersistentVolumeClaimSpec>): void {
  spec.volumeMode ??= 'Filesystem';
  spec.resources ??= {};
  defaultResources(spec.resources);
  omitEmpty(spec, 'volumeName', 'accessModes');
  dropDisabledClaim(spec);
}
