/** A log file: a header line, then one line per transaction. Reading checks every line; writing is append only. */
import { dirname } from 'node:path';
import type { Disk, OpenFile } from '../simulation/disk.ts';
import { crc32, formatCrc } from './crc32.ts';
import { HEAD_BYTES, LENGTH_AT, LINE_FEED, PREFIX_BYTES, RecordBuffer, RecordSyntaxError, parseRecord, type LogRecord } from './log-record.ts';
import { CorruptError, StoreWriteError, type Revision } from './store.ts';
import type { FileText } from './stored-text.ts';

/** The first line's JSON. */
export interface LogHeader {
  readonly format: 'mock-kubectl etcd log';
  readonly version: 1;
  /** The store's revision before the first record. */
  readonly after: Revision;
  /** The checksum of the last line of the log file before this one; "00000000" in the first. */
  readonly previous: string;
}

const HEADER_START = '{"format":"mock-kubectl etcd log","version":1,';

export interface LogEnd {
  readonly header: LogHeader;
  /** Up to here the file is whole. */
  readonly length: number;
  /** Behind that: what is left of a write that was cut off, without zeros that were reserved for more. */
  readonly torn: number;
  readonly crc: number;
}

/** What a log file's lines are handed to; either may throw CorruptError. */
export interface LogReader {
  header(header: LogHeader): void;
  record(record: LogRecord<FileText>, offset: number): void;
}

/**
 * Hands each line to `reader`. A write that was cut off at the end (nothing of it was acknowledged) is
 * reported in the result, which is undefined where not even the header is whole; anything else that is not as it was
 * written throws CorruptError.
 */
export function readLog(path: string, bytes: Buffer, reader: LogReader): LogEnd | undefined {
  let header: LogHeader | undefined;
  let crc = 0;
  let at = 0;
  while (at < bytes.length) {
    const line = frameAt(path, bytes, at, crc);
    if (!line) break;
    if (header) {
      reader.record(recordAt(path, bytes, at, line), at);
    } else {
      header = parseHeader(path, bytes.toString('utf8', at + PREFIX_BYTES, line.end));
      reader.header(header);
    }
    crc = line.crc;
    at = line.end + 1;
  }
  return header && { header, length: at, torn: writtenEnd(bytes, at) - at, crc };
}

function recordAt(path: string, bytes: Buffer, at: number, { end, head }: Line): LogRecord<FileText> {
  try {
    return parseRecord(bytes, at + PREFIX_BYTES, end, head.slice(PREFIX_BYTES));
  } catch (error) {
    if (error instanceof RecordSyntaxError) throw new CorruptError(path, error.offset, error.message);
    throw error;
  }
}

function parseHeader(path: string, json: string): LogHeader {
  if (!json.startsWith(HEADER_START)) throw new CorruptError(path, 0, `not a log of this version: ${json.slice(0, 80)}`);
  return JSON.parse(json) as LogHeader;
}

interface Line {
  /** The line feed's offset. */
  readonly end: number;
  readonly crc: number;
  /** How the line begins; a short one whole, and what follows it. */
  readonly head: string;
}

/** The line at an offset, checked; undefined where a torn write begins. */
function frameAt(path: string, bytes: Buffer, at: number, previousCrc: number): Line | undefined {
  const head = bytes.toString('latin1', at, at + HEAD_BYTES);
  const prefix = head.slice(0, PREFIX_BYTES);
  const length = Number(prefix.slice(LENGTH_AT));
  const end = prefix.length === PREFIX_BYTES && Number.isInteger(length) ? at + PREFIX_BYTES + length : Infinity;
  if (end < bytes.length) {
    const crc = crc32(bytes.subarray(at + LENGTH_AT, end + 1), previousCrc);
    if (bytes[end] === LINE_FEED && prefix.startsWith(`${formatCrc(crc)} `)) return { end, crc, head };
    if (hasGap(bytes, at, end + 1)) return undefined;
  } else if (isTorn(bytes, at)) {
    return undefined;
  }
  throw new CorruptError(path, at, 'the record does not match its checksum');
}

/** Where zeros begin that go on to the end: reserved, or blocks that a power cut left unwritten. */
function writtenEnd(bytes: Buffer, from: number): number {
  let end = bytes.length;
  while (end > from && bytes[end - 1] === 0) end--;
  return end;
}

/**
 * A record that was not written to its end has no line feed. (A line feed in it means that the line was whole once, so
 * that its length has been damaged.)
 */
function isTorn(bytes: Buffer, at: number): boolean {
  const end = writtenEnd(bytes, at);
  const lineFeed = bytes.indexOf(LINE_FEED, at);
  return lineFeed < 0 || lineFeed >= end || hasGap(bytes, at, end);
}

/** A device writes this much wholly or not at all. */
const SECTOR_BYTES = 512;

/** In reserved zeros a power cut may keep later sectors of a write and not those before: text has no zeros. Follows etcd server/storage/wal/decoder.go: isTornEntry. */
function hasGap(bytes: Buffer, from: number, to: number): boolean {
  if (bytes[bytes.length - 1] !== 0) return false;
  for (let start = from; start < to; ) {
    const end = Math.min(to, start + SECTOR_BYTES - (start % SECTOR_BYTES));
    if (bytes.subarray(start, end).every((byte) => byte === 0)) return true;
    start = end;
  }
  return false;
}

/** With fsync so much is reserved ahead, bytes: few of its flushes have to write down the file's new length, too. */
const RESERVED_BYTES = 256 * 1024;

/** Appends batches of records. A batch that the disk refuses is taken back wholly. */
export class LogFile {
  readonly #records: RecordBuffer;
  #good: { length: number; crc: number };
  /** A batch could not be taken back: to be tried again before anything else is written. */
  #dirty = false;
  /** Up to here the file has been made. */
  #reserved = 0;
  #closed = false;

  private constructor(
    private readonly disk: Disk,
    readonly path: string,
    private readonly file: OpenFile,
    private readonly fsync: boolean,
    good: { length: number; crc: number },
  ) {
    this.#good = good;
    this.#records = new RecordBuffer(good.crc);
  }

  /** Begins a log file. */
  static create(disk: Disk, path: string, fsync: boolean, header: Pick<LogHeader, 'after' | 'previous'>): LogFile {
    disk.remove(path);
    const log = new LogFile(disk, path, disk.openAppend(path, { reserving: fsync }), fsync, { length: 0, crc: 0 });
    log.#records.addJson(`${HEADER_START}"after":${header.after},"previous":"${header.previous}"}`);
    try {
      log.write();
      if (fsync) disk.syncFolder(dirname(path));
    } catch (error) {
      log.close();
      disk.remove(path);
      throw error;
    }
    return log;
  }

  /** Goes on with a file that was read, and cuts a torn end off. */
  static resume(disk: Disk, path: string, fsync: boolean, end: LogEnd): LogFile {
    const file = disk.openAppend(path, { reserving: fsync });
    if (file.size() > end.length) file.truncate(end.length);
    return new LogFile(disk, path, file, fsync, { length: end.length, crc: end.crc });
  }

  /** Bytes that are written. */
  get length(): number {
    return this.#good.length;
  }
  /** The checksum of the last line that is written, as the next file's header has it. */
  get crc(): string {
    return formatCrc(this.#good.crc);
  }

  /** Puts a record into the batch. */
  add(record: LogRecord): void {
    this.#records.add(record);
  }

  /** Forgets the batch. */
  discard(): void {
    this.#records.reset(this.#good.crc);
  }

  /** Writes the batch; when this returns, it is in the file. Throws StoreWriteError, and then nothing of it is. */
  write(): void {
    try {
      if (this.#dirty) this.#takeBack();
      // The file is open and would swallow writes even if somebody had removed it.
      if (!this.disk.exists(this.path)) throw new Error('the file has been removed');
      this.#reserve(this.#good.length + this.#records.length);
      this.file.append(this.#records.bytes);
      if (this.fsync) this.file.sync();
      this.#good = { length: this.#good.length + this.#records.length, crc: this.#records.crc };
      this.#records.reset(this.#records.crc);
    } catch (cause) {
      this.discard();
      this.#dirty = true;
      try {
        this.#takeBack();
      } catch {
        // Stays dirty; the next write tries again, and the next opening would cut it off.
      }
      throw new StoreWriteError(`cannot write ${this.path}: ${(cause as Error).message}`, { cause });
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#reserved > this.#good.length) this.file.truncate(this.#good.length);
    } catch {
      // The zeros stay; they say nothing.
    }
    this.file.close();
  }

  /** Sees that a batch up to there, and more after it, fits into what the file has. A full disk is the append's to tell. */
  #reserve(length: number): void {
    if (!this.file.reserve || length <= this.#reserved) return;
    try {
      this.file.reserve(length + RESERVED_BYTES);
      this.#reserved = length + RESERVED_BYTES;
    } catch {
      this.#reserved = length;
    }
  }

  #takeBack(): void {
    if (this.file.size() > this.#good.length) this.file.truncate(this.#good.length);
    this.#reserved = this.#good.length;
    this.#dirty = false;
  }
}
