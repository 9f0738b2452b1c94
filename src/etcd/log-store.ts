/**
 * The store's promises over a log. Writes queue up and are committed in groups: when the present task is done, all that
 * is queued is evaluated in order, goes to the log in one write, and only then is applied, delivered to the watchers
 * and acknowledged. So what has not been acknowledged is never visible, and a group costs one write.
 */
import type { Activity } from '../simulation/activity.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Disk } from '../simulation/disk.ts';
import type { Log } from '../simulation/log.ts';
import { Batch, type Outcome, type Request } from './batch.ts';
import type { DirectoryStore, HistoryEntry } from './directory-store.ts';
import { LeaseNotFoundError, type Leases } from './leases.ts';
import type { Lock } from './lock.ts';
import type { Mvcc } from './mvcc.ts';
import { NO_CRC, recoverPast, type Recovered } from './recovery.ts';
import { RegistryView } from './registry-view.ts';
import type { Scheduler } from './scheduler.ts';
import { snapshotBytes } from './snapshot.ts';
import type { SnapshotState, Storage } from './storage.ts';
import type {
  Compare,
  KeyValue,
  LeaseId,
  Operation,
  RangeOptions,
  RangeResult,
  Revision,
  StoreWatch,
  TxnResult,
  WatchOptions,
  Watcher,
} from './store.ts';
import { isTombstone, keyValue } from './versions.ts';
import { WatchHub } from './watch-hub.ts';

/** What the store works with. */
export interface LogStoreParts {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly activity: Activity | undefined;
  readonly log: Log;
  readonly scheduler: Scheduler;
  /** To be given up at the end. */
  readonly lock: Lock | undefined;
}

export interface LogStoreOptions {
  readonly keepRevisions: number;
  /** Cluster time. */
  readonly keepMs: number;
  /** Undefined: no readable tree. */
  readonly viewDelayMs: number | undefined;
  /** Of the files of the tree that an earlier owner has left unwritten, so many are written at the end. */
  readonly viewBacklog: number;
}

interface Pending {
  readonly request: Request;
  readonly resolve: (result: TxnResult) => void;
  readonly reject: (error: Error) => void;
}

/** Compaction waits until a tenth more than what is kept has come together: one record for many revisions. */
const COMPACTION_SLACK = 1.1;
const LEASE_RETRY_MS = 1000;
/** So many groups may follow each other before the host sees to its sockets: a few ms of writers that never pause. */
const GROUPS_PER_TURN = 64;
/** Transactions of so many keys are told to the readable tree as such. */
const MANY_KEYS = 8;

export class LogStore implements DirectoryStore {
  readonly #parts: LogStoreParts;
  readonly #options: LogStoreOptions;
  readonly #mvcc: Mvcc;
  readonly #leases: Leases;
  readonly #storage: Storage;
  readonly #hub: WatchHub;
  readonly #view: RegistryView | undefined;
  /** Log files before this number have not been read. */
  readonly #readFrom: number;
  #queue: Pending[] = [];
  #scheduled = false;
  #groups = 0;
  #compacting = false;
  #release: (() => void) | undefined;
  #closed = false;

  constructor(parts: LogStoreParts, options: LogStoreOptions, recovered: Recovered, storage: Storage) {
    this.#parts = parts;
    this.#options = options;
    this.#mvcc = recovered.mvcc;
    this.#leases = recovered.leases;
    this.#storage = storage;
    this.#readFrom = recovered.baseNumber;
    const failed = (error: Error) => parts.log.error('a watcher failed', { error: error.message });
    this.#hub = new WatchHub(this.#mvcc, parts.scheduler, (from) => this.#loadHistory((from - 1) as Revision), failed);
    if (options.viewDelayMs !== undefined) {
      this.#view = this.#createView(options.viewDelayMs);
      this.#attempt('cannot look through the registry tree', () => this.#view?.open());
    }
    this.#leases.start(parts.clock, (id) => this.#expire(id));
  }

  get path(): string {
    return this.#parts.folder;
  }

  get revision(): Revision {
    return this.#mvcc.revision;
  }

  get compactRevision(): Revision {
    return this.#mvcc.compactRevision;
  }

  get shared(): boolean {
    return false;
  }

  async refresh(): Promise<void> {
    // Nobody else writes.
  }

  async get(key: string, revision?: Revision): Promise<KeyValue | undefined> {
    this.#assertOpen();
    // Revision 0 is the newest, and limit 0 no limit, as in etcd.
    if (revision) this.#assertReadable(revision);
    const version = revision ? this.#mvcc.at(key, revision) : this.#mvcc.latest(key);
    return version && keyValue(version);
  }

  async range(prefix: string, options: RangeOptions = {}): Promise<RangeResult> {
    this.#assertOpen();
    const { revision, after, limit } = options;
    if (revision) this.#assertReadable(revision);
    const { versions, count } = this.#mvcc.range(prefix, after, limit || Infinity, revision || this.#mvcc.revision);
    return { kvs: versions.map(keyValue), count, revision: this.#mvcc.revision };
  }

  txn(compare: readonly Compare[], operations: readonly Operation[]): Promise<TxnResult> {
    return this.#enqueue({ type: 'txn', compare, operations });
  }

  watch(options: WatchOptions, watcher: Watcher): StoreWatch {
    this.#assertOpen();
    return this.#hub.watch(options, watcher);
  }

  async grantLease(ttlMs: number): Promise<LeaseId> {
    const id = this.#leases.nextId();
    await this.#enqueue({ type: 'grant', id, ttlMs });
    return id;
  }

  async keepLeaseAlive(id: LeaseId): Promise<void> {
    await this.#enqueue({ type: 'keep', id });
  }

  async revokeLease(id: LeaseId): Promise<void> {
    await this.#enqueue({ type: 'revoke', id });
  }

  async compact(revision: Revision): Promise<void> {
    await this.#enqueue({ type: 'compact', revision });
  }

  async history(key: string): Promise<readonly HistoryEntry[]> {
    this.#assertOpen();
    this.#loadHistory(this.#mvcc.compactRevision);
    const times = new Map(this.#mvcc.commits(this.#mvcc.compactRevision).map((commit) => [commit.revision, commit.timeMs]));
    return this.#mvcc.versions(key).map((version) => ({
      type: isTombstone(version) ? 'delete' : 'put',
      kv: keyValue(version),
      timeMs: times.get(version.modRevision),
    }));
  }

  async snapshot(): Promise<void> {
    this.#assertOpen();
    this.#commitQueued();
    this.#beginSnapshot();
    this.#storage.finishSnapshot();
  }

  async copy(clock: 'wall' | 'virtual'): Promise<Buffer> {
    this.#assertOpen();
    this.#commitQueued();
    const { header, versions } = this.#state();
    return snapshotBytes({ ...header, compactRevision: header.revision, logCrc: NO_CRC, clock }, versions);
  }

  async rebuildView(): Promise<void> {
    this.#assertOpen();
    this.#view?.rebuild();
    await this.flush();
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    this.#commitQueued();
    this.#view?.flush();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#commitQueued();
    this.#closed = true;
    this.#leases.stop();
    this.#hub.endAll(closedError());
    // The log has everything; what cannot be finished must not keep the lock from being given up.
    this.#attempt('cannot take a snapshot', () => {
      if (this.#storage.worthShortening) this.#beginSnapshot();
      this.#storage.finishSnapshot();
    });
    this.#attempt('the registry tree is not complete', () => this.#view?.flush(this.#options.viewBacklog));
    this.#view?.close();
    this.#storage.close();
    this.#parts.lock?.release();
  }

  #createView(quietMs: number): RegistryView {
    const { disk, folder, scheduler, log } = this.#parts;
    const mvcc = this.#mvcc;
    const source = {
      get revision() {
        return mvcc.revision;
      },
      value: (key: string) => {
        const version = mvcc.latest(key);
        return version && keyValue(version).value;
      },
      keys: () => mvcc.current().map(({ key, modRevision }) => ({ key, revision: modRevision })),
      changedSince: (revision: Revision) => {
        if (revision < mvcc.loadedAfter) return undefined;
        return mvcc.commits((revision + 1) as Revision).flatMap(({ revision, changes }) => changes.map(({ kv }) => ({ key: kv.key, revision })));
      },
    };
    return new RegistryView({ disk, folder, source, scheduler, log, quietMs });
  }

  #enqueue(request: Request): Promise<TxnResult> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closedError());
      this.#queue.push({ request, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const { activity, scheduler } = this.#parts;
    this.#release ??= activity?.begin();
    // Only where the cluster's time is held meanwhile: it must not jump while a write waits.
    const turn = activity !== undefined && ++this.#groups % GROUPS_PER_TURN === 0;
    scheduler[turn ? 'turn' : 'soon'](() => {
      this.#scheduled = false;
      this.#commitGroup();
      if (this.#queue.length > 0) return this.#schedule();
      this.#release?.();
      this.#release = undefined;
    });
  }

  #commitQueued(): void {
    while (this.#queue.length > 0) this.#commitGroup();
  }

  #commitGroup(): void {
    const group = this.#takeGroup();
    if (group.length === 0) return;
    this.#commit(group);
    this.#compactOld();
    if (!this.#storage.grown) return;
    this.#attempt('cannot take a snapshot; the log goes on growing', () => this.#beginSnapshot());
  }

  /** A revocation goes by itself: which keys it takes along depends on what those before it wrote. */
  #takeGroup(): Pending[] {
    const revocation = this.#queue.findIndex(({ request }) => request.type === 'revoke');
    return this.#queue.splice(0, revocation < 0 ? this.#queue.length : Math.max(1, revocation));
  }

  #commit(group: readonly Pending[]): void {
    const outcomes = this.#evaluate(group);
    const firstWrite = outcomes.findIndex(([, outcome]) => outcome.record);
    if (firstWrite >= 0) {
      try {
        this.#storage.write();
      } catch (error) {
        this.#parts.log.error('a write failed', { error: (error as Error).message });
        // Those behind the first write have seen what it would have written.
        for (const [pending] of outcomes.splice(firstWrite)) pending.reject(error as Error);
      }
    }
    this.#hub.catchUp();
    for (const [pending, outcome] of outcomes) {
      this.#apply(outcome);
      pending.resolve(outcome.result);
    }
  }

  #evaluate(group: readonly Pending[]): [Pending, Outcome][] {
    const batch = new Batch(this.#mvcc, this.#leases, this.#parts.clock.now());
    const outcomes: [Pending, Outcome][] = [];
    for (const pending of group) {
      try {
        const outcome = batch.evaluate(pending.request);
        if (outcome.record) this.#storage.add(outcome.record);
        outcomes.push([pending, outcome]);
      } catch (error) {
        pending.reject(error as Error);
      }
    }
    return outcomes;
  }

  #apply({ record, commit }: Outcome): void {
    for (const operation of record?.operations ?? []) {
      this.#leases.applyOperation(operation);
      if (operation.type === 'compact') this.#mvcc.compact(operation.revision);
    }
    if (!commit) return;
    this.#mvcc.apply(commit);
    for (const change of commit.changes) {
      this.#leases.applyChange(change);
      if (commit.changes.length < MANY_KEYS) this.#view?.note(change.kv.key);
    }
    if (commit.changes.length >= MANY_KEYS) this.#view?.noteMany(commit.changes.map(({ kv }) => kv.key), commit.revision);
    this.#hub.deliver(commit);
  }

  /** Plans to forget what is over the limits. */
  #compactOld(): void {
    if (this.#compacting) return;
    const goal = this.#compactionGoal();
    if (goal <= this.#mvcc.compactRevision) return;
    this.#compacting = true;
    const done = () => {
      this.#compacting = false;
    };
    // A failed one is tried again after the next write.
    this.#enqueue({ type: 'compact', revision: goal }).then(done, done);
  }

  #compactionGoal(): Revision {
    const { keepRevisions, keepMs } = this.#options;
    const { revision, compactRevision, oldestTimeMs } = this.#mvcc;
    let goal = compactRevision;
    if (revision - compactRevision > keepRevisions * COMPACTION_SLACK) goal = (revision - keepRevisions) as Revision;
    const now = this.#parts.clock.now();
    if (oldestTimeMs !== undefined && oldestTimeMs < now - keepMs * COMPACTION_SLACK) {
      const firstKept = this.#mvcc.commits(compactRevision).find((commit) => commit.timeMs >= now - keepMs);
      goal = Math.max(goal, firstKept ? firstKept.revision - 1 : revision) as Revision;
    }
    return goal;
  }

  #beginSnapshot(): void {
    this.#storage.beginSnapshot(this.#state());
  }

  #state(): SnapshotState {
    const { revision, compactRevision } = this.#mvcc;
    const header = {
      revision,
      compactRevision,
      timeMs: this.#parts.clock.now(),
      lastLease: this.#leases.lastLease,
      leases: this.#leases.states(),
    };
    return { header, versions: this.#mvcc.current() };
  }

  #expire(id: LeaseId): void {
    this.revokeLease(id).catch((error: Error) => {
      if (!this.#closed && !(error instanceof LeaseNotFoundError)) this.#leases.retry(id, LEASE_RETRY_MS);
    });
  }

  #assertReadable(revision: Revision): void {
    this.#mvcc.assertReadable(revision);
    this.#loadHistory(revision);
  }

  /** Opening reads no more of the past than the last snapshot; the rest comes when somebody asks for it. */
  #loadHistory(from: Revision): void {
    const { loadedAfter, compactRevision } = this.#mvcc;
    if (from >= loadedAfter || compactRevision >= loadedAfter) return;
    this.#mvcc.prepend(recoverPast(this.#parts.disk, this.#parts.folder, compactRevision, this.#readFrom));
  }

  #attempt(failure: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#parts.log.error(failure, { error: (error as Error).message });
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw closedError();
  }
}

function closedError(): Error {
  return new Error('etcdserver: server stopped');
}
