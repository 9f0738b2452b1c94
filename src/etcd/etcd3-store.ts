/**
 * The store in a real etcd v3, which other API servers may write to as well. Reads and writes go to etcd; what is written,
 * here or elsewhere, comes back through one feed and is handed to the watchers from there. What a call is answered with
 * has been delivered by the time that it resolves, as with the directory store.
 */
import type { IRangeResponse } from 'etcd3';
import type { Activity } from '../simulation/activity.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import { COMPACT_REV_KEY, Etcd3Compactor } from './etcd3-compactor.ts';
import { Etcd3Connection, fromEtcd, keyRange } from './etcd3-connection.ts';
import { Etcd3Feed, readCommits } from './etcd3-feed.ts';
import { Etcd3Leases, etcdId } from './etcd3-leases.ts';
import type { Commit } from './mvcc.ts';
import { RecentCommits } from './recent-commits.ts';
import { hostScheduler, type Scheduler } from './scheduler.ts';
import {
  CompactedError,
  type Compare,
  type KeyValue,
  type LeaseId,
  type Operation,
  type RangeOptions,
  type RangeResult,
  type Revision,
  type Store,
  type StoreWatch,
  type TxnResult,
  type Watcher,
  type WatchOptions,
} from './store.ts';
import { keyValue } from './versions.ts';
import { storeEvent, WatchHub } from './watch-hub.ts';

export interface Etcd3StoreOptions {
  /** http://host:port of each member. */
  readonly servers: readonly string[];
  /** Runs the leases while this process lives. */
  readonly clock: Clock;
  /** Holds the cluster's time while a call is under way. */
  readonly activity?: Activity;
  readonly log: Log;
  /** History that is older goes; real ms, 0 for never. Default: 5 minutes, as kube-apiserver's. */
  readonly compactionIntervalMs?: number;
  readonly scheduler?: Scheduler;
}

const COMPACTION_INTERVAL_MS = 300_000;
/** Keys that are read with one call; more come in several, at one revision. */
const PAGE = 1000;
/** How long a call that was answered waits for the feed to come as far, ms: while etcd is away for a moment it does not. */
const DELIVERY_MS = 5000;

/** Throws UnavailableError where no etcd answers. */
export async function openEtcd3Store(options: Etcd3StoreOptions): Promise<Store> {
  const { servers, scheduler = hostScheduler } = options;
  const connection = await Etcd3Connection.open(servers);
  try {
    return new Etcd3Store(options, connection, scheduler, await currentState(connection));
  } catch (error) {
    connection.close();
    throw error;
  }
}

class Etcd3Store implements Store {
  readonly shared = true;
  readonly #connection: Etcd3Connection;
  readonly #scheduler: Scheduler;
  readonly #log: Log;
  readonly #activity: Activity | undefined;
  readonly #recent: RecentCommits;
  readonly #hub: WatchHub;
  readonly #feed: Etcd3Feed;
  readonly #leases: Etcd3Leases;
  readonly #compactor: Etcd3Compactor | undefined;
  #waiting: { readonly revision: Revision; readonly resolve: () => void }[] = [];
  #closed = false;

  constructor(options: Etcd3StoreOptions, connection: Etcd3Connection, scheduler: Scheduler, state: State) {
    const { clock, log, activity, compactionIntervalMs = COMPACTION_INTERVAL_MS } = options;
    this.#connection = connection;
    this.#scheduler = scheduler;
    this.#log = log;
    this.#activity = activity;
    this.#recent = new RecentCommits(state.revision, state.compactRevision);
    this.#hub = new WatchHub(this.#recent, scheduler, () => undefined, (error) => log.error('a watcher failed', { error: error.message }));
    this.#feed = new Etcd3Feed(connection, scheduler, {
      commit: (commit) => this.#take(commit),
      ended: (error) => this.#beginAnew(error),
      disconnected: (error) => log.info('etcd is away; its watch goes on when it is back', { error: error.message }),
    });
    this.#feed.start((state.revision + 1) as Revision);
    this.#leases = new Etcd3Leases(connection, clock, scheduler, log);
    if (compactionIntervalMs > 0) this.#compactor = new Etcd3Compactor(connection, scheduler, log, compactionIntervalMs, (revision) => this.compact(revision));
  }

  get revision(): Revision {
    return this.#recent.revision;
  }

  get compactRevision(): Revision {
    return this.#recent.compactRevision;
  }

  async refresh(): Promise<void> {
    await this.#read({ ...keyRange(COMPACT_REV_KEY), limit: 1, keys_only: true });
  }

  async get(key: string, revision?: Revision): Promise<KeyValue | undefined> {
    const { kvs: [kv] } = await this.#read({ key: Buffer.from(key), ...(revision ? { revision } : {}) });
    return kv && fromEtcd(kv);
  }

  async range(prefix: string, options: RangeOptions = {}): Promise<RangeResult> {
    const { after, limit = 0 } = options;
    const page = (from: string | undefined, size: number, revision: Revision | undefined) =>
      this.#read({ ...keyRange(prefix, from), limit: size, ...(revision ? { revision } : {}) });
    const first = await page(after, limit > 0 ? Math.min(limit, PAGE) : PAGE, options.revision);
    const revision = Number(first.header.revision) as Revision;
    const count = Number(first.count);
    const wanted = limit > 0 ? Math.min(limit, count) : count;
    const kvs = first.kvs.map(fromEtcd);
    while (kvs.length < wanted) {
      const next = await page(kvs.at(-1)?.key, Math.min(PAGE, wanted - kvs.length), options.revision || revision);
      if (next.kvs.length === 0) break;
      for (const kv of next.kvs) kvs.push(fromEtcd(kv));
    }
    return { kvs, count, revision };
  }

  async txn(compare: readonly Compare[], operations: readonly Operation[]): Promise<TxnResult> {
    return this.#busy(async () => {
      const request = {
        compare: compare.map(({ key, modRevision }) => ({ key: Buffer.from(key), target: 'Mod' as const, result: 'Equal' as const, mod_revision: modRevision })),
        success: operations.map(requestOf),
        failure: compare.map(({ key }) => ({ request_range: { key: Buffer.from(key) } })),
      };
      const { succeeded, header, responses } = await this.#connection.call(false, (options) => this.#connection.client.kv.txn(request, options));
      const revision = Number(header.revision) as Revision;
      await this.#delivered(revision);
      if (succeeded) return { succeeded, revision, current: [] };
      return { succeeded, revision, current: responses.map(({ response_range: { kvs: [kv] } }) => kv && fromEtcd(kv)) };
    });
  }

  watch(options: WatchOptions, watcher: Watcher): StoreWatch {
    if (this.#closed) throw closedError();
    const { startRevision } = options;
    if (startRevision === undefined || startRevision > this.#recent.loadedAfter || startRevision <= this.compactRevision) return this.#hub.watch(options, watcher);
    return this.#watchPast(options.prefix, startRevision, watcher);
  }

  grantLease(ttlMs: number): Promise<LeaseId> {
    return this.#busy(() => this.#leases.grant(ttlMs));
  }

  keepLeaseAlive(id: LeaseId): Promise<void> {
    return this.#busy(() => this.#leases.keepAlive(id));
  }

  revokeLease(id: LeaseId): Promise<void> {
    return this.#busy(async () => {
      await this.#leases.revoke(id);
      await this.refresh();
    });
  }

  async compact(revision: Revision): Promise<void> {
    await this.#busy(async () => {
      await this.#connection.call(false, (options) => this.#connection.client.kv.compact({ revision }, options)).catch((error: unknown) => this.#explained(error));
      this.#noteCompaction(revision);
    });
  }

  async flush(): Promise<void> {
    // etcd sees to its own files.
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#compactor?.stop();
    this.#leases.stop();
    this.#feed.stop();
    this.#hub.endAll(closedError());
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    this.#connection.close();
    return Promise.resolve();
  }

  #read(request: Parameters<Etcd3Connection['client']['kv']['range']>[0]): Promise<IRangeResponse> {
    return this.#busy(async () => {
      const answer = await this.#connection.call(true, (options) => this.#connection.client.kv.range(request, options)).catch((error: unknown) => this.#explained(error));
      await this.#delivered(Number(answer.header.revision) as Revision);
      return answer;
    });
  }

  /** While a call is under way the cluster's time is held. */
  async #busy<Result>(body: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw closedError();
    const release = this.#activity?.begin();
    try {
      return await body();
    } finally {
      release?.();
    }
  }

  /** etcd says that something was compacted, but not what. */
  async #explained(error: unknown): Promise<never> {
    if (!(error instanceof CompactedError)) throw error;
    const { compactRevision } = await currentState(this.#connection);
    this.#noteCompaction(compactRevision);
    throw new CompactedError(this.compactRevision);
  }

  #noteCompaction(revision: Revision): void {
    if (revision > this.#recent.compactRevision) this.#recent.compactRevision = revision;
  }

  #delivered(revision: Revision): Promise<void> {
    if (this.revision >= revision || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#scheduler.after(DELIVERY_MS, resolve);
      this.#waiting.push({
        revision,
        resolve: () => {
          cancel();
          resolve();
        },
      });
    });
  }

  #take(commit: Commit): void {
    this.#hub.catchUp();
    this.#recent.apply(commit);
    for (const { type, kv } of commit.changes) if (kv.key === COMPACT_REV_KEY && type === 'put') this.#noteCompaction(Number(keyValue(kv).value) as Revision);
    this.#hub.deliver(commit);
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((waiter) => waiter.revision <= this.revision);
    this.#waiting = this.#waiting.filter((waiter) => waiter.revision > this.revision);
    for (const { resolve } of ready) resolve();
  }

  /** What came while etcd was away is gone already: all who watch have to read again. */
  #beginAnew(error: Error): void {
    this.#log.info('what was written while etcd was away is compacted', { error: error.message });
    currentState(this.#connection).then(({ revision, compactRevision }) => {
      if (this.#closed) return;
      this.#recent.reset(revision, compactRevision);
      this.#feed.start((revision + 1) as Revision);
      this.#hub.endAll(error);
      this.#wake();
    }, () => {
      if (!this.#closed) this.#scheduler.after(DELIVERY_MS, () => this.#beginAnew(error));
    });
  }

  /** Reads the past from etcd until it comes to what is still here. */
  #watchPast(prefix: string, startRevision: Revision, watcher: Watcher): StoreWatch {
    let live: StoreWatch | undefined;
    const cancel = readCommits(this.#connection, startRevision, {
      commit: (commit) => {
        const events = commit.changes.filter(({ kv }) => kv.key.startsWith(prefix)).map(storeEvent);
        if (events.length > 0) watcher.events(events, commit.revision);
        if (live !== undefined || commit.revision < this.#recent.loadedAfter) return;
        cancel();
        live = this.#hub.watch({ prefix, startRevision: (commit.revision + 1) as Revision }, watcher);
      },
      ended: (error) => {
        if (error instanceof CompactedError) this.#noteCompaction(error.compactRevision);
        watcher.ended(error);
      },
    });
    return {
      cancel: () => {
        cancel();
        live?.cancel();
      },
    };
  }
}

interface State {
  readonly revision: Revision;
  readonly compactRevision: Revision;
}

/** The newest revision, and the oldest that can be read: etcd does not tell, so it is searched for. */
async function currentState(connection: Etcd3Connection): Promise<State> {
  const look = (revision?: number): Promise<IRangeResponse> =>
    connection.call(true, (options) => connection.client.kv.range({ key: Buffer.from(COMPACT_REV_KEY), ...(revision === undefined ? {} : { revision }) }, options));
  const readable = (revision: number): Promise<boolean> =>
    look(revision).then(() => true, (error: unknown) => {
      if (error instanceof CompactedError) return false;
      throw error;
    });
  const revision = Number((await look()).header.revision) as Revision;
  if (await readable(1)) return { revision, compactRevision: 0 as Revision };
  let gone = 1;
  let there = revision as number;
  while (there - gone > 1) {
    const middle = Math.floor((gone + there) / 2);
    if (await readable(middle)) there = middle;
    else gone = middle;
  }
  return { revision, compactRevision: there as Revision };
}

function requestOf(operation: Operation) {
  const key = Buffer.from(operation.key);
  if (operation.type === 'delete') return { request_delete_range: { key } };
  return { request_put: { key, value: Buffer.from(operation.value), ...(operation.lease === undefined ? {} : { lease: etcdId(operation.lease) }) } };
}

function closedError(): Error {
  return new Error('etcdserver: server stopped');
}
