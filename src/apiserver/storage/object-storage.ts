/**
 * The objects of one resource over the store: reads through the watch cache where it is open, writes with optimistic
 * locks. Follows apiserver pkg/storage/etcd3/store.go and pkg/storage/cacher.
 */
import { StatusError } from '../../api/status.ts';
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import type { Log } from '../../simulation/log.ts';
import type { Compare, KeyValue, Operation, Revision, Store } from '../../etcd/store.ts';
import type { LeasePool } from './lease-pool.ts';
import { resourcePrefix } from './keys.ts';
import { revisionOf, sealStored, storedOf, type StoredObject } from './stored-object.ts';
import { WatchCache, type FieldValues } from './watch-cache.ts';

/** What to do with an object after having looked at it. */
export type Change =
  | { readonly type: 'keep' }
  | { readonly type: 'put'; readonly object: Draft<KubeObject> }
  | { readonly type: 'delete' };

/** What came of a change: the object as it is now stored, or as it was when it was deleted. */
export interface ChangeResult {
  readonly type: Change['type'];
  readonly object: StoredObject | undefined;
}

export interface ObjectStorageOptions {
  readonly store: Store;
  readonly resource: ResourceFacts;
  readonly indexedFields?: readonly string[];
  readonly fieldValues?: FieldValues;
  /** For objects that expire. */
  readonly leases?: LeasePool;
  /** See WatchCacheOptions. */
  readonly seldomRead?: boolean;
  readonly log: Log;
}

interface Written {
  readonly text: string;
  readonly draft: Draft<KubeObject>;
  sealed: StoredObject | undefined;
}

/** Reads without a cache before one is worth its while. */
const DIRECT_READS = 8;

export class ObjectStorage {
  readonly resource: ResourceFacts;
  readonly prefix: string;
  readonly #store: Store;
  readonly #written = new Map<string, Written[]>();
  #cache: WatchCache | undefined;
  #opening: Promise<WatchCache> | undefined;
  #directReads = 0;

  constructor(private readonly options: ObjectStorageOptions) {
    this.#store = options.store;
    this.resource = options.resource;
    this.prefix = resourcePrefix(options.resource, options.store.shared);
  }

  get store(): Store {
    return this.#store;
  }

  key(namespace: string, name: string): string {
    return this.resource.namespaced ? `${this.prefix}${namespace}/${name}` : this.prefix + name;
  }

  /** The watch cache, opened when first asked for. */
  cache(): Promise<WatchCache> | WatchCache {
    const open = this.#openCache;
    if (open) return open;
    this.#opening ??= WatchCache.open({
      store: this.#store,
      prefix: this.prefix,
      namespaced: this.resource.namespaced,
      indexedFields: this.options.indexedFields ?? [],
      fieldValues: this.options.fieldValues ?? (() => ({})),
      handedOver: (kv) => this.#handedOver(kv),
      ...(this.options.seldomRead ? { seldomRead: true } : {}),
      log: this.options.log,
    }).then((cache) => {
      this.#opening = undefined;
      return (this.#cache = cache);
    }, (error: Error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** The cache, if it is open and could follow the store so far. */
  get #openCache(): WatchCache | undefined {
    return this.#cache?.closed ? undefined : this.#cache;
  }

  /**
   * The object as it is now: at once where the cache is open and nobody else writes. A single read doesn't fill the cache,
   * several do.
   */
  get(namespace: string, name: string): StoredObject | undefined | Promise<StoredObject | undefined> {
    if (this.#store.shared) return this.#readThrough(namespace, name);
    return this.#cached(namespace, name) ?? (this.#openCache ? undefined : this.#read(namespace, name));
  }

  /** The object as far as this process knows; what it does not know of is looked for. */
  recall(namespace: string, name: string): StoredObject | undefined | Promise<StoredObject | undefined> {
    return this.#cached(namespace, name) ?? this.get(namespace, name);
  }

  /** Lets the cache catch up with what others have written up to now. */
  async refresh(): Promise<void> {
    if (!this.#store.shared) return;
    await this.#store.refresh();
    await this.#openCache?.filled;
  }

  #cached(namespace: string, name: string): StoredObject | undefined {
    return this.#openCache?.get(this.resource.namespaced ? namespace : '', name);
  }

  async #readThrough(namespace: string, name: string): Promise<StoredObject | undefined> {
    const kv = await this.#store.get(this.key(namespace, name));
    const cached = this.#cached(namespace, name);
    return kv && (cached && revisionOf(cached) === kv.modRevision ? cached : storedOf(kv));
  }

  async #read(namespace: string, name: string): Promise<StoredObject | undefined> {
    if (this.#directReads++ >= DIRECT_READS) return (await this.cache()).get(this.resource.namespaced ? namespace : '', name);
    const kv = await this.#store.get(this.key(namespace, name));
    return kv && storedOf(kv);
  }

  /** All objects or a namespace's, at once where the cache is open. */
  list(namespace?: string): readonly StoredObject[] | Promise<readonly StoredObject[]> {
    const cache = this.#openCache;
    return cache ? cache.list(namespace) : Promise.resolve(this.cache()).then((opened) => opened.list(namespace));
  }

  /** Stores a new object; undefined where there is one of that name. `object` is frozen by it and must not be used again. */
  async create(namespace: string, name: string, object: Draft<KubeObject>): Promise<StoredObject | undefined> {
    return (await this.#put(this.key(namespace, name), object, 0)).stored;
  }

  /**
   * Reads an object, asks `decide` what to do with it, and does that; when somebody else wrote in between, asks again.
   * `decide` may throw.
   */
  async change(namespace: string, name: string, decide: (current: StoredObject | undefined) => Promise<Change> | Change): Promise<ChangeResult> {
    const key = this.key(namespace, name);
    let current = await this.get(namespace, name);
    for (;;) {
      const change = await decide(current);
      if (change.type === 'keep') return { type: 'keep', object: current };
      if (change.type === 'delete') {
        if (!current) return { type: 'delete', object: undefined };
        const result = await this.#commit({ key, modRevision: revisionOf(current) }, { type: 'delete', key });
        if (result.succeeded) return { type: 'delete', object: current };
        current = result.current;
      } else {
        const result = await this.#put(key, change.object, current ? revisionOf(current) : 0);
        if (result.stored) return { type: 'put', object: result.stored };
        current = result.current;
      }
    }
  }

  close(): void {
    this.#cache?.close();
  }

  async #put(key: string, draft: Draft<KubeObject>, expected: Revision | 0): Promise<{ stored?: StoredObject; current?: StoredObject | undefined }> {
    if (draft.metadata) delete draft.metadata.resourceVersion;
    const written: Written = { text: JSON.stringify(draft), draft, sealed: undefined };
    checkSize(written.text);
    const lease = this.options.leases && (await this.options.leases.take());
    const waiting = this.#written.get(key);
    if (waiting) waiting.push(written);
    else this.#written.set(key, [written]);
    try {
      const result = await this.#commit({ key, modRevision: expected }, { type: 'put', key, value: written.text, ...(lease ? { lease } : {}) });
      if (!result.succeeded) return { current: result.current };
      return { stored: (written.sealed ??= sealStored(draft, result.revision)) };
    } finally {
      const rest = this.#written.get(key)?.filter((other) => other !== written) ?? [];
      if (rest.length > 0) this.#written.set(key, rest);
      else this.#written.delete(key);
    }
  }

  /** One compare and one operation; comes back when the cache has seen the write, so that whoever reads next finds it. */
  async #commit(compare: Compare, operation: Operation): Promise<{ succeeded: boolean; revision: Revision; current: StoredObject | undefined }> {
    const result = await this.#store.txn([compare], [operation]);
    if (!result.succeeded) {
      const kv = result.current[0];
      return { succeeded: false, revision: result.revision, current: kv && storedOf(kv) };
    }
    const cache = this.#openCache ?? (this.#opening && (await this.#opening));
    if (cache) {
      const seen = cache.reached(result.revision);
      if (seen) await seen;
    }
    return { succeeded: true, revision: result.revision, current: undefined };
  }

  #handedOver(kv: KeyValue): StoredObject | undefined {
    const written = this.#written.get(kv.key)?.find(({ text }) => text === kv.value);
    return written && (written.sealed ??= sealStored(written.draft, kv.modRevision));
  }
}

/** etcd --max-request-bytes. */
const MAX_REQUEST_BYTES = 1.5 * 1024 * 1024;

/** Throws what etcd answers to a request that is too long. */
function checkSize(text: string): void {
  // No character has more than three bytes in UTF-8 for each of its units.
  if (text.length * 3 > MAX_REQUEST_BYTES && Buffer.byteLength(text) > MAX_REQUEST_BYTES) throw new StatusError(500, '', 'etcdserver: request is too large');
}
