/** Looks through a data folder and says what is not as it should be. Changes nothing, and needs no lock. */
import { join } from 'node:path';
import { realDisk, type Disk } from '../simulation/disk.ts';
import { listDataFiles } from './data-files.ts';
import type { Mvcc } from './mvcc.ts';
import { recover, recoverPast, type Recovered } from './recovery.ts';
import { isRestoring } from './restore.ts';
import { readSnapshot } from './snapshot.ts';
import { CorruptError, type Revision } from './store.ts';
import { isTombstone, keyValue, type Version } from './versions.ts';
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
  /** Files of the tree that have yet to be written: it follows behind the log, and a killed process leaves it so. */
  readonly behind: number;
  readonly problems: readonly Problem[];
}

/** Hears what is being looked at. */
type OnStage = (stage: string) => void;

/**
 * Checks the newest snapshot and the log after it, the history before it, that each snapshot says what the log before it
 * came to, and that the readable tree shows what was current at the revision that it claims to show.
 */
export function verify(folder: string, disk: Disk = realDisk, onStage: OnStage = () => undefined): Verification {
  if (isRestoring(disk, folder)) return { state: undefined, behind: 0, problems: [{ file: join(folder, 'restored'), message: 'a restore was not finished; the next command finishes it' }] };
  if (!disk.exists(folder)) return { state: undefined, behind: 0, problems: [{ file: folder, message: 'there is no such folder' }] };
  const problems: Problem[] = [];
  onStage('checking snapshot and log');
  const recovered = attempt(problems, () => recover(disk, folder));
  if (!recovered) return { state: undefined, behind: 0, problems };
  const { mvcc } = recovered;
  attempt(problems, () => checkHistory(disk, folder, mvcc.compactRevision, problems, onStage));
  const behind = attempt(problems, () => checkView(disk, folder, recovered, problems, onStage)) ?? 0;
  const { revision, compactRevision } = mvcc;
  return { state: { revision, compactRevision, keys: mvcc.current().length }, behind, problems };
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

/** What lies before the snapshot that the oldest readable revision needs is on its way out: a killed process may have left some of it. */
function checkHistory(disk: Disk, folder: string, compactRevision: Revision, problems: Problem[], onStage: OnStage): void {
  const snapshots = listDataFiles(disk, folder, 'snap');
  const base = snapshots.filter(({ revision }) => revision <= compactRevision).at(-1);
  let before = base?.revision ?? (0 as Revision);
  const later = snapshots.filter(({ number }) => number > (base?.number ?? 0));
  for (const [index, file] of later.entries()) {
    onStage(`checking the history before snapshot ${index + 1} of ${later.length}`);
    const past = recoverPast(disk, folder, before, file.number);
    const snapshot = readSnapshot(file.path, disk.readFile(file.path));
    if (JSON.stringify(snapshot.versions.map(keyValue)) !== JSON.stringify(past.current().map(keyValue))) {
      problems.push({ file: file.path, message: `does not hold what the log says at revision ${file.revision}` });
    }
    before = file.revision;
  }
}

function checkView(disk: Disk, folder: string, { mvcc, baseNumber }: Recovered, problems: Problem[], onStage: OnStage): number {
  const root = join(folder, 'registry');
  const complete = completeRevision(disk, folder);
  if (complete === undefined) return mvcc.current().length;
  if (complete > mvcc.revision) {
    problems.push({ file: markerPath(folder), message: `the tree shows revision ${complete}, but the log ends at ${mvcc.revision}: its end is lost` });
    return 0;
  }
  if (!disk.exists(root)) {
    problems.push({ file: root, message: 'the tree is missing; the next command writes it' });
    return 0;
  }
  const changed = changedAfter(disk, folder, mvcc, baseNumber, complete);
  // It is written anew when it is opened next.
  if (!changed) return mvcc.current().length;
  return compare(disk, root, mvcc, changed, problems, onStage);
}

/** Up to which revision the tree is complete; undefined where it never was. */
function completeRevision(disk: Disk, folder: string): number | undefined {
  const marker = markerPath(folder);
  if (!disk.exists(marker)) return undefined;
  const revision = Number(disk.readFile(marker).toString());
  return Number.isSafeInteger(revision) && revision > 0 ? revision : undefined;
}

const markerPath = (folder: string): string => join(folder, 'registry.revision');

/** Keys that changed after a revision; undefined where the log no longer tells. */
function changedAfter(disk: Disk, folder: string, mvcc: Mvcc, baseNumber: number, revision: number): Set<string> | undefined {
  if (revision < mvcc.compactRevision) return undefined;
  if (revision < mvcc.loadedAfter) mvcc.prepend(recoverPast(disk, folder, mvcc.compactRevision, baseNumber));
  if (revision < mvcc.loadedAfter) return undefined;
  return new Set(mvcc.commits((revision + 1) as Revision).flatMap(({ changes }) => changes.map(({ kv }) => kv.key)));
}

const shows = (disk: Disk, file: string, version: Version): boolean => !isTombstone(version) && disk.readFile(file).equals(Buffer.from(viewText(keyValue(version).value)));

const notShown = (file: string, { key, modRevision }: Version): Problem => ({ file, message: `does not show what ${key} holds at revision ${modRevision}` });

/** Returns how many files may be behind. */
function compare(disk: Disk, root: string, mvcc: Mvcc, changed: ReadonlySet<string>, problems: Problem[], onStage: OnStage): number {
  const pathOf = (key: string): string | undefined => {
    const segments = viewPath(key);
    return segments && join(root, ...segments);
  };
  // What a killed process had begun to write; no object's file ends so.
  const found = new Set(listTree(disk, root).filter((file) => !file.endsWith('.tmp')));
  let behind = 0;
  for (const key of changed) {
    const file = pathOf(key);
    if (file === undefined) continue;
    behind++;
    // What is behind shows what its object was.
    if (found.delete(file) && !mvcc.versions(key).some((version) => shows(disk, file, version))) problems.push(notShown(file, mvcc.versions(key).at(-1) as Version));
  }
  const current = mvcc.current();
  for (const [index, version] of current.entries()) {
    onStage(`checking file ${index + 1} of ${current.length} of the readable tree`);
    const file = pathOf(version.key);
    if (file === undefined || changed.has(version.key)) continue;
    if (!found.delete(file)) {
      problems.push({ file, message: `missing; ${version.key} is in the log` });
    } else if (!shows(disk, file, version)) {
      problems.push(notShown(file, version));
    }
  }
  for (const file of found) problems.push({ file, message: 'belongs to no object in the log' });
  return behind;
}
