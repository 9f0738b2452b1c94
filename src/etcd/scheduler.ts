/**
 * When the store does what it puts off. The host's time, not the cluster's: it concerns the disk, and an idle cluster
 * whose clock stands still must find its files complete all the same.
 */
export interface Scheduler {
  /** Once the present task and all microtasks are done, before the host goes on to anything else. */
  soon(run: () => void): void;
  /** Once the host has seen to what waits at its sockets and timers. */
  turn(run: () => void): void;
  /** After `delayMs`; returns what cancels it. Does not keep the process alive. */
  after(delayMs: number, run: () => void): () => void;
}

export const hostScheduler: Scheduler = {
  soon: (run) => process.nextTick(run),
  turn: (run) => void setImmediate(run),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
