import type { PersistentVolumeClaim, Pod, Volume } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, STORAGECLASSES } from '../../api/kinds.ts';
import { isControlledBy, isTerminating, objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import type { Informer } from '../../client/informer.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { StateKey, type CycleState } from '../framework/cycle-state.ts';
import type { ClusterEvent } from '../framework/events.ts';
import type { Handle, Plugin, PreFilterResult } from '../framework/plugin.ts';
import { SKIP, unresolvable, type Status } from '../framework/status.ts';
import { requiredNodeAffinity } from '../helpers/node-selector.ts';

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** The claims that have their volume. */
const BOUND: StateKey<readonly Stored<PersistentVolumeClaim>[]> = new StateKey('PreFilterVolumeBinding');

/**
 * Pods whose claims are not there or not bound wait, and bound volumes must be reachable from the node. Follows
 * plugins/volumebinding/volume_binding.go and binder.go. Nobody binds volumes here, so a claim that waits for its first
 * consumer says nothing about where that may run.
 */
export class VolumeBinding implements Plugin {
  readonly name = 'VolumeBinding';
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #volumes;
  readonly #classes;

  constructor({ informers }: Pick<Handle, 'informers'>) {
    this.#claims = informers.of(PERSISTENTVOLUMECLAIMS);
    this.#volumes = informers.of(PERSISTENTVOLUMES);
    this.#classes = informers.of(STORAGECLASSES);
  }

  preFilter(state: CycleState, { pod }: PodInfo): PreFilterResult {
    const claims: Stored<PersistentVolumeClaim>[] = [];
    for (const volume of pod.spec?.volumes ?? []) {
      const name = claimName(pod, volume);
      if (name === undefined) continue;
      const claim = this.#claims.get(objectKey(pod.metadata.namespace, name));
      const fault = claim ? faultOf(claim, pod, volume) : volume.ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${JSON.stringify(name)}` : `persistentvolumeclaim ${JSON.stringify(name)} not found`;
      if (fault !== undefined) return { status: unresolvable(fault) };
      if (claim) claims.push(claim);
    }
    if (claims.length === 0) return { status: SKIP };
    if (claims.some((claim) => !isBound(claim) && !this.#waitsForConsumer(claim))) return { status: unresolvable('pod has unbound immediate PersistentVolumeClaims') };
    state.write(BOUND, claims.filter(isBound));
    return {};
  }

  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Status | undefined {
    for (const { spec } of state.read(BOUND) ?? []) {
      const volume = this.#volumes.get(objectKey(undefined, spec?.volumeName ?? ''));
      if (!volume) return unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
      const required = volume.spec?.nodeAffinity?.required;
      const affinity = required && requiredNodeAffinity({ containers: [], affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } });
      if (affinity && !affinity.matches(node)) return unresolvable('node(s) had volume node affinity conflict');
    }
    return undefined;
  }

  isWorthRequeuing(event: ClusterEvent, { pod }: PodInfo): boolean {
    if (event.kind === 'ClaimChange') {
      const { namespace, name } = event.claim.metadata;
      return namespace === pod.metadata.namespace && (pod.spec?.volumes ?? []).some((volume) => claimName(pod, volume) === name);
    }
    return event.kind === 'VolumeChange' || event.kind === 'StorageClassAdd' || event.kind === 'NodeAdd' || (event.kind === 'NodeUpdate' && event.change === 'labels');
  }

  #waitsForConsumer({ metadata, spec }: Stored<PersistentVolumeClaim>): boolean {
    const name = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
    return !spec?.volumeName && name !== '' && this.#classes.get(objectKey(undefined, name))?.volumeBindingMode === 'WaitForFirstConsumer';
  }
}

/** The claim that a volume of a pod is about. */
function claimName({ metadata }: Stored<Pod>, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined {
  return persistentVolumeClaim ? persistentVolumeClaim.claimName : ephemeral ? `${metadata.name}-${name}` : undefined;
}

const isBound = ({ metadata, spec }: Stored<PersistentVolumeClaim>): boolean => Boolean(spec?.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;

/** Why a pod cannot use a claim that is there. */
function faultOf(claim: Stored<PersistentVolumeClaim>, pod: Stored<Pod>, { ephemeral }: Volume): string | undefined {
  const { namespace, name } = claim.metadata;
  if (claim.status?.phase === 'Lost') return `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec?.volumeName ?? '')}`;
  if (isTerminating(claim as KubeObject)) return `persistentvolumeclaim ${JSON.stringify(name)} is being deleted`;
  if (ephemeral && !isControlledBy(claim as KubeObject, pod as KubeObject)) return `PVC ${namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
  return undefined;
}
