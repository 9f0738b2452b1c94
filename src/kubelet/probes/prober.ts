/** Probes one container over and over, by the clock. Follows kubernetes pkg/kubelet/prober/worker.go. */
import type { Probe } from '../../api/generated/types.ts';
import type { TimerKind } from '../../simulation/clock.ts';
import type { Ticker } from './ticker.ts';

export type ProbeType = 'readiness' | 'liveness' | 'startup';

export interface ProberOptions {
  readonly type: ProbeType;
  readonly spec: Probe;
  readonly ticker: Ticker;
  /** When the container was started, ms since the epoch. */
  readonly startedAtMs: number;
  /** A kubelet that finds the container running goes on from what it was. */
  readonly initialResult: boolean | undefined;
  /** Whether this probe is to be made now: only startup probes run before the container has started. */
  readonly enabled: () => boolean;
  /** undefined: success; else what failed. */
  readonly probe: () => string | undefined;
  readonly failed: (message: string) => void;
  /** The result has changed, past its threshold. */
  readonly changed: (result: boolean) => void;
}

export class Prober {
  /** Past the thresholds; undefined: nothing known yet. */
  result: boolean | undefined;
  #last: boolean | undefined;
  #run = 0;
  #stopped = false;
  /** Has been decided once: from then on it only goes on for ever. */
  #settled: boolean;

  constructor(private readonly options: ProberOptions) {
    this.result = options.initialResult;
    this.#settled = options.initialResult !== undefined;
  }

  get type(): ProbeType {
    return this.options.type;
  }

  /** Begins: the first probe comes when the initial delay is over, at once where that is now. */
  start(extraDelayMs = 0): void {
    const { spec, ticker, startedAtMs } = this.options;
    const due = startedAtMs + (spec.initialDelaySeconds ?? 0) * 1000 + extraDelayMs;
    if (due <= ticker.now()) {
      if (this.#settled) this.#next();
      else this.tick();
    } else ticker.once(due, this, this.#kind());
  }

  stop(): void {
    this.#stopped = true;
  }

  tick(): void {
    if (this.#stopped) return;
    const { spec, enabled, probe } = this.options;
    if (!enabled()) return;
    const message = probe();
    const success = message === undefined;
    if (this.#last === success) this.#run++;
    else {
      this.#last = success;
      this.#run = 1;
    }
    if (message !== undefined) this.options.failed(message);
    const threshold = success ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3);
    if (this.#run >= threshold) {
      this.#settled = true;
      if (this.result !== success) {
        this.result = success;
        this.options.changed(success);
      }
    }
    if (this.#stopped) return;
    // A container that has started needs its startup probe no more; one that failed is killed, a new prober follows.
    if (this.#settled && (this.type === 'startup' || (this.type === 'liveness' && !this.result))) return;
    this.#next();
  }

  #next(): void {
    this.options.ticker.again((this.options.spec.periodSeconds ?? 10) * 1000, this, this.#kind());
  }

  /** Worth waiting for until it is decided, and whenever it is about to change. */
  #kind(): TimerKind {
    return this.#settled && this.#last !== undefined && this.#last !== this.result ? 'progress' : this.#settled ? 'background' : 'progress';
  }
}
