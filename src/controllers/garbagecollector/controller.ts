/**
 * The garbage collector: deletes what no longer has an owner, foreground, background or not at all as the owner's deletion
 * asked for. Follows kubernetes pkg/controller/garbagecollector/garbagecollector.go and graph_builder.go.
 */
import type { OwnerReference } from '../../api/generated/types.ts';
import type { Resource } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { PropagationPolicy } from '../../api/request.ts';
import { builtinResources, resourceForKind, type ResourceFacts } from '../../api/resource.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import type { Component, ComponentContext, ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { customResources, type CustomResources } from '../shared/custom-resources.ts';
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER, OwnerGraph, type GraphNode } from './graph.ts';

const NAME = 'generic-garbage-collector';
const WORKERS = 20;

/** Resources that are collected: everything that can be listed, watched and deleted, events apart; one version of each. */
function collectable(): ResourceFacts[] {
  const seen = new Set<string>();
  return builtinResources().filter(({ group, plural, verbs }) => {
    const id = `${group}/${plural}`;
    if (plural === 'events' || seen.has(id) || !['delete', 'list', 'watch'].every((verb) => verbs.includes(verb))) return false;
    seen.add(id);
    return true;
  });
}

/** What became of an object's owners. */
interface Owners {
  readonly solid: OwnerReference[];
  readonly dangling: OwnerReference[];
  /** Owners that wait, in foreground deletion, for this object to go. */
  readonly waiting: OwnerReference[];
}

export const garbageCollector: ComponentFactory = (context) => new GarbageCollector(context);

class GarbageCollector implements Component {
  readonly name = NAME;
  readonly #graph = new OwnerGraph();
  readonly #toDelete: WorkQueue<string>;
  readonly #toOrphan: WorkQueue<string>;
  readonly #custom: CustomResources;

  constructor(private readonly context: ComponentContext) {
    this.#toDelete = new WorkQueue(context.clock);
    this.#toOrphan = new WorkQueue(context.clock);
    for (const resource of collectable()) this.#follow(resource);
    this.#custom = customResources(context.informers, {
      added: (resource) => this.#follow(resource),
      removed: (resource) => context.informers.forget(resource as Resource<KubeObject>),
    });
  }

  #follow(resource: ResourceFacts): void {
    this.context.informers.of(resource as Resource<KubeObject>).onChange({
      added: (object) => this.#put(resource, object),
      updated: (_old, object) => this.#put(resource, object),
      deleted: (object) => this.#removed(object),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.context;
    await Promise.all([
      runWorkers({ queue: this.#toDelete, workers: WORKERS, reconcile: (uid) => this.#attemptToDelete(uid), log, signal }),
      runWorkers({ queue: this.#toOrphan, workers: WORKERS, reconcile: (uid) => this.#attemptToOrphan(uid), log, signal }),
    ]);
  }

  #put(resource: ResourceFacts, object: Stored<KubeObject>): void {
    const { old, node } = this.#graph.put(resource, object);
    if (node.orphaning && !old?.orphaning) this.#toOrphan.add(node.uid);
    if (node.deletingDependents && !old?.deletingDependents) {
      this.#toDelete.add(node.uid);
      for (const dependent of this.#graph.dependentsOf(node.uid)) this.#toDelete.add(dependent.uid);
    }
    // An owner that the graph does not know may never have been: whether it is there is asked when the object's turn comes.
    if (old?.owners !== node.owners && node.owners.some(({ uid }) => !this.#owns(uid))) this.#toDelete.add(node.uid);
    // An owner in foreground deletion may have waited for a reference that is gone now.
    if (old && old.owners !== node.owners) for (const { uid } of old.owners) if (this.#graph.get(uid)?.deletingDependents) this.#toDelete.add(uid);
  }

  #owns(uid: string): boolean {
    const owner = this.#graph.get(uid);
    return owner !== undefined && !owner.deletingDependents;
  }

  #removed(object: Stored<KubeObject>): void {
    const { uid } = object.metadata;
    const node = this.#graph.get(uid);
    if (!node) return;
    this.#graph.remove(uid);
    for (const dependent of this.#graph.dependentsOf(uid)) this.#toDelete.add(dependent.uid);
    for (const owner of node.owners) if (this.#graph.get(owner.uid)?.deletingDependents) this.#toDelete.add(owner.uid);
  }

  #api(resource: ResourceFacts) {
    return this.context.client.of(resource as Resource<KubeObject>);
  }

  async #attemptToDelete(uid: string): Promise<void> {
    const node = this.#graph.get(uid);
    if (!node || (node.deleting && !node.deletingDependents)) return;
    if (node.deletingDependents) return this.#finishForeground(node);
    if (node.owners.length === 0) return;
    const { solid, dangling, waiting } = await this.#classify(node);
    if (dangling.length === 0 && waiting.length === 0) return;
    const gone = [...dangling, ...waiting];
    if (solid.length > 0) return this.#dropOwners(node, gone.map((owner) => owner.uid), 'another owner keeps it');
    if (waiting.length > 0 && this.#graph.hasDependents(uid)) {
      // Two objects that wait for each other would wait for ever: one of them stops blocking.
      for (const dependent of this.#graph.dependentsOf(uid)) if (dependent.deletingDependents) await this.#unblock(node);
      return this.#delete(node, 'Foreground', `its owner ${describe(waiting)} is being deleted and waits for it`);
    }
    const policy: PropagationPolicy = node.orphaning ? 'Orphan' : 'Background';
    await this.#delete(node, policy, dangling.length > 0 ? `its owner ${describe(dangling)} is gone` : `its owner ${describe(waiting)} is being deleted and waits for it`);
  }

  /** Each owner: there, gone, or waiting for its dependents. */
  async #classify(node: GraphNode): Promise<Owners> {
    const owners: Owners = { solid: [], dangling: [], waiting: [] };
    for (const reference of node.owners) {
      const known = this.#graph.get(reference.uid);
      if (known) (known.deletingDependents && reference.blockOwnerDeletion ? owners.waiting : owners.solid).push(reference);
      else (await this.#exists(reference, node.namespace) ? owners.solid : owners.dangling).push(reference);
    }
    return owners;
  }

  async #exists(reference: OwnerReference, namespace: string | undefined): Promise<boolean> {
    const resource = resourceForKind(reference.apiVersion, reference.kind) ?? this.#custom.forKind(reference.apiVersion, reference.kind);
    // Of a kind that nobody serves nothing can be said: upstream keeps such objects too.
    if (!resource) return true;
    try {
      const owner = await this.#api(resource).get(resource.namespaced ? namespace : undefined, reference.name);
      return owner.metadata.uid === reference.uid;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #delete(node: GraphNode, propagationPolicy: PropagationPolicy, reason: string): Promise<void> {
    try {
      await this.#api(node.resource).delete(node.namespace, node.name, { propagationPolicy, preconditions: { uid: node.uid }, reason });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** A foreground deletion goes on once nothing that blocks it is left. */
  async #finishForeground(node: GraphNode): Promise<void> {
    const blocking = this.#graph.dependentsOf(node.uid).filter((dependent) => dependent.owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion));
    if (blocking.length === 0) return this.#removeFinalizer(node, FOREGROUND_FINALIZER, 'all dependents that blocked its deletion are gone');
    for (const dependent of blocking) if (!dependent.deleting) this.#toDelete.add(dependent.uid);
  }

  async #attemptToOrphan(uid: string): Promise<void> {
    const node = this.#graph.get(uid);
    if (!node?.orphaning) return;
    await Promise.all(this.#graph.dependentsOf(uid).map((dependent) => this.#dropOwners(dependent, [uid], 'its owner is deleted without its dependents')));
    await this.#removeFinalizer(node, ORPHAN_FINALIZER, 'its dependents no longer name it as their owner');
  }

  async #dropOwners(node: GraphNode, uids: readonly string[], reason: string): Promise<void> {
    await this.#change(node, reason, (metadata) => {
      const rest = (metadata.ownerReferences ?? []).filter((owner) => !uids.includes(owner.uid));
      return rest.length === (metadata.ownerReferences ?? []).length ? undefined : { ownerReferences: rest.length > 0 ? rest : null };
    });
  }

  async #unblock(node: GraphNode): Promise<void> {
    await this.#change(node, 'it and its owner wait for each other', (metadata) => ({ ownerReferences: (metadata.ownerReferences ?? []).map((owner) => ({ ...owner, blockOwnerDeletion: false })) }));
  }

  async #removeFinalizer(node: GraphNode, finalizer: string, reason: string): Promise<void> {
    await this.#change(node, reason, (metadata) => {
      const finalizers = metadata.finalizers ?? [];
      return finalizers.includes(finalizer) ? { finalizers: finalizers.filter((name) => name !== finalizer) } : undefined;
    });
  }

  /** Merge-patches the metadata of a live object; the resourceVersion in the patch guards against others' changes. */
  async #change(node: GraphNode, reason: string, change: (metadata: Stored<KubeObject>['metadata']) => object | undefined): Promise<void> {
    const api = this.#api(node.resource);
    try {
      const { metadata } = await api.get(node.namespace, node.name);
      const patch = metadata.uid === node.uid ? change(metadata) : undefined;
      if (patch) await api.patch(node.namespace, node.name, { metadata: { uid: node.uid, resourceVersion: metadata.resourceVersion, ...patch } }, 'merge', { reason });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

const describe = (owners: readonly OwnerReference[]): string => owners.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`).join(', ');
