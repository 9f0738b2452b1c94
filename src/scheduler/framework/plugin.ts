/**
 * What a plugin can do, and what it is given. A plugin implements the extension points that concern it.
 * Follows kubernetes pkg/scheduler/framework/interface.go.
 */
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { InformerFactory } from '../../client/informer.ts';
import type { Clock } from '../../simulation/clock.ts';
import type { Log } from '../../simulation/log.ts';
import type { Random } from '../../simulation/random.ts';
import type { Cache } from '../cache/cache.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import type { CycleState } from './cycle-state.ts';
import type { ClusterEvent } from './events.ts';
import type { NodeStatuses, Status } from './status.ts';

/** The best score that a node can get from a plugin; the worst is 0. */
export const MAX_NODE_SCORE = 100;

/** What the queue knows of a pod, as far as sorting needs it. */
export interface QueuedPod {
  readonly info: PodInfo;
  /** When the pod was (last) put into the queue, ms since the epoch. */
  readonly timestampMs: number;
  /** Tells apart what came in the same millisecond. */
  readonly sequence: number;
}

export interface PreFilterResult {
  readonly status?: Status;
  /** The only nodes that come into question. */
  readonly nodeNames?: ReadonlySet<string>;
}

export interface PostFilterResult {
  /** Nothing: the pod may come to fit on the nominated node. */
  readonly status?: Status;
  /** '' takes an earlier nomination back; undefined leaves it. */
  readonly nominatedNodeName?: string;
}

/** For how long a Permit plugin wants the binding held at most. */
export interface PermitResult {
  readonly status?: Status;
  readonly timeoutMs?: number;
}

export interface Plugin {
  readonly name: string;
  /** Whether what has happened may make a pod schedulable that this plugin has rejected (its queueing hints). */
  isWorthRequeuing?(event: ClusterEvent, pod: PodInfo): boolean;

  preEnqueue?(pod: PodInfo): Status | undefined;
  /** Whether `a` is to be scheduled before `b`; one plugin only. */
  less?(a: QueuedPod, b: QueuedPod): boolean;
  preFilter?(state: CycleState, pod: PodInfo): PreFilterResult | undefined;
  /** Keep the plugin's state in step while pods are added to or removed from a copy of a node. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
  postFilter?(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult;
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined;
  /** An integer; without `normalizeScore` from 0 to 100. */
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Brings all scores into 0 to 100, in place. */
  normalizeScore?(state: CycleState, pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]): void;
  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined;
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void;
  permit?(state: CycleState, pod: PodInfo, nodeName: string): PermitResult | undefined;
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined>;
  /** Says Skip to leave the pod to the next Bind plugin. */
  bind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined>;
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): void;
}

/** What the framework lends to plugins. */
export interface Handle {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: EventRecorder;
  /** The nodes and the pods on them; stands still during a scheduling cycle. */
  readonly cache: Cache;
  /** The pods that wait for room that preemption makes for them on a node. */
  nominatedPods(nodeName: string): readonly PodInfo[];
  /** Runs the filters as if the nominated pods of at least the same priority were there. */
  runFiltersWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  /** Tries the pod again now, whatever it waits for. */
  activate(pod: PodInfo): void;
  /** Aborts when the scheduler ends. */
  readonly signal: AbortSignal;
  /** Resolved by the end of work that a plugin has left running. */
  track(work: Promise<void>): void;
}

export type PluginFactory = (handle: Handle) => Plugin;

/** A plugin with its say in the score; 0 for plugins that do not score. */
export interface PluginEntry {
  readonly make: PluginFactory;
  readonly weight: number;
}
