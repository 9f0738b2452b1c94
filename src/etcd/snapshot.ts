/**
 * A snapshot: what was current at one revision, so that opening needs not read the whole log.
 *
 *     {"format":"mock-kubectl etcd snapshot","version":1,"revision":8012,…}    header
 *     {"kind":"Pod",…}                                                         one line per value, in the order of keys
 *     {"keys":["/registry/pods/default/a",…],"sizes":[…],…}                    index, a list per property
 *     9f1c02ab 0000000000123456                                                checksum and offset of the index
 *
 * The index alone is parsed at opening; values stay where they are until they are asked for. The bytes before the index
 * have a checksum per block.
 */
import { dirname } from 'node:path';
import type { Disk, OpenFile } from '../simulation/disk.ts';
import { MemoryDisk } from '../simulation/memory-disk.ts';
import { crc32, formatCrc } from './crc32.ts';
import { LINE_FEED } from './log-record.ts';
import type { LeaseState } from './leases.ts';
import { CorruptError, StoreWriteError, type LeaseId, type Revision } from './store.ts';
import { standsRaw } from './stored-text.ts';
import { FileVersion, type Version } from './versions.ts';

export interface SnapshotHeader {
  readonly revision: Revision;
  readonly compactRevision: Revision;
  /** When it was taken in the cluster's time, ms since the epoch. */
  readonly timeMs: number;
  /** The checksum of the last log line before it, as the log file that follows has it in its header. */
  readonly logCrc: string;
  /** The last id that was given out, so that none is given twice. */
  readonly lastLease: number;
  readonly leases: readonly LeaseState[];
  /** In copies for people (`snapshot save`): whether the cluster's time followed the wall's or was its own. */
  readonly clock?: 'wall' | 'virtual';
}

export interface Snapshot extends SnapshotHeader {
  readonly versions: readonly FileVersion[];
}

interface SnapshotIndex {
  readonly keys: string[];
  readonly createRevisions: Revision[];
  readonly modRevisions: Revision[];
  readonly versions: number[];
  /** Bytes of each value's line, without the line feed. */
  readonly sizes: number[];
  /** Which values stand as JSON strings. */
  readonly quoted: number[];
  /** Which keys are under which lease. */
  readonly leases: [number, LeaseId][];
  /** Length and checksum of each stretch of the file before the index. */
  readonly blocks: [number, string][];
}

const HEADER_START = '{"format":"mock-kubectl etcd snapshot","version":1,';
/** Checksum, space, offset of 16 digits, line feed. */
const TRAILER_BYTES = 26;
/** Small enough to say where a file is damaged, large enough that the checksums cost little room. */
const BLOCK_BYTES = 64 * 1024;

/** Writes a snapshot step by step, so that other work can go on in between. */
export class SnapshotWriter {
  readonly #temporary: string;
  readonly #file: OpenFile;
  readonly #index: SnapshotIndex = { keys: [], createRevisions: [], modRevisions: [], versions: [], sizes: [], quoted: [], leases: [], blocks: [] };
  #offset = 0;
  #next = 0;

  /** `versions` in the order of keys. Throws StoreWriteError. */
  constructor(
    private readonly disk: Disk,
    readonly path: string,
    header: SnapshotHeader,
    private readonly versions: readonly Version[],
    private readonly fsync: boolean,
  ) {
    this.#temporary = `${path}.tmp`;
    this.#file = this.#guard(() => {
      disk.remove(this.#temporary);
      return disk.openAppend(this.#temporary);
    });
    this.#guard(() => this.#block(Buffer.from(`${HEADER_START}${JSON.stringify({ ...header, keys: versions.length }).slice(1)}\n`)));
  }

  /** Writes about `bytes` more. Returns true when the snapshot is complete and in its place. Throws StoreWriteError. */
  step(bytes: number): boolean {
    return this.#guard(() => {
      const goal = this.#offset + bytes;
      while (this.#next < this.versions.length) {
        if (this.#offset >= goal) return false;
        this.#block(this.#takeValues());
      }
      this.#finish();
      return true;
    });
  }

  /** Bytes that are written. */
  get length(): number {
    return this.#offset;
  }

  /** Gives up and leaves nothing behind. */
  abandon(): void {
    this.#file.close();
    this.disk.remove(this.#temporary);
  }

  #takeValues(): Buffer {
    const lines = new Lines();
    for (let version = this.versions[this.#next]; version && lines.length < BLOCK_BYTES; version = this.versions[++this.#next]) this.#takeValue(version, lines);
    return lines.bytes();
  }

  #takeValue(version: Version, lines: Lines): void {
    const index = this.#index;
    const quoted = version instanceof FileVersion ? version.quoted : !standsRaw(version.value);
    const before = lines.length;
    if (version instanceof FileVersion) lines.copy(version.bytes, version.start, version.end);
    else lines.add(quoted ? JSON.stringify(version.value) : version.value);
    if (quoted) index.quoted.push(index.keys.length);
    if (version.lease !== undefined) index.leases.push([index.keys.length, version.lease]);
    index.keys.push(version.key);
    index.createRevisions.push(version.createRevision);
    index.modRevisions.push(version.modRevision);
    index.versions.push(version.version);
    index.sizes.push(lines.length - before - 1);
  }

  #block(bytes: Buffer): void {
    this.#file.append(bytes);
    this.#offset += bytes.length;
    this.#index.blocks.push([bytes.length, formatCrc(crc32(bytes))]);
  }

  #finish(): void {
    const index = Buffer.from(`${JSON.stringify(this.#index)}\n`);
    this.#file.append(index);
    this.#file.append(Buffer.from(`${formatCrc(crc32(index))} ${String(this.#offset).padStart(16, '0')}\n`));
    if (this.fsync) this.#file.sync();
    this.#file.close();
    this.disk.rename(this.#temporary, this.path);
    if (this.fsync) this.disk.syncFolder(dirname(this.path));
  }

  #guard<Result>(write: () => Result): Result {
    try {
      return write();
    } catch (cause) {
      throw new StoreWriteError(`cannot write ${this.path}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** A snapshot in memory. `versions` in the order of keys. */
export function snapshotBytes(header: SnapshotHeader, versions: readonly Version[]): Buffer {
  const disk = new MemoryDisk();
  disk.makeFolder('/');
  new SnapshotWriter(disk, '/copy', header, versions, false).step(Infinity);
  return disk.readFile('/copy');
}

const LINE_END = Buffer.from([LINE_FEED]);

/** Lines put together from texts and from bytes of other files, which are copied as they are. */
class Lines {
  readonly #parts: Buffer[] = [];
  /** Lines that follow each other in a file: one copy. */
  #run: { readonly bytes: Buffer; readonly start: number; end: number } | undefined;
  length = 0;

  add(text: string): void {
    this.#endRun();
    const line = Buffer.from(`${text}\n`);
    this.#parts.push(line);
    this.length += line.length;
  }

  copy(bytes: Buffer, start: number, end: number): void {
    this.length += end - start + 1;
    if (bytes[end] !== LINE_FEED) {
      this.#endRun();
      this.#parts.push(bytes.subarray(start, end), LINE_END);
    } else if (this.#run?.bytes === bytes && this.#run.end === start) {
      this.#run.end = end + 1;
    } else {
      this.#endRun();
      this.#run = { bytes, start, end: end + 1 };
    }
  }

  bytes(): Buffer {
    this.#endRun();
    return Buffer.concat(this.#parts, this.length);
  }

  #endRun(): void {
    if (this.#run) this.#parts.push(this.#run.bytes.subarray(this.#run.start, this.#run.end));
    this.#run = undefined;
  }
}

/** Reads a snapshot and checks every byte of it. Throws CorruptError. */
export function readSnapshot(path: string, bytes: Buffer): Snapshot {
  const indexAt = indexOffset(path, bytes);
  const index = JSON.parse(bytes.toString('utf8', indexAt, bytes.length - TRAILER_BYTES)) as SnapshotIndex;
  checkBlocks(path, bytes, index, indexAt);
  const headerEnd = bytes.indexOf(LINE_FEED);
  const headerLine = bytes.toString('utf8', 0, headerEnd);
  if (!headerLine.startsWith(HEADER_START)) throw new CorruptError(path, 0, `not a snapshot of this version: ${headerLine.slice(0, 80)}`);
  const header = JSON.parse(headerLine) as SnapshotHeader;
  return { ...header, versions: readVersions(bytes, headerEnd + 1, index) };
}

function indexOffset(path: string, bytes: Buffer): number {
  const trailerAt = bytes.length - TRAILER_BYTES;
  const trailer = /^([0-9a-f]{8}) (\d{16})\n$/.exec(trailerAt < 0 ? '' : bytes.toString('latin1', trailerAt));
  if (!trailer) throw new CorruptError(path, Math.max(0, trailerAt), 'the snapshot does not end as it should');
  const indexAt = Number(trailer[2]);
  if (indexAt >= trailerAt) throw new CorruptError(path, trailerAt, 'the offset of the index is wrong');
  if (formatCrc(crc32(bytes.subarray(indexAt, trailerAt))) !== trailer[1]) {
    throw new CorruptError(path, indexAt, 'the index does not match its checksum');
  }
  return indexAt;
}

function checkBlocks(path: string, bytes: Buffer, index: SnapshotIndex, indexAt: number): void {
  let at = 0;
  for (const [length, crc] of index.blocks) {
    if (formatCrc(crc32(bytes.subarray(at, at + length))) !== crc) {
      throw new CorruptError(path, at, `these ${length} bytes do not match their checksum`);
    }
    at += length;
  }
  if (at !== indexAt) throw new CorruptError(path, at, 'the blocks do not reach the index');
}

function readVersions(bytes: Buffer, start: number, index: SnapshotIndex): FileVersion[] {
  const quoted = new Set(index.quoted);
  const leases = new Map(index.leases);
  let at = start;
  return index.keys.map((key, i) => {
    const end = at + (index.sizes[i] as number);
    const text = { bytes, start: at, end, quoted: quoted.has(i) };
    at = end + 1;
    return new FileVersion(key, text, index.createRevisions[i] as Revision, index.modRevisions[i] as Revision, index.versions[i] as number, leases.get(i));
  });
}
