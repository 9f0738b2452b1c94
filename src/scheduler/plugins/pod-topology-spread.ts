/**
 * Spreads pods that belong together over hosts and zones: hard constraints filter, soft ones score, and pods without any get
 * soft defaults for the pods of their Services and controller. Follows kubernetes pkg/scheduler/framework/plugins/podtopologyspread.
 */
import type { LabelSelector, TopologySpreadConstraint } from '../../api/generated/types.ts';
import { Selector, selectorFromLabelSelector, type Requirement } from '../../api/labels.ts';
import type { Stored } from '../../api/object.ts';
import type { Node } from '../../api/generated/types.ts';
import type { Cache } from '../cache/cache.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import { LABEL_HOSTNAME, LABEL_ZONE } from '../cache/node-list.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { StateKey, type CycleState } from '../framework/cycle-state.ts';
import type { ClusterEvent } from '../framework/events.ts';
import { MAX_NODE_SCORE, type Handle, type Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable, unschedulable, type Status } from '../framework/status.ts';
import { DefaultSelectors } from '../helpers/default-selector.ts';
import { requiredNodeAffinity, type RequiredNodeAffinity } from '../helpers/node-selector.ts';
import { HARD_EFFECTS, untoleratedTaint } from '../helpers/taints.ts';

const NOT_MATCHED = "node(s) didn't match pod topology spread constraints";

/** A constraint with its selector parsed and its defaults filled in. */
interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

/** What is asked of pods that ask for nothing themselves (apis/config/v1/default_plugins: system defaults). */
const SYSTEM_DEFAULTS: readonly Pick<Constraint, 'topologyKey' | 'maxSkew'>[] = [
  { topologyKey: LABEL_HOSTNAME, maxSkew: 3 },
  { topologyKey: LABEL_ZONE, maxSkew: 5 },
];

/** For each hard constraint, how many matching pods each topology value has. Values that no eligible node has are absent. */
class FilterState {
  readonly #least: (number | undefined)[];

  constructor(
    readonly constraints: readonly Constraint[],
    readonly counts: readonly Map<string, number>[],
  ) {
    this.#least = constraints.map(() => undefined);
  }

  add(constraint: number, value: string, by: number): void {
    const counts = this.counts[constraint];
    counts?.set(value, (counts.get(value) ?? 0) + by);
    this.#least[constraint] = undefined;
  }

  /** The smallest count among the values; 0 while there are fewer values than the constraint wants. */
  least(constraint: number): number {
    const counts = this.counts[constraint] as Map<string, number>;
    if (counts.size < (this.constraints[constraint]?.minDomains ?? 1)) return 0;
    let least = this.#least[constraint];
    if (least === undefined) {
      least = Infinity;
      for (const count of counts.values()) if (count < least) least = count;
      this.#least[constraint] = least;
    }
    return least;
  }

  clone(): FilterState {
    return new FilterState(this.constraints, this.counts.map((counts) => new Map(counts)));
  }
}

interface ScoreState {
  readonly constraints: readonly Constraint[];
  /** Of the nodes that lack a topology key; not scored. */
  readonly ignored: ReadonlySet<NodeInfo>;
  /** Matching pods per topology value; for the hostname per node, see `perNode`. */
  readonly counts: readonly ReadonlyMap<string, number>[];
  readonly perNode: readonly ReadonlyMap<NodeInfo, number>[];
  readonly weights: readonly number[];
}

const FILTER: StateKey<FilterState> = new StateKey('PreFilterPodTopologySpread');
const SCORE: StateKey<ScoreState> = new StateKey('PreScorePodTopologySpread');
const NO_COUNTS: ReadonlyMap<never, number> = new Map<never, number>();

function constraintsOf({ pod, spec }: PodInfo, action: 'DoNotSchedule' | 'ScheduleAnyway'): Constraint[] {
  return (spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action).map((constraint) => ({
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    selector: withMatchLabelKeys(constraint, pod.metadata.labels),
    minDomains: constraint.minDomains ?? 1,
    honorAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
    honorTaints: (constraint.nodeTaintsPolicy ?? 'Ignore') === 'Honor',
  }));
}

/** matchLabelKeys narrow the selector down to pods with the same values as this one. */
function withMatchLabelKeys({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, labels: Readonly<Record<string, string>> = {}): Selector {
  const selector = selectorFromLabelSelector(labelSelector as LabelSelector | undefined);
  const more: Requirement[] = [];
  for (const key of matchLabelKeys) if (labels[key] !== undefined) more.push({ key, operator: '=', values: [labels[key]] });
  return more.length === 0 || selector.nothing ? selector : new Selector([...more, ...selector.requirements]);
}

/** An empty selector counts no pods here, unlike elsewhere (countPodsMatchSelector). */
function matchingPods(cache: Cache, namespace: string, selector: Selector): ReadonlyMap<NodeInfo, number> {
  return selector.empty || selector.nothing ? NO_COUNTS : cache.index.countPerNode(namespace, selector, false);
}

/** Whether a node counts for the constraint, by the pod's node affinity and tolerations. */
function includes(constraint: Constraint, { spec }: PodInfo, node: NodeInfo, affinity: RequiredNodeAffinity | undefined): boolean {
  if (constraint.honorAffinity && affinity && !affinity.matches(node)) return false;
  return !constraint.honorTaints || untoleratedTaint(node.node?.spec?.taints, spec.tolerations, HARD_EFFECTS) === undefined;
}

const hasAllKeys = ({ labels }: NodeInfo, constraints: readonly Constraint[]): boolean => constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined);

export class PodTopologySpread implements Plugin {
  readonly name = 'PodTopologySpread';
  readonly #cache: Cache;
  readonly #selectors: DefaultSelectors;

  constructor({ cache, informers }: Handle) {
    this.#cache = cache;
    this.#selectors = new DefaultSelectors(informers);
  }

  preFilter(state: CycleState, pod: PodInfo): { status: Status } | undefined {
    const constraints = constraintsOf(pod, 'DoNotSchedule');
    if (constraints.length === 0) return { status: SKIP };
    const affinity = requiredNodeAffinity(pod.spec);
    const plain = (constraint: Constraint) => !constraint.honorTaints && (affinity === undefined || !constraint.honorAffinity);
    const counts = constraints.map(() => new Map<string, number>());
    if (constraints.every(plain)) {
      const domains = this.#cache.topologyDomains(constraints.map(({ topologyKey }) => topologyKey));
      domains.forEach((values, i) => {
        for (const value of values.keys()) counts[i]?.set(value, 0);
      });
    } else {
      for (const node of this.#cache.nodes()) {
        if (!hasAllKeys(node, constraints)) continue;
        constraints.forEach((constraint, i) => {
          if (includes(constraint, pod, node, affinity)) counts[i]?.set(node.labels[constraint.topologyKey] as string, 0);
        });
      }
    }
    constraints.forEach((constraint, i) => {
      for (const [node, count] of matchingPods(this.#cache, pod.namespace, constraint.selector)) {
        if (!node.node || !hasAllKeys(node, constraints) || !includes(constraint, pod, node, affinity)) continue;
        const value = node.labels[constraint.topologyKey] as string;
        counts[i]?.set(value, (counts[i].get(value) ?? 0) + count);
      }
    });
    state.write(FILTER, new FilterState(constraints, counts));
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
    if (!filterState || other.namespace !== pod.namespace || !hasAllKeys(node, filterState.constraints)) return;
    const affinity = requiredNodeAffinity(pod.spec);
    filterState.constraints.forEach((constraint, i) => {
      if (!constraint.selector.matches(other.pod.metadata.labels) || !includes(constraint, pod, node, affinity)) return;
      filterState.add(i, node.labels[constraint.topologyKey] as string, by);
    });
  }

  filter(state: CycleState, { pod }: PodInfo, { labels }: NodeInfo): Status | undefined {
    const filterState = state.read(FILTER);
    if (!filterState) return undefined;
    for (const [i, constraint] of filterState.constraints.entries()) {
      const value = labels[constraint.topologyKey];
      if (value === undefined) return unresolvable(`${NOT_MATCHED} (missing required label)`);
      const self = constraint.selector.matches(pod.metadata.labels) ? 1 : 0;
      const skew = (filterState.counts[i]?.get(value) ?? 0) + self - filterState.least(i);
      if (skew > constraint.maxSkew) return unschedulable(NOT_MATCHED);
    }
    return undefined;
  }

  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    const own = (pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
    const constraints = own ? constraintsOf(pod, 'ScheduleAnyway') : this.#defaults(pod);
    if (constraints.length === 0) return SKIP;
    const ignored = new Set<NodeInfo>();
    const counts = constraints.map(() => new Map<string, number>());
    // With the defaults, nodes without a zone still spread by host.
    if (own) for (const node of nodes) if (!hasAllKeys(node, constraints)) ignored.add(node);
    constraints.forEach(({ topologyKey }, i) => {
      if (topologyKey === LABEL_HOSTNAME) return;
      for (const node of nodes) if (ignored.size === 0 || !ignored.has(node)) counts[i]?.set(node.labels[topologyKey] ?? '', 0);
    });
    const affinity = requiredNodeAffinity(pod.spec);
    const perNode = constraints.map((constraint) => matchingPods(this.#cache, pod.namespace, constraint.selector));
    constraints.forEach((constraint, i) => {
      if (constraint.topologyKey === LABEL_HOSTNAME) return;
      for (const [node, count] of perNode[i] ?? NO_COUNTS) {
        if (!node.node || (own && !hasAllKeys(node, constraints)) || !includes(constraint, pod, node, affinity)) continue;
        const value = node.labels[constraint.topologyKey] ?? '';
        const known = counts[i]?.get(value);
        if (known !== undefined) counts[i]?.set(value, known + count);
      }
    });
    const weights = constraints.map(({ topologyKey }, i) => Math.log((topologyKey === LABEL_HOSTNAME ? nodes.length - ignored.size : (counts[i]?.size ?? 0)) + 2));
    state.write(SCORE, { constraints, ignored, counts, perNode, weights });
    return undefined;
  }

  #defaults(pod: PodInfo): Constraint[] {
    const selector = this.#selectors.of(pod.pod);
    if (selector.empty) return [];
    return SYSTEM_DEFAULTS.map((constraint) => ({ ...constraint, selector, minDomains: 1, honorAffinity: true, honorTaints: false }));
  }

  /** How many matching pods there are already where the node is; fewer is better, see `normalizeScore`. */
  score(state: CycleState, _pod: PodInfo, node: NodeInfo): number {
    const scoreState = state.read(SCORE);
    if (!scoreState || scoreState.ignored.has(node)) return 0;
    const { constraints, perNode, counts, weights } = scoreState;
    let score = 0;
    for (let i = 0; i < constraints.length; i++) {
      const { topologyKey, maxSkew } = constraints[i] as Constraint;
      const value = node.labels[topologyKey];
      if (value === undefined) continue;
      const count = topologyKey === LABEL_HOSTNAME ? (perNode[i]?.get(node) ?? 0) : (counts[i]?.get(value) ?? 0);
      score += count * (weights[i] as number) + (maxSkew - 1);
    }
    return Math.round(score);
  }

  normalizeScore(state: CycleState, _pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]): void {
    const ignored = state.read(SCORE)?.ignored;
    let min = Infinity;
    let max = 0;
    scores.forEach((score, i) => {
      if (ignored?.has(nodes[i] as NodeInfo)) return;
      min = Math.min(min, score);
      max = Math.max(max, score);
    });
    scores.forEach((score, i) => {
      if (ignored?.has(nodes[i] as NodeInfo)) scores[i] = 0;
      else scores[i] = max === 0 ? MAX_NODE_SCORE : Math.trunc((MAX_NODE_SCORE * (max + min - score)) / max);
    });
  }

  isWorthRequeuing(event: ClusterEvent, pod: PodInfo): boolean {
    const constraints = constraintsOf(pod, 'DoNotSchedule');
    const concerns = (labels: Readonly<Record<string, string>> | undefined) => constraints.some(({ selector }) => selector.matches(labels));
    const inPlay = (node: Stored<Node>) => constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
    switch (event.kind) {
      case 'AssignedPodAdd':
      case 'AssignedPodDelete':
        return event.pod.metadata.namespace === pod.namespace && concerns(event.pod.metadata.labels);
      case 'AssignedPodUpdate':
        return event.change === 'labels' && event.pod.metadata.namespace === pod.namespace && concerns(event.old.metadata.labels) !== concerns(event.pod.metadata.labels);
      case 'UnscheduledPodUpdate':
        return event.pod.metadata.uid === pod.uid && (event.change === 'labels' || event.change === 'tolerations');
      case 'NodeAdd':
      case 'NodeDelete':
        return inPlay(event.node);
      case 'NodeUpdate':
        return (event.change === 'labels' || event.change === 'taints') && (inPlay(event.old) || inPlay(event.node));
      case 'ClaimChange':
      case 'VolumeChange':
      case 'StorageClassAdd':
        return false;
    }
  }
}
