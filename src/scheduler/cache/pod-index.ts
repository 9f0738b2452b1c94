/**
 * Finds the placed pods that a selector speaks of without looking at all of them: pods by label, and running counts per
 * node for the selectors that are asked for again and again (spreading a Deployment's pods asks for one per pod).
 */
import type { Requirement, Selector } from '../../api/labels.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** How many selectors' counts are kept up to date; the one not asked for longest goes. */
const COUNTERS = 512;
const EMPTY: ReadonlySet<never> = new Set();
/** Stands in an index key where a selector has no label that must have one certain value. */
const ANY = '*';

interface Placed {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly terminating: boolean;
  readonly node: NodeInfo;
}

interface Counter {
  readonly id: string;
  readonly namespace: string;
  readonly selector: Selector;
  readonly withTerminating: boolean;
  readonly anchor: string;
  readonly perNode: Map<NodeInfo, number>;
}

const pairKey = (namespace: string, key: string, value: string): string => `${namespace}\u0000${key}=${value}`;
const anyKey = (namespace: string): string => `${namespace}\u0000${ANY}`;

/** The requirement that a label has exactly one value, if there is one. */
function exactValue({ operator, values }: Requirement): string | undefined {
  return values.length === 1 && (operator === '=' || operator === '==' || operator === 'in') ? values[0] : undefined;
}

function put<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

function drop<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}

export class PodIndex {
  readonly #placed = new Map<PodInfo, Placed>();
  readonly #byNamespace = new Map<string, Set<PodInfo>>();
  readonly #byLabel = new Map<string, Set<PodInfo>>();
  readonly #counters = new Map<string, Counter>();
  readonly #countersByAnchor = new Map<string, Set<Counter>>();

  add(pod: PodInfo, node: NodeInfo): void {
    const labels = pod.pod.metadata.labels ?? {};
    const placed: Placed = { namespace: pod.namespace, labels, terminating: pod.terminating, node };
    this.#placed.set(pod, placed);
    put(this.#byNamespace, placed.namespace, pod);
    for (const key in labels) put(this.#byLabel, pairKey(placed.namespace, key, labels[key] as string), pod);
    this.#count(placed, 1);
  }

  remove(pod: PodInfo): void {
    const placed = this.#placed.get(pod);
    if (!placed) return;
    this.#placed.delete(pod);
    drop(this.#byNamespace, placed.namespace, pod);
    for (const key in placed.labels) drop(this.#byLabel, pairKey(placed.namespace, key, placed.labels[key] as string), pod);
    this.#count(placed, -1);
  }

  /** The namespaces in which there are placed pods. */
  namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  nodeOf(pod: PodInfo): NodeInfo | undefined {
    return this.#placed.get(pod)?.node;
  }

  /** The placed pods of a namespace that may match: those with the rarest label value that the selector asks for. */
  candidates(namespace: string, selector: Selector): ReadonlySet<PodInfo> {
    if (selector.nothing) return EMPTY;
    let smallest = this.#byNamespace.get(namespace) ?? EMPTY;
    for (const requirement of selector.requirements) {
      const value = exactValue(requirement);
      if (value === undefined) continue;
      const pods = this.#byLabel.get(pairKey(namespace, requirement.key, value));
      if (!pods) return EMPTY;
      if (pods.size < smallest.size) smallest = pods;
    }
    return smallest;
  }

  /** How many matching pods of a namespace each node has, without or with those on their way out; nodes without any are left out. */
  countPerNode(namespace: string, selector: Selector, withTerminating: boolean): ReadonlyMap<NodeInfo, number> {
    const id = `${namespace}/${withTerminating}/${selector.nothing ? '!' : selector.toString()}`;
    const known = this.#counters.get(id);
    if (known) {
      this.#counters.delete(id);
      this.#counters.set(id, known);
      return known.perNode;
    }
    const counter = this.#newCounter(id, namespace, selector, withTerminating);
    if (this.#counters.size > COUNTERS) this.#forgetOldest();
    return counter.perNode;
  }

  #newCounter(id: string, namespace: string, selector: Selector, withTerminating: boolean): Counter {
    let anchor = anyKey(namespace);
    let rarest = Infinity;
    for (const requirement of selector.requirements) {
      const value = exactValue(requirement);
      if (value === undefined) continue;
      const key = pairKey(namespace, requirement.key, value);
      const size = this.#byLabel.get(key)?.size ?? 0;
      if (size < rarest) [anchor, rarest] = [key, size];
    }
    const counter: Counter = { id, namespace, selector, withTerminating, anchor, perNode: new Map() };
    for (const pod of this.candidates(namespace, selector)) {
      const placed = this.#placed.get(pod);
      if (placed) tally(counter, placed, 1);
    }
    this.#counters.set(id, counter);
    put(this.#countersByAnchor, anchor, counter);
    return counter;
  }

  #forgetOldest(): void {
    const [oldest] = this.#counters.values();
    if (!oldest) return;
    this.#counters.delete(oldest.id);
    drop(this.#countersByAnchor, oldest.anchor, oldest);
  }

  #count(placed: Placed, sign: 1 | -1): void {
    if (this.#counters.size === 0) return;
    for (const counter of this.#countersByAnchor.get(anyKey(placed.namespace)) ?? EMPTY) tally(counter, placed, sign);
    for (const key in placed.labels) {
      for (const counter of this.#countersByAnchor.get(pairKey(placed.namespace, key, placed.labels[key] as string)) ?? EMPTY) tally(counter, placed, sign);
    }
  }
}

function tally({ selector, withTerminating, perNode }: Counter, { labels, terminating, node }: Placed, sign: 1 | -1): void {
  if ((terminating && !withTerminating) || !selector.matches(labels)) return;
  const count = (perNode.get(node) ?? 0) + sign;
  if (count === 0) perNode.delete(node);
  else perNode.set(node, count);
}
