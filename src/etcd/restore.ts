/**
 * Puts a copy (`snapshot save`) in the place of what a data folder holds. The new files are laid out beside the old ones
 * in `restored/`, which appears by one rename: before it the folder holds the old state, after it the new one, and whoever
 * opens the folder next finishes what a killed process has left.
 */
import { join } from 'node:path';
import { realDisk, type Disk } from '../simulation/disk.ts';
import { crc32, formatCrc } from './crc32.ts';
import { dataFile, listDataFiles } from './data-files.ts';
import { acquireLock, type LockOptions } from './lock.ts';
import { LogFile } from './log-file.ts';
import { readSnapshot, type SnapshotHeader } from './snapshot.ts';
import { StoreWriteError, type Revision } from './store.ts';

/** What a copy holds. */
export interface CopyStatus {
  readonly revision: Revision;
  readonly keys: number;
  /** Of the file. */
  readonly bytes: number;
  /** Of the whole file. */
  readonly crc: string;
  /** When it was taken in the cluster's time, ms since the epoch. */
  readonly timeMs: number;
  readonly clock: 'wall' | 'virtual';
}

/** The folder holds something, and nobody said that it may go. */
export class NotEmptyError extends Error {
  constructor(readonly folder: string) {
    super(`${folder} holds a cluster`);
    this.name = 'NotEmptyError';
  }
}

/** A copy's first number: log 1 begins with an empty store, which a copy is not. */
const NUMBER = 2;

/** Looks through a copy. Throws CorruptError where anything in it is not as it was written. */
export function copyStatus(path: string, disk: Disk = realDisk): CopyStatus {
  return readCopy(path, disk).status;
}

export interface RestoreOptions {
  /** Also where there is something already. */
  readonly replace: boolean;
  readonly lock?: LockOptions;
  readonly disk?: Disk;
  /** Hears what is being done. */
  readonly onStage?: (stage: string) => void;
}

/** Throws CorruptError, LockedError, NotEmptyError (without `replace`), StoreWriteError. The folder is made where it is missing. */
export async function restore(folder: string, path: string, options: RestoreOptions): Promise<CopyStatus> {
  const { disk = realDisk, onStage } = options;
  onStage?.('checking the copy');
  const { bytes, header, status } = readCopy(path, disk);
  disk.makeFolder(folder);
  onStage?.("waiting for the store's lock");
  const lock = await acquireLock(join(folder, 'lock'), options.lock);
  try {
    onStage?.('putting the copy in its place');
    completeRestore(disk, folder);
    if (!options.replace && (listDataFiles(disk, folder, 'wal').length > 0 || listDataFiles(disk, folder, 'snap').length > 0)) throw new NotEmptyError(folder);
    layOut(disk, folder, header, bytes);
    completeRestore(disk, folder);
    return status;
  } finally {
    lock.release();
  }
}

/** Moves restored files into their places, if there are any. To be called with the lock, before the folder is read. */
export function completeRestore(disk: Disk, folder: string): void {
  const restored = join(folder, 'restored');
  if (!disk.exists(restored)) return;
  // The tree shows what was there before.
  for (const name of ['registry', 'registry.revision']) disk.remove(join(folder, name));
  for (const name of ['wal', 'snap']) {
    const from = join(restored, name);
    // Or else it has been moved already.
    if (!disk.exists(from)) continue;
    disk.remove(join(folder, name));
    disk.rename(from, join(folder, name));
  }
  disk.syncFolder(folder);
  disk.remove(restored);
}

/** Whether a restore was begun and has to be finished by whoever opens the folder. */
export function isRestoring(disk: Disk, folder: string): boolean {
  return disk.exists(join(folder, 'restored'));
}

function readCopy(path: string, disk: Disk): { bytes: Buffer; header: SnapshotHeader; status: CopyStatus } {
  const bytes = disk.readFile(path);
  const { versions, ...header } = readSnapshot(path, bytes);
  const { revision, timeMs, clock = 'wall' } = header;
  return { bytes, header, status: { revision, keys: versions.length, bytes: bytes.length, crc: formatCrc(crc32(bytes)), timeMs, clock } };
}

function layOut(disk: Disk, folder: string, header: SnapshotHeader, bytes: Buffer): void {
  const half = join(folder, 'restored.tmp');
  try {
    disk.remove(half);
    for (const name of ['wal', 'snap']) disk.makeFolder(join(half, name));
    disk.replaceFile(dataFile(half, 'snap', NUMBER, header.revision).path, bytes, { sync: true });
    LogFile.create(disk, dataFile(half, 'wal', NUMBER, header.revision).path, true, { after: header.revision, previous: header.logCrc }).close();
    for (const name of ['wal', 'snap']) disk.syncFolder(join(half, name));
    disk.rename(half, join(folder, 'restored'));
    disk.syncFolder(folder);
  } catch (cause) {
    disk.remove(half);
    throw new StoreWriteError(`cannot restore into ${folder}: ${(cause as Error).message}`, { cause });
  }
}
