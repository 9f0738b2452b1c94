import type { PersistentVolumeClaim, Pod, Volume } from '../../api/generated/types.ts';
import { isControlledBy, isTerminating, objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import { claimNameOf, isFullyBound, waitsForConsumer } from '../../api/volume-binding.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { StateKey, type CycleState } from '../framework/cycle-state.ts';
import type { ClusterEvent } from '../framework/events.ts';
import type { Handle, Plugin, PreFilterResult } from '../framework/plugin.ts';
import { failure, SKIP, unresolvable, type Status } from '../framework/status.ts';
import { isReachable, VolumeBinder, type PodVolumes } from './volume-binder.ts';

type Claim = Stored<PersistentVolumeClaim>;

const NODE_CONFLICT = 'node(s) had volume node affinity conflict';
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const NO_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
/** In the order in which they are told. */
const REASONS = [NODE_CONFLICT, BIND_CONFLICT, NO_VOLUME];

/** A pod's claims: those that have their volume, those that have waited for it, and what these come to on each node that fits. */
interface PodClaims {
  readonly bound: readonly Claim[];
  readonly waiting: readonly Claim[];
  readonly byNode: Map<string, PodVolumes>;
}
const CLAIMS: StateKey<PodClaims> = new StateKey('PreFilterVolumeBinding');

/**
 * Pods whose claims are not there or not bound wait, bound volumes must be reachable from the node, and claims that have
 * waited for their first consumer get their volumes when its node is known. Follows plugins/volumebinding/volume_binding.go.
 */
export class VolumeBinding implements Plugin {
  readonly name = 'VolumeBinding';
  readonly #binder: VolumeBinder;

  constructor(handle: Pick<Handle, 'client' | 'clock' | 'informers' | 'signal'>) {
    this.#binder = new VolumeBinder(handle);
  }

  preFilter(state: CycleState, { pod }: PodInfo): PreFilterResult {
    const claims: Claim[] = [];
    for (const volume of pod.spec?.volumes ?? []) {
      const name = claimNameOf(volume, pod);
      if (name === undefined) continue;
      const claim = this.#binder.claims.get(objectKey(pod.metadata.namespace, name));
      const fault = claim ? faultOf(claim, pod, volume) : volume.ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${JSON.stringify(name)}` : `persistentvolumeclaim ${JSON.stringify(name)} not found`;
      if (fault !== undefined) return { status: unresolvable(fault) };
      if (claim) claims.push(claim);
    }
    if (claims.length === 0) return { status: SKIP };
    const waiting = claims.filter((claim) => !isFullyBound(claim));
    if (waiting.some((claim) => claim.spec?.volumeName || !waitsForConsumer(this.#binder.classOf(claim)))) return { status: unresolvable('pod has unbound immediate PersistentVolumeClaims') };
    state.write(CLAIMS, { bound: claims.filter(isFullyBound), waiting, byNode: new Map() });
    return {};
  }

  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Status | undefined {
    const { bound = [], waiting = [], byNode } = state.read(CLAIMS) ?? {};
    const conflict = this.#conflictOf(bound, node);
    const found = this.#binder.find(waiting, node);
    if (found) byNode?.set(node.name, found);
    const reasons = REASONS.filter((reason) => reason === conflict || (reason === BIND_CONFLICT && !found));
    return reasons.length > 0 ? unresolvable(...reasons) : undefined;
  }

  /** What keeps the node from the first volume that it cannot have. */
  #conflictOf(bound: readonly Claim[], node: NodeInfo): string | undefined {
    for (const { spec } of bound) {
      const volume = this.#binder.volumes.get(objectKey(undefined, spec?.volumeName ?? ''));
      if (!volume) return NO_VOLUME;
      if (!isReachable(volume, node)) return NODE_CONFLICT;
    }
    return undefined;
  }

  reserve(state: CycleState, _pod: PodInfo, nodeName: string): undefined {
    const { byNode } = state.read(CLAIMS) ?? {};
    const found = byNode?.get(nodeName);
    if (found) byNode?.set(nodeName, this.#binder.assume(found, nodeName));
  }

  unreserve(state: CycleState, _pod: PodInfo, nodeName: string): void {
    const assumed = state.read(CLAIMS)?.byNode.get(nodeName);
    if (assumed) this.#binder.revert(assumed);
  }

  async preBind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined> {
    const { waiting = [], byNode } = state.read(CLAIMS) ?? {};
    const assumed = byNode?.get(nodeName);
    if (waiting.length === 0 || !assumed) return undefined;
    try {
      await this.#binder.bind(assumed, pod, nodeName);
      return undefined;
    } catch (error) {
      return failure(error);
    }
  }

  isWorthRequeuing(event: ClusterEvent, { pod }: PodInfo): boolean {
    if (event.kind === 'ClaimChange') {
      const { namespace, name } = event.claim.metadata;
      return namespace === pod.metadata.namespace && (pod.spec?.volumes ?? []).some((volume) => claimNameOf(volume, pod) === name);
    }
    return event.kind === 'VolumeChange' || event.kind === 'StorageClassAdd' || event.kind === 'NodeAdd' || (event.kind === 'NodeUpdate' && event.change === 'labels');
  }
}

/** Why a pod cannot use a claim that is there. */
function faultOf(claim: Claim, pod: Stored<Pod>, { ephemeral }: Volume): string | undefined {
  const { namespace, name } = claim.metadata;
  if (claim.status?.phase === 'Lost') return `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec?.volumeName ?? '')}`;
  if (isTerminating(claim as KubeObject)) return `persistentvolumeclaim ${JSON.stringify(name)} is being deleted`;
  if (ephemeral && !isControlledBy(claim as KubeObject, pod as KubeObject)) return `PVC ${namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
  return undefined;
}
