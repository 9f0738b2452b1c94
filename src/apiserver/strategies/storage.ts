/** Strategies of storage.k8s.io. Follows kubernetes pkg/registry/storage/<kind>/strategy.go. */
import type { CSIDriver, CSINode, CSIStorageCapacity, StorageClass, V1alpha1VolumeAttributesClass, VolumeAttachment } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { defaultCsiDriver, defaultStorageClass } from '../defaults/storage.ts';
import type { Strategy } from '../strategy.ts';
import { validateCsiDriver, validateCsiDriverUpdate, validateCsiNode, validateCsiNodeUpdate, validateCsiStorageCapacity, validateCsiStorageCapacityUpdate, validateStorageClass, validateStorageClassUpdate, validateVolumeAttachment, validateVolumeAttachmentUpdate, validateVolumeAttributesClass, validateVolumeAttributesClassUpdate } from '../validation/storage-kinds.ts';
import { storageCapacityWarnings, storageClassWarnings } from './node-label-warnings.ts';
import { keepStatus, raiseGeneration, startsWith } from './common.ts';

export const storageClassStrategy: Strategy<StorageClass> = { applyDefaults: defaultStorageClass, validate: validateStorageClass, validateUpdate: validateStorageClassUpdate, warnings: storageClassWarnings };

/** MutableCSINodeAllocatableCount is off: this, and what follows from it. */
function dropAllocatableUpdates({ spec }: Draft<CSIDriver>, old: CSIDriver | undefined): void {
  if (spec?.nodeAllocatableUpdatePeriodSeconds !== undefined && old?.spec?.nodeAllocatableUpdatePeriodSeconds === undefined) delete spec.nodeAllocatableUpdatePeriodSeconds;
}

export const csiDriverStrategy: Strategy<CSIDriver> = {
  applyDefaults: defaultCsiDriver,
  prepareForCreate: (driver) => dropAllocatableUpdates(driver, undefined),
  // Counts changes only: a new driver has no generation.
  prepareForUpdate(driver, old) {
    dropAllocatableUpdates(driver, old);
    if (!equal(driver.spec, old.spec)) raiseGeneration(driver, old);
  },
  validate: validateCsiDriver,
  validateUpdate: validateCsiDriverUpdate,
  allowUnconditionalUpdate: false,
};

export const csiNodeStrategy: Strategy<CSINode> = { validate: validateCsiNode, validateUpdate: validateCsiNodeUpdate, allowUnconditionalUpdate: false };

export const csiStorageCapacityStrategy: Strategy<CSIStorageCapacity> = { validate: validateCsiStorageCapacity, validateUpdate: validateCsiStorageCapacityUpdate, warnings: storageCapacityWarnings, allowUnconditionalUpdate: false };

export const volumeAttachmentStrategy: Strategy<VolumeAttachment> = {
  prepareForCreate: startsWith<NonNullable<VolumeAttachment['status']>>(() => ({ attached: false })),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate(attachment, old) {
    for (const name of ['attachError', 'detachError'] as const) {
      const error = attachment.status?.[name];
      if (error && old.status?.[name]?.errorCode === undefined) delete error.errorCode;
    }
  },
  validate: validateVolumeAttachment,
  validateUpdate: validateVolumeAttachmentUpdate,
  validateStatusUpdate: validateVolumeAttachmentUpdate,
  allowUnconditionalUpdate: false,
};

export const volumeAttributesClassStrategy: Strategy<V1alpha1VolumeAttributesClass> = { validate: validateVolumeAttributesClass, validateUpdate: validateVolumeAttributesClassUpdate };
