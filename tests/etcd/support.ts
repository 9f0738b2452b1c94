/** What the store's tests share. */
import { ClusterClock } from '../../src/simulation/cluster-clock.ts';
import type { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { silentLog, type Log } from '../../src/simulation/log.ts';
import { openDirectoryStore, type DirectoryStore, type DirectoryStoreOptions } from '../../src/etcd/directory-store.ts';
import type { Scheduler } from '../../src/etcd/scheduler.ts';
import type { Compare, Operation, Revision, Store, StoreEvent, Watcher } from '../../src/etcd/store.ts';

export const START_MS = 1_750_000_000_000;
export const standingClock = (): ClusterClock => new ClusterClock({ speed: 0, startMs: START_MS });

export const put = (key: string, value: string, lease?: string): Operation => (lease === undefined ? { type: 'put', key, value } : { type: 'put', key, value, lease });
export const remove = (key: string): Operation => ({ type: 'delete', key });
export const unchanged = (key: string, modRevision: number): Compare => ({ key, modRevision: modRevision as Revision });
export const rev = (revision: number): Revision => revision as Revision;

/** A store over a disk in memory, at /etcd; no lock, and no tree unless asked for. */
export function openOn(disk: MemoryDisk, options: Partial<DirectoryStoreOptions> = {}): Promise<DirectoryStore> {
  return openDirectoryStore({ path: '/etcd', disk, clock: standingClock(), log: silentLog, view: false, lock: 'held', ...options });
}

/** key=value@modRevision of all that is there. */
export async function contents(store: Store, prefix = ''): Promise<string[]> {
  const { kvs } = await store.range(prefix);
  return kvs.map(({ key, value, modRevision }) => `${key}=${value}@${modRevision}`);
}

/** Notes what a watcher is told. */
export class Recorder implements Watcher {
  readonly seen: string[] = [];
  readonly revisions: number[] = [];
  error: Error | undefined;
  events(events: readonly StoreEvent[], revision: Revision): void {
    this.revisions.push(revision);
    for (const { type, kv, previous } of events) {
      this.seen.push(`${kv.modRevision} ${type} ${kv.key}${type === 'put' ? `=${kv.value}` : ''}${previous ? ` (was ${previous.value}@${previous.modRevision})` : ''}`);
    }
  }
  ended(error: Error): void {
    this.error = error;
  }
}

/** Runs what is put off only when told to. */
export class ManualScheduler implements Scheduler {
  #timers: { delayMs: number; run: () => void }[] = [];
  soon(run: () => void): void {
    process.nextTick(run);
  }
  turn(run: () => void): void {
    setImmediate(run);
  }
  after(delayMs: number, run: () => void): () => void {
    const timer = { delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  get delays(): number[] {
    return this.#timers.map(({ delayMs }) => delayMs);
  }
  /** Runs what waits now, not what that puts off in turn. */
  fire(): void {
    const due = this.#timers;
    this.#timers = [];
    for (const { run } of due) run();
  }
}

export class LogLines implements Log {
  readonly lines: string[] = [];
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
  named(): Log {
    return this;
  }
}
