/**
 * The ReplicaSet controller: keeps as many pods of a template as a ReplicaSet wants.
 * Follows kubernetes pkg/controller/replicaset/replica_set.go.
 */
import { equal } from '../../api/json.ts';
import type { OwnerReference, Pod, ReplicaSet } from '../../api/generated/types.ts';
import { PODS, REPLICASETS } from '../../api/kinds.ts';
import { controllerOf, isTerminating, keyOf, objectKey, splitKey, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { isPodActive, isPodReady, podCondition } from '../../api/pods.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import type { Component, ComponentContext, ComponentFactory } from '../../client/component.ts';
import type { Informer } from '../../client/informer.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { claimObjects } from '../shared/claim.ts';
import { Expectations, EXPECTATIONS_TIMEOUT_MS } from '../shared/expectations.ts';
import { addOwnerIndexes, addSelectorIndex, orphansFor, ownedBy, selecting } from '../shared/owner-indexes.ts';
import { PodControl } from '../shared/pod-control.ts';
import { selectorOf } from '../shared/selectors.ts';
import { manageReplicas, type ReplicaTools } from './replicas.ts';
import { calculateStatus, replicasWanted } from './status.ts';

const NAME = 'replicaset-controller';
/** ConcurrentRSSyncs. */
const WORKERS = 5;
/**
 * A sync looks at all pods of its ReplicaSet, so a large one is not synced for each of its pods' events but a moment
 * later for many of them: from so many pods on, and for each further so many pods one ms later.
 */
const LARGE = 50;
const PODS_PER_DELAY_MS = 100;

class ReplicaSetController implements Component {
  readonly name = NAME;
  readonly #context: ComponentContext;
  readonly #queue: WorkQueue<ObjectKey>;
  readonly #expectations: Expectations;
  readonly #pods: Informer<Pod>;
  readonly #replicaSets: Informer<ReplicaSet>;
  readonly #tools: ReplicaTools;
  /** The resourceVersion of the status written last, by key: seeing it come back is no news. */
  readonly #written = new Map<ObjectKey, string>();

  constructor(context: ComponentContext) {
    const { client, clock, events, informers } = context;
    this.#context = context;
    this.#queue = new WorkQueue(clock);
    this.#expectations = new Expectations(clock);
    this.#pods = informers.of(PODS);
    this.#replicaSets = informers.of(REPLICASETS);
    this.#tools = {
      clock,
      expectations: this.#expectations,
      podControl: new PodControl(client, events, REPLICASETS),
      pods: this.#pods,
      replicaSets: this.#replicaSets,
    };
    addOwnerIndexes(this.#pods);
    addOwnerIndexes(this.#replicaSets);
    addSelectorIndex(this.#replicaSets, selectorOf);
    this.#replicaSets.onChange({
      added: (rs) => this.#queue.add(keyOf(rs)),
      updated: (_old, rs) => {
        if (this.#written.get(keyOf(rs)) !== rs.metadata.resourceVersion) this.#queue.add(keyOf(rs));
      },
      deleted: (rs) => {
        this.#forget(keyOf(rs));
        this.#queue.add(keyOf(rs));
      },
    });
    this.#pods.onChange({
      added: (pod) => this.#podAdded(pod),
      updated: (old, pod) => this.#podUpdated(old, pod),
      deleted: (pod) => this.#podDeleted(pod),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await runWorkers({ queue: this.#queue, workers: WORKERS, reconcile: (key) => this.#reconcile(key), log: this.#context.log, signal });
  }

  #podAdded(pod: Stored<Pod>): void {
    // After a restart a pod may first be seen when it is on its way out already: that is no creation.
    if (isTerminating(pod as KubeObject)) return this.#podDeleted(pod);
    const controller = controllerOf(pod as KubeObject);
    if (!controller) return this.#orphanSeen(pod);
    const rs = this.#resolve(pod.metadata.namespace, controller);
    if (!rs) return;
    this.#expectations.creationObserved(keyOf(rs));
    this.#enqueueForPod(rs);
  }

  #podUpdated(old: Stored<Pod>, pod: Stored<Pod>): void {
    const relabelled = old.metadata.labels !== pod.metadata.labels && !equal(old.metadata.labels ?? {}, pod.metadata.labels ?? {});
    const controller = controllerOf(pod as KubeObject);
    const oldController = controllerOf(old as KubeObject);
    const reowned = old.metadata.ownerReferences !== pod.metadata.ownerReferences && !equal(oldController, controller);
    if (isTerminating(pod as KubeObject)) {
      // The replacement need not wait for the kubelet: a pod that is on its way out counts as gone.
      if (!isTerminating(old as KubeObject) || relabelled || reowned) {
        this.#podDeleted(pod);
        if (relabelled) this.#podDeleted(old);
      }
      return;
    }
    if (reowned && oldController) this.#enqueueForPod(this.#resolve(old.metadata.namespace, oldController));
    if (!controller) {
      if (relabelled || reowned) this.#orphanSeen(pod);
      return;
    }
    if (!relabelled && !reowned && !concernsOwner(old, pod)) return;
    const rs = this.#resolve(pod.metadata.namespace, controller);
    if (!rs) return;
    this.#enqueueForPod(rs);
    const minReadySeconds = rs.spec?.minReadySeconds ?? 0;
    // A second more, as upstream: conditions carry whole seconds, so the pod may be available a little later than asked for.
    if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod)) this.#queue.addAfter(keyOf(rs), (minReadySeconds + 1) * 1000);
  }

  #podDeleted(pod: Stored<Pod>): void {
    const controller = controllerOf(pod as KubeObject);
    const rs = controller && this.#resolve(pod.metadata.namespace, controller);
    if (!rs) return;
    this.#expectations.deletionObserved(keyOf(rs), keyOf(pod));
    this.#enqueueForPod(rs);
  }

  #orphanSeen(pod: Stored<Pod>): void {
    for (const rs of selecting(this.#replicaSets, selectorOf, pod.metadata)) this.#queue.add(keyOf(rs));
  }

  #enqueueForPod(rs: Stored<ReplicaSet> | undefined): void {
    if (!rs) return;
    const pods = rs.status?.replicas ?? 0;
    if (pods < LARGE) this.#queue.add(keyOf(rs));
    else this.#queue.addAfter(keyOf(rs), Math.ceil(pods / PODS_PER_DELAY_MS));
  }

  /** The ReplicaSet that a controller reference means; undefined where it is gone or another one has its name. */
  #resolve(namespace: string | undefined, reference: OwnerReference): Stored<ReplicaSet> | undefined {
    if (reference.kind !== REPLICASETS.kind) return undefined;
    const rs = this.#replicaSets.get(objectKey(namespace, reference.name));
    return rs?.metadata.uid === reference.uid ? rs : undefined;
  }

  #forget(key: ObjectKey): void {
    this.#expectations.forget(key);
    this.#written.delete(key);
  }

  async #reconcile(key: ObjectKey): Promise<void> {
    const rs = this.#replicaSets.get(key);
    if (!rs) return this.#forget(key);
    const needsSync = this.#expectations.satisfied(key);
    // What is waited for normally arrives as an event; should it have been lost in a new list, the wait still ends.
    if (!needsSync) this.#queue.addAfter(key, EXPECTATIONS_TIMEOUT_MS + 1000, 'background');
    const pods = await this.#claimPods(rs);
    const failure = needsSync && !isTerminating(rs as KubeObject) ? await manageReplicas(this.#tools, rs, pods) : undefined;
    const updated = await this.#updateStatus(rs, pods, failure);
    const { spec, status } = updated;
    const wanted = replicasWanted(updated);
    const minReadySeconds = spec?.minReadySeconds ?? 0;
    if (!failure && minReadySeconds > 0 && status?.readyReplicas === wanted && (status.availableReplicas ?? 0) !== wanted) {
      this.#queue.addAfter(key, minReadySeconds * 1000);
    }
    if (failure) throw failure;
  }

  /** The active pods that are this ReplicaSet's, after adopting and releasing. */
  #claimPods(rs: Stored<ReplicaSet>): Promise<Stored<Pod>[]> {
    const selector = selectorOf(rs);
    return claimObjects({
      client: this.#context.client, owner: rs, ownerResource: REPLICASETS, resource: PODS, selector,
      owned: ownedBy(this.#pods, rs.metadata.uid).filter(isPodActive),
      orphans: orphansFor(this.#pods, rs.metadata.namespace ?? '', selector).filter(isPodActive),
    });
  }

  /** Writes the status where it changed; tries once more on the newest ReplicaSet when another write came between. */
  async #updateStatus(rs: Stored<ReplicaSet>, pods: readonly Stored<Pod>[], failure: Error | undefined): Promise<Stored<ReplicaSet>> {
    const status = calculateStatus(rs, pods, failure, this.#context.clock.now());
    if (equal(rs.status, status)) return rs;
    const client = this.#context.client.of(REPLICASETS);
    const { namespace, name } = splitKey(keyOf(rs));
    const reason = `${status.replicas} of ${replicasWanted(rs)} pods exist, ${status.readyReplicas ?? 0} ready, ${status.availableReplicas ?? 0} available`;
    let updated: Stored<ReplicaSet>;
    try {
      updated = await client.updateStatus({ ...rs, status }, { reason });
    } catch (error) {
      if (isNotFound(error)) return rs;
      if (!isConflict(error)) throw error;
      const newest = await client.get(namespace, name);
      if (newest.metadata.uid !== rs.metadata.uid) return rs;
      updated = await client.updateStatus({ ...newest, status }, { reason });
    }
    this.#written.set(keyOf(rs), updated.metadata.resourceVersion);
    return updated;
  }
}

/** Whether an update of a pod can make a difference to its ReplicaSet: being bound to a node or given an address does not. */
function concernsOwner(old: Stored<Pod>, pod: Stored<Pod>): boolean {
  if (isPodActive(old) !== isPodActive(pod)) return true;
  const before = podCondition(old, 'Ready');
  const after = podCondition(pod, 'Ready');
  return before?.status !== after?.status || before?.lastTransitionTime !== after?.lastTransitionTime;
}

export const replicaSetController: ComponentFactory = (context) => new ReplicaSetController(context);
