/**
 * The scheduler: takes one pod after the other from the queue, chooses its node in one go, and binds it while it goes on to
 * the next. Follows kubernetes pkg/scheduler/schedule_one.go: ScheduleOne.
 */
import { NODES, PODS } from '../api/kinds.ts';
import { equal } from '../api/json.ts';
import { keyOf } from '../api/object.ts';
import { podCondition } from '../api/pods.ts';
import { isNotFound } from '../api/status.ts';
import { formatTime } from '../api/time.ts';
import type { Component, ComponentContext, ComponentFactory } from '../client/component.ts';
import { CorrelatingRecorder } from '../client/event-recorder.ts';
import { Cache } from './cache/cache.ts';
import type { NodeInfo } from './cache/node-info.ts';
import { PodInfo } from './cache/pod-info.ts';
import { addEventHandlers, SCHEDULER_NAME } from './event-handlers.ts';
import { CycleState } from './framework/cycle-state.ts';
import { DECISION } from './framework/decision.ts';
import { fitErrorMessage, NO_NODES_MESSAGE, type Diagnosis } from './framework/fit-error.ts';
import { Framework } from './framework/framework.ts';
import type { PluginEntry } from './framework/plugin.ts';
import { isRejected, messageOf, NodeStatuses, type Status } from './framework/status.ts';
import { SchedulingQueue, type QueuedPodInfo, type Rejection } from './queue/scheduling-queue.ts';
import { DEFAULT_PLUGINS } from './registry.ts';
import { PodScheduler } from './schedule-pod.ts';
import { decisionOf, filteredDetail } from './trace.ts';

/** How many bindings may be on their way; with more, the next pod waits. */
const MAX_BINDINGS = 256;
/** The longest message of an event (validation.NoteLengthLimit). */
const MAX_NOTE_LENGTH = 1024;

/** Why an attempt failed, in the words of the pod's condition. */
interface Failure extends Rejection {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  /** '' takes a nomination back, undefined leaves it as it is. */
  readonly nominatedNodeName?: string;
}

const NOBODY: ReadonlySet<string> = new Set();
const withoutNomination = { nominatedNodeName: '' } as const;

function errorOf(message: string, hopeful = false): Failure {
  return { reason: 'SchedulerError', message, rejectedBy: NOBODY, hopeful, ...withoutNomination };
}

export class Scheduler implements Component {
  readonly name = 'scheduler';
  readonly cache = new Cache();
  readonly queue: SchedulingQueue;
  readonly framework: Framework;
  readonly #podScheduler: PodScheduler;
  readonly #events: CorrelatingRecorder;
  /** Requests on their way. */
  readonly #work = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #bindings = 0;
  #hostOf: { readonly nodes: readonly NodeInfo[]; readonly name: string } | undefined;
  #bindingDone: (() => void) | undefined;

  constructor(private readonly context: ComponentContext, plugins: readonly PluginEntry[] = DEFAULT_PLUGINS) {
    const { client, clock, informers, log } = context;
    const random = context.random.stream('scheduler');
    this.#events = new CorrelatingRecorder({ client, clock, log, component: SCHEDULER_NAME, style: 'events', instance: () => `${SCHEDULER_NAME}-${this.#host()}` });
    this.framework = new Framework(plugins, {
      client, informers, clock, random, log,
      cache: this.cache,
      events: this.#events,
      nominatedPods: (nodeName) => this.queue.nominator.on(nodeName),
      activate: ({ uid }) => this.queue.activate(uid),
      track: (work) => this.#track(work),
      signal: this.#stopping.signal,
    }, clock);
    this.queue = new SchedulingQueue(clock, this.framework);
    this.#podScheduler = new PodScheduler(this.cache, this.framework, random);
    addEventHandlers(informers, this.cache, this.queue);
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = () => {
      this.#stopping.abort();
      this.queue.close();
      this.framework.waitingPods.close();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    for (let queued = await this.queue.take(); queued; queued = await this.queue.take()) {
      this.scheduleOne(queued);
      if (this.#bindings >= MAX_BINDINGS) await new Promise<void>((resolve) => (this.#bindingDone = resolve));
    }
    await Promise.all(this.#work);
  }

  /** One scheduling cycle; the binding that follows runs on its own. */
  scheduleOne(queued: QueuedPodInfo): void {
    const pod = queued.info;
    if (pod.terminating) {
      this.#events.event(pod.pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${pod.namespace}/${pod.name}`, undefined, { action: 'Scheduling' });
      return this.queue.done(pod.uid);
    }
    if (this.cache.isAssumed(pod.uid)) return this.queue.done(pod.uid);
    const state = new CycleState();
    const result = this.#podScheduler.schedule(state, pod);
    switch (result.kind) {
      case 'noNodes':
        return this.#fail(queued, { reason: 'Unschedulable', message: NO_NODES_MESSAGE, rejectedBy: NOBODY, ...withoutNomination });
      case 'error':
        return this.#fail(queued, errorOf(result.message));
      case 'unschedulable':
        return this.#fail(queued, this.#preempt(state, pod, result.diagnosis), result.diagnosis);
      case 'scheduled':
        break;
    }
    const nodeName = result.node.name;
    state.write(DECISION, decisionOf(result));
    this.cache.assume(pod, nodeName);
    this.queue.nominator.remove(pod.uid);
    const status = this.framework.runReserve(state, pod, nodeName) ?? this.framework.runPermit(state, pod, nodeName);
    if (status) {
      this.framework.runUnreserve(state, pod, nodeName);
      this.cache.removePod(pod.uid);
      return this.#fail(queued, this.#failureAt(nodeName, status));
    }
    this.#bindings++;
    this.#track(this.#bind(state, queued, nodeName).finally(() => {
      this.#bindings--;
      this.#bindingDone?.();
      this.#bindingDone = undefined;
    }));
  }

  #preempt(state: CycleState, pod: PodInfo, diagnosis: Diagnosis): Failure {
    let nomination: { nominatedNodeName?: string } = withoutNomination;
    if (this.framework.hasPostFilter) {
      const { status, nominatedNodeName } = this.framework.runPostFilter(state, pod, diagnosis.statuses);
      diagnosis.postFilterMessage = status ? messageOf(status) : '';
      nomination = nominatedNodeName === undefined ? {} : { nominatedNodeName };
    }
    return { reason: 'Unschedulable', message: fitErrorMessage(this.cache.nodes().length, diagnosis), rejectedBy: diagnosis.plugins, ...nomination };
  }

  /** A plugin turned the pod away after its node was chosen. */
  #failureAt(nodeName: string, status: Status): Failure {
    if (!isRejected(status)) return errorOf(messageOf(status), true);
    const statuses = new NodeStatuses();
    statuses.set(nodeName, status);
    const plugins = new Set(status.plugin ? [status.plugin] : []);
    return { reason: 'Unschedulable', message: fitErrorMessage(1, { statuses, plugins, preFilterMessage: '', postFilterMessage: '' }), rejectedBy: plugins, ...withoutNomination };
  }

  async #bind(state: CycleState, queued: QueuedPodInfo, nodeName: string): Promise<void> {
    const pod = queued.info;
    const status = (await this.framework.waitOnPermit(pod)) ?? (await this.framework.runPreBind(state, pod, nodeName)) ?? (await this.framework.runBind(state, pod, nodeName));
    if (!status) {
      this.queue.done(pod.uid);
      this.#events.event(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.namespace}/${pod.name} to ${nodeName}`, undefined, { action: 'Binding' });
      this.framework.runPostBind(state, pod, nodeName);
      return;
    }
    this.framework.runUnreserve(state, pod, nodeName);
    // What was cut short by the end of the scheduler is no failure of the pod's; the next one starts from what is stored.
    if (this.#stopping.signal.aborted) return;
    if (this.cache.isAssumed(pod.uid)) {
      this.cache.removePod(pod.uid);
      // The room that it held is free again for others.
      this.queue.move({ kind: 'AssignedPodDelete', pod: pod.pod });
    }
    this.#fail(queued, this.#failureAt(nodeName, status));
  }

  /** Puts the pod back, and says why it failed: in an event, in its status, and for `trace`. */
  #fail(queued: QueuedPodInfo, failure: Failure, diagnosis?: Diagnosis): void {
    const attempted = queued.info;
    const current = this.context.informers.of(PODS).get(keyOf(attempted.pod));
    if (!current || current.metadata.uid !== attempted.uid) this.queue.delete(attempted.uid);
    else if (current.spec?.nodeName) this.queue.done(attempted.uid);
    else {
      if (current !== attempted.pod && !attempted.refresh(current)) queued.info = new PodInfo(current);
      this.queue.reject(queued, failure);
      if (failure.nominatedNodeName) this.queue.nominator.add(attempted, failure.nominatedNodeName);
      else if (failure.nominatedNodeName === '') this.queue.nominator.remove(attempted.uid);
    }
    const { reason, message, nominatedNodeName } = failure;
    const note = message.length <= MAX_NOTE_LENGTH ? message : `${message.slice(0, MAX_NOTE_LENGTH - 4)} ...`;
    this.#events.event(attempted.pod, 'Warning', 'FailedScheduling', note, undefined, { action: 'Scheduling' });
    this.context.journal.step({
      component: SCHEDULER_NAME,
      object: { resource: 'pods', namespace: attempted.namespace, name: attempted.name, uid: attempted.uid },
      action: reason === 'Unschedulable' ? 'Filter' : 'Bind',
      reason: message,
      ...(diagnosis ? { detail: filteredDetail(diagnosis) } : {}),
    });
    this.#track(this.#updateStatus(attempted, reason, message, nominatedNodeName));
  }

  /** Patches the condition PodScheduled and the nomination where they differ from what the pod has. */
  async #updateStatus({ pod, namespace, name, uid }: PodInfo, reason: string, message: string, nominatedNodeName: string | undefined): Promise<void> {
    const known = podCondition(pod, 'PodScheduled');
    const said = { type: 'PodScheduled', status: 'False', reason, message };
    const conditionChanges = !known || !equal({ type: known.type, status: known.status, reason: known.reason, message: known.message }, said);
    const nominationChanges = nominatedNodeName !== undefined && nominatedNodeName !== (pod.status?.nominatedNodeName ?? '');
    if (!conditionChanges && !nominationChanges) return;
    const lastTransitionTime = known?.status === 'False' && known.lastTransitionTime ? known.lastTransitionTime : formatTime(this.context.clock.now());
    const patch = {
      metadata: { uid },
      status: {
        ...(conditionChanges ? { conditions: [{ ...said, lastProbeTime: null, lastTransitionTime }] } : {}),
        ...(nominationChanges ? { nominatedNodeName: nominatedNodeName || null } : {}),
      },
    };
    try {
      await this.context.client.of(PODS).patch(namespace, name, patch, 'strategic', { subresource: 'status', reason: message });
    } catch (error) {
      if (!isNotFound(error)) this.context.log.error(`cannot update the status of pod ${namespace}/${name}: ${(error as Error).message}`);
    }
  }

  #track(work: Promise<void>): void {
    const settled = work.catch((error: Error) => this.context.log.error(error.message));
    this.#work.add(settled);
    void settled.then(() => this.#work.delete(settled));
  }

  /** The machine that the scheduler runs on: the control plane's, where there is one. */
  #host(): string {
    const nodes = this.cache.nodes();
    if (this.#hostOf?.nodes !== nodes) {
      const controlPlane = nodes.find(({ labels }) => labels['node-role.kubernetes.io/control-plane'] !== undefined);
      this.#hostOf = { nodes, name: (controlPlane ?? nodes[0])?.name ?? 'control-plane' };
    }
    return this.#hostOf.name;
  }
}

export const scheduler: ComponentFactory = (context) => {
  context.informers.of(NODES);
  return new Scheduler(context);
};
