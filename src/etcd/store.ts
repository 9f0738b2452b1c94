/**
 * The key-value store under the API server, with etcd v3's promises: revisions, transactions, watches, leases,
 * compaction. Two backends implement it: a directory (the default) and a real etcd.
 */

/** A revision of the whole store; grows by one with each transaction that writes. Opaque text (resourceVersion) above. */
export type Revision = number & { readonly __revision: unique symbol };

export interface KeyValue {
  readonly key: string;
  /** The stored text (JSON, for the API server's keys). */
  readonly value: string;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  /** Writes since the key was created: 1 after creation. */
  readonly version: number;
  readonly lease?: LeaseId;
}

export type LeaseId = string;

/** What must hold for a transaction to take its `success` branch. modRevision 0 means "does not exist". */
export interface Compare {
  readonly key: string;
  readonly modRevision: Revision | 0;
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: string; readonly lease?: LeaseId }
  | { readonly type: 'delete'; readonly key: string };

export interface TxnResult {
  readonly succeeded: boolean;
  /** The store's revision after the transaction: a new one if it wrote. */
  readonly revision: Revision;
  /** When it did not succeed: the keys that were compared, as they are (undefined where there is none). */
  readonly current: readonly (KeyValue | undefined)[];
}

export interface RangeOptions {
  /** Read as of this revision; throws CompactedError or FutureRevisionError. Default: the newest. */
  readonly revision?: Revision;
  readonly limit?: number;
  /** Only keys after this one (to go on with a paged range). */
  readonly after?: string;
}

export interface RangeResult {
  /** In the order of keys. */
  readonly kvs: readonly KeyValue[];
  /** How many keys have the prefix (after `after`) in all. */
  readonly count: number;
  readonly revision: Revision;
}

export interface StoreEvent {
  readonly type: 'put' | 'delete';
  /** For a deletion: the key with the deletion's modRevision and value ''. */
  readonly kv: KeyValue;
  /** What the key held before; undefined when it was created. */
  readonly previous: KeyValue | undefined;
}

export interface WatchOptions {
  readonly prefix: string;
  /** First revision to deliver; default: the next one. */
  readonly startRevision?: Revision;
}

/** Events of one revision come together, in order, and only once they are in the log. Called as tasks of the store: must not throw. */
export interface Watcher {
  events(events: readonly StoreEvent[], revision: Revision): void;
  /**
   * Everything up to `revision` that this watch is about has been delivered: after the past that it asked for, and now
   * and then while the store goes on without it. A watch may be resumed from here. Optional.
   */
  progress?(revision: Revision): void;
  /** The watch ended: asked revision compacted away, watcher too slow, or store closed. It has to range again. */
  ended(error: Error): void;
}

export interface StoreWatch {
  /** Stops it; neither `events` nor `ended` is called any more. */
  cancel(): void;
}

export class CompactedError extends Error {
  constructor(readonly compactRevision: Revision) {
    super('etcdserver: mvcc: required revision has been compacted');
    this.name = 'CompactedError';
  }
}
export class FutureRevisionError extends Error {
  constructor() {
    super('etcdserver: mvcc: required revision is a future revision');
    this.name = 'FutureRevisionError';
  }
}
/** A write that could not be made durable (disk full, folder gone). Nothing of it is visible. */
export class StoreWriteError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreWriteError';
  }
}
/** A real etcd that does not answer. Whether a write was made is not known. */
export class UnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnavailableError';
  }
}
/** The files do not hold what they should; names the file and the offset. Nothing was changed. */
export class CorruptError extends Error {
  constructor(readonly file: string, readonly offset: number, readonly what: string) {
    super(`${file}: offset ${offset}: ${what}`);
    this.name = 'CorruptError';
  }
}

export interface Store {
  /** The newest revision that this process knows of; all up to it has been delivered to the watchers. */
  readonly revision: Revision;
  /** Whether others write to it, too: what this process knows may not be the newest. */
  readonly shared: boolean;
  /** Learns what others have written: resolves when `revision` is as new as anything that was acknowledged before the call. */
  refresh(): Promise<void>;
  /** Up to here (inclusive) history is gone. */
  readonly compactRevision: Revision;
  get(key: string, revision?: Revision): Promise<KeyValue | undefined>;
  range(prefix: string, options?: RangeOptions): Promise<RangeResult>;
  /** Writes nothing unless every comparison holds; then all operations at one revision. Throws StoreWriteError. */
  txn(compare: readonly Compare[], operations: readonly Operation[]): Promise<TxnResult>;
  watch(options: WatchOptions, watcher: Watcher): StoreWatch;
  /** A lease of `ttlMs` in the cluster's time; keys put under it go when it runs out. */
  grantLease(ttlMs: number): Promise<LeaseId>;
  keepLeaseAlive(id: LeaseId): Promise<void>;
  revokeLease(id: LeaseId): Promise<void>;
  /** Forgets history up to and including `revision`; what is current stays. */
  compact(revision: Revision): Promise<void>;
  /** Brings the readable tree up to date with the log. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
