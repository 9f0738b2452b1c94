/** What the `etcd` command does to files while nobody serves the cluster: looking through a home, restoring one. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Home } from '../client/home.ts';
import { acquireLock, lockOwner, lockPath, type Lock } from '../etcd/lock.ts';
import { copyStatus, NotEmptyError, restore, type CopyStatus } from '../etcd/restore.ts';
import { verify, type Verification } from '../etcd/verify.ts';
import { realDisk } from '../simulation/disk.ts';
import { runningDaemon } from './background.ts';
import { writeClock } from './clock-file.ts';
import { etcdServersOf } from './open-store.ts';

export type { CopyStatus, Verification };

/** How long to wait for another command that has the home, ms. */
const LOCK_WAIT_MS = 10_000;

/** Throws an Error where a real etcd keeps the cluster, and sees to its own files. */
function assertOwnFiles(home: Home): void {
  if (etcdServersOf(realDisk, home)) throw new Error(`the cluster in ${home.path} is kept by an etcd of its own: use etcdctl for this`);
}

/** Checks the files of a home that no daemon has. Changes nothing; a folder that cannot be written to is read all the same. `onStage` hears how far it is. */
export async function verifyHome(home: Home, onStage?: (stage: string) => void): Promise<Verification> {
  assertOwnFiles(home);
  if (!existsSync(home.etcd)) return verify(home.etcd);
  let lock: Lock | undefined;
  try {
    lock = await acquireLock(lockPath(home.etcd), { waitMs: LOCK_WAIT_MS });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
  }
  try {
    return verify(home.etcd, realDisk, onStage);
  } finally {
    lock?.release();
  }
}

/** What a copy holds. Throws an Error with one line where the file is damaged. */
export function snapshotStatus(file: string): CopyStatus {
  return copyStatus(resolve(file));
}

/**
 * Puts a copy in the place of the home's state; `replace`: also where there is one. The cluster's time goes on from the
 * copy's where it is a time of its own. `onStage` hears how far it is. Throws an Error with one line.
 */
export async function restoreHome(home: Home, file: string, options: { readonly replace: boolean; readonly onStage?: (stage: string) => void }): Promise<CopyStatus> {
  const running = runningDaemon(home) ?? lockOwner(lockPath(home.etcd));
  const daemon = running && ('nodes' in running || running.holder === 'a daemon');
  if (daemon) throw new Error(`a daemon (pid ${running.pid}) runs on ${home.path}; stop it first (daemon stop)`);
  assertOwnFiles(home);
  realDisk.makeFolder(home.path);
  let status: CopyStatus;
  try {
    status = await restore(home.etcd, resolve(file), { ...options, lock: { waitMs: LOCK_WAIT_MS } });
  } catch (error) {
    if (error instanceof NotEmptyError) throw new Error(`${home.path} holds a cluster already; --force puts the snapshot in its place`, { cause: error });
    throw error;
  }
  if (status.clock === 'virtual') writeClock(realDisk, home.clock, { mode: 'virtual', nowMs: status.timeMs });
  else writeClock(realDisk, home.clock, { mode: 'wall', offsetMs: Math.max(0, status.timeMs - Date.now()) });
  return status;
}
