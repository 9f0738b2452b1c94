/** Defaults of volumes' own kinds. Follows kubernetes pkg/apis/core/v1/defaults.go and pkg/apis/storage/v1/defaults.go. */
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { dropDisabledVolume } from './disabled.ts';
import { omitEmpty } from './omit.ts';
import { defaultResourceList } from './quantities.ts';
import { defaultClaimSpec, defaultRareVolume } from './volumes.ts';

export function defaultClaim(claim: Draft<PersistentVolumeClaim>): void {
  defaultClaimSpec((claim.spec ??= {}));
  (claim.status ??= {}).phase ||= 'Pending';
  defaultResourceList(claim.status.capacity);
  defaultResourceList(claim.status.allocatedResources);
}

export function defaultPersistentVolume(volume: Draft<PersistentVolume>): void {
  const spec = (volume.spec ??= {});
  (volume.status ??= {}).phase ||= 'Pending';
  spec.persistentVolumeReclaimPolicy ||= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  defaultResourceList(spec.capacity);
  omitEmpty(spec, 'storageClassName', 'accessModes', 'mountOptions');
  dropDisabledVolume(spec);
  if (spec.hostPath) spec.hostPath.type ??= '';
  defaultRareVolume(spec);
}

export function defaultStorageClass(storageClass: Draft<StorageClass>): void {
  storageClass.reclaimPolicy ??= 'Delete';
  storageClass.volumeBindingMode ??= 'Immediate';
}

export function defaultCsiDriver(driver: Draft<CSIDriver>): void {
  const spec = (driver.spec ??= {});
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
  if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
}
