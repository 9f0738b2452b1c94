/** Looks through a data folder and says what is not as it should be. Changes nothing, and needs no lock. */
import { join } from 'node:path';
import { realDisk, type Disk } from '../simulation/disk.ts';
import { listDataFiles } from './data-files.ts';
import type { Mvcc } from './mvcc.ts';
import { recover, recoverPast } from './recovery.ts';
import { readSnapshot } from './snapshot.ts';
import { CorruptError, type Revision } from './store.ts';
import { keyValue } from './versions.ts';
import { viewPath, viewText } from './view-path.ts';
import { listTree } from './view-tree.ts';

export interface Problem {
  readonly file: string;
  /** In bytes; undefined where the file as a whole is meant. */
  readonly offset?: number;
  readonly message: string;
}

export interface Verification {
  /** What the log says; undefined where it cannot be read. */
  readonly state: { readonly revision: Revision; readonly compactRevision: Revision; readonly keys: number } | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Checks the newest snapshot and the log after it, the history before it, that each snapshot says what the log before it
 * came to, and that the readable tree shows what is current. Of a store that is being written to, the tree may be behind.
 */
export function verify(folder: string, disk: Disk = realDisk): Verification {
  const problems: Problem[] = [];
  const mvcc = attempt(problems, () => recover(disk, folder).mvcc);
  if (!mvcc) return { state: undefined, problems };
  attempt(problems, () => checkHistory(disk, folder, problems));
  checkView(disk, folder, mvcc, problems);
  const { revision, compactRevision } = mvcc;
  return { state: { revision, compactRevision, keys: mvcc.current().length }, problems };
}

function attempt<Result>(problems: Problem[], check: () => Result): Result | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof CorruptError) problems.push({ file: error.file, offset: error.offset, message: error.what });
    else problems.push({ file: (error as NodeJS.ErrnoException).path ?? '', message: (error as Error).message });
    return undefined;
  }
}

function checkHistory(disk: Disk, folder: string, problems: Problem[]): void {
  const snapshots = listDataFiles(disk, folder, 'snap');
  const firstLog = listDataFiles(disk, folder, 'wal')[0]?.number ?? Infinity;
  for (const [index, file] of snapshots.entries()) {
    // Of the oldest one, the log before it has been compacted away.
    if (firstLog >= file.number) continue;
    const before = snapshots[index - 1]?.revision ?? (0 as Revision);
    const past = recoverPast(disk, folder, before, file.number);
    const snapshot = readSnapshot(file.path, disk.readFile(file.path));
    if (JSON.stringify(snapshot.versions.map(keyValue)) === JSON.stringify(past.current().map(keyValue))) continue;
    problems.push({ file: file.path, message: `does not hold what the log says at revision ${file.revision}` });
  }
}

function checkView(disk: Disk, folder: string, mvcc: Mvcc, problems: Problem[]): void {
  const root = join(folder, 'registry');
  const found = new Set(listTree(disk, root));
  for (const version of mvcc.current()) {
    const segments = viewPath(version.key);
    if (!segments) continue;
    const file = join(root, ...segments);
    if (!found.delete(file)) {
      problems.push({ file, message: `missing; ${version.key} is in the log` });
    } else if (!disk.readFile(file).equals(Buffer.from(viewText(keyValue(version).value)))) {
      problems.push({ file, message: `does not show what ${version.key} holds at revision ${version.modRevision}` });
    }
  }
  for (const file of found) problems.push({ file, message: 'belongs to no object in the log' });
}
