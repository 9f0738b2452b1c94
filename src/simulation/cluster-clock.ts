/**
 * The clock that a cluster runs on: follows the wall clock (times a speed), stands still, or jumps from timer to timer
 * when nothing is runnable. The same object does all three, so that a live cluster can be paused, stepped and advanced.
 */
import { Activity } from './activity.ts';
import { sleepOn, type Clock, type Timer, type TimerKind } from './clock.ts';
import { TimerQueue } from './timer-queue.ts';

/** The outside's time and its one timer; tests and converging runs need neither. */
export interface WallClock {
  now(): number;
  /** Returns a function that cancels. */
  setTimeout(fire: () => void, delayMs: number): () => void;
}

export const systemClock: WallClock = {
  now: () => Date.now(),
  setTimeout(fire, delayMs) {
    const handle = setTimeout(fire, delayMs);
    return () => clearTimeout(handle);
  },
};

export interface ClusterClockOptions {
  /** Cluster time at the start, ms since the epoch. Default: the wall's. */
  readonly startMs?: number;
  /** Cluster seconds per wall second; 0 stands still (only `advance`, `step` and `converge` move it). Default 1. */
  readonly speed?: number;
  readonly wall?: WallClock;
  readonly activity?: Activity;
}

/** The longest delay that the host's timers take. */
const MAX_HOST_DELAY_MS = 2 ** 31 - 1;

export class ClusterClock implements Clock {
  readonly activity: Activity;
  readonly #wall: WallClock;
  readonly #timers = new TimerQueue();
  #speed: number;
  #paused = false;
  /** Cluster time was #baseMs when the wall's was #baseWallMs; while jumping it is #baseMs. */
  #baseMs: number;
  #baseWallMs: number;
  #jumping = false;
  #cancelHostTimer: (() => void) | undefined;
  #hostDueMs = Infinity;

  constructor(options: ClusterClockOptions = {}) {
    this.#wall = options.wall ?? systemClock;
    this.#speed = options.speed ?? 1;
    this.#baseWallMs = this.#wall.now();
    this.#baseMs = options.startMs ?? this.#baseWallMs;
    this.activity = options.activity ?? new Activity();
  }

  now(): number {
    if (this.#standing) return this.#baseMs;
    return this.#baseMs + Math.floor((this.#wall.now() - this.#baseWallMs) * this.#speed);
  }

  get speed(): number {
    return this.#speed;
  }
  get paused(): boolean {
    return this.#paused;
  }

  setTimer(delayMs: number, fire: () => void, kind: TimerKind = 'progress'): Timer {
    const timer = this.#timers.add(this.now() + Math.max(0, delayMs), kind, fire);
    this.#arm();
    return { cancel: () => this.#timers.cancel(timer) };
  }

  sleep(delayMs: number, signal?: AbortSignal, kind?: TimerKind): Promise<void> {
    return sleepOn(this, delayMs, signal, kind);
  }

  pause(): void {
    this.#rebase();
    this.#paused = true;
    this.#disarm();
  }

  resume(): void {
    this.#rebase();
    this.#paused = false;
    this.#arm();
  }

  setSpeed(speed: number): void {
    this.#rebase();
    this.#speed = speed;
    this.#disarm();
    this.#arm();
  }

  /** How many timers of a kind are waiting. */
  pending(kind: TimerKind): number {
    return this.#timers.count(kind);
  }

  /** When the next timer of any kind is due, ms since the epoch. */
  nextDueMs(): number | undefined {
    return this.#timers.peek()?.dueMs;
  }

  /** Moves time on by `ms`, firing every timer on the way at its own moment and letting all that follows finish first. */
  advance(ms: number): Promise<void> {
    const target = this.now() + ms;
    return this.#jump(async () => {
      for (;;) {
        await this.activity.idle();
        const next = this.#timers.peek();
        if (!next || next.dueMs > target) break;
        this.#fireAt(next.dueMs);
      }
      this.#baseMs = Math.max(this.#baseMs, target);
    });
  }

  /** Jumps to the next timer and fires all that are due then. Returns false where there is none. */
  async step(): Promise<boolean> {
    let stepped = false;
    await this.#jump(async () => {
      await this.activity.idle();
      const next = this.#timers.peek();
      if (!next) return;
      stepped = true;
      this.#fireAt(next.dueMs);
      await this.activity.idle();
    });
    return stepped;
  }

  /**
   * Jumps from timer to timer until nothing is runnable and no `progress` timer is left, or `limitMs` of cluster time
   * are over. Returns whether it got there.
   */
  async converge(limitMs: number, signal?: AbortSignal): Promise<boolean> {
    const limit = this.now() + limitMs;
    let converged = false;
    await this.#jump(async () => {
      while (!signal?.aborted) {
        await this.activity.idle();
        if (this.#timers.count('progress') === 0) {
          converged = true;
          return;
        }
        const next = this.#timers.peek();
        if (!next || next.dueMs > limit) return;
        this.#fireAt(next.dueMs);
      }
    });
    return converged;
  }

  /** Fires no timer any more. */
  stop(): void {
    this.pause();
  }

  get #standing(): boolean {
    return this.#paused || this.#jumping || this.#speed === 0;
  }

  #rebase(): void {
    const now = this.now();
    this.#baseMs = now;
    this.#baseWallMs = this.#wall.now();
  }

  async #jump(body: () => Promise<void>): Promise<void> {
    if (this.#jumping) throw new Error('the clock is being moved already');
    this.#rebase();
    this.#jumping = true;
    this.#disarm();
    try {
      await body();
    } finally {
      this.#baseWallMs = this.#wall.now();
      this.#jumping = false;
      this.#arm();
    }
  }

  #fireAt(ms: number): void {
    this.#baseMs = Math.max(this.#baseMs, ms);
    for (let fire = this.#timers.takeDue(this.#baseMs); fire; fire = this.#timers.takeDue(this.#baseMs)) fire();
  }

  #disarm(): void {
    this.#cancelHostTimer?.();
    this.#cancelHostTimer = undefined;
    this.#hostDueMs = Infinity;
  }

  /** Sets the host's timer for the earliest of ours, if it is earlier than what is set already. */
  #arm(): void {
    if (this.#standing) return;
    const next = this.#timers.peek();
    if (!next || next.dueMs >= this.#hostDueMs) return;
    this.#disarm();
    this.#hostDueMs = next.dueMs;
    const delay = Math.min(MAX_HOST_DELAY_MS, Math.max(0, Math.ceil((next.dueMs - this.now()) / this.#speed)));
    this.#cancelHostTimer = this.#wall.setTimeout(() => {
      this.#cancelHostTimer = undefined;
      this.#hostDueMs = Infinity;
      const now = this.now();
      for (let fire = this.#timers.takeDue(now); fire; fire = this.#timers.takeDue(now)) fire();
      this.#arm();
    }, delay);
  }
}
