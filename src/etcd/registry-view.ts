/**
 * The readable tree under `registry/`: the state as one file per object, written behind the log. Changes are collected
 * and written after a quiet moment, a few files at a time; a file that changed ten times is written once. It is a view:
 * nothing is ever read back from it, so a failure to write it fails no transaction.
 */
import { dirname, join } from 'node:path';
import type { Disk } from '../simulation/disk.ts';
import type { Log } from '../simulation/log.ts';
import type { Scheduler } from './scheduler.ts';
import { StoreWriteError, type Revision } from './store.ts';
import { listTree } from './view-tree.ts';
import { viewPath, viewText } from './view-path.ts';

/** What the view shows. */
export interface ViewSource {
  readonly revision: Revision;
  value(key: string): string | undefined;
  /** All keys that there are, with the revision of their last change. */
  keys(): Changed[];
  /** Keys that changed after a revision, deletions too, in order, one for each change; undefined where that is no longer known. */
  changedSince(revision: Revision): Changed[] | undefined;
}

export interface Changed {
  readonly key: string;
  readonly revision: Revision;
}

export interface ViewOptions {
  readonly disk: Disk;
  /** The data folder. */
  readonly folder: string;
  readonly source: ViewSource;
  readonly scheduler: Scheduler;
  readonly log: Log;
  /** How long nothing must change before it is written, real ms. */
  readonly quietMs: number;
}

/** Where changes never stop, the view is written after that many quiet times all the same. */
const MAX_QUIET_TIMES = 100;
/** Some ms on a slow disk; who asks meanwhile has to wait for it. */
const FILES_PER_STEP = 16;
const RETRY_MS = 5000;

export class RegistryView {
  readonly #options: ViewOptions;
  readonly #root: string;
  /** Names the revision up to which the tree is complete. */
  readonly #marker: string;
  readonly #stale = new Set<string>();
  /** What an earlier owner has left unwritten, in the order of the last changes, with their revisions. */
  readonly #backlog = new Map<string, Revision>();
  /** After this revision nobody knows what an earlier owner has left unwritten: to be looked for once there is time. */
  #unknownAfter: Revision | undefined;
  readonly #folders = new Set<string>();
  /** Somebody has removed the tree: all of it is written again, however long that takes. */
  #gone = false;
  /** Folders that may have become empty. */
  readonly #emptied = new Set<string>();
  #written: Revision | undefined;
  #cancelTimer: (() => void) | undefined;
  #changes = 0;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#root = join(options.folder, 'registry');
    this.#marker = join(options.folder, 'registry.revision');
  }

  /** Finds out what is missing since the last time, and plans to write it. */
  open(): void {
    const { source, log, disk } = this.#options;
    this.#gone = disk.exists(this.#marker) && !disk.exists(this.#root);
    this.#written = this.#readMarker();
    if (this.#written === source.revision) return;
    if (this.#written !== undefined && this.#written > source.revision) {
      log.error('the registry tree is newer than the log: the log has lost its end', { registryRevision: this.#written, logRevision: source.revision });
    }
    const shown = this.#written !== undefined && this.#written < source.revision ? this.#written : undefined;
    const changed = shown === undefined ? undefined : source.changedSince(shown);
    if (!changed) return this.#rebuildLater(shown ?? (0 as Revision));
    this.#sweep(changed);
    this.#putOff(changed);
  }

  /** Has every file written anew, and files that belong to no object removed. */
  rebuild(): void {
    this.#rebuildLater(0 as Revision);
    this.#written = undefined;
  }

  #rebuildLater(revision: Revision): void {
    this.#unknownAfter = revision;
    this.#plan(this.#options.quietMs);
  }

  /** Files that belong to no object go; those whose objects changed after a revision are written anew. */
  #findUnknown(): void {
    const revision = this.#unknownAfter;
    if (revision === undefined) return;
    this.#unknownAfter = undefined;
    const { disk, source } = this.#options;
    const keys = source.keys();
    const wanted = new Set(keys.map(({ key }) => this.#path(key)));
    for (const path of listTree(disk, this.#root)) if (!wanted.has(path)) this.#removeFile(path);
    this.#enlist(keys.filter((changed) => changed.revision > revision && !this.#stale.has(changed.key)).sort((a, b) => a.revision - b.revision));
  }

  #putOff(changed: readonly Changed[]): void {
    this.#enlist(changed);
    this.#plan(this.#options.quietMs);
  }

  #enlist(changed: readonly Changed[]): void {
    for (const { key, revision } of changed) {
      // To the end of the list: what counts is the last change.
      this.#backlog.delete(key);
      this.#backlog.set(key, revision);
    }
  }

  /** A key has changed. */
  note(key: string): void {
    this.#backlog.delete(key);
    this.#stale.add(key);
    this.#changes++;
    this.#plan(this.#options.quietMs);
  }

  /** Many keys have changed at once: whoever has no time for all of them leaves some to the next owner. */
  noteMany(keys: readonly string[], revision: Revision): void {
    for (const key of keys) this.#stale.delete(key);
    this.#changes += keys.length;
    this.#putOff(keys.map((key) => ({ key, revision })));
  }

  /**
   * Writes all that is left to write, now; of what an earlier owner has left, and of what changed in bulk, at most `limit` files, and the next one
   * goes on from there. Throws StoreWriteError.
   */
  flush(limit = Infinity): void {
    const backlog = this.#gone ? Infinity : limit;
    this.#unplan();
    try {
      if (this.#unknownAfter !== undefined && this.#writeOldest(this.#unknownAfter, backlog)) return;
      this.#findUnknown();
      if (this.#backlog.size <= backlog) this.#step(Infinity);
      else this.#writePart(backlog);
    } catch (cause) {
      throw new StoreWriteError(`cannot write ${this.#root}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Writes nothing any more. */
  close(): void {
    this.#unplan();
  }

  #plan(delayMs: number): void {
    if (!this.#cancelTimer) this.#wait(delayMs, MAX_QUIET_TIMES);
  }

  /** Waits until nothing has changed for a while; not for ever. */
  #wait(delayMs: number, patience: number): void {
    const seen = this.#changes;
    this.#cancelTimer = this.#options.scheduler.after(delayMs, () => {
      if (this.#changes === seen || patience === 0) this.#writeSome(patience);
      else this.#wait(delayMs, patience - 1);
    });
  }

  /** Writes a few files and goes on later; when something changes meanwhile, after the next quiet moment. */
  #writeSome(patience: number): void {
    this.#cancelTimer = undefined;
    const seen = this.#changes;
    try {
      if (this.#step(FILES_PER_STEP)) return;
      this.#cancelTimer = this.#options.scheduler.after(0, () => {
        if (this.#changes === seen || patience === 0) this.#writeSome(patience);
        else this.#wait(this.#options.quietMs, patience - 1);
      });
    } catch (error) {
      this.#options.log.error('cannot write the registry tree; will try again', { error: (error as Error).message });
      this.#plan(RETRY_MS);
    }
  }

  #unplan(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Writes up to `limit` files. Returns true when nothing is left. */
  #step(limit: number): boolean {
    this.#findUnknown();
    let left = limit;
    for (const keys of [this.#backlog, this.#stale]) {
      for (const key of keys.keys()) {
        if (left-- === 0) return false;
        this.#writeKey(key);
        keys.delete(key);
      }
    }
    this.#removeEmptyFolders();
    this.#writeMarker(this.#options.source.revision);
    return true;
  }

  /**
   * Of far more than may be written: those whose last changes are the oldest, found without looking at the tree. False where
   * that would not do: little is left, or the files of what was deleted meanwhile would be forgotten.
   */
  #writeOldest(after: Revision, limit: number): boolean {
    const { source } = this.#options;
    if (limit === Infinity) return false;
    const oldest = oldestAfter(source.keys(), after, limit + 1);
    const next = oldest[limit];
    if (!next || source.changedSince((next.revision - 1) as Revision)) return false;
    this.#writeStale();
    for (const { key } of oldest.slice(0, limit)) this.#writeKey(key);
    this.#removeEmptyFolders();
    this.#writeMarker((next.revision - 1) as Revision);
    return true;
  }

  #writeStale(): void {
    for (const key of this.#stale) {
      this.#writeKey(key);
      this.#stale.delete(key);
    }
  }

  #writePart(backlog: number): void {
    this.#writeStale();
    let left = backlog;
    for (const [key, revision] of this.#backlog) {
      // Everything that changed before this one has been written.
      if (left-- === 0) {
        this.#removeEmptyFolders();
        return this.#writeMarker((revision - 1) as Revision);
      }
      this.#writeKey(key);
      this.#backlog.delete(key);
    }
  }

  #writeKey(key: string): void {
    const path = this.#path(key);
    if (path === undefined) return;
    const value = this.#options.source.value(key);
    if (value === undefined) return this.#removeFile(path);
    const text = viewText(value);
    const folder = dirname(path);
    const known = this.#folders.has(folder);
    this.#makeFolder(folder);
    try {
      this.#options.disk.replaceFile(path, text);
    } catch (error) {
      // Somebody may have removed a folder that was there.
      if (!known) throw error;
      this.#folders.delete(folder);
      this.#makeFolder(folder);
      this.#options.disk.replaceFile(path, text);
    }
  }

  /** Removes the temporary files that a killed process has left while it wrote these keys. */
  #sweep(changed: readonly Changed[]): void {
    const { disk, folder } = this.#options;
    const folders = new Set([folder]);
    for (const { key } of changed) {
      const path = this.#path(key);
      if (path !== undefined) folders.add(dirname(path));
    }
    for (const parent of folders) {
      if (!disk.exists(parent)) continue;
      for (const name of disk.list(parent)) if (name.endsWith('.tmp')) disk.remove(join(parent, name));
    }
  }

  #path(key: string): string | undefined {
    const segments = viewPath(key);
    return segments && join(this.#root, ...segments);
  }

  #makeFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#options.disk.makeFolder(folder);
    this.#folders.add(folder);
  }

  #removeFile(path: string): void {
    this.#options.disk.remove(path);
    this.#emptied.add(dirname(path));
  }

  /** From the inside out, so that `ls` shows no namespace that has nothing. */
  #removeEmptyFolders(): void {
    const { disk } = this.#options;
    for (let folder of this.#emptied) {
      while (folder !== this.#root && disk.exists(folder) && disk.list(folder).length === 0) {
        disk.remove(folder);
        this.#folders.delete(folder);
        folder = dirname(folder);
      }
    }
    this.#emptied.clear();
  }

  #readMarker(): Revision | undefined {
    const { disk } = this.#options;
    if (!disk.exists(this.#root) || !disk.exists(this.#marker)) return undefined;
    const revision = Number(disk.readFile(this.#marker).toString());
    return Number.isSafeInteger(revision) ? (revision as Revision) : undefined;
  }

  #writeMarker(revision: Revision): void {
    if (this.#written === revision) return;
    this.#makeFolder(this.#root);
    this.#options.disk.replaceFile(this.#marker, `${revision}\n`);
    this.#written = revision;
  }
}

/** The `count` of them that changed least lately after a revision, in that order. */
function oldestAfter(keys: readonly Changed[], after: Revision, count: number): Changed[] {
  const found: Changed[] = [];
  for (const changed of keys) {
    const last = found.at(-1);
    if (changed.revision <= after || (found.length === count && last && changed.revision >= last.revision)) continue;
    let at = found.length;
    while (at > 0 && (found[at - 1] as Changed).revision > changed.revision) at--;
    found.splice(at, 0, changed);
    if (found.length > count) found.pop();
  }
  return found;
}
