/**
 * The log file that is being written, and the snapshots that keep it short. A snapshot begins with a new log file, so
 * what is current can be written bit by bit while writes go on; until it is complete, the older files say the same.
 */
import type { Disk } from '../simulation/disk.ts';
import type { Log } from '../simulation/log.ts';
import { dataFile, removeOldFiles, removeUnfinishedSnapshots, type DataFile } from './data-files.ts';
import { LogFile } from './log-file.ts';
import type { LogRecord } from './log-record.ts';
import { FIRST_REVISION } from './mvcc.ts';
import { NO_CRC, type Recovered } from './recovery.ts';
import type { Scheduler } from './scheduler.ts';
import { SnapshotWriter, type SnapshotHeader } from './snapshot.ts';
import type { Revision } from './store.ts';
import type { Version } from './versions.ts';

export interface StorageOptions {
  readonly disk: Disk;
  /** The data folder. */
  readonly folder: string;
  readonly fsync: boolean;
  /** The log is snapshotted when it has grown by this and by half of the last snapshot. */
  readonly snapshotBytes: number;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

/** What a snapshot holds, without what the storage knows by itself. */
export interface SnapshotState {
  readonly header: Omit<SnapshotHeader, 'logCrc'>;
  /** In the order of keys. */
  readonly versions: readonly Version[];
}

/** Written in one go, a few ms. */
const STEP_BYTES = 4 * 1024 * 1024;

export class Storage {
  readonly #options: StorageOptions;
  #file: DataFile;
  #log: LogFile;
  /** Bytes of log that an opening would have to read beside the snapshot. */
  #logBytes: number;
  /** Length of the newest snapshot. */
  #snapshotBytes: number;
  #snapshotAtBytes: number;
  #snapshot: { readonly writer: SnapshotWriter; readonly compactRevision: Revision; cancel: () => void } | undefined;

  /** Goes on where the log ends. What the file system refuses is thrown as it is. */
  constructor(options: StorageOptions, recovered: Recovered) {
    const { disk, folder, fsync } = options;
    this.#options = options;
    removeUnfinishedSnapshots(disk, folder);
    if (recovered.unfinished) disk.remove(recovered.unfinished.path);
    this.#logBytes = recovered.logBytes;
    this.#snapshotBytes = recovered.snapshotBytes;
    this.#snapshotAtBytes = Math.max(options.snapshotBytes, recovered.snapshotBytes / 2);
    if (recovered.last) {
      this.#file = recovered.last.file;
      this.#log = LogFile.resume(disk, this.#file.path, fsync, recovered.last.end);
    } else {
      this.#file = dataFile(folder, 'wal', 1, FIRST_REVISION);
      this.#log = LogFile.create(disk, this.#file.path, fsync, { after: FIRST_REVISION, previous: NO_CRC });
    }
  }

  /** Puts a record into the next write. */
  add(record: LogRecord): void {
    this.#log.add(record);
  }

  /** When this returns, all that was added is in the log. Throws StoreWriteError, and then nothing of it is. */
  write(): void {
    const before = this.#log.length;
    this.#log.write();
    this.#logBytes += this.#log.length - before;
  }

  /** Whether the log has become long enough for a snapshot. */
  get grown(): boolean {
    return this.#logBytes > this.#snapshotAtBytes;
  }

  /** Whether a snapshot at the end spares the next opening more than it costs: reading log costs more than reading snapshot. */
  get worthShortening(): boolean {
    return !this.#snapshot && this.#logBytes > Math.max(this.#options.snapshotBytes, this.#snapshotBytes) / 8;
  }

  /** Begins a log file, and a snapshot of the state before it. Throws StoreWriteError. */
  beginSnapshot(state: SnapshotState): void {
    const { disk, folder, fsync } = this.#options;
    this.finishSnapshot();
    // Should this fail, or take longer than as much again to be written, another attempt has to wait.
    this.#snapshotAtBytes = this.#logBytes + Math.max(this.#options.snapshotBytes, this.#snapshotBytes / 2);
    const previous = this.#log.crc;
    const { revision, compactRevision } = state.header;
    const file = dataFile(folder, 'wal', this.#file.number + 1, revision);
    const log = LogFile.create(disk, file.path, fsync, { after: revision, previous });
    this.#log.close();
    this.#file = file;
    this.#log = log;
    const { path } = dataFile(folder, 'snap', file.number, revision);
    const writer = new SnapshotWriter(disk, path, { ...state.header, logCrc: previous }, state.versions, fsync);
    this.#snapshot = { writer, compactRevision, cancel: () => undefined };
    this.#goOn();
  }

  /** Completes a snapshot that has been begun. Throws StoreWriteError. */
  finishSnapshot(): void {
    this.#snapshot?.cancel();
    this.#step(Infinity);
  }

  close(): void {
    this.#snapshot?.cancel();
    this.#snapshot?.writer.abandon();
    this.#log.close();
  }

  #goOn(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    snapshot.cancel = this.#options.scheduler.after(0, () => {
      try {
        this.#step(STEP_BYTES);
        this.#goOn();
      } catch (error) {
        this.#options.log.error('cannot take a snapshot; the log goes on growing', { error: (error as Error).message });
      }
    });
  }

  #step(bytes: number): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    try {
      if (!snapshot.writer.step(bytes)) return;
    } catch (error) {
      this.#snapshot = undefined;
      snapshot.writer.abandon();
      throw error;
    }
    this.#snapshot = undefined;
    this.#logBytes = this.#log.length;
    this.#snapshotBytes = snapshot.writer.length;
    this.#snapshotAtBytes = Math.max(this.#options.snapshotBytes, this.#snapshotBytes / 2);
    removeOldFiles(this.#options.disk, this.#options.folder, snapshot.compactRevision);
  }
}
