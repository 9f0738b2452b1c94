/**
 * The data folder's files. Log file N holds what was written after snapshot N; snapshot N holds what was current at the
 * end of log file N - 1. There is no snapshot 1: log file 1 begins with an empty store.
 *
 *     wal/00000001-0000000000000001.wal    revisions 2 … 8012
 *     snap/00000002-0000000000008012.snap  what was current at revision 8012
 *     wal/00000002-0000000000008012.wal    revisions 8013 …
 */
import { join } from 'node:path';
import type { Disk } from '../simulation/disk.ts';
import type { Revision } from './store.ts';

export interface DataFile {
  readonly number: number;
  /** The revision that it begins from. */
  readonly revision: Revision;
  readonly path: string;
}

export type DataFileKind = 'wal' | 'snap';

export function dataFile(folder: string, kind: DataFileKind, number: number, revision: Revision): DataFile {
  const name = `${String(number).padStart(8, '0')}-${String(revision).padStart(16, '0')}.${kind}`;
  return { number, revision, path: join(folder, kind, name) };
}

/** The files of a kind, oldest first. */
export function listDataFiles(disk: Disk, folder: string, kind: DataFileKind): DataFile[] {
  const parent = join(folder, kind);
  if (!disk.exists(parent)) return [];
  const files: DataFile[] = [];
  for (const name of disk.list(parent)) {
    const match = /^(\d{8,})-(\d{16})\.(wal|snap)$/.exec(name);
    if (match?.[3] === kind) files.push({ number: Number(match[1]), revision: Number(match[2]) as Revision, path: join(parent, name) });
  }
  return files.sort((a, b) => a.number - b.number);
}

/** Removes what no uncompacted revision needs any more: all before the newest snapshot at or before the compacted revision. */
export function removeOldFiles(disk: Disk, folder: string, compactRevision: Revision): void {
  const snapshots = listDataFiles(disk, folder, 'snap');
  const base = snapshots.filter((snapshot) => snapshot.revision <= compactRevision).at(-1);
  if (!base) return;
  for (const file of [...listDataFiles(disk, folder, 'wal'), ...snapshots]) if (file.number < base.number) disk.remove(file.path);
}

/** Removes snapshots that a killed process has left unfinished. */
export function removeUnfinishedSnapshots(disk: Disk, folder: string): void {
  const parent = join(folder, 'snap');
  for (const name of disk.list(parent)) if (name.endsWith('.tmp')) disk.remove(join(parent, name));
}
