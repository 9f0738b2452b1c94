import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS, STORAGECLASSES } from '../../api/kinds.ts';
import { keyOf, objectKey, type Stored } from '../../api/object.ts';
import { boundToClaim, findMatchingVolume, isFullyBound, NO_PROVISIONER, requestOf, SELECTED_NODE, storageClassOf } from '../../api/volume-binding.ts';
import { AssumeCache } from '../cache/assume-cache.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import type { Handle } from '../framework/plugin.ts';
import { requiredNodeAffinity } from '../helpers/node-selector.ts';

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

/** For so long a pod waits for its volumes once its node is chosen, ms (DefaultBindTimeoutSeconds). */
const BIND_TIMEOUT_MS = 600_000;

/** What a pod's claims that have waited for it come to on a node: volumes that are there, and claims whose volumes are to be made. */
export interface PodVolumes {
  readonly bindings: readonly { readonly volume: Volume; readonly claim: Claim }[];
  readonly provisions: readonly Claim[];
}

/**
 * Finds volumes for claims that wait for their first consumer, and sees to it that the volume controller binds them. Follows
 * plugins/volumebinding/binder.go; what CSI drivers say of their capacity is not asked.
 */
export class VolumeBinder {
  readonly volumes: AssumeCache<PersistentVolume>;
  readonly claims: AssumeCache<PersistentVolumeClaim>;
  /** Those who wait for a binding. */
  readonly #watching = new Set<() => void>();

  constructor(private readonly handle: Pick<Handle, 'client' | 'clock' | 'informers' | 'signal'>) {
    const { informers, signal } = handle;
    this.volumes = new AssumeCache(informers.of(PERSISTENTVOLUMES));
    this.claims = new AssumeCache(informers.of(PERSISTENTVOLUMECLAIMS));
    const look = (): void => {
      for (const watching of [...this.#watching]) watching();
    };
    informers.of(PERSISTENTVOLUMES).onChange({ updated: look, deleted: look });
    informers.of(PERSISTENTVOLUMECLAIMS).onChange({ updated: look, deleted: look });
    informers.of(PODS).onChange({ deleted: look });
    signal.addEventListener('abort', look, { once: true });
  }

  classOf(claim: Claim): Stored<StorageClass> | undefined {
    return this.handle.informers.of(STORAGECLASSES).get(objectKey(undefined, storageClassOf(claim) ?? ''));
  }

  /** Nothing where the node cannot have all of them. The smallest claim chooses first, so as to leave the large volumes to others. */
  find(claims: readonly Claim[], node: NodeInfo): PodVolumes | undefined {
    const bindings: { volume: Volume; claim: Claim }[] = [];
    const provisions: Claim[] = [];
    const excluded = new Set<string>();
    for (const claim of [...claims].sort((a, b) => requestOf(a).compare(requestOf(b)))) {
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (selected !== undefined && selected !== node.name) return undefined;
      const volumes = selected === undefined ? this.volumes.list().filter((volume) => (storageClassOf(volume) ?? '') === storageClassOf(claim)) : [];
      const volume = findMatchingVolume(claim, volumes, { reachable: (candidate) => isReachable(candidate, node), excluded });
      if (volume) {
        excluded.add(volume.metadata.name);
        bindings.push({ volume, claim });
      } else if (canProvision(this.classOf(claim), node)) provisions.push(claim);
      else return undefined;
    }
    return { bindings, provisions };
  }

  /** Lets other pods see them taken; returns them as they are to be written. */
  assume({ bindings, provisions }: PodVolumes, nodeName: string): PodVolumes {
    const assumed: PodVolumes = {
      bindings: bindings.map(({ volume, claim }) => ({ volume: boundToClaim(volume, claim), claim })),
      provisions: provisions.map((claim) => ({ ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName } } })),
    };
    for (const { volume } of assumed.bindings) this.volumes.assume(volume);
    for (const claim of assumed.provisions) this.claims.assume(claim);
    return assumed;
  }

  revert({ bindings, provisions }: PodVolumes): void {
    for (const { volume } of bindings) this.volumes.restore(volume);
    for (const claim of provisions) this.claims.restore(claim);
  }

  /** Writes what was assumed, and waits until all of it is bound. */
  async bind({ bindings, provisions }: PodVolumes, pod: PodInfo, nodeName: string): Promise<void> {
    const { client } = this.handle;
    const reason = `pod ${pod.namespace}/${pod.name} is to run on ${nodeName}`;
    const volumes: Volume[] = [];
    for (const { volume } of bindings) volumes.push(await client.of(PERSISTENTVOLUMES).update(volume, { reason }));
    const claims: Claim[] = bindings.map(({ claim }) => claim);
    for (const claim of provisions) claims.push(await client.of(PERSISTENTVOLUMECLAIMS).update(claim, { reason }));
    await this.#until(() => this.#areBound(pod, volumes, claims));
  }

  #areBound(pod: PodInfo, volumes: readonly Volume[], claims: readonly Claim[]): boolean {
    const { informers } = this.handle;
    if (!informers.of(PODS).get(keyOf(pod.pod))) throw new Error(`pod does not exist any more: pod ${JSON.stringify(pod.name)} not found`);
    for (const written of volumes) {
      const volume = informers.of(PERSISTENTVOLUMES).get(keyOf(written));
      if (!volume) throw new Error(`failed to check binding: could not find v1.PersistentVolume ${JSON.stringify(written.metadata.name)}: object not found`);
      if (Number(volume.metadata.resourceVersion) < Number(written.metadata.resourceVersion)) return false;
      if (!volume.spec?.claimRef?.uid) throw new Error(`ClaimRef got reset for pv ${JSON.stringify(written.metadata.name)}`);
    }
    return claims.every((written) => {
      const claim = informers.of(PERSISTENTVOLUMECLAIMS).get(keyOf(written));
      if (!claim) throw new Error(`failed to check binding: could not find v1.PersistentVolumeClaim ${JSON.stringify(keyOf(written))}: object not found`);
      if (Number(claim.metadata.resourceVersion) < Number(written.metadata.resourceVersion)) return false;
      if (claim.metadata.annotations?.[SELECTED_NODE] !== written.metadata.annotations?.[SELECTED_NODE]) throw new Error(`provisioning failed for PVC ${JSON.stringify(claim.metadata.name)}`);
      return isFullyBound(claim);
    });
  }

  /** Upstream asks every second; here every change is looked at. */
  #until(isDone: () => boolean): Promise<void> {
    const { clock, signal } = this.handle;
    return new Promise((resolve, reject) => {
      const end = (error?: unknown): void => {
        timer.cancel();
        this.#watching.delete(look);
        if (error === undefined) resolve();
        else reject(new Error(`binding volumes: ${(error as Error).message}`));
      };
      const look = (): void => {
        try {
          if (signal.aborted) throw new Error('context canceled');
          if (isDone()) end();
        } catch (error) {
          end(error);
        }
      };
      const timer = clock.setTimer(BIND_TIMEOUT_MS, () => end(new Error('context deadline exceeded')), 'background');
      this.#watching.add(look);
      look();
    });
  }
}

/** Whether a volume's node affinity lets the node have it. */
export function isReachable({ spec }: Volume, node: NodeInfo): boolean {
  const required = spec?.nodeAffinity?.required;
  const affinity = required && requiredNodeAffinity({ containers: [], affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } });
  return affinity?.matches(node) ?? true;
}

/** Whether somebody makes volumes of this class, and for this node. A topology of no terms is any, an empty term none. */
function canProvision(storageClass: StorageClass | undefined, { labels }: NodeInfo): boolean {
  const { provisioner, allowedTopologies = [] } = storageClass ?? {};
  if (!provisioner || provisioner === NO_PROVISIONER) return false;
  return allowedTopologies.length === 0 || allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')));
}
