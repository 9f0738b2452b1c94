/** What the controller writes: phases, and the two halves of a binding. Follows pv_controller.go: bind, unbindVolume, updateClaimStatus, updateVolumePhase. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types.ts';
import { draft, equal } from '../../api/json.ts';
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, boundToClaim, hasAnnotation } from '../../api/volume-binding.ts';
import type { ComponentContext } from '../../client/component.ts';
import { CorrelatingRecorder, type EventRecorder, type EventType } from '../../client/event-recorder.ts';
import { Newest } from './newest.ts';

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

/** What its events name as their source. */
const EVENT_SOURCE = 'persistentvolume-controller';

export class Binder {
  readonly volumes: Newest<PersistentVolume>;
  readonly claims: Newest<PersistentVolumeClaim>;
  readonly events: EventRecorder;

  constructor(private readonly context: ComponentContext) {
    const { client, clock, informers, log } = context;
    this.volumes = new Newest(informers.of(PERSISTENTVOLUMES));
    this.claims = new Newest(informers.of(PERSISTENTVOLUMECLAIMS));
    this.events = new CorrelatingRecorder({ client, clock, log, component: EVENT_SOURCE });
  }

  /** Volume first: who finds a volume that points to a claim can finish the work. */
  async bind(unbound: Volume, claim: Claim): Promise<void> {
    const bound = boundToClaim(unbound, claim);
    const reason = `claim ${claim.metadata.namespace}/${claim.metadata.name} gets volume ${unbound.metadata.name}`;
    const volume = await this.setVolumePhase(bound === unbound ? unbound : await this.#writeVolume(bound, reason), 'Bound', reason);
    await this.setClaimStatus(await this.#pointTo(volume, claim, reason), 'Bound', reason, volume);
  }

  async #pointTo({ metadata: { name } }: Volume, claim: Claim, reason: string): Promise<Claim> {
    if (claim.spec?.volumeName === name && hasAnnotation(claim, BIND_COMPLETED)) return claim;
    const next = draft(claim);
    const annotations = { ...next.metadata.annotations };
    if (claim.spec?.volumeName !== name) {
      (next.spec ??= {}).volumeName = name;
      annotations[BOUND_BY_CONTROLLER] ??= 'yes';
    }
    annotations[BIND_COMPLETED] ??= 'yes';
    next.metadata.annotations = annotations;
    return this.writeClaim(next, reason);
  }

  /** Takes back that the volume is a claim's; what the user had reserved stays reserved. */
  async unbind(volume: Volume, reason: string): Promise<void> {
    const next = draft(volume);
    if (hasAnnotation(volume, BOUND_BY_CONTROLLER)) {
      delete next.spec?.claimRef;
      delete next.metadata.annotations?.[BOUND_BY_CONTROLLER];
    } else delete next.spec?.claimRef?.uid;
    await this.setVolumePhase(await this.#writeVolume(next, reason), 'Available', reason);
  }

  async setVolumePhase(volume: Volume, phase: string, reason: string, message = ''): Promise<Volume> {
    if (volume.status?.phase === phase) return volume;
    const { message: _before, ...status } = volume.status ?? {};
    const next = { ...volume, status: { ...status, phase, ...(message ? { message } : {}) } };
    return this.volumes.keep(await this.context.client.of(PERSISTENTVOLUMES).updateStatus(next, { reason }));
  }

  /** Says once that the volume cannot be given back. */
  async fail(volume: Volume, reason: string, message: string): Promise<void> {
    if (volume.status?.phase === 'Failed') return;
    this.events.event(await this.setVolumePhase(volume, 'Failed', message, message), 'Warning', reason, message);
  }

  /** Only a claim that becomes bound takes the volume's capacity: later ones may differ on purpose. */
  async setClaimStatus(claim: Claim, phase: string, reason: string, volume?: Volume): Promise<Claim> {
    const { accessModes: _modes, capacity, ...status } = claim.status ?? {};
    const size = volume?.spec?.capacity?.storage;
    const isSame = size !== undefined && capacity?.storage !== undefined && parseQuantity(size).compare(parseQuantity(capacity.storage)) === 0;
    const wanted = volume && (status.phase === phase || isSame ? capacity : volume.spec?.capacity);
    const accessModes = volume?.spec?.accessModes;
    const next = { ...claim, status: { ...status, phase, ...(accessModes ? { accessModes } : {}), ...(wanted ? { capacity: wanted } : {}) } };
    if (equal(next.status, claim.status)) return claim;
    return this.claims.keep(await this.context.client.of(PERSISTENTVOLUMECLAIMS).updateStatus(next, { reason }));
  }

  /** Sets a phase with an event that tells why; nothing where the claim is in it already. */
  async setClaimPhase(claim: Claim, phase: string, type: EventType, reason: string, message: string): Promise<void> {
    if (claim.status?.phase === phase) return;
    this.events.event(await this.setClaimStatus(claim, phase, message), type, reason, message);
  }

  async writeClaim(claim: Claim, reason: string): Promise<Claim> {
    return this.claims.keep(await this.context.client.of(PERSISTENTVOLUMECLAIMS).update(claim, { reason }));
  }

  async #writeVolume(volume: Volume, reason: string): Promise<Volume> {
    return this.volumes.keep(await this.context.client.of(PERSISTENTVOLUMES).update(volume, { reason }));
  }
}
