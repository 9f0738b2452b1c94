/**
 * The pods that wait for a node: those that are next (by priority, then by time), those that back off after a failure, and
 * those that wait for something to happen in the cluster. Follows kubernetes pkg/scheduler/backend/queue/scheduling_queue.go,
 * with v1.33's SchedulerQueueingHints and SchedulerPopFromBackoffQ: where nothing else is to be done, a pod that backs off
 * after a rejection is taken before its time; only errors are always waited out.
 */
import type { Pod } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import type { Clock, Timer } from '../../simulation/clock.ts';
import { PodInfo } from '../cache/pod-info.ts';
import { podChanges, type ClusterEvent } from '../framework/events.ts';
import type { QueuedPod } from '../framework/plugin.ts';
import { Heap } from './heap.ts';
import { Nominator } from './nominator.ts';

/** Back-off after the first failure and at most, ms (DefaultPodInitialBackoffDuration, DefaultPodMaxBackoffDuration). */
export const INITIAL_BACKOFF_MS = 1_000;
export const MAX_BACKOFF_MS = 10_000;
/** After this long without an event that helps, a pod is tried anyway, ms (DefaultPodMaxInUnschedulablePodsDuration). */
export const MAX_UNSCHEDULABLE_MS = 5 * 60_000;
/** Back-offs that end within the same second are taken by priority (backoffQOrderingWindowDuration). */
const BACKOFF_WINDOW_MS = 1_000;
/** From this many attempts on, a failing pod no longer holds up "until converged". */
const HOPELESS_AFTER = 10;

type Place = 'active' | 'backoff' | 'errorBackoff' | 'unschedulable' | 'inFlight';

export interface QueuedPodInfo extends QueuedPod {
  info: PodInfo;
  timestampMs: number;
  sequence: number;
  place: Place;
  /** How often scheduling was tried. */
  attempts: number;
  /** The plugins that have rejected the pod; their hints decide which events help. */
  rejectedBy: ReadonlySet<string>;
  /** The plugin that keeps the pod out of the queue. */
  gatedBy: string | undefined;
  /** Whether the next attempt is expected to get further than the last. */
  hopeful: boolean;
}

/** What the queue asks of the framework. */
export interface QueuePolicy {
  less(a: QueuedPod, b: QueuedPod): boolean;
  runPreEnqueue(pod: PodInfo): { readonly plugin?: string } | undefined;
  isWorthRequeuing(event: ClusterEvent, pod: PodInfo, rejectedBy: ReadonlySet<string>): boolean;
}

/** Why an attempt failed, as far as the queue is concerned. */
export interface Rejection {
  /** Empty after an error: then the pod is tried again after its back-off, whatever happens. */
  readonly rejectedBy: ReadonlySet<string>;
  /** The error is likely to be gone at the next attempt (a conflict). */
  readonly hopeful?: boolean;
}

export class SchedulingQueue {
  readonly #pods = new Map<string, QueuedPodInfo>();
  readonly #active: Heap<QueuedPodInfo>;
  readonly #backoff: Heap<QueuedPodInfo>;
  readonly #errorBackoff: Heap<QueuedPodInfo>;
  readonly #unschedulable = new Set<QueuedPodInfo>();
  readonly nominator = new Nominator();
  #policy: QueuePolicy;
  #sequence = 0;
  #taker: ((pod: QueuedPodInfo | undefined) => void) | undefined;
  #closed = false;
  #errorTimer: Timer | undefined;
  #flushTimer: Timer | undefined;

  constructor(private readonly clock: Clock, policy: QueuePolicy) {
    this.#policy = policy;
    this.#active = new Heap((a, b) => this.#policy.less(a, b));
    const window = (pod: QueuedPodInfo) => Math.floor(backoffEnd(pod) / BACKOFF_WINDOW_MS);
    this.#backoff = new Heap((a, b) => (window(a) !== window(b) ? window(a) < window(b) : this.#policy.less(a, b)));
    this.#errorBackoff = new Heap((a, b) => (backoffEnd(a) !== backoffEnd(b) ? backoffEnd(a) < backoffEnd(b) : a.sequence < b.sequence));
  }

  get(uid: string): QueuedPodInfo | undefined {
    return this.#pods.get(uid);
  }

  /** How many pods are where. */
  counts(): Readonly<Record<Exclude<Place, 'inFlight'>, number>> {
    return { active: this.#active.size, backoff: this.#backoff.size, errorBackoff: this.#errorBackoff.size, unschedulable: this.#unschedulable.size };
  }

  /** A pod without a node has come. */
  add(pod: Stored<Pod>): void {
    if (this.#pods.has(pod.metadata.uid)) return;
    const queued: QueuedPodInfo = {
      info: new PodInfo(pod), timestampMs: this.clock.now(), sequence: ++this.#sequence, place: 'inFlight',
      attempts: 0, rejectedBy: new Set(), gatedBy: undefined, hopeful: false,
    };
    this.#pods.set(pod.metadata.uid, queued);
    if (pod.status?.nominatedNodeName) this.nominator.add(queued.info, pod.status.nominatedNodeName);
    this.#activate(queued);
    this.#hand();
  }

  /** A waiting pod has changed; in some respects that makes it worth another try. */
  update(old: Stored<Pod>, pod: Stored<Pod>): void {
    const queued = this.#pods.get(pod.metadata.uid);
    if (!queued) return this.add(pod);
    if (!queued.info.refresh(pod)) queued.info = new PodInfo(pod);
    this.nominator.update(queued.info, old.status?.nominatedNodeName);
    if (queued.place === 'active') this.#active.push(queued);
    if (queued.place !== 'unschedulable') return;
    for (const change of podChanges(old, pod)) {
      if (!this.#helps({ kind: 'UnscheduledPodUpdate', change, old, pod }, queued)) continue;
      this.#requeue(queued);
      break;
    }
    this.#hand();
  }

  /** A waiting pod is gone or has a node. */
  delete(uid: string): void {
    this.nominator.remove(uid);
    const queued = this.#pods.get(uid);
    if (!queued) return;
    this.#leave(queued);
    this.#pods.delete(uid);
  }

  /** The next pod; undefined once the queue is closed. It stays known, in flight, until it is rejected, deleted or done. */
  take(): Promise<QueuedPodInfo | undefined> {
    return new Promise((resolve) => {
      this.#taker = resolve;
      this.#hand();
    });
  }

  /** The pod has been placed. */
  done(uid: string): void {
    const queued = this.#pods.get(uid);
    if (queued?.place === 'inFlight') this.#pods.delete(uid);
  }

  /** The pod could not be placed: it waits for an event that helps, or, after an error, for the end of its back-off. */
  reject(queued: QueuedPodInfo, { rejectedBy, hopeful = false }: Rejection): void {
    if (this.#closed || queued.place !== 'inFlight') return;
    queued.rejectedBy = rejectedBy;
    this.#stamp(queued);
    this.#pods.set(queued.info.uid, queued);
    if (rejectedBy.size > 0) {
      this.#wait(queued);
      return;
    }
    queued.hopeful = hopeful && queued.attempts < HOPELESS_AFTER;
    queued.place = 'errorBackoff';
    this.#errorBackoff.push(queued);
    this.#armErrorTimer();
  }

  /** Something has happened: pods that it may help get another try. */
  move(event: ClusterEvent): void {
    if (event.kind === 'NodeAdd' || event.kind === 'NodeUpdate') this.#hopeAgain();
    for (const queued of [...this.#unschedulable]) if (this.#helps(event, queued)) this.#requeue(queued);
    this.#hand();
  }

  /** Tries a pod now, whatever it waits for. */
  activate(uid: string): void {
    const queued = this.#pods.get(uid);
    if (!queued || queued.place === 'active' || queued.place === 'inFlight') return;
    this.#leave(queued);
    this.#activate(queued);
    this.#hand();
  }

  close(): void {
    this.#closed = true;
    this.#errorTimer?.cancel();
    this.#flushTimer?.cancel();
    this.#taker?.(undefined);
    this.#taker = undefined;
  }

  #stamp(queued: QueuedPodInfo): void {
    queued.timestampMs = this.clock.now();
    queued.sequence = ++this.#sequence;
  }

  #helps(event: ClusterEvent, queued: QueuedPodInfo): boolean {
    const plugins = queued.gatedBy === undefined ? queued.rejectedBy : new Set([queued.gatedBy, ...queued.rejectedBy]);
    return this.#policy.isWorthRequeuing(event, queued.info, plugins);
  }

  #leave(queued: QueuedPodInfo): void {
    if (queued.place === 'active') this.#active.remove(queued);
    else if (queued.place === 'backoff') this.#backoff.remove(queued);
    else if (queued.place === 'errorBackoff') {
      this.#errorBackoff.remove(queued);
      this.#armErrorTimer();
    } else if (queued.place === 'unschedulable') this.#unschedulable.delete(queued);
    queued.place = 'inFlight';
  }

  /** Into the active heap, unless a plugin keeps the pod out. */
  #activate(queued: QueuedPodInfo): void {
    if (this.#gated(queued)) return;
    queued.place = 'active';
    this.#active.push(queued);
  }

  #gated(queued: QueuedPodInfo): boolean {
    const status = this.#policy.runPreEnqueue(queued.info);
    queued.gatedBy = status?.plugin;
    if (status) this.#wait(queued);
    return status !== undefined;
  }

  #wait(queued: QueuedPodInfo): void {
    queued.place = 'unschedulable';
    this.#unschedulable.add(queued);
    this.#armFlushTimer();
  }

  /** Out of the unschedulable ones: on to the next, or into what is left of the back-off. */
  #requeue(queued: QueuedPodInfo): void {
    this.#leave(queued);
    if (backoffEnd(queued) <= this.clock.now()) return this.#activate(queued);
    if (this.#gated(queued)) return;
    queued.place = 'backoff';
    this.#backoff.push(queued);
  }

  /** Gives the next pod to whoever waits for one. */
  #hand(): void {
    if (!this.#taker) return;
    const queued = this.#closed ? undefined : this.#next();
    if (!queued && !this.#closed) return;
    const taker = this.#taker;
    this.#taker = undefined;
    taker(queued);
  }

  #next(): QueuedPodInfo | undefined {
    const now = this.clock.now();
    for (let first = this.#backoff.peek(); first && backoffEnd(first) <= now; first = this.#backoff.peek()) {
      this.#leave(first);
      this.#activate(first);
    }
    const queued = this.#active.pop() ?? this.#backoff.pop();
    if (!queued) return undefined;
    queued.place = 'inFlight';
    queued.attempts++;
    queued.rejectedBy = new Set();
    queued.hopeful = false;
    return queued;
  }

  /** A node has come or changed: what failed for want of nodes is now likely to go on. */
  #hopeAgain(): void {
    let changed = false;
    for (const queued of this.#errorBackoff.items()) {
      if (queued.hopeful || queued.attempts >= HOPELESS_AFTER) continue;
      queued.hopeful = changed = true;
    }
    if (changed) this.#armErrorTimer();
  }

  #armErrorTimer(): void {
    this.#errorTimer?.cancel();
    this.#errorTimer = undefined;
    const first = this.#errorBackoff.peek();
    if (!first || this.#closed) return;
    const hopeful = this.#errorBackoff.items().some((queued) => queued.hopeful);
    this.#errorTimer = this.clock.setTimer(backoffEnd(first) - this.clock.now(), () => {
      const now = this.clock.now();
      for (let due = this.#errorBackoff.peek(); due && backoffEnd(due) <= now; due = this.#errorBackoff.peek()) {
        this.#errorBackoff.remove(due);
        due.place = 'inFlight';
        this.#activate(due);
      }
      this.#armErrorTimer();
      this.#hand();
    }, hopeful ? 'progress' : 'retry');
  }

  #armFlushTimer(): void {
    if (this.#flushTimer || this.#closed) return;
    let earliest = Infinity;
    for (const { timestampMs } of this.#unschedulable) if (timestampMs < earliest) earliest = timestampMs;
    if (earliest === Infinity) return;
    this.#flushTimer = this.clock.setTimer(earliest + MAX_UNSCHEDULABLE_MS - this.clock.now(), () => {
      this.#flushTimer = undefined;
      const now = this.clock.now();
      for (const queued of [...this.#unschedulable]) {
        if (queued.timestampMs + MAX_UNSCHEDULABLE_MS > now) continue;
        // What a plugin still keeps out waits for as long again.
        this.#stamp(queued);
        this.#leave(queued);
        this.#activate(queued);
      }
      this.#armFlushTimer();
      this.#hand();
    }, 'background');
  }
}

/** When the pod may be tried again after its last failure, ms since the epoch. */
function backoffEnd({ attempts, timestampMs }: QueuedPodInfo): number {
  return attempts === 0 ? timestampMs : timestampMs + Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** (attempts - 1));
}
