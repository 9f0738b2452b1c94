/**
 * The store in a directory: the truth is a log (`wal/`), made short by snapshots (`snap/`), shown as a tree of files
 * (`registry/`), and owned by one process (`lock`).
 */
import { join } from 'node:path';
import type { Activity } from '../simulation/activity.ts';
import type { Clock } from '../simulation/clock.ts';
import { realDisk, type Disk } from '../simulation/disk.ts';
import type { Log } from '../simulation/log.ts';
import { LogStore, type LogStoreOptions } from './log-store.ts';
import { acquireLock, lockPath, type Lock, type LockOptions } from './lock.ts';
import { recover } from './recovery.ts';
import { completeRestore } from './restore.ts';
import { hostScheduler, type Scheduler } from './scheduler.ts';
import { Storage } from './storage.ts';
import { StoreWriteError, type KeyValue, type Store } from './store.ts';

export interface DirectoryStoreOptions {
  /** The data folder (…/etcd); made if it is not there. */
  readonly path: string;
  /** Default: the host's. */
  readonly disk?: Disk;
  /** Runs the leases, and dates the transactions. */
  readonly clock: Clock;
  /** Holds the cluster's time while a write is under way. */
  readonly activity?: Activity;
  readonly log: Log;
  /**
   * What an acknowledged write outlives. 'none' (default): the end of the process at any instant. 'fsync': a power cut
   * too, at the price of one flush to the device per group of writes.
   */
  readonly sync?: 'none' | 'fsync';
  /**
   * How much history stays when nobody asks for less. Default: the last 10,000 revisions, however old. With `ms`, what
   * is older (in cluster time) goes too, when something is written; kube-apiserver's etcd keeps 5 to 10 minutes.
   */
  readonly keep?: { readonly revisions?: number; readonly ms?: number };
  /** Whether to write the readable tree; default true. */
  readonly view?: boolean;
  /** How long nothing must change before the tree is written, real ms; default 100. */
  readonly viewDelayMs?: number;
  /**
   * How many files of the tree a `close` may write that an earlier owner, who was killed, has left unwritten. Default: all.
   * For owners of a moment, whose callers wait for them; what they write themselves is always shown.
   */
  readonly viewBacklog?: number;
  /** How to get the lock, or 'held' when the caller has it. Default: fail at once when another process has it. */
  readonly lock?: LockOptions | 'held';
  /** A snapshot is taken when the log has grown by this, and by half of the last snapshot; bytes, default 2 MiB. */
  readonly snapshotBytes?: number;
  readonly scheduler?: Scheduler;
}

/** A change to one key, as `history` tells it. */
export interface HistoryEntry {
  readonly type: 'put' | 'delete';
  readonly kv: KeyValue;
  /** When it was written, the cluster's ms since the epoch; undefined where only the state is left of it. */
  readonly timeMs: number | undefined;
}

export interface DirectoryStore extends Store {
  readonly path: string;
  /** All uncompacted versions of a key, deletions too, oldest first. */
  history(key: string): Promise<readonly HistoryEntry[]>;
  /** Begins a new log file after a snapshot of what is current. Throws StoreWriteError. */
  snapshot(): Promise<void>;
  /** What is current, as one file that `restore` takes: consistent, whatever is being written. `clock`: see SnapshotHeader. */
  copy(clock: 'wall' | 'virtual'): Promise<Buffer>;
  /** Writes every file of the readable tree anew. Throws StoreWriteError. */
  rebuildView(): Promise<void>;
}

const KEEP_REVISIONS = 10_000;
const SNAPSHOT_BYTES = 2 * 1024 * 1024;
const VIEW_DELAY_MS = 100;

/** Throws LockedError, CorruptError, StoreWriteError. */
export async function openDirectoryStore(options: DirectoryStoreOptions): Promise<DirectoryStore> {
  const { path: folder, clock, activity, log, disk = realDisk, scheduler = hostScheduler } = options;
  const lock = await prepare(disk, folder, options.lock);
  try {
    readable(folder, () => completeRestore(disk, folder));
    const recovered = recover(disk, folder);
    const storage = readable(folder, () => {
      const fsync = options.sync === 'fsync';
      return new Storage({ disk, folder, fsync, snapshotBytes: options.snapshotBytes ?? SNAPSHOT_BYTES, scheduler, log }, recovered);
    });
    const torn = recovered.last?.end.torn ?? 0;
    if (torn > 0) log.info('cut off the end of a write that was not finished', { file: recovered.last?.file.path, bytes: torn });
    const rest: LogStoreOptions = {
      keepRevisions: options.keep?.revisions ?? KEEP_REVISIONS,
      keepMs: options.keep?.ms ?? Infinity,
      viewDelayMs: options.view === false ? undefined : (options.viewDelayMs ?? VIEW_DELAY_MS),
      viewBacklog: options.viewBacklog ?? Infinity,
    };
    return new LogStore({ disk, folder, clock, activity, log, scheduler, lock }, rest, recovered, storage);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function prepare(disk: Disk, folder: string, options: LockOptions | 'held' | undefined): Promise<Lock | undefined> {
  readable(folder, () => {
    for (const path of [folder, join(folder, 'wal'), join(folder, 'snap')]) if (!disk.exists(path)) disk.makeFolder(path);
  });
  if (options === 'held') return undefined;
  try {
    return await acquireLock(lockPath(folder), options);
  } catch (error) {
    throw readableError(folder, error);
  }
}

function readable<Result>(folder: string, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    throw readableError(folder, error);
  }
}

/** What the file system refuses, told as one line; errors of our own as they are. */
function readableError(folder: string, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === undefined ? cause : new StoreWriteError(`cannot open ${folder}: ${message}`, { cause });
}
