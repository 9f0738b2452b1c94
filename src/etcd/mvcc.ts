/**
 * The keys in memory, each with its versions back to the compacted revision, and the commits that made them.
 *
 *     revision            5     6     7     8     9
 *     /registry/pods/a    put   .     put   del   .      versions: 5, 7, 8 (tombstone)
 *     compact(7)                      put   del          what was current at 7 stays, so that 7 can be read
 *     compact(8)                            -            a tombstone goes with the revision that made it
 */
import { SortedKeys } from './sorted-keys.ts';
import { CompactedError, FutureRevisionError, type Revision } from './store.ts';
import { isTombstone, type Version } from './versions.ts';

/** One operation's effect. */
export interface Change {
  readonly type: 'put' | 'delete';
  readonly kv: Version;
  readonly previous: Version | undefined;
}

/** All that one revision changed. */
export interface Commit {
  readonly revision: Revision;
  /** The cluster's time, ms since the epoch. */
  readonly timeMs: number;
  readonly changes: readonly Change[];
}

/** Versions in the order of their modRevision; never empty. */
interface KeyHistory {
  readonly key: string;
  versions: Version[];
}

/** The revision of a store in which nothing was ever written, as in etcd. */
export const FIRST_REVISION = 1 as Revision;

export class Mvcc {
  revision: Revision;
  compactRevision: Revision;
  /** Memory knows what happened after this one; what lies between the compacted revision and here is still in files. */
  loadedAfter: Revision;
  readonly #histories = new Map<string, KeyHistory>();
  readonly #ordered = new SortedKeys<KeyHistory>();
  /** Of the revisions from loadedAfter + 1 on, without a gap. */
  #commits: Commit[] = [];

  /** Starts from what is current at `revision`, in the order of keys. */
  constructor(revision: Revision, compactRevision: Revision, current: readonly Version[]) {
    this.revision = revision;
    this.compactRevision = compactRevision;
    this.loadedAfter = revision;
    const histories = current.map((version): KeyHistory => ({ key: version.key, versions: [version] }));
    for (const history of histories) this.#histories.set(history.key, history);
    this.#ordered.load(histories);
  }

  /** What the key holds now. */
  latest(key: string): Version | undefined {
    return live(this.#histories.get(key)?.versions.at(-1));
  }

  /** What the key held at `revision`; the caller has checked it with `assertReadable`. */
  at(key: string, revision: Revision): Version | undefined {
    const history = this.#histories.get(key);
    return history && live(versionAt(history.versions, revision));
  }

  /** Every version that is kept, deletions too, oldest first. */
  versions(key: string): readonly Version[] {
    return this.#histories.get(key)?.versions ?? [];
  }

  assertReadable(revision: Revision): void {
    if (revision > this.revision) throw new FutureRevisionError();
    if (revision < this.compactRevision) throw new CompactedError(this.compactRevision);
  }

  range(prefix: string, after: string | undefined, limit: number, revision: Revision): { versions: Version[]; count: number } {
    const newest = revision === this.revision;
    const versions: Version[] = [];
    let count = 0;
    this.#ordered.scan(after !== undefined && after > prefix ? after : prefix, (history) => {
      if (!history.key.startsWith(prefix)) return false;
      if (history.key === after) return true;
      const version = live(newest ? history.versions.at(-1) : versionAt(history.versions, revision));
      if (!version) return true;
      count++;
      if (versions.length < limit) versions.push(version);
      return true;
    });
    return { versions, count };
  }

  /** All that is there now, in the order of keys. */
  current(): Version[] {
    return this.range('', undefined, Infinity, this.revision).versions;
  }

  commits(from: Revision): readonly Commit[] {
    return this.#commits.slice(Math.max(0, from - this.loadedAfter - 1));
  }

  /** When the oldest revision that is in memory was written. */
  get oldestTimeMs(): number | undefined {
    return this.#commits[0]?.timeMs;
  }

  apply(commit: Commit): void {
    for (const { kv } of commit.changes) {
      const history = this.#histories.get(kv.key);
      if (history) {
        history.versions.push(kv);
        continue;
      }
      const created: KeyHistory = { key: kv.key, versions: [kv] };
      this.#histories.set(kv.key, created);
      this.#ordered.add(created);
    }
    this.#commits.push(commit);
    this.revision = commit.revision;
  }

  /** Forgets what was superseded at or before `revision`. Costs what it forgets. */
  compact(revision: Revision): void {
    if (revision <= this.compactRevision) return;
    this.compactRevision = revision;
    if (revision <= this.loadedAfter) return;
    const gone = this.#commits.splice(0, revision - this.loadedAfter);
    this.loadedAfter = revision;
    for (const commit of gone) for (const { kv } of commit.changes) this.#forget(kv.key, revision);
  }

  /** Puts the past that another one knows (up to this one's loadedAfter) in front. */
  prepend(older: Mvcc): void {
    if (older.revision !== this.loadedAfter) throw new Error(`the older log ends at revision ${older.revision}, not ${this.loadedAfter}`);
    older.compact(this.compactRevision);
    for (const [key, past] of older.#histories) {
      const history = this.#histories.get(key);
      if (history) {
        history.versions = [...past.versions, ...history.versions.filter((version) => version.modRevision > older.revision)];
        continue;
      }
      this.#histories.set(key, past);
      this.#ordered.add(past);
    }
    this.#commits = [...older.#commits, ...this.#commits];
    this.loadedAfter = older.loadedAfter;
  }

  #forget(key: string, revision: Revision): void {
    const history = this.#histories.get(key);
    if (!history) return;
    let superseded = 0;
    while ((history.versions[superseded + 1]?.modRevision ?? Infinity) <= revision) superseded++;
    if (superseded > 0) history.versions.splice(0, superseded);
    const only = history.versions.length === 1 ? history.versions[0] : undefined;
    if (!only || !isTombstone(only) || only.modRevision > revision) return;
    this.#histories.delete(key);
    this.#ordered.delete(key);
  }
}

function live(version: Version | undefined): Version | undefined {
  return version && !isTombstone(version) ? version : undefined;
}

/** The last version that is not after `revision`. */
function versionAt(versions: readonly Version[], revision: Revision): Version | undefined {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle] as Version).modRevision <= revision) low = middle + 1;
    else high = middle;
  }
  return versions[low - 1];
}
