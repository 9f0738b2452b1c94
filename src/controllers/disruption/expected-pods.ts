/**
 * How many pods a disruption budget counts on: those that it selects, or what their controllers are scaled to. Follows
 * kubernetes pkg/controller/disruption/disruption.go: getExpectedPodCount and its finders.
 */
import type { OwnerReference, Pod, PodDisruptionBudget, Scale } from '../../api/generated/types.ts';
import { resolveIntOrPercent } from '../../api/intstr.ts';
import { DEPLOYMENTS, REPLICASETS, REPLICATIONCONTROLLERS, STATEFULSETS } from '../../api/kinds.ts';
import { controllerOf, objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import { groupResourceName, parseApiVersion, resourceForKind } from '../../api/resource.ts';
import { isNotFound } from '../../api/status.ts';
import type { ComponentContext } from '../../client/component.ts';
import type { Informer } from '../../client/informer.ts';
import { customResources } from '../shared/custom-resources.ts';

export interface Expectation {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  /** Whether pods had to be left out because nothing controls them. */
  readonly unmanaged: boolean;
}

interface Scaled extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

export class ExpectedPods {
  readonly #replicaSets;
  readonly #deployments;
  /** The other kinds whose scale is in a cache. */
  readonly #cached: readonly Informer<Scaled>[];
  readonly #custom;

  constructor(private readonly context: ComponentContext) {
    const { informers } = context;
    this.#replicaSets = informers.of(REPLICASETS);
    this.#deployments = informers.of(DEPLOYMENTS);
    this.#cached = [informers.of(REPLICATIONCONTROLLERS) as Informer<Scaled>, informers.of(STATEFULSETS) as Informer<Scaled>];
    this.#custom = customResources(informers);
  }

  /** Throws where that cannot be told. */
  async of({ spec = {} }: Stored<PodDisruptionBudget>, pods: readonly Stored<Pod>[]): Promise<Expectation> {
    const { minAvailable, maxUnavailable } = spec;
    if (maxUnavailable !== undefined) {
      const { expectedPods, unmanaged } = await this.#scaleOf(pods);
      return { expectedPods, unmanaged, desiredHealthy: Math.max(0, expectedPods - resolveIntOrPercent(maxUnavailable, expectedPods, true)) };
    }
    if (typeof minAvailable !== 'string') return { expectedPods: minAvailable === undefined ? 0 : pods.length, unmanaged: false, desiredHealthy: minAvailable ?? 0 };
    const { expectedPods, unmanaged } = await this.#scaleOf(pods);
    return { expectedPods, unmanaged, desiredHealthy: resolveIntOrPercent(minAvailable, expectedPods, true) };
  }

  /** The sum of what the pods' controllers are scaled to, each counted once. */
  async #scaleOf(pods: readonly Stored<Pod>[]): Promise<{ expectedPods: number; unmanaged: boolean }> {
    const scales = new Map<string, number>();
    let unmanaged = false;
    for (const pod of pods) {
      const reference = controllerOf(pod as KubeObject);
      if (!reference) unmanaged = true;
      else if (!scales.has(reference.uid)) {
        const found = await this.#controllerScale(reference, pod.metadata.namespace ?? '');
        if (!found) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`);
        scales.set(found.uid, found.replicas);
      }
    }
    return { expectedPods: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
  }

  /** A ReplicaSet that a Deployment controls stands for the Deployment. */
  async #controllerScale(reference: OwnerReference, namespace: string): Promise<ControllerScale | undefined> {
    const replicaSet = cached(this.#replicaSets, reference, namespace);
    const owner = replicaSet && controllerOf(replicaSet as KubeObject);
    const scaled = owner?.kind === 'Deployment' ? cached(this.#deployments, owner, namespace) : replicaSet;
    if (scaled) return scaleOf(scaled);
    for (const informer of this.#cached) {
      const found = cached(informer, reference, namespace);
      if (found) return scaleOf(found);
    }
    return this.#askScale(reference, namespace);
  }

  /** Of any other kind the API server is asked. */
  async #askScale({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): Promise<ControllerScale | undefined> {
    const resource = resourceForKind(apiVersion, kind) ?? this.#custom.forKind(apiVersion, kind);
    if (!resource) throw new Error(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    if (!Object.hasOwn(resource.subresources, 'scale')) throw new Error(`${groupResourceName(resource)} does not implement the scale subresource`);
    try {
      const scale = (await this.context.client.of(resource).get(namespace, name, { subresource: 'scale' })) as Stored<Scale>;
      return scale.metadata.uid === uid ? { uid, replicas: scale.spec?.replicas ?? 0 } : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** The controller that a reference names, where it is of the cache's kind and still the same one. */
function cached<T extends KubeObject>(informer: Informer<T>, { apiVersion, kind, name, uid }: OwnerReference, namespace: string): Stored<T> | undefined {
  const { resource } = informer;
  if (kind !== resource.kind || parseApiVersion(apiVersion).group !== resource.group) return undefined;
  const found = informer.get(objectKey(namespace, name));
  return found?.metadata.uid === uid ? found : undefined;
}

const scaleOf = ({ metadata, spec }: Stored<Scaled>): ControllerScale => ({ uid: metadata.uid, replicas: spec?.replicas ?? 1 });
