/** Pods that want to be near to, or far from, other pods. Follows kubernetes pkg/scheduler/framework/plugins/interpodaffinity. */
import { NAMESPACES } from '../../api/kinds.ts';
import type { Labels } from '../../api/labels.ts';
import { objectKey } from '../../api/object.ts';
import type { Namespace, Pod } from '../../api/generated/types.ts';
import type { Lister } from '../../client/informer.ts';
import { termMatches, type AffinityTerm } from '../cache/affinity-terms.ts';
import type { TermKind } from '../cache/affinity-index.ts';
import type { Cache } from '../cache/cache.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import { PodInfo } from '../cache/pod-info.ts';
import { StateKey, type CycleState } from '../framework/cycle-state.ts';
import type { ClusterEvent } from '../framework/events.ts';
import { MAX_NODE_SCORE, type Handle, type Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable, unschedulable, type Status } from '../framework/status.ts';

/** What an existing pod's required affinity is worth to a pod that it matches (InterPodAffinityArgs.hardPodAffinityWeight). */
const HARD_AFFINITY_WEIGHT = 1;

/** Numbers per topology pair (a label and its value). */
class PairCounts {
  readonly #counts = new Map<string, number>();

  static key(topologyKey: string, value: string): string {
    return `${topologyKey}=${value}`;
  }

  get empty(): boolean {
    return this.#counts.size === 0;
  }

  /** Counts at the node's value of the key; a node without the label counts nowhere. */
  add(topologyKey: string, { labels }: NodeInfo, by: number): void {
    const value = labels[topologyKey];
    if (value === undefined) return;
    const key = PairCounts.key(topologyKey, value);
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  get(topologyKey: string, value: string): number {
    return this.#counts.get(PairCounts.key(topologyKey, value)) ?? 0;
  }

  clone(): PairCounts {
    const copy = new PairCounts();
    for (const [key, count] of this.#counts) copy.#counts.set(key, count);
    return copy;
  }
}

class FilterState {
  constructor(
    /** Existing pods that do not want this one near them. */
    readonly existingAntiAffinity: PairCounts,
    /** Existing pods that this one wants to be near to: those that match all its terms. */
    readonly affinity: PairCounts,
    /** Existing pods that this one does not want near it. */
    readonly antiAffinity: PairCounts,
  ) {}

  clone(): FilterState {
    return new FilterState(this.existingAntiAffinity.clone(), this.affinity.clone(), this.antiAffinity.clone());
  }
}

/** The scores of topology values, by topology key. */
type TopologyScores = Map<string, Map<string, number>>;

const FILTER: StateKey<FilterState> = new StateKey('PreFilterInterPodAffinity');
const SCORE: StateKey<TopologyScores> = new StateKey('PreScoreInterPodAffinity');

function addScore(scores: TopologyScores, topologyKey: string, { labels }: NodeInfo, by: number): void {
  const value = labels[topologyKey];
  if (value === undefined) return;
  const values = scores.get(topologyKey) ?? new Map<string, number>();
  scores.set(topologyKey, values);
  values.set(value, (values.get(value) ?? 0) + by);
}

export class InterPodAffinity implements Plugin {
  readonly name = 'InterPodAffinity';
  readonly #cache: Cache;
  readonly #namespaces: Lister<Namespace>;

  constructor({ cache, informers }: Handle) {
    this.#cache = cache;
    this.#namespaces = informers.of(NAMESPACES);
  }

  preFilter(state: CycleState, pod: PodInfo): { status: Status } | undefined {
    const existingAntiAffinity = new PairCounts();
    for (const { term, perNode } of this.#cache.affinityTerms.of('requiredAntiAffinity')) {
      if (this.#matches(term, pod.pod)) for (const [node, count] of perNode) existingAntiAffinity.add(term.topologyKey, node, count);
    }
    const { requiredAffinity, requiredAntiAffinity } = pod.affinity;
    if (existingAntiAffinity.empty && requiredAffinity.length === 0 && requiredAntiAffinity.length === 0) return { status: SKIP };
    const affinity = new PairCounts();
    const antiAffinity = new PairCounts();
    const [first, ...others] = requiredAffinity;
    if (first && others.length === 0) for (const [node, count] of this.#countsOf(first)) affinity.add(first.topologyKey, node, count);
    else if (first) {
      for (const [existing, node] of this.#podsLike(first)) if (this.#matchesAll(others, existing)) for (const { topologyKey } of requiredAffinity) affinity.add(topologyKey, node, 1);
    }
    for (const term of requiredAntiAffinity) for (const [node, count] of this.#countsOf(term)) antiAffinity.add(term.topologyKey, node, count);
    state.write(FILTER, new FilterState(existingAntiAffinity, affinity, antiAffinity));
    return undefined;
  }

  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
    this.#recount(state, pod, added, node, 1);
  }

  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
    this.#recount(state, pod, removed, node, -1);
  }

  #recount(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, by: number): void {
    const filterState = state.read(FILTER);
    if (!filterState) return;
    this.#countAnti(filterState.existingAntiAffinity, other.affinity.requiredAntiAffinity, pod, node, by);
    const { requiredAffinity, requiredAntiAffinity } = pod.affinity;
    if (requiredAffinity.length > 0 && this.#matchesAll(requiredAffinity, other)) for (const { topologyKey } of requiredAffinity) filterState.affinity.add(topologyKey, node, by);
    this.#countAnti(filterState.antiAffinity, requiredAntiAffinity, other, node, by);
  }

  #countAnti(counts: PairCounts, terms: readonly AffinityTerm[], target: PodInfo, node: NodeInfo, by: number): void {
    for (const term of terms) if (this.#matches(term, target.pod)) counts.add(term.topologyKey, node, by);
  }

  filter(state: CycleState, pod: PodInfo, { labels }: NodeInfo): Status | undefined {
    const filterState = state.read(FILTER);
    if (!filterState) return undefined;
    const { requiredAffinity, requiredAntiAffinity } = pod.affinity;
    let together = true;
    for (const { topologyKey } of requiredAffinity) {
      const value = labels[topologyKey];
      if (value === undefined) return unresolvable("node(s) didn't match pod affinity rules");
      if (filterState.affinity.get(topologyKey, value) <= 0) together = false;
    }
    // The first of a group that wants to be together must start somewhere.
    if (!together && !(filterState.affinity.empty && this.#matchesAll(requiredAffinity, pod))) return unresolvable("node(s) didn't match pod affinity rules");
    for (const { topologyKey } of requiredAntiAffinity) {
      const value = labels[topologyKey];
      if (value !== undefined && filterState.antiAffinity.get(topologyKey, value) > 0) return unschedulable("node(s) didn't match pod anti-affinity rules");
    }
    if (!filterState.existingAntiAffinity.empty) {
      for (const key in labels) if (filterState.existingAntiAffinity.get(key, labels[key] as string) > 0) return unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
    }
    return undefined;
  }

  preScore(state: CycleState, pod: PodInfo): Status | undefined {
    const scores: TopologyScores = new Map();
    for (const term of pod.affinity.preferredAffinity) for (const [node, count] of this.#countsOf(term)) addScore(scores, term.topologyKey, node, term.weight * count);
    for (const term of pod.affinity.preferredAntiAffinity) for (const [node, count] of this.#countsOf(term)) addScore(scores, term.topologyKey, node, -term.weight * count);
    const existing = (kind: TermKind, worth: (term: AffinityTerm) => number) => {
      for (const { term, perNode } of this.#cache.affinityTerms.of(kind)) {
        if (this.#matches(term, pod.pod)) for (const [node, count] of perNode) addScore(scores, term.topologyKey, node, worth(term) * count);
      }
    };
    existing('requiredAffinity', () => HARD_AFFINITY_WEIGHT);
    existing('preferredAffinity', ({ weight }) => weight);
    existing('preferredAntiAffinity', ({ weight }) => -weight);
    if (scores.size === 0) return SKIP;
    state.write(SCORE, scores);
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, { labels }: NodeInfo): number {
    let score = 0;
    for (const [topologyKey, values] of state.read(SCORE) ?? []) {
      const value = labels[topologyKey];
      if (value !== undefined) score += values.get(value) ?? 0;
    }
    return score;
  }

  normalizeScore(_state: CycleState, _pod: PodInfo, scores: number[]): void {
    let min = Infinity;
    let max = -Infinity;
    for (const score of scores) {
      if (score < min) min = score;
      if (score > max) max = score;
    }
    for (let i = 0; i < scores.length; i++) scores[i] = max > min ? Math.trunc(MAX_NODE_SCORE * (((scores[i] as number) - min) / (max - min))) : 0;
  }

  isWorthRequeuing(event: ClusterEvent, pod: PodInfo): boolean {
    switch (event.kind) {
      case 'AssignedPodAdd':
        return pod.affinity.requiredAffinity.length > 0 && this.#matchesAllOf(pod.affinity.requiredAffinity, event.pod);
      case 'AssignedPodDelete':
        return this.#keptApart(pod, new PodInfo(event.pod));
      case 'AssignedPodUpdate':
        return event.change === 'labels' && (this.#matchesAllOf(pod.affinity.requiredAffinity, event.pod) || this.#keptApart(pod, new PodInfo(event.old)));
      case 'UnscheduledPodUpdate':
        return event.change === 'labels' && event.pod.metadata.uid === pod.uid;
      case 'NodeAdd':
        return true;
      case 'NodeUpdate':
        return event.change === 'labels' && [...pod.affinity.requiredAffinity, ...pod.affinity.requiredAntiAffinity].some(({ topologyKey }) => event.old.metadata.labels?.[topologyKey] !== event.node.metadata.labels?.[topologyKey]);
      case 'NodeDelete':
      case 'ClaimChange':
      case 'VolumeChange':
      case 'StorageClassAdd':
        return false;
    }
  }

  /** Whether the two do not go together by the anti-affinity of either. */
  #keptApart(pod: PodInfo, other: PodInfo): boolean {
    return pod.affinity.requiredAntiAffinity.some((term) => this.#matches(term, other.pod)) || other.affinity.requiredAntiAffinity.some((term) => this.#matches(term, pod.pod));
  }

  #matches(term: AffinityTerm, pod: Pod): boolean {
    return termMatches(term, pod, (namespace) => this.#labelsOf(namespace));
  }

  #matchesAll(terms: readonly AffinityTerm[], pod: PodInfo): boolean {
    return this.#matchesAllOf(terms, pod.pod);
  }

  #matchesAllOf(terms: readonly AffinityTerm[], pod: Pod): boolean {
    return terms.length > 0 && terms.every((term) => this.#matches(term, pod));
  }

  #labelsOf(namespace: string): Labels {
    return this.#namespaces.get(objectKey(undefined, namespace))?.metadata.labels;
  }

  #namespacesOf(term: AffinityTerm): readonly string[] {
    if (term.namespaceSelector.nothing) return term.namespaces;
    return [...this.#cache.index.namespaces()].filter((namespace) => term.namespaces.includes(namespace) || term.namespaceSelector.matches(this.#labelsOf(namespace)));
  }

  /** How many pods that a term speaks of each node has. */
  *#countsOf(term: AffinityTerm): Generator<[NodeInfo, number]> {
    for (const namespace of this.#namespacesOf(term)) yield* this.#cache.index.countPerNode(namespace, term.selector, true);
  }

  /** The placed pods that a term speaks of, with their nodes. */
  *#podsLike(term: AffinityTerm): Generator<[PodInfo, NodeInfo]> {
    const { index } = this.#cache;
    for (const namespace of this.#namespacesOf(term)) {
      for (const pod of index.candidates(namespace, term.selector)) {
        const node = index.nodeOf(pod);
        if (node && term.selector.matches(pod.pod.metadata.labels)) yield [pod, node];
      }
    }
  }
}
