/**
 * The cluster's clock. No component touches Date or timers of its own, so that time can run faster than the wall's, be
 * stepped, or jump from timer to timer.
 */

/**
 * Why a timer waits; decides whether "until converged" waits for it.
 * - progress: something will come of it (a start that takes a moment, a grace period, the first probe).
 * - retry: an attempt after a failure; the same will most likely happen again (image pull back-off, crash loop).
 * - background: goes on for ever (heartbeats, periodic probes, resyncs) or is too far off to wait for.
 */
export type TimerKind = 'progress' | 'retry' | 'background';

/** A timer that has been set. */
export interface Timer {
  cancel(): void;
}

/** Reading the time is all that most need. */
export interface Now {
  /** Milliseconds since the epoch in the cluster's time. */
  now(): number;
}

export interface Clock extends Now {
  /** Calls `fire` once, `delayMs` of cluster time from now, as a task of its own. Never calls it synchronously. */
  setTimer(delayMs: number, fire: () => void, kind?: TimerKind): Timer;
  /** Resolves after `delayMs` of cluster time; rejects with the signal's reason when that aborts first. */
  sleep(delayMs: number, signal?: AbortSignal, kind?: TimerKind): Promise<void>;
}

/** Resolves `clock.sleep` on top of `setTimer`. */
export function sleepOn(clock: Pick<Clock, 'setTimer'>, delayMs: number, signal?: AbortSignal, kind?: TimerKind): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = () => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, kind);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
