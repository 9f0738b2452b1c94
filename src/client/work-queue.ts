/**
 * A queue of names that controllers work through. Promises, as client-go's util/workqueue: in order; a name that waits
 * is not queued twice; a name in work is not worked on by another at the same time, and when it was added meanwhile it
 * comes again after; failures come back later and later.
 */
import type { Clock, Timer, TimerKind } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';

/** First retry after a failure, and the longest wait, ms (workqueue.DefaultTypedControllerRateLimiter). */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;
/** From this many failures on, another try is not expected to change much: it no longer holds up "until converged". */
const HOPELESS_AFTER = 10;

export class WorkQueue<Key extends string> {
  readonly #waiting: Key[] = [];
  #head = 0;
  readonly #dirty = new Set<Key>();
  readonly #working = new Set<Key>();
  readonly #failures = new Map<Key, number>();
  readonly #delayed = new Map<Key, { readonly dueMs: number; readonly timer: Timer }>();
  readonly #takers: ((key: Key | undefined) => void)[] = [];
  #closed = false;

  constructor(private readonly clock: Clock) {}

  add(key: Key): void {
    if (this.#closed || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#working.has(key)) this.#push(key);
  }

  /** Adds the name after a delay; of several delays for one name the earliest counts. */
  addAfter(key: Key, delayMs: number, kind: TimerKind = 'progress'): void {
    if (this.#closed) return;
    if (delayMs <= 0) return this.add(key);
    const dueMs = this.clock.now() + delayMs;
    const known = this.#delayed.get(key);
    if (known && known.dueMs <= dueMs) return;
    known?.timer.cancel();
    const timer = this.clock.setTimer(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    }, kind);
    this.#delayed.set(key, { dueMs, timer });
  }

  /** Adds the name again after a failure: 5 ms, 10 ms, 20 ms … 1000 s. */
  addRateLimited(key: Key): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(failures, 30)), failures < HOPELESS_AFTER ? 'progress' : 'retry');
  }

  /** Starts the name's delays from the beginning again. */
  forget(key: Key): void {
    this.#failures.delete(key);
  }

  failures(key: Key): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next name; undefined once the queue is closed. `done` must follow. */
  take(): Promise<Key | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const key = this.#shift();
    return key === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(key);
  }

  done(key: Key): void {
    this.#working.delete(key);
    if (this.#dirty.has(key) && !this.#closed) this.#push(key);
  }

  get length(): number {
    return this.#waiting.length - this.#head;
  }

  /** Ends all `take`s; nothing is queued any more. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #push(key: Key): void {
    const taker = this.#takers.shift();
    if (taker) taker(this.#start(key));
    else this.#waiting.push(key);
  }

  #shift(): Key | undefined {
    const key = this.#waiting[this.#head];
    if (key === undefined) return undefined;
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    return this.#start(key);
  }

  #start(key: Key): Key {
    this.#dirty.delete(key);
    this.#working.add(key);
    return key;
  }
}

export interface WorkerOptions<Key extends string> {
  readonly queue: WorkQueue<Key>;
  /** How many names are worked on at a time. */
  readonly workers: number;
  /** Brings the world one step nearer to what the object asks for. Throws to be called again later. */
  readonly reconcile: (key: Key) => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** After this many failures in a row the name is dropped until it changes; default: never. */
  readonly maxRetries?: number;
}

/** Works through the queue until the signal aborts. */
export async function runWorkers<Key extends string>({ queue, workers, reconcile, log, signal, maxRetries = Infinity }: WorkerOptions<Key>): Promise<void> {
  signal.addEventListener('abort', () => queue.close(), { once: true });
  if (signal.aborted) queue.close();
  const work = async () => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      try {
        await reconcile(key);
        queue.forget(key);
      } catch (error) {
        if (queue.failures(key) < maxRetries) queue.addRateLimited(key);
        else queue.forget(key);
        if (!signal.aborted) log.error(`${key}: ${(error as Error).message}`, { failures: queue.failures(key) });
      } finally {
        queue.done(key);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
