/** Gives claims their volumes. Follows pv_controller.go: syncClaim, provisionClaim, and index.go. */
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/generated/types.ts';
import { draft } from '../../api/json.ts';
import { PODS, STORAGECLASSES } from '../../api/kinds.ts';
import { newestDefault, DEFAULT_STORAGE_CLASS } from '../../api/newest-default.ts';
import { isTerminating, objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import { isPodTerminal } from '../../api/pods.ts';
import {
  allowsAccessModes, BIND_COMPLETED, BOUND_BY_CONTROLLER, capacityOf, claimNameOf, findMatchingVolume, hasAnnotation, isVolumeBoundToClaim, requestOf,
  SELECTED_NODE, storageClassOf, volumeModesDiffer, waitsForConsumer,
} from '../../api/volume-binding.ts';
import type { ComponentContext } from '../../client/component.ts';
import type { Informer } from '../../client/informer.ts';
import type { Binder } from './binder.ts';
import { provisionerOf } from './plugins.ts';

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

/** Who is to make a claim's volume; the older name comes first, as upstream writes them. */
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';

export class ClaimSync {
  readonly #pods: Informer<Pod>;
  readonly #classes: Informer<StorageClass>;

  constructor(
    { informers }: ComponentContext,
    private readonly binder: Binder,
  ) {
    this.#pods = informers.of(PODS);
    this.#classes = informers.of(STORAGECLASSES);
  }

  sync(claim: Claim): Promise<void> {
    if (hasAnnotation(claim, BIND_COMPLETED)) return this.#syncBound(claim);
    return claim.spec?.volumeName ? this.#bindTo(claim, claim.spec.volumeName) : this.#findVolume(claim);
  }

  /** The volume that the claim can have among these, those with the fewest access modes too many before others. */
  match(claim: Claim, volumes: readonly Volume[]): Volume | undefined {
    const reservedOnly = waitsForConsumer(this.#classOf(claim));
    const groups = new Map<string, Volume[]>();
    for (const volume of volumes) {
      if (!allowsAccessModes(claim, volume)) continue;
      const modes = [...new Set(volume.spec?.accessModes)].sort().join();
      groups.set(modes, [...(groups.get(modes) ?? []), volume]);
    }
    const count = (modes: string): number => modes.split(',').length;
    for (const [, group] of [...groups].sort(([a], [b]) => count(a) - count(b))) {
      const found = findMatchingVolume(claim, group, { reservedOnly });
      if (found) return found;
    }
    return undefined;
  }

  #classOf(claim: Claim): Stored<StorageClass> | undefined {
    return this.#classes.get(objectKey(undefined, storageClassOf(claim) ?? ''));
  }

  async #findVolume(claim: Claim): Promise<void> {
    const volume = this.match(claim, this.binder.volumes.list());
    if (volume) return this.binder.bind(volume, claim);
    if (await this.#giveDefaultClass(claim)) return;
    if (waitsForConsumer(this.#classOf(claim)) && !hasAnnotation(claim, SELECTED_NODE)) this.#tellWhoIsWaitedFor(claim);
    else if (storageClassOf(claim)) return this.#provision(claim);
    else this.binder.events.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
    await this.#stayPending(claim, 'there is no volume for it');
  }

  /** A default class that has come later is for earlier claims, too. */
  async #giveDefaultClass(claim: Claim): Promise<boolean> {
    const name = storageClassOf(claim) === undefined ? newestDefault(this.#classes.list(), DEFAULT_STORAGE_CLASS)?.metadata.name : undefined;
    if (name === undefined) return false;
    const next = draft(claim);
    (next.spec ??= {}).storageClassName = name;
    await this.binder.writeClaim(next, `${name} is the default storage class now`);
    return true;
  }

  #tellWhoIsWaitedFor(claim: Claim): void {
    const users = this.#pods.list(claim.metadata.namespace).filter((pod) => !pod.spec?.nodeName && !isPodTerminal(pod) && !isTerminating(pod as KubeObject)
      && pod.spec?.volumes?.some((volume) => claimNameOf(volume, pod) === claim.metadata.name)).map(({ metadata }) => metadata.name);
    if (users.length === 0) this.binder.events.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    else this.binder.events.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for pod${users.length > 1 ? 's' : ''} ${users.join(',')} to be scheduled`);
  }

  /** Names the provisioner on the claim, for it to see; nobody in the controller manager makes volumes. */
  async #provision(claim: Claim): Promise<void> {
    const { events } = this.binder;
    const storageClass = this.#classOf(claim);
    if (!storageClass) return events.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io ${JSON.stringify(storageClassOf(claim))} not found`);
    const { name, fault } = provisionerOf(storageClass.provisioner);
    const told = name === undefined ? claim : await this.#nameProvisioner(claim, name);
    if (fault !== undefined) events.event(told, 'Warning', 'ProvisioningFailed', fault);
    else events.event(told, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${name}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`);
  }

  async #nameProvisioner(claim: Claim, name: string): Promise<Claim> {
    if (claim.metadata.annotations?.[PROVISIONER] === name) return claim;
    const next = draft(claim);
    next.metadata.annotations = { ...next.metadata.annotations, [BETA_PROVISIONER]: name, [PROVISIONER]: name };
    return this.binder.writeClaim(next, `${name} is to make its volume`);
  }

  /** The user wants this volume and no other. */
  async #bindTo(claim: Claim, name: string): Promise<void> {
    const { binder } = this;
    const volume = binder.volumes.get(objectKey(undefined, name));
    if (!volume) return this.#stayPending(claim, `volume ${name} is not there`);
    if (isVolumeBoundToClaim(volume, claim)) return binder.bind(volume, claim);
    const fault = volume.spec?.claimRef ? undefined : unfit(volume, claim);
    if (!volume.spec?.claimRef && fault === undefined) return binder.bind(volume, claim);
    if (fault !== undefined) binder.events.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume ${JSON.stringify(name)}: ${fault}`);
    else binder.events.event(claim, 'Warning', 'FailedBinding', `volume ${JSON.stringify(name)} already bound to a different claim.`);
    // With this mark and without the other somebody has meddled: left as it is.
    if (fault !== undefined || !hasAnnotation(claim, BOUND_BY_CONTROLLER)) await this.#stayPending(claim, `it cannot have volume ${name}`);
  }

  async #stayPending(claim: Claim, reason: string): Promise<void> {
    await this.binder.setClaimStatus(claim, 'Pending', reason);
  }

  async #syncBound(claim: Claim): Promise<void> {
    const { binder } = this;
    const { volumeName } = claim.spec ?? {};
    if (!volumeName) return binder.setClaimPhase(claim, 'Lost', 'Warning', 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
    const volume = binder.volumes.get(objectKey(undefined, volumeName));
    if (!volume) return binder.setClaimPhase(claim, 'Lost', 'Warning', 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
    const { claimRef } = volume.spec ?? {};
    if (!claimRef || claimRef.uid === claim.metadata.uid) return binder.bind(volume, claim);
    return binder.setClaimPhase(claim, 'Lost', 'Warning', 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  }
}

/** Why a claim cannot have the volume that it names (checkVolumeSatisfyClaim). */
function unfit(volume: Volume, claim: Claim): string | undefined {
  if (isTerminating(volume as KubeObject)) return `the volume is marked for deletion ${JSON.stringify(volume.metadata.name)}`;
  if (capacityOf(volume).value() < requestOf(claim).value()) return 'requested PV is too small';
  if ((storageClassOf(volume) ?? '') !== (storageClassOf(claim) ?? '')) return 'storageClassName does not match';
  if (volumeModesDiffer(claim, volume)) return 'incompatible volumeMode';
  return allowsAccessModes(claim, volume) ? undefined : 'incompatible accessMode';
}
