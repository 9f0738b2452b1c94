/** What becomes of a volume: free, taken, or given back. Follows pv_controller.go: syncVolume, reclaimVolume. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES } from '../../api/kinds.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { isNotFound } from '../../api/status.ts';
import { volumeModesDiffer } from '../../api/volume-binding.ts';
import type { Client } from '../../client/client.ts';
import type { Binder } from './binder.ts';
import { deleteStorage, isProvisioned } from './plugins.ts';

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

export class VolumeSync {
  constructor(
    private readonly client: Client,
    private readonly binder: Binder,
    /** Has the claim looked at. */
    private readonly queueClaim: (claim: Claim) => void,
  ) {}

  async sync(volume: Volume): Promise<void> {
    const { binder } = this;
    const { claimRef } = volume.spec ?? {};
    if (!claimRef?.uid) return void await binder.setVolumePhase(volume, 'Available', claimRef ? 'it is reserved for a claim that is not there yet' : 'no claim has it');
    const claim = await this.#claimOf(volume);
    if (!claim) return this.#release(volume, `claim ${claimRef.namespace}/${claimRef.name} is gone`);
    const { volumeName } = claim.spec ?? {};
    if (!volumeName) return this.#expect(volume, claim);
    const elsewhere = `claim ${claimRef.namespace}/${claimRef.name} has volume ${volumeName}`;
    if (volumeName === volume.metadata.name) await binder.setVolumePhase(volume, 'Bound', elsewhere);
    else if (isProvisioned(volume) && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') await this.#release(volume, elsewhere);
    else await binder.unbind(volume, elsewhere);
  }

  /** The claim of the volume's claimRef. That it is gone is believed only when the API server says so: a volume that was given back does not return. */
  async #claimOf({ spec, status }: Volume): Promise<Claim | undefined> {
    const { namespace, name = '', uid } = spec?.claimRef ?? {};
    const known = this.binder.claims.get(objectKey(namespace, name));
    if (known?.metadata.uid === uid) return known;
    if (!known && (status?.phase === 'Released' || status?.phase === 'Failed')) return undefined;
    try {
      const found = await this.client.of(PERSISTENTVOLUMECLAIMS).get(namespace, name);
      return found.metadata.uid === uid ? found : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The volume points to a claim that does not point back yet. */
  #expect(volume: Volume, claim: Claim): void {
    if (!volumeModesDiffer(claim, volume)) return this.queueClaim(claim);
    const { events } = this.binder;
    events.event(volume, 'Warning', 'VolumeMismatch', `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${JSON.stringify(claim.metadata.name)} due to incompatible volumeMode.`);
    events.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind PersistentVolume ${JSON.stringify(volume.metadata.name)} to requested PersistentVolumeClaim due to incompatible volumeMode.`);
  }

  async #release(volume: Volume, reason: string): Promise<void> {
    const { phase } = volume.status ?? {};
    // That it failed stays to be seen.
    const released = phase === 'Failed' ? volume : await this.binder.setVolumePhase(volume, 'Released', reason);
    const policy = volume.spec?.persistentVolumeReclaimPolicy;
    if (policy === 'Delete') await this.#delete(released, reason);
    else if (policy === 'Recycle') await this.#recycle(released);
  }

  async #delete(volume: Volume, reason: string): Promise<void> {
    const deletion = deleteStorage(volume);
    if (deletion === 'external') return;
    if (deletion !== 'deleted') return this.binder.fail(volume, 'VolumeFailedDelete', deletion.fault);
    if (volume.metadata.deletionTimestamp === undefined) await this.client.of(PERSISTENTVOLUMES).delete(undefined, volume.metadata.name, { reason });
  }

  /** Upstream has a pod empty the volume; on no node here is anything in it. */
  async #recycle(volume: Volume): Promise<void> {
    if (!volume.spec?.hostPath && !volume.spec?.nfs) return this.binder.fail(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    this.binder.events.event(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
    await this.binder.unbind(volume, 'it has been emptied');
  }
}
