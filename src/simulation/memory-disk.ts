/** A disk in memory, for tests and for clusters that leave nothing behind. Can be told to fail, and to lose its power. */
import { basename, dirname } from 'node:path';
import type { Disk, OpenFile } from './disk.ts';

export type DiskCall = 'readFile' | 'replaceFile' | 'openAppend' | 'append' | 'reserve' | 'sync' | 'truncate' | 'makeFolder' | 'syncFolder' | 'rename' | 'remove';

/**
 * Called before each call takes effect. It may throw, as a disk would; for `append` it may return how many of the bytes
 * still fit, after which the call fails with ENOSPC.
 */
export type DiskFault = (call: DiskCall, path: string) => number | void;

interface MemoryFile {
  bytes: Buffer;
  length: number;
  /** What `sync` has made safe. */
  synced: Buffer;
}

/** A device writes one wholly or not at all. */
const SECTOR_BYTES = 512;

class DiskError extends Error {
  constructor(readonly code: string, call: string, path: string) {
    super(`${code}: ${MESSAGES[code] ?? 'failed'}, ${call} '${path}'`);
  }
}
const MESSAGES: Record<string, string> = { ENOENT: 'no such file or directory', ENOSPC: 'no space left on device' };

export class MemoryDisk implements Disk {
  /** Set it to make calls fail. */
  fault: DiskFault | undefined;
  #files = new Map<string, MemoryFile>();
  #folders = new Map<string, Set<string>>();

  exists(path: string): boolean {
    return this.#files.has(path) || this.#folders.has(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  readFile(path: string): Buffer {
    this.fault?.('readFile', path);
    const file = this.#file(path, 'open');
    return Buffer.from(file.bytes.subarray(0, file.length));
  }

  replaceFile(path: string, data: string | Uint8Array): void {
    this.fault?.('replaceFile', path);
    this.#name(path);
    const bytes = Buffer.from(data as string);
    this.#files.set(path, { bytes, length: bytes.length, synced: bytes });
  }

  openAppend(path: string, { reserving = false }: { readonly reserving?: boolean } = {}): OpenFile {
    this.fault?.('openAppend', path);
    if (!this.#files.has(path)) {
      this.#name(path);
      this.#files.set(path, { bytes: Buffer.alloc(0), length: 0, synced: Buffer.alloc(0) });
    }
    const file = this.#file(path, 'open');
    let end = file.length;
    return {
      append: (data) => {
        if (!reserving) end = file.length;
        end += this.#write(file, path, data, end);
      },
      sync: () => {
        this.fault?.('sync', path);
        file.synced = Buffer.from(file.bytes.subarray(0, file.length));
      },
      truncate: (length) => {
        this.fault?.('truncate', path);
        file.bytes.fill(0, length);
        file.length = Math.min(file.length, length);
        end = Math.min(end, length);
      },
      size: () => file.length,
      ...(reserving ? { reserve: (length: number) => this.#reserve(file, path, length) } : {}),
      close: () => undefined,
    };
  }

  makeFolder(path: string): void {
    this.fault?.('makeFolder', path);
    for (let folder = path; !this.#folders.has(folder); folder = dirname(folder)) this.#folders.set(folder, new Set());
    for (let folder = path; dirname(folder) !== folder; folder = dirname(folder)) this.#folders.get(dirname(folder))?.add(folder);
  }

  list(path: string): string[] {
    const names = this.#folders.get(path);
    if (!names) throw new DiskError('ENOENT', 'scandir', path);
    return [...names].map((child) => basename(child));
  }

  syncFolder(path: string): void {
    this.fault?.('syncFolder', path);
  }

  rename(from: string, to: string): void {
    this.fault?.('rename', to);
    const file = this.#file(from, 'rename');
    this.#name(to);
    this.#files.set(to, file);
    this.#forget(from);
  }

  remove(path: string): void {
    this.fault?.('remove', path);
    for (const child of this.#folders.get(path) ?? []) this.remove(child);
    this.#forget(path);
  }

  /** For tests: puts other bytes into a file, as damage would. */
  overwrite(path: string, bytes: Uint8Array): void {
    const file = this.#file(path, 'open');
    file.bytes = Buffer.from(bytes);
    file.length = bytes.length;
  }

  /** A copy as it is now: what a process that is killed at this moment leaves behind. */
  copy(): MemoryDisk {
    return this.#copyFiles((file) => file.bytes.subarray(0, file.length));
  }

  /** A copy of what was flushed: what a power cut at this moment leaves behind at the least. Of the rest those sectors that `kept` says. */
  afterPowerCut(kept: (sector: number) => boolean = () => false): MemoryDisk {
    return this.#copyFiles(({ synced, bytes, length }) => {
      const left = Buffer.from(synced);
      // What was written in place of reserved zeros; a file's new length goes with its flush.
      for (let at = 0; at < Math.min(left.length, length); at += SECTOR_BYTES) if (kept(at / SECTOR_BYTES)) bytes.copy(left, at, at, Math.min(at + SECTOR_BYTES, left.length, length));
      return left;
    });
  }

  #copyFiles(bytesOf: (file: MemoryFile) => Buffer): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [path, names] of this.#folders) copy.#folders.set(path, new Set(names));
    for (const [path, file] of this.#files) {
      const bytes = Buffer.from(bytesOf(file));
      copy.#files.set(path, { bytes, length: bytes.length, synced: bytes });
    }
    return copy;
  }

  /** Returns how many bytes it wrote. */
  #write(file: MemoryFile, path: string, data: Uint8Array, at: number): number {
    const room = this.fault?.('append', path);
    const written = typeof room === 'number' ? data.subarray(0, room) : data;
    this.#lengthen(file, at + written.length);
    file.bytes.set(written, at);
    if (written.length < data.length) throw new DiskError('ENOSPC', 'write', path);
    return data.length;
  }

  #reserve(file: MemoryFile, path: string, length: number): void {
    this.fault?.('reserve', path);
    this.#lengthen(file, length);
  }

  /** What is new is zero. */
  #lengthen(file: MemoryFile, length: number): void {
    if (length > file.bytes.length) {
      const larger = Buffer.alloc(Math.max(length, file.bytes.length * 2, 4096));
      file.bytes.copy(larger, 0, 0, file.length);
      file.bytes = larger;
    }
    file.length = Math.max(file.length, length);
  }

  #file(path: string, call: string): MemoryFile {
    const file = this.#files.get(path);
    if (!file) throw new DiskError('ENOENT', call, path);
    return file;
  }

  /** Enters a file into its folder. */
  #name(path: string): void {
    const folder = this.#folders.get(dirname(path));
    if (!folder) throw new DiskError('ENOENT', 'open', path);
    folder.add(path);
  }

  #forget(path: string): void {
    this.#files.delete(path);
    this.#folders.delete(path);
    this.#folders.get(dirname(path))?.delete(path);
  }
}
