/**
 * The volume controller: binds claims to volumes and volumes to claims, and takes volumes back when their claims are gone.
 * Follows kubernetes pkg/controller/volume/persistentvolume/{pv_controller_base,pv_controller}.go. Upstream looks at
 * everything every 15 seconds; here claims that wait are, and what comes to pass for them in between is seen at once.
 */
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, STORAGECLASSES } from '../../api/kinds.ts';
import { keyOf, objectKey, splitKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { BIND_COMPLETED, hasAnnotation, storageClassOf } from '../../api/volume-binding.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { Binder } from './binder.ts';
import { ClaimSync } from './claims.ts';
import { VolumeSync } from './volumes.ts';

const NAME = 'persistent-volume-binder';
/** --pvclaimbinder-sync-period, ms. */
const RESYNC_MS = 15_000;
/** Claims by the volume that they name, and those that have none yet. */
const BY_VOLUME = 'volumeName';
const UNBOUND = 'unbound';

export const persistentVolumeBinderController: ComponentFactory = (context) => {
  const { client, clock, informers, log } = context;
  const volumes = informers.of(PERSISTENTVOLUMES);
  const claims = informers.of(PERSISTENTVOLUMECLAIMS);
  // One for both, with one worker, so that they don't come in each other's way: upstream's two do, and conflict.
  const queue = new WorkQueue<ObjectKey>(clock);
  const queueClaim = (claim: Stored<PersistentVolumeClaim>): void => queue.add(keyOf(claim));
  const binder = new Binder(context);
  const claimSync = new ClaimSync(context, binder);
  const volumeSync = new VolumeSync(client, binder, queueClaim);
  claims.addIndex(BY_VOLUME, ({ spec }) => spec?.volumeName);
  claims.addIndex(UNBOUND, (claim) => (hasAnnotation(claim, BIND_COMPLETED) ? undefined : UNBOUND));

  const volumeChanged = (volume: Stored<PersistentVolume>, old?: Stored<PersistentVolume>): void => {
    queue.add(keyOf(volume));
    if (volume.status?.phase !== 'Available' || old?.status?.phase === 'Available') return;
    for (const claim of claims.byIndex(BY_VOLUME, volume.metadata.name)) queueClaim(claim);
    for (const claim of claims.byIndex(UNBOUND, UNBOUND)) if (!claim.spec?.volumeName && claimSync.match(claim, [volume])) queueClaim(claim);
  };
  const classChanged = ({ metadata }: Stored<StorageClass>): void => {
    for (const claim of claims.byIndex(UNBOUND, UNBOUND)) if ((storageClassOf(claim) ?? metadata.name) === metadata.name) queueClaim(claim);
  };
  volumes.onChange({
    added: volumeChanged,
    updated: (old, volume) => volumeChanged(volume, old),
    deleted: ({ spec }) => spec?.claimRef && queue.add(objectKey(spec.claimRef.namespace, spec.claimRef.name ?? '')),
  });
  claims.onChange({ added: queueClaim, updated: (_old, claim) => queueClaim(claim), deleted: ({ spec }) => spec?.volumeName && queue.add(objectKey(undefined, spec.volumeName)) });
  informers.of(STORAGECLASSES).onChange({ added: classChanged, updated: (_old, storageClass) => classChanged(storageClass) });

  async function reconcileVolume(key: ObjectKey): Promise<void> {
    const volume = binder.volumes.get(key);
    if (volume) await volumeSync.sync(volume);
  }

  async function reconcileClaim(key: ObjectKey): Promise<void> {
    const claim = binder.claims.get(key);
    if (!claim) return;
    await claimSync.sync(claim);
    const now = binder.claims.get(key);
    if (now && !hasAnnotation(now, BIND_COMPLETED)) queue.addAfter(key, RESYNC_MS, 'background');
  }

  /** Volumes have no namespace. */
  const reconcile = (key: ObjectKey): Promise<void> => (splitKey(key).namespace ? reconcileClaim(key) : reconcileVolume(key));

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: 1, reconcile, log, signal }) };
};
