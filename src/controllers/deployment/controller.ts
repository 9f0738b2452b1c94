/**
 * The Deployment controller: rolls out pod templates by way of ReplicaSets.
 * Follows kubernetes pkg/controller/deployment/deployment_controller.go.
 */
import type { Deployment, OwnerReference, Pod, ReplicaSet } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { DEPLOYMENTS, PODS, REPLICASETS } from '../../api/kinds.ts';
import { controllerOf, keyOf, objectKey, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { isConflict, isNamespaceTerminating } from '../../api/status.ts';
import type { Component, ComponentContext, ComponentFactory } from '../../client/component.ts';
import type { Informer } from '../../client/informer.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { claimObjects } from '../shared/claim.ts';
import { addOwnerIndexes, addSelectorIndex, orphansFor, ownedBy, selecting } from '../shared/owner-indexes.ts';
import { selectorOf } from '../shared/selectors.ts';
import type { StoredDeployment, StoredReplicaSet } from './replica-sets.ts';
import { Rollout } from './rollout.ts';
import { isRollingUpdate } from './sizes.ts';

const NAME = 'deployment-controller';
/** ConcurrentDeploymentSyncs. */
const WORKERS = 5;
/** A Deployment that failed this often in a row is left alone until something changes (maxRetries). */
const MAX_RETRIES = 15;

class DeploymentController implements Component {
  readonly name = NAME;
  readonly #context: ComponentContext;
  readonly #queue: WorkQueue<ObjectKey>;
  readonly #deployments: Informer<Deployment>;
  readonly #replicaSets: Informer<ReplicaSet>;
  readonly #pods: Informer<Pod>;

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.clock);
    this.#deployments = context.informers.of(DEPLOYMENTS);
    this.#replicaSets = context.informers.of(REPLICASETS);
    this.#pods = context.informers.of(PODS);
    addOwnerIndexes(this.#replicaSets);
    addOwnerIndexes(this.#pods);
    addSelectorIndex(this.#deployments, selectorOf);
    const enqueue = (deployment: StoredDeployment) => this.#queue.add(keyOf(deployment));
    this.#deployments.onChange({ added: enqueue, updated: (_old, deployment) => enqueue(deployment), deleted: enqueue });
    this.#replicaSets.onChange({
      added: (rs) => this.#replicaSetSeen(rs),
      updated: (old, rs) => this.#replicaSetUpdated(old, rs),
      deleted: (rs) => this.#enqueueOwner(rs.metadata.namespace, controllerOf(rs as KubeObject)),
    });
    this.#pods.onChange({ deleted: (pod) => this.#podDeleted(pod) });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#context;
    await runWorkers({ queue: this.#queue, workers: WORKERS, reconcile: (key) => this.#reconcile(key), log, signal, maxRetries: MAX_RETRIES });
  }

  #replicaSetSeen(rs: StoredReplicaSet): void {
    const controller = controllerOf(rs as KubeObject);
    if (controller) this.#enqueueOwner(rs.metadata.namespace, controller);
    else for (const deployment of selecting(this.#deployments, selectorOf, rs.metadata)) this.#queue.add(keyOf(deployment));
  }

  #replicaSetUpdated(old: StoredReplicaSet, rs: StoredReplicaSet): void {
    const before = controllerOf(old as KubeObject);
    const controller = controllerOf(rs as KubeObject);
    const reowned = !equal(before, controller);
    if (reowned) this.#enqueueOwner(old.metadata.namespace, before);
    if (controller || reowned || !equal(old.metadata.labels, rs.metadata.labels)) this.#replicaSetSeen(rs);
  }

  /** A Recreate Deployment goes on when the last pod of a ReplicaSet is gone. */
  #podDeleted(pod: Stored<Pod>): void {
    const controller = controllerOf(pod as KubeObject);
    if (controller?.kind !== REPLICASETS.kind || ownedBy(this.#pods, controller.uid).length > 0) return;
    const rs = this.#replicaSets.get(objectKey(pod.metadata.namespace, controller.name));
    const deployment = rs?.metadata.uid === controller.uid ? this.#resolve(rs.metadata.namespace, controllerOf(rs as KubeObject)) : undefined;
    if (deployment && !isRollingUpdate(deployment)) this.#queue.add(keyOf(deployment));
  }

  #resolve(namespace: string | undefined, reference: OwnerReference | undefined): StoredDeployment | undefined {
    if (reference?.kind !== DEPLOYMENTS.kind) return undefined;
    const deployment = this.#deployments.get(objectKey(namespace, reference.name));
    return deployment?.metadata.uid === reference.uid ? deployment : undefined;
  }

  #enqueueOwner(namespace: string | undefined, reference: OwnerReference | undefined): void {
    const deployment = this.#resolve(namespace, reference);
    if (deployment) this.#queue.add(keyOf(deployment));
  }

  async #reconcile(key: ObjectKey): Promise<void> {
    const deployment = this.#deployments.get(key);
    if (!deployment) return;
    try {
      if (selectorOf(deployment).empty) await this.#refuse(deployment);
      else await this.#sync(key, deployment);
    } catch (error) {
      // Nothing can be made in a namespace that is on its way out.
      if (isNamespaceTerminating(error)) return;
      // The cache was behind: the newer object is on its way and there is nothing to report.
      if (!isConflict(error)) throw error;
      this.#queue.addAfter(key, CONFLICT_DELAY_MS);
    }
  }

  async #sync(key: ObjectKey, deployment: StoredDeployment): Promise<void> {
    const { client, clock, events } = this.#context;
    const selector = selectorOf(deployment);
    const replicaSets = await claimObjects({
      client, owner: deployment, ownerResource: DEPLOYMENTS, resource: REPLICASETS, selector,
      owned: ownedBy(this.#replicaSets, deployment.metadata.uid),
      orphans: orphansFor(this.#replicaSets, deployment.metadata.namespace ?? '', selector),
    });
    await new Rollout({
      client, clock, events, pods: this.#pods,
      replicaSet: (namespace, name) => this.#replicaSets.get(objectKey(namespace, name)),
      // A deadline minutes away is nothing that "until converged" would wait for.
      again: (delayMs) => this.#queue.addAfter(key, delayMs, 'background'),
    }, deployment, replicaSets).sync();
  }

  /** A Deployment that selects everything would fight with every other workload. */
  async #refuse(deployment: StoredDeployment): Promise<void> {
    this.#context.events.event(deployment, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
    const { generation = 0 } = deployment.metadata;
    if ((deployment.status?.observedGeneration ?? 0) >= generation) return;
    const status = { ...deployment.status, observedGeneration: generation };
    await this.#context.client.of(DEPLOYMENTS).updateStatus({ ...deployment, status }, { reason: 'its selector is empty: nothing is done for it' });
  }
}

/** How long after a conflict the cache is expected to have caught up, ms (the queue's first retry). */
const CONFLICT_DELAY_MS = 5;

export const deploymentController: ComponentFactory = (context) => new DeploymentController(context);
