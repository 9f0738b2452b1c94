/** The file system as the store and the daemon see it; tests put a faulty or in-memory one in its place. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';

export interface OpenFile {
  /** Appends all of `data`; throws when the disk refuses, having written a part or nothing. */
  append(data: Uint8Array): void;
  /** Flushes to the device. */
  sync(): void;
  truncate(length: number): void;
  size(): number;
  /**
   * Makes the file so long, with zeros behind what was appended; what is appended next takes their place. Flushing that
   * then costs the device one write instead of two. Only of a file that was opened for it.
   */
  reserve?(length: number): void;
  close(): void;
}

export interface Disk {
  exists(path: string): boolean;
  readFile(path: string): Buffer;
  /** Writes a temporary file beside `path` (mode 0600) and renames it over; a reader sees the old text or the new one. */
  replaceFile(path: string, data: string | Uint8Array, options?: { sync?: boolean }): void;
  /** Opens for appending, creating it with mode 0600. With `reserving` nobody else may append to it meanwhile. */
  openAppend(path: string, options?: { reserving?: boolean }): OpenFile;
  /** Creates the folder and its parents with mode 0700. */
  makeFolder(path: string): void;
  list(path: string): string[];
  isFolder(path: string): boolean;
  /** Flushes a folder's list of names to the device, so that files made or renamed in it outlast a power cut. */
  syncFolder(path: string): void;
  rename(from: string, to: string): void;
  /** Removes a file or a whole folder; nothing there is fine. */
  remove(path: string): void;
}

export const realDisk: Disk = {
  exists: (path) => fs.existsSync(path),
  readFile: (path) => fs.readFileSync(path),
  replaceFile(path, data, options = {}) {
    const temporary = `${path}.${process.pid}.tmp`;
    const file = fs.openSync(temporary, 'w', 0o600);
    try {
      fs.writeFileSync(file, data);
      if (options.sync) fs.fsyncSync(file);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw error;
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path);
  },
  openAppend(path, { reserving = false } = {}) {
    const file = fs.openSync(path, reserving ? fs.constants.O_RDWR | fs.constants.O_CREAT : 'a', 0o600);
    const size = (): number => fs.fstatSync(file).size;
    // Where the next byte goes; files that are only appended to know it by themselves.
    let end = reserving ? size() : 0;
    const write = (data: Uint8Array, at: number | null): void => {
      for (let done = 0; done < data.length; ) done += fs.writeSync(file, data, done, data.length - done, at === null ? null : at + done);
    };
    return {
      append(data) {
        write(data, reserving ? end : null);
        end += data.length;
      },
      sync: () => fs.fdatasyncSync(file),
      truncate(length) {
        fs.ftruncateSync(file, length);
        end = Math.min(end, length);
      },
      size,
      ...(reserving ? {
        reserve(length: number) {
          const from = Math.max(size(), end);
          if (length > from) write(Buffer.alloc(length - from), from);
        },
      } : {}),
      close: () => fs.closeSync(file),
    };
  },
  makeFolder,
  list: (path) => fs.readdirSync(path),
  isFolder: (path) => fs.statSync(path).isDirectory(),
  syncFolder(path) {
    // Windows has no such call; its file system keeps names in order by itself.
    if (process.platform === 'win32') return;
    const folder = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(folder);
    } finally {
      fs.closeSync(folder);
    }
  },
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.rmSync(path, { recursive: true, force: true }),
};

/** One level after the other: Node's own recursion never ends where a file system says of each folder that its parent is missing (/proc). */
function makeFolder(path: string): void {
  if (fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !fs.statSync(path).isDirectory()) throw error;
  }
}
