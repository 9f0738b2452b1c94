/** Who owns whom, cluster-wide, kept up to date by the informers. Follows kubernetes pkg/controller/garbagecollector/graph.go. */
import type { OwnerReference } from '../../api/generated/types.ts';
import { isTerminating, type KubeObject, type Stored } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';

export const FOREGROUND_FINALIZER = 'foregroundDeletion';
export const ORPHAN_FINALIZER = 'orphan';

/** An object in the graph; replaced as a whole when the object changes. */
export interface GraphNode {
  readonly uid: string;
  readonly resource: ResourceFacts;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly owners: readonly OwnerReference[];
  readonly deleting: boolean;
  /** Being deleted in the foreground: its blocking dependents go first. */
  readonly deletingDependents: boolean;
  /** Being deleted with its dependents left behind. */
  readonly orphaning: boolean;
}

const NO_OWNERS: readonly OwnerReference[] = [];

function nodeOf(resource: ResourceFacts, object: Stored<KubeObject>): GraphNode {
  const { uid, namespace, name, ownerReferences = NO_OWNERS, finalizers = [] } = object.metadata;
  const deleting = isTerminating(object);
  return { uid, resource, namespace, name, owners: ownerReferences, deleting, deletingDependents: deleting && finalizers.includes(FOREGROUND_FINALIZER), orphaning: deleting && finalizers.includes(ORPHAN_FINALIZER) };
}

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** The objects that name this one as an owner. */
  dependentsOf(uid: string): GraphNode[] {
    const found: GraphNode[] = [];
    for (const dependent of this.#dependents.get(uid) ?? []) {
      const node = this.#nodes.get(dependent);
      if (node) found.push(node);
    }
    return found;
  }

  hasDependents(uid: string): boolean {
    return (this.#dependents.get(uid)?.size ?? 0) > 0;
  }

  /** Takes a new or changed object; returns its node before and after. */
  put(resource: ResourceFacts, object: Stored<KubeObject>): { old: GraphNode | undefined; node: GraphNode } {
    const old = this.#nodes.get(object.metadata.uid);
    const node = nodeOf(resource, object);
    this.#nodes.set(node.uid, node);
    if (old?.owners !== node.owners) {
      for (const owner of old?.owners ?? NO_OWNERS) this.#unlink(owner.uid, node.uid);
      for (const owner of node.owners) this.#link(owner.uid, node.uid);
    }
    return { old, node };
  }

  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (!node) return;
    this.#nodes.delete(uid);
    for (const owner of node.owners) this.#unlink(owner.uid, uid);
  }

  #link(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner);
    if (dependents) dependents.add(dependent);
    else this.#dependents.set(owner, new Set([dependent]));
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner);
    dependents?.delete(dependent);
    if (dependents?.size === 0) this.#dependents.delete(owner);
  }
}
