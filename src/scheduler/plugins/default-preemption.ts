/**
 * When a pod fits nowhere: whether it would fit on some node without pods of lower priority there, and if so, which ones
 * go. Follows kubernetes pkg/scheduler/framework/preemption/preemption.go and plugins/defaultpreemption/default_preemption.go.
 */
import { PODS } from '../../api/kinds.ts';
import { PODDISRUPTIONBUDGETS } from '../../api/kinds.ts';
import { selectorFromLabelSelector } from '../../api/labels.ts';
import { keyOf } from '../../api/object.ts';
import { isNotFound } from '../../api/status.ts';
import { formatTime, parseTime } from '../../api/time.ts';
import { podCondition } from '../../api/pods.ts';
import type { PodDisruptionBudget } from '../../api/generated/types.ts';
import type { Informer } from '../../client/informer.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { fitErrorMessage } from '../framework/fit-error.ts';
import type { Handle, Plugin, PostFilterResult } from '../framework/plugin.ts';
import { NodeStatuses, unresolvable, unschedulable, type Status } from '../framework/status.ts';

/** On how many nodes victims are looked for: this share, at least this many (DefaultPreemptionArgs). */
const MIN_CANDIDATES_PERCENT = 10;
const MIN_CANDIDATES = 100;
/** Makes priorities non-negative, so that more victims always weigh more. */
const PRIORITY_OFFSET = 2 ** 31;

/** A node on which the pod fits once the victims are gone; the most important victim first. */
interface Candidate {
  readonly node: string;
  readonly victims: readonly PodInfo[];
  readonly budgetViolations: number;
}

export class DefaultPreemption implements Plugin {
  readonly name = 'DefaultPreemption';
  readonly #budgets: Informer<PodDisruptionBudget>;
  /** Pods whose victims are being told to go; they wait outside the queue until that is done. */
  readonly #preempting = new Set<string>();

  constructor(private readonly handle: Handle) {
    this.#budgets = handle.informers.of(PODDISRUPTIONBUDGETS);
  }

  preEnqueue({ uid }: PodInfo): Status | undefined {
    return this.#preempting.has(uid) ? unresolvable('waiting for the preemption for this pod to be finished') : undefined;
  }

  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult {
    const result = this.#preempt(state, pod, statuses);
    return result.status ? { ...result, status: { ...result.status, reasons: result.status.reasons.map((reason) => `preemption: ${reason}`) } } : result;
  }

  #preempt(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult {
    const refusal = this.#notEligible(pod, statuses);
    if (refusal !== undefined) return { status: unschedulable(refusal) };
    const { cache, random } = this.handle;
    const nodes = cache.nodes();
    const potential = nodes.filter(({ name }) => statuses.get(name).code === 'Unschedulable');
    const results = new NodeStatuses();
    results.absent = unresolvable('Preemption is not helpful for scheduling');
    const wanted = Math.min(potential.length, Math.max(MIN_CANDIDATES, Math.trunc((potential.length * MIN_CANDIDATES_PERCENT) / 100)));
    const offset = potential.length > 1 ? random.stream(`preemption by ${pod.uid}`).int(potential.length) : 0;
    const clean: Candidate[] = [];
    const violating: Candidate[] = [];
    for (let i = 0; i < potential.length && !(clean.length > 0 && clean.length + violating.length >= wanted); i++) {
      const node = potential[(offset + i) % potential.length] as NodeInfo;
      const found = this.#selectVictims(state.clone(), pod, node.clone());
      if ('code' in found) results.set(node.name, found);
      else if (found.budgetViolations === 0) clean.push(found);
      else violating.push(found);
    }
    const best = pickCandidate([...clean, ...violating], this.handle.clock.now());
    if (!best) {
      const message = fitErrorMessage(nodes.length, { statuses: results, plugins: new Set(), preFilterMessage: '', postFilterMessage: '' });
      return { nominatedNodeName: '', status: unschedulable(message) };
    }
    this.#evict(pod, best);
    return { nominatedNodeName: best.node };
  }

  /** Why the pod must not preempt; undefined where it may. */
  #notEligible(pod: PodInfo, statuses: NodeStatuses): string | undefined {
    if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
    const nominated = pod.pod.status?.nominatedNodeName;
    if (!nominated || statuses.get(nominated).code === 'UnschedulableAndUnresolvable') return undefined;
    for (const other of this.handle.cache.node(nominated)?.pods.values() ?? []) {
      const target = podCondition(other.pod, 'DisruptionTarget');
      if (other.priority < pod.priority && other.terminating && target?.status === 'True' && target.reason === 'PreemptionByScheduler') return 'not eligible due to a terminating pod on the nominated node.';
    }
    return undefined;
  }

  /** Takes all pods of lower priority off the (copied) node, then brings back as many as fit beside the pod, the most important first. */
  #selectVictims(state: CycleState, pod: PodInfo, node: NodeInfo): Candidate | Status {
    const { handle } = this;
    const remove = (other: PodInfo) => {
      node.removePod(other.uid);
      handle.runRemovePod(state, pod, other, node);
    };
    const lower = [...node.pods.values()].filter(({ priority }) => priority < pod.priority);
    if (lower.length === 0) return unresolvable('No preemption victims found for incoming pod');
    lower.forEach(remove);
    const status = handle.runFiltersWithNominatedPods(state, pod, node);
    if (status) return status;
    const now = handle.clock.now();
    const byImportance = (a: PodInfo, b: PodInfo) => b.priority - a.priority || startOf(a, now) - startOf(b, now);
    lower.sort(byImportance);
    const { violating, others } = this.#splitByBudget(lower);
    const victims: PodInfo[] = [];
    let budgetViolations = 0;
    const reprieve = (other: PodInfo): boolean => {
      node.addPod(other);
      handle.runAddPod(state, pod, other, node);
      if (!handle.runFiltersWithNominatedPods(state, pod, node)) return true;
      remove(other);
      victims.push(other);
      return false;
    };
    for (const other of violating) if (!reprieve(other)) budgetViolations++;
    for (const other of others) reprieve(other);
    if (victims.length === 0) return { code: 'Error', reasons: [`expected at least one victim pod on node "${node.name}"`] };
    return { node: node.name, victims: victims.sort(byImportance), budgetViolations };
  }

  /** Which pods cannot go without breaking a PodDisruptionBudget (filterPodsWithPDBViolation). */
  #splitByBudget(pods: readonly PodInfo[]): { violating: PodInfo[]; others: PodInfo[] } {
    const budgets = this.#budgets.list().map((budget) => ({ budget, selector: selectorFromLabelSelector(budget.spec?.selector), allowed: budget.status?.disruptionsAllowed ?? 0 }));
    const violating: PodInfo[] = [];
    const others: PodInfo[] = [];
    for (const pod of pods) {
      let broken = false;
      const { labels, name } = pod.pod.metadata;
      if (labels && Object.keys(labels).length > 0) {
        for (const entry of budgets) {
          if (entry.budget.metadata.namespace !== pod.namespace || entry.selector.empty || !entry.selector.matches(labels)) continue;
          if (entry.budget.status?.disruptedPods?.[name] !== undefined) continue;
          entry.allowed--;
          if (entry.allowed < 0) broken = true;
        }
      }
      (broken ? violating : others).push(pod);
    }
    return { violating, others };
  }

  /** Tells the victims to go, and takes nominations for the node from pods that matter less; the pod is tried again when they are gone. */
  #evict(pod: PodInfo, { node, victims }: Candidate): void {
    const { handle } = this;
    const going = victims.filter(({ terminating }) => !terminating);
    if (going.length === 0) return;
    this.#preempting.add(pod.uid);
    const demoted = handle.nominatedPods(node).filter(({ priority }) => priority < pod.priority);
    const work = async () => {
      try {
        await Promise.all(demoted.map((other) => handle.client.of(PODS).patch(other.namespace, other.name, { status: { nominatedNodeName: null } }, 'strategic', { subresource: 'status' })));
      } catch (error) {
        handle.log.error(`cannot clear nominatedNodeName of pods nominated to ${node}: ${(error as Error).message}`);
      }
      try {
        await Promise.all(going.map((victim) => this.#evictOne(pod, victim, node)));
        this.#preempting.delete(pod.uid);
        if (going.every((victim) => !handle.informers.of(PODS).get(keyOf(victim.pod)))) handle.activate(pod);
      } catch (error) {
        handle.log.error(`cannot preempt for ${pod.namespace}/${pod.name}: ${(error as Error).message}`);
        this.#preempting.delete(pod.uid);
        handle.activate(pod);
      }
    };
    handle.track(work());
  }

  async #evictOne(pod: PodInfo, victim: PodInfo, node: string): Promise<void> {
    const { client, clock, events } = this.handle;
    const message = `${pod.spec.schedulerName}: preempting to accommodate a higher priority pod`;
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message, lastProbeTime: null, lastTransitionTime: formatTime(clock.now()) };
    const reason = `preempted on ${node} by ${pod.namespace}/${pod.name} (priority ${pod.priority} over ${victim.priority})`;
    try {
      await client.of(PODS).patch(victim.namespace, victim.name, { metadata: { uid: victim.uid }, status: { conditions: [condition] } }, 'strategic', { subresource: 'status', reason });
      await client.of(PODS).delete(victim.namespace, victim.name, { preconditions: { uid: victim.uid }, reason });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    events.event(victim.pod, 'Normal', 'Preempted', `Preempted by pod ${pod.uid} on node ${node}`, undefined, { action: 'Preempting', related: pod.pod });
  }
}

/** When a pod began to run; one that has not yet, now (util.GetPodStartTime). */
function startOf({ pod }: PodInfo, now: number): number {
  return parseTime(pod.status?.startTime) ?? now;
}

/** The node where preemption hurts least (pickOneNodeForPreemption). */
function pickCandidate(candidates: readonly Candidate[], now: number): Candidate | undefined {
  const costs: ((candidate: Candidate) => number)[] = [
    ({ budgetViolations }) => budgetViolations,
    ({ victims }) => victims[0]?.priority ?? 0,
    ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
    ({ victims }) => victims.length,
    // The later the most important victims began, the less is lost.
    ({ victims }) => -Math.min(...victims.filter(({ priority }) => priority === victims[0]?.priority).map((victim) => startOf(victim, now))),
  ];
  let best = candidates;
  for (const cost of costs) {
    if (best.length <= 1) break;
    const all = best.map(cost);
    const least = Math.min(...all);
    best = best.filter((_, i) => all[i] === least);
  }
  return best[0];
}
