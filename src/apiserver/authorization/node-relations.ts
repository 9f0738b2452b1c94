/**
 * What a node's pods refer to. Follows kubernetes plugin/pkg/auth/authorizer/node/graph.go; instead of keeping a graph,
 * it asks the pods of the node, of which there are few.
 */
import type { PersistentVolume, Pod, VolumeAttachment } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMES, PODS, type Resource } from '../../api/kinds.ts';
import { resourceAt } from '../../api/resource.ts';
import type { Storages } from '../storage/storages.ts';
import type { WatchCache } from '../storage/watch-cache.ts';
import { referencesOf, volumeSecrets, type PodReferences } from './pod-references.ts';

/** Kinds that a node is related to through its pods, or, as a pod or an attachment, by being on it. Claims and slices of resource.k8s.io are not served. */
export type RelatedKind = 'configmap' | 'secret' | 'pod' | 'pvc' | 'pv' | 'resourceclaim' | 'volumeattachment' | 'serviceAccount' | 'resourceslice';

const VOLUMEATTACHMENTS = resourceAt('storage.k8s.io', 'v1', 'volumeattachments') as Resource<VolumeAttachment>;

const FIELD_OF: Partial<Readonly<Record<RelatedKind, keyof PodReferences>>> = { configmap: 'configMaps', secret: 'secrets', pvc: 'claims', serviceAccount: 'serviceAccounts' };

export class NodeRelations {
  #pods: WatchCache | undefined;

  constructor(private readonly storages: Storages) {}

  /** Whether a node has to do with an object; at once where it can be. */
  has(node: string, kind: RelatedKind, namespace: string, name: string): boolean | Promise<boolean> {
    const pods = this.#pods?.closed === false ? this.#pods : undefined;
    return pods ? this.#ask(pods, node, kind, namespace, name) : this.#open(node, kind, namespace, name);
  }

  async #open(node: string, kind: RelatedKind, namespace: string, name: string): Promise<boolean> {
    this.#pods = await this.storages.of(PODS).cache();
    return this.#ask(this.#pods, node, kind, namespace, name);
  }

  #ask(pods: WatchCache, node: string, kind: RelatedKind, namespace: string, name: string): boolean | Promise<boolean> {
    switch (kind) {
      case 'pod':
        return (pods.get(namespace, name) as Pod | undefined)?.spec?.nodeName === node;
      case 'volumeattachment':
        return this.#attached(node, name);
      case 'pv':
        return this.#volume(pods, node, name);
      case 'secret':
        return refersTo(pods, node, 'secrets', namespace, name) || this.#secretOfVolume(pods, node, namespace, name);
      default: {
        const field = FIELD_OF[kind];
        return field !== undefined && refersTo(pods, node, field, namespace, name);
      }
    }
  }

  async #attached(node: string, name: string): Promise<boolean> {
    return (await this.storages.get(VOLUMEATTACHMENTS, undefined, name))?.spec?.nodeName === node;
  }

  async #volume(pods: WatchCache, node: string, name: string): Promise<boolean> {
    const volume = await this.storages.get(PERSISTENTVOLUMES, undefined, name);
    return volume !== undefined && usesVolume(pods, node, volume);
  }

  /** A secret that a pod has by way of its claim's volume. */
  async #secretOfVolume(pods: WatchCache, node: string, namespace: string, name: string): Promise<boolean> {
    const volumes = await this.storages.list(PERSISTENTVOLUMES);
    return volumes.some((volume) => usesVolume(pods, node, volume) && volumeSecrets(volume).some((secret) => secret.namespace === namespace && secret.name === name));
  }
}

function usesVolume(pods: WatchCache, node: string, { spec }: PersistentVolume): boolean {
  const claim = spec?.claimRef;
  return claim?.name !== undefined && refersTo(pods, node, 'claims', claim.namespace ?? '', claim.name);
}

function refersTo(pods: WatchCache, node: string, field: keyof PodReferences, namespace: string, name: string): boolean {
  return pods.byField('spec.nodeName', node)?.some((pod) => pod.metadata.namespace === namespace && referencesOf(pod as Pod)[field].has(name)) ?? false;
}
