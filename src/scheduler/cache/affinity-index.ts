/**
 * The (anti-)affinity terms of all placed pods, each distinct term once, with how many of its pods each node has. A
 * Deployment's thousand pods have one term: whether it speaks of a new pod is asked once.
 */
import type { AffinityTerm, AffinityTerms } from './affinity-terms.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

export type TermKind = keyof AffinityTerms;

const KINDS: readonly TermKind[] = ['requiredAffinity', 'requiredAntiAffinity', 'preferredAffinity', 'preferredAntiAffinity'];

export interface PlacedTerm {
  readonly term: AffinityTerm;
  readonly perNode: ReadonlyMap<NodeInfo, number>;
}

interface Entry extends PlacedTerm {
  readonly perNode: Map<NodeInfo, number>;
}

export class AffinityIndex {
  readonly #terms: Readonly<Record<TermKind, Map<string, Entry>>> = { requiredAffinity: new Map(), requiredAntiAffinity: new Map(), preferredAffinity: new Map(), preferredAntiAffinity: new Map() };

  /** The distinct terms of a kind. */
  of(kind: TermKind): Iterable<PlacedTerm> {
    return this.#terms[kind].values();
  }

  /** A pod comes to a node (1) or leaves it (-1). */
  count(pod: PodInfo, node: NodeInfo, by: 1 | -1): void {
    if (!pod.hasAffinity) return;
    for (const kind of KINDS) for (const term of pod.affinity[kind]) this.#countTerm(this.#terms[kind], term, node, by);
  }

  #countTerm(terms: Map<string, Entry>, term: AffinityTerm, node: NodeInfo, by: number): void {
    let entry = terms.get(term.id);
    if (!entry) terms.set(term.id, (entry = { term, perNode: new Map() }));
    const count = (entry.perNode.get(node) ?? 0) + by;
    if (count !== 0) entry.perNode.set(node, count);
    else if (entry.perNode.delete(node) && entry.perNode.size === 0) terms.delete(term.id);
  }
}
