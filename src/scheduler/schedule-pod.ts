/** Chooses a node for a pod. Follows kubernetes pkg/scheduler/schedule_one.go: schedulePod. */
import type { Random } from '../simulation/random.ts';
import type { Cache } from './cache/cache.ts';
import type { NodeInfo } from './cache/node-info.ts';
import type { PodInfo } from './cache/pod-info.ts';
import type { CycleState } from './framework/cycle-state.ts';
import type { Diagnosis } from './framework/fit-error.ts';
import type { Framework, Scores } from './framework/framework.ts';
import { isRejected, messageOf, NodeStatuses, unresolvable } from './framework/status.ts';

/** With more nodes than this, not all of them are looked at. */
const MIN_FEASIBLE_NODES = 100;
const MIN_FEASIBLE_PERCENT = 5;

/** How many nodes that fit are enough: half of them in a small cluster, down to a twentieth in a large one, at least 100. */
export function feasibleNodesToFind(nodeCount: number): number {
  if (nodeCount < MIN_FEASIBLE_NODES) return nodeCount;
  const percent = Math.max(MIN_FEASIBLE_PERCENT, 50 - Math.trunc(nodeCount / 125));
  return Math.max(MIN_FEASIBLE_NODES, Math.trunc((nodeCount * percent) / 100));
}

export type ScheduleResult =
  | { readonly kind: 'scheduled'; readonly node: NodeInfo; readonly feasible: readonly NodeInfo[]; readonly scores?: Scores; readonly diagnosis: Diagnosis }
  | { readonly kind: 'unschedulable'; readonly diagnosis: Diagnosis }
  | { readonly kind: 'noNodes' }
  | { readonly kind: 'error'; readonly message: string };

export class PodScheduler {
  /** Where the next search begins, so that all nodes of a large cluster get their share. */
  #start = 0;

  constructor(
    private readonly cache: Cache,
    private readonly framework: Framework,
    private readonly random: Random,
  ) {}

  schedule(state: CycleState, pod: PodInfo): ScheduleResult {
    const nodes = this.cache.nodes();
    if (nodes.length === 0) return { kind: 'noNodes' };
    const diagnosis: Diagnosis = { statuses: new NodeStatuses(), plugins: new Set(), preFilterMessage: '', postFilterMessage: '' };
    const feasible = this.#findNodes(state, pod, nodes, diagnosis);
    if (typeof feasible === 'string') return { kind: 'error', message: feasible };
    const [first] = feasible;
    if (!first) return { kind: 'unschedulable', diagnosis };
    if (feasible.length === 1) return { kind: 'scheduled', node: first, feasible, diagnosis };
    const status = this.framework.runPreScore(state, pod, feasible);
    if (status) return { kind: 'error', message: `running PreScore plugin "${status.plugin}": ${messageOf(status)}` };
    const scores = this.framework.runScore(state, pod, feasible);
    return { kind: 'scheduled', node: this.#selectHost(pod, feasible, scores.totals), feasible, scores, diagnosis };
  }

  /** The nodes that fit, or an error's message. */
  #findNodes(state: CycleState, pod: PodInfo, all: readonly NodeInfo[], diagnosis: Diagnosis): readonly NodeInfo[] | string {
    const { status, nodeNames, plugins } = this.framework.runPreFilter(state, pod);
    for (const plugin of plugins) diagnosis.plugins.add(plugin);
    if (status) {
      if (!isRejected(status)) return `running PreFilter plugin "${status.plugin}": ${messageOf(status)}`;
      diagnosis.statuses.absent = status;
      diagnosis.preFilterMessage = messageOf(status);
      if (status.plugin) diagnosis.plugins.add(status.plugin);
      return [];
    }
    const nominated = pod.pod.status?.nominatedNodeName;
    const nominatedNode = nominated ? this.cache.node(nominated) : undefined;
    if (nominatedNode && !this.framework.runFiltersWithNominatedPods(state, pod, nominatedNode)) return [nominatedNode];
    let nodes = all;
    if (nodeNames) {
      nodes = [...nodeNames].map((name) => this.cache.node(name)).filter((node) => node !== undefined);
      diagnosis.statuses.absent = unresolvable(`node(s) didn't satisfy plugin(s) [${[...plugins].sort().join(' ')}]`);
    }
    const enough = feasibleNodesToFind(nodes.length);
    const feasible: NodeInfo[] = [];
    let looked = 0;
    for (; looked < nodes.length && feasible.length < enough; looked++) {
      const node = nodes[(this.#start + looked) % nodes.length] as NodeInfo;
      const rejection = this.framework.runFiltersWithNominatedPods(state, pod, node);
      if (!rejection) feasible.push(node);
      else if (isRejected(rejection)) {
        diagnosis.statuses.set(node.name, rejection);
        if (rejection.plugin) diagnosis.plugins.add(rejection.plugin);
      } else return `running "${rejection.plugin}" filter plugin: ${messageOf(rejection)}`;
    }
    this.#start = (this.#start + looked) % all.length;
    return feasible;
  }

  /** One of the nodes with the highest score, each with the same chance. */
  #selectHost(pod: PodInfo, nodes: readonly NodeInfo[], totals: readonly number[]): NodeInfo {
    let best = 0;
    let alike = 1;
    let random: Random | undefined;
    for (let i = 1; i < nodes.length; i++) {
      const [score, highest] = [totals[i] as number, totals[best] as number];
      if (score > highest) [best, alike] = [i, 1];
      else if (score === highest) {
        alike++;
        random ??= this.random.stream(`host of ${pod.namespace}/${pod.name}`);
        if (random.int(alike) === 0) best = i;
      }
    }
    return nodes[best] as NodeInfo;
  }
}
