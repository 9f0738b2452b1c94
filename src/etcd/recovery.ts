/** Reads what the data folder holds: the newest snapshot, then the log from there on. Changes nothing. */
import type { Disk } from '../simulation/disk.ts';
import { formatCrc } from './crc32.ts';
import { dataFile, listDataFiles, type DataFile } from './data-files.ts';
import { Leases } from './leases.ts';
import { readLog, type LogEnd, type LogHeader } from './log-file.ts';
import type { LogOperation, LogRecord } from './log-record.ts';
import { FIRST_REVISION, Mvcc, type Change } from './mvcc.ts';
import { readSnapshot } from './snapshot.ts';
import { CorruptError, type Revision } from './store.ts';
import type { FileText } from './stored-text.ts';
import { putVersion, tombstone } from './versions.ts';

export interface Recovered {
  readonly mvcc: Mvcc;
  readonly leases: Leases;
  /** The number of the snapshot that it began from; 1 where there is none. */
  readonly baseNumber: number;
  /** The last log file, to be gone on with; undefined in a fresh folder. */
  readonly last: { readonly file: DataFile; readonly end: LogEnd } | undefined;
  /** A log file whose very header was cut off while it was begun; it holds nothing. */
  readonly unfinished: DataFile | undefined;
  /** What was read. */
  readonly snapshotBytes: number;
  readonly logBytes: number;
}

/** What the first log file's header names as the checksum before it. */
export const NO_CRC = formatCrc(0);

/** Throws CorruptError. */
export function recover(disk: Disk, folder: string): Recovered {
  const base = listDataFiles(disk, folder, 'snap').at(-1);
  const files = logFilesFrom(disk, folder, base);
  return replay(disk, base, files, files.at(-1));
}

/** The past that `recover` did not read: from the compacted revision up to the snapshot of that number. */
export function recoverPast(disk: Disk, folder: string, compactRevision: Revision, beforeNumber: number): Mvcc {
  const base = listDataFiles(disk, folder, 'snap').filter((snapshot) => snapshot.revision <= compactRevision).at(-1);
  const all = logFilesFrom(disk, folder, base);
  const files = all.filter((file) => file.number < beforeNumber);
  const { mvcc } = replay(disk, base, files, undefined);
  const next = all[files.length];
  const last = files.at(-1);
  // A log file that was cut off between two records is whole by itself.
  if (next && last && next.revision !== mvcc.revision) throw new CorruptError(last.path, disk.readFile(last.path).length, `ends at revision ${mvcc.revision}, but the file after it begins after ${next.revision}`);
  return mvcc;
}

/** The log files that follow a snapshot, none missing. */
function logFilesFrom(disk: Disk, folder: string, base: DataFile | undefined): DataFile[] {
  const first = base?.number ?? 1;
  const files = listDataFiles(disk, folder, 'wal').filter((file) => file.number >= first);
  if (base && files.length === 0) throw missing(dataFile(folder, 'wal', base.number, base.revision).path);
  for (const [index, file] of files.entries()) {
    if (file.number === first + index) continue;
    if (index === 0 && !base) throw missing(dataFile(folder, 'snap', file.number, file.revision).path);
    throw new CorruptError(file.path, 0, `log file ${first + index}, which comes before it, is missing`);
  }
  return files;
}

function missing(path: string): CorruptError {
  return new CorruptError(path, 0, 'the file is missing');
}

/** `open` is the file that was being written to, and may end in the middle of a record. */
function replay(disk: Disk, base: DataFile | undefined, files: readonly DataFile[], open: DataFile | undefined): Recovered {
  const snapshotFile = base && disk.readFile(base.path);
  const snapshot = base && snapshotFile && readSnapshot(base.path, snapshotFile);
  const mvcc = new Mvcc(snapshot?.revision ?? FIRST_REVISION, snapshot?.compactRevision ?? (0 as Revision), snapshot?.versions ?? []);
  const leases = new Leases();
  leases.restore(snapshot?.leases ?? [], snapshot?.lastLease ?? 0);
  for (const kv of snapshot?.versions ?? []) leases.applyChange({ kv, previous: undefined });

  let crc = snapshot?.logCrc ?? NO_CRC;
  let last: Recovered['last'];
  let unfinished: DataFile | undefined;
  let logBytes = 0;
  for (const file of files) {
    const end = readLog(file.path, disk.readFile(file.path), {
      header: (header) => checkHeader(file, header, mvcc.revision, crc),
      record: (record, offset) => replayRecord(file.path, mvcc, leases, record, offset),
    });
    if (!end) {
      // A snapshot is written after its log file was begun: with a snapshot, the header was whole once.
      if (file !== open || file.number === base?.number) throw new CorruptError(file.path, 0, 'the header is missing');
      unfinished = file;
      break;
    }
    if (end.torn > 0 && file !== open) throw new CorruptError(file.path, end.length, 'it ends in the middle of a record, but is not the last log file');
    crc = formatCrc(end.crc);
    logBytes += end.length;
    last = { file, end };
  }
  return { mvcc, leases, baseNumber: base?.number ?? 1, last, unfinished, snapshotBytes: snapshotFile?.length ?? 0, logBytes };
}

function checkHeader(file: DataFile, header: LogHeader, revision: Revision, crc: string): void {
  if (header.after !== revision) throw new CorruptError(file.path, 0, `begins after revision ${header.after}, but the file before it ends at ${revision}`);
  if (header.previous !== crc) throw new CorruptError(file.path, 0, `follows a file with checksum ${header.previous}, but the one before it has ${crc}`);
}

function replayRecord(path: string, mvcc: Mvcc, leases: Leases, record: LogRecord<FileText>, offset: number): void {
  const changes: Change[] = [];
  for (const operation of record.operations) {
    const change = toChange(mvcc, record.revision, operation);
    if (change) changes.push(change);
  }
  const wanted = changes.length > 0 ? mvcc.revision + 1 : mvcc.revision;
  if (record.revision !== wanted) throw new CorruptError(path, offset, `revision ${record.revision} stands where ${wanted} has to come`);
  for (const operation of record.operations) {
    leases.applyOperation(operation);
    if (operation.type === 'compact') mvcc.compact(operation.revision);
  }
  if (changes.length === 0) return;
  mvcc.apply({ revision: record.revision, timeMs: record.timeMs, changes });
  for (const change of changes) leases.applyChange(change);
}

function toChange(mvcc: Mvcc, revision: Revision, operation: LogOperation<FileText>): Change | undefined {
  if (operation.type !== 'put' && operation.type !== 'delete') return undefined;
  const { type, key } = operation;
  const previous = mvcc.latest(key);
  const kv = type === 'put' ? putVersion(previous, key, operation.value, revision, operation.lease) : tombstone(key, revision);
  return { type, kv, previous };
}
