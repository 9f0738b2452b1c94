/** Pods whose binding a Permit plugin holds. Follows kubernetes pkg/scheduler/framework/runtime/waiting_pods_map.go. */
import type { Clock } from '../../simulation/clock.ts';
import { unschedulable, type Status } from './status.ts';

/** The longest that a plugin may hold a pod, ms (runtime: maxTimeout). */
const MAX_TIMEOUT_MS = 15 * 60_000;

export class WaitingPods {
  readonly #waiting = new Map<string, { readonly plugins: Set<string>; readonly settle: (status?: Status) => void; readonly outcome: Promise<Status | undefined> }>();

  constructor(private readonly clock: Clock) {}

  /** Holds a pod until every plugin has allowed it, one rejects it, or a timeout is over. */
  hold(uid: string, timeouts: ReadonlyMap<string, number>): void {
    const timers = [...timeouts].map(([plugin, timeoutMs]) => {
      const limit = Math.min(timeoutMs, MAX_TIMEOUT_MS);
      return this.clock.setTimer(limit, () => this.reject(uid, plugin, `rejected due to timeout after waiting ${limit / 1000}s at plugin ${plugin}`), 'progress');
    });
    let settle: (status?: Status) => void = () => undefined;
    const outcome = new Promise<Status | undefined>((resolve) => {
      settle = (status) => {
        for (const timer of timers) timer.cancel();
        this.#waiting.delete(uid);
        resolve(status);
      };
    });
    this.#waiting.set(uid, { plugins: new Set(timeouts.keys()), settle, outcome });
  }

  /** What became of a held pod; at once nothing for one that is not held. */
  wait(uid: string): Promise<Status | undefined> {
    return this.#waiting.get(uid)?.outcome ?? Promise.resolve(undefined);
  }

  allow(uid: string, plugin: string): void {
    const waiting = this.#waiting.get(uid);
    waiting?.plugins.delete(plugin);
    if (waiting?.plugins.size === 0) waiting.settle();
  }

  /** Returns whether there was such a pod. */
  reject(uid: string, plugin: string, message: string): boolean {
    const waiting = this.#waiting.get(uid);
    waiting?.settle({ ...unschedulable(message), plugin });
    return waiting !== undefined;
  }

  /** Lets no pod wait any longer: the scheduler ends. */
  close(): void {
    for (const { settle } of [...this.#waiting.values()]) settle({ code: 'Error', reasons: ['the scheduler has been stopped'] });
  }
}
