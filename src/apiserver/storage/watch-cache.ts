/**
 * All objects of one resource in memory, kept up to date by one watch of the store, and the place where that watch fans
 * out. Follows apiserver pkg/storage/cacher. Objects are parsed when they are first asked for; what this process wrote
 * itself is handed over and never parsed.
 */
import type { Log } from '../../simulation/log.ts';
import type { KeyValue, Revision, Store, StoreEvent, StoreWatch } from '../../etcd/store.ts';
import { atRevision, parseStored, storedOf, type StoredObject } from './stored-object.ts';

/** A change of one object. For a deletion `object` is its last state at the deletion's revision. */
export interface CacheEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly namespace: string;
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
  readonly revision: Revision;
}

/** Values of the indexed fields of an object, e.g. {'spec.nodeName': 'node-1'}. */
export type FieldValues = (object: StoredObject) => Readonly<Record<string, string>>;

export interface WatchCacheOptions {
  readonly store: Store;
  /** With the slash at its end. */
  readonly prefix: string;
  readonly namespaced: boolean;
  /** Fields with an index, so that lists and watches selecting by them cost what they concern. */
  readonly indexedFields: readonly string[];
  readonly fieldValues: FieldValues;
  /** The object that this process wrote as this text, if it did. */
  readonly handedOver: (kv: KeyValue) => StoredObject | undefined;
  /**
   * Many objects that hardly anybody reads: they stay the text that the store has of them anyway, and are parsed each
   * time. Kept as objects, the events of a large cluster would take more memory than all the rest.
   */
  readonly seldomRead?: boolean;
  readonly log: Log;
}

/** Which events a watcher wants at all; the narrowest of these that applies. The watcher still checks its selectors. */
export interface WatchScope {
  readonly namespace?: string;
  readonly field?: { readonly name: string; readonly value: string };
}

interface Entry {
  readonly name: string;
  text: string | undefined;
  object: StoredObject | undefined;
  revision: Revision;
}

/** One namespace's objects. */
interface Bucket {
  readonly entries: Map<string, Entry>;
  /** In the order of names; made when it is asked for. */
  sorted: Entry[] | undefined;
}

type Deliver = (event: CacheEvent) => void;

/** Events kept for watches that start in the past; older ones come from the store's history. */
const HISTORY_MAX = 4096;
const SELDOM_READ_HISTORY_MAX = 128;

export class WatchCache {
  readonly #buckets = new Map<string, Bucket>();
  /** field -> value -> objects' entries by key; built when first used. */
  readonly #fieldIndexes = new Map<string, Map<string, Map<string, Entry>>>();
  readonly #watchers = new Set<Deliver>();
  readonly #scoped = new Map<string, Set<Deliver>>();
  #history: CacheEvent[] = [];
  /** Every event after this revision is in the history. */
  #historyStart: Revision = 0 as Revision;
  #revision: Revision = 0 as Revision;
  #lastChange: Revision = 0 as Revision;
  #waiting: { readonly revision: Revision; readonly resolve: () => void }[] = [];
  readonly #queue: { readonly events: readonly StoreEvent[]; readonly revision: Revision }[] = [];
  #dispatching = false;
  #watch: StoreWatch | undefined;
  #closed = false;
  /** Resolves when what the cache had to read anew is there. */
  filled: Promise<void> = Promise.resolve();
  /** Called when the watchers have to start again from a list. */
  readonly #lost = new Set<() => void>();

  private constructor(private readonly options: WatchCacheOptions) {}

  /** Reads the whole prefix and follows it from then on. */
  static async open(options: WatchCacheOptions): Promise<WatchCache> {
    const cache = new WatchCache(options);
    await cache.#fill();
    return cache;
  }

  /** A closed cache follows the store no longer. */
  get closed(): boolean {
    return this.#closed;
  }
  /** Up to here the cache is known to be complete. */
  get revision(): Revision {
    return this.#revision;
  }
  /** When an object of this resource last changed, as far as known; 0 when none has since the cache was opened. */
  get lastChange(): Revision {
    return this.#lastChange;
  }

  get(namespace: string, name: string): StoredObject | undefined {
    const entry = this.#buckets.get(namespace)?.entries.get(name);
    return entry && this.#read(entry);
  }

  count(namespace?: string): number {
    if (namespace !== undefined) return this.#buckets.get(namespace)?.entries.size ?? 0;
    let count = 0;
    for (const bucket of this.#buckets.values()) count += bucket.entries.size;
    return count;
  }

  /** The objects of a namespace or all, in the order of their keys. */
  list(namespace?: string): StoredObject[] {
    if (namespace !== undefined) return this.#sorted(namespace).map((entry) => this.#read(entry));
    // "a-b/" sorts before "a/", as keys do.
    const namespaces = [...this.#buckets.keys()].map((name) => `${name}/`).sort();
    const result: StoredObject[] = [];
    for (const name of namespaces) for (const entry of this.#sorted(name.slice(0, -1))) result.push(this.#read(entry));
    return result;
  }

  /** The objects whose indexed field has this value, in the order of their keys; undefined where the field has no index. */
  byField(field: string, value: string): StoredObject[] | undefined {
    const index = this.#fieldIndex(field);
    if (!index) return undefined;
    const entries = [...(index.get(value) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([, entry]) => this.#read(entry));
  }

  /** Resolves when the cache has seen everything up to `revision`. */
  reached(revision: Revision): Promise<void> | undefined {
    if (this.#revision >= revision || this.#closed) return undefined;
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  /** Every event from now on that is in scope. Returns a function that ends it. `lost` is called when events may have been missed. */
  subscribe(scope: WatchScope, deliver: Deliver, lost: () => void): () => void {
    const key = scope.field && this.options.indexedFields.includes(scope.field.name) ? `${scope.field.name}=${scope.field.value}` : scope.namespace !== undefined ? `/${scope.namespace}` : undefined;
    let watchers = this.#watchers;
    if (key !== undefined) {
      watchers = this.#scoped.get(key) ?? new Set();
      this.#scoped.set(key, watchers);
    }
    watchers.add(deliver);
    this.#lost.add(lost);
    return () => {
      watchers.delete(deliver);
      this.#lost.delete(lost);
      if (key !== undefined && watchers.size === 0 && this.#scoped.get(key) === watchers) this.#scoped.delete(key);
    };
  }

  /**
   * Calls `deliver` with what happened after `revision`, then `caughtUp`, in whose turn the caller subscribes for the
   * rest. At once where the cache still has it all; otherwise the store's history is followed until its first event that
   * the cache has seen, too. `failed` gets a CompactedError where nobody has it any more. Returns a function that ends it.
   */
  replay(revision: Revision, deliver: Deliver, caughtUp: () => void, failed: (error: Error) => void): () => void {
    const fromHistory = (after: Revision) => {
      for (const event of this.#history) if (event.revision > after) this.#deliver(deliver, event);
      caughtUp();
    };
    if (revision >= this.#historyStart) {
      fromHistory(revision);
      return () => undefined;
    }
    const until = this.#historyStart;
    let ended = false;
    let watch: StoreWatch | undefined;
    const end = () => {
      ended = true;
      watch?.cancel();
    };
    try {
      watch = this.options.store.watch({ prefix: this.options.prefix, startRevision: (revision + 1) as Revision }, {
        events: (events, at) => {
          if (ended) return;
          if (at <= until) for (const event of events) this.#deliver(deliver, this.#eventOf(event, event.previous && storedOf(event.previous)));
          if (at < until) return;
          end();
          // The cache's own watch may not have come to this revision yet: it then arrives through the subscription.
          fromHistory(until);
        },
        ended: (error) => {
          if (ended) return;
          ended = true;
          failed(error);
        },
      });
      if (ended) watch.cancel();
    } catch (error) {
      failed(error as Error);
    }
    return end;
  }

  close(): void {
    this.#closed = true;
    this.#watch?.cancel();
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    for (const lost of [...this.#lost]) lost();
  }

  async #fill(): Promise<void> {
    const { store, prefix } = this.options;
    const range = await store.range(prefix);
    this.#buckets.clear();
    this.#fieldIndexes.clear();
    for (const kv of range.kvs) {
      const { namespace, name } = this.#split(kv.key);
      this.#bucket(namespace).entries.set(name, { name, text: kv.value, object: undefined, revision: kv.modRevision });
      if (kv.modRevision > this.#lastChange) this.#lastChange = kv.modRevision;
    }
    this.#history = [];
    // Deletions up to here left no trace in the range.
    this.#lastChange = range.revision;
    this.#historyStart = range.revision;
    this.#revision = range.revision;
    this.#watch = store.watch({ prefix, startRevision: (range.revision + 1) as Revision }, {
      events: (events, revision) => this.#receive(events, revision),
      ended: (error) => this.#refill(error),
    });
  }

  /** The store ended our watch (too slow, compacted): read everything anew; the watchers have to, too. */
  #refill(error: Error): void {
    if (this.#closed) return;
    for (const lost of [...this.#lost]) lost();
    this.options.log.info(`watch of ${this.options.prefix} ended: ${error.message}`);
    this.filled = this.#fill().then(() => this.#advance(this.#revision), (failure: Error) => {
      this.options.log.error(`cannot read ${this.options.prefix}: ${failure.message}`);
      this.close();
    });
  }

  /** Events that come while others are being delivered wait, so that every watcher sees the same order. */
  #receive(events: readonly StoreEvent[], revision: Revision): void {
    this.#queue.push({ events, revision });
    if (this.#dispatching) return;
    this.#dispatching = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      for (const event of next.events) this.#apply(event);
      this.#advance(next.revision);
    }
    this.#dispatching = false;
  }

  #advance(revision: Revision): void {
    if (revision > this.#revision) this.#revision = revision;
    if (this.#waiting.length === 0) return;
    const still = this.#waiting.filter((waiter) => waiter.revision > this.#revision);
    const ready = this.#waiting.filter((waiter) => waiter.revision <= this.#revision);
    this.#waiting = still;
    for (const { resolve } of ready) resolve();
  }

  #eventOf(event: StoreEvent, previous: StoredObject | undefined): CacheEvent {
    const { namespace } = this.#split(event.kv.key);
    const revision = event.kv.modRevision;
    if (event.type === 'delete' && previous) return { type: 'DELETED', namespace, object: atRevision(previous, revision), previous, revision };
    const object = this.options.handedOver(event.kv) ?? storedOf(event.kv);
    return { type: previous ? 'MODIFIED' : 'ADDED', namespace, object, previous, revision };
  }

  #apply(change: StoreEvent): void {
    const { namespace, name } = this.#split(change.kv.key);
    const bucket = this.#bucket(namespace);
    const entry = bucket.entries.get(name);
    if (!entry && change.type === 'delete') return;
    const event = this.#eventOf(change, entry && this.#read(entry));
    if (event.type === 'DELETED') {
      bucket.entries.delete(name);
      bucket.sorted = undefined;
      if (bucket.entries.size === 0) this.#buckets.delete(namespace);
    } else {
      const now = entry ?? { name, text: undefined, object: undefined, revision: event.revision };
      if (this.options.seldomRead) now.text = change.kv.value;
      else now.object = event.object;
      now.revision = event.revision;
      if (!entry) {
        bucket.entries.set(name, now);
        bucket.sorted = undefined;
      }
    }
    if (this.#fieldIndexes.size > 0) this.#reindex(event, `${namespace}/${name}`, entry ?? bucket.entries.get(name));
    this.#lastChange = event.revision;
    this.#remember(event);
    this.#fanOut(event);
  }

  #remember(event: CacheEvent): void {
    this.#history.push(event);
    const max = this.options.seldomRead ? SELDOM_READ_HISTORY_MAX : HISTORY_MAX;
    if (this.#history.length <= max) return;
    const kept = this.#history.slice(max / 2);
    this.#historyStart = this.#history[max / 2 - 1]?.revision ?? this.#historyStart;
    this.#history = kept.filter((old) => old.revision > this.#historyStart);
  }

  #fanOut(event: CacheEvent): void {
    for (const deliver of this.#watchers) this.#deliver(deliver, event);
    if (this.#scoped.size === 0) return;
    const reached = new Set<string>([`/${event.namespace}`]);
    if (this.options.indexedFields.length > 0) {
      for (const object of [event.object, event.previous]) {
        if (!object) continue;
        const values = this.options.fieldValues(object);
        for (const field of this.options.indexedFields) reached.add(`${field}=${values[field] ?? ''}`);
      }
    }
    for (const key of reached) for (const deliver of this.#scoped.get(key) ?? []) this.#deliver(deliver, event);
  }

  #deliver(deliver: Deliver, event: CacheEvent): void {
    try {
      deliver(event);
    } catch (error) {
      this.options.log.error(`a watcher of ${this.options.prefix} failed: ${(error as Error).message}`);
    }
  }

  #fieldIndex(field: string): Map<string, Map<string, Entry>> | undefined {
    if (!this.options.indexedFields.includes(field)) return undefined;
    let index = this.#fieldIndexes.get(field);
    if (!index) {
      index = new Map();
      this.#fieldIndexes.set(field, index);
      for (const [namespace, bucket] of this.#buckets) {
        for (const entry of bucket.entries.values()) put(index, this.options.fieldValues(this.#read(entry))[field] ?? '', `${namespace}/${entry.name}`, entry);
      }
    }
    return index;
  }

  #reindex(event: CacheEvent, key: string, entry: Entry | undefined): void {
    for (const [field, index] of this.#fieldIndexes) {
      const before = event.previous && (this.options.fieldValues(event.previous)[field] ?? '');
      const after = event.type === 'DELETED' ? undefined : (this.options.fieldValues(event.object)[field] ?? '');
      if (before === after) continue;
      if (before !== undefined) {
        const entries = index.get(before);
        entries?.delete(key);
        if (entries?.size === 0) index.delete(before);
      }
      if (after !== undefined && entry) put(index, after, key, entry);
    }
  }

  #read(entry: Entry): StoredObject {
    if (entry.object) return entry.object;
    const object = parseStored(entry.text ?? '', entry.revision);
    if (!this.options.seldomRead) {
      entry.object = object;
      entry.text = undefined;
    }
    return object;
  }

  #bucket(namespace: string): Bucket {
    let bucket = this.#buckets.get(namespace);
    if (!bucket) {
      bucket = { entries: new Map(), sorted: undefined };
      this.#buckets.set(namespace, bucket);
    }
    return bucket;
  }

  #sorted(namespace: string): readonly Entry[] {
    const bucket = this.#buckets.get(namespace);
    if (!bucket) return [];
    return (bucket.sorted ??= [...bucket.entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  #split(key: string): { namespace: string; name: string } {
    const { prefix, namespaced } = this.options;
    if (!namespaced) return { namespace: '', name: key.slice(prefix.length) };
    const slash = key.indexOf('/', prefix.length);
    return { namespace: key.slice(prefix.length, slash), name: key.slice(slash + 1) };
  }
}

function put(index: Map<string, Map<string, Entry>>, value: string, key: string, entry: Entry): void {
  const entries = index.get(value);
  if (entries) entries.set(key, entry);
  else index.set(value, new Map([[key, entry]]));
}
