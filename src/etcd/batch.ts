/**
 * Evaluates queued requests one after the other, each on what those before it leave, without touching the state that
 * readers see: all of it goes to the log with one write, and is applied when that has succeeded.
 */
import type { Leases } from './leases.ts';
import type { LogOperation, LogRecord } from './log-record.ts';
import type { Change, Commit, Mvcc } from './mvcc.ts';
import { CompactedError, FutureRevisionError, type Compare, type LeaseId, type Operation, type Revision, type TxnResult } from './store.ts';
import { isTombstone, keyValue, putVersion, tombstone, type Version } from './versions.ts';

export type Request =
  | { readonly type: 'txn'; readonly compare: readonly Compare[]; readonly operations: readonly Operation[] }
  | { readonly type: 'grant'; readonly id: LeaseId; readonly ttlMs: number }
  | { readonly type: 'keep'; readonly id: LeaseId }
  | { readonly type: 'revoke'; readonly id: LeaseId }
  | { readonly type: 'compact'; readonly revision: Revision };

export interface Outcome {
  readonly result: TxnResult;
  /** What goes to the log; undefined where nothing changes. */
  readonly record: LogRecord | undefined;
  /** What changes keys; undefined where no key changes. */
  readonly commit: Commit | undefined;
}

export class Batch {
  #revision: Revision;
  /** What the requests before this one wrote. */
  readonly #written = new Map<string, Version>();

  constructor(
    private readonly mvcc: Mvcc,
    private readonly leases: Leases,
    private readonly timeMs: number,
  ) {
    this.#revision = mvcc.revision;
  }

  /** The revision after all that was evaluated. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Throws what is wrong with the request. */
  evaluate(request: Request): Outcome {
    switch (request.type) {
      case 'txn':
        return this.#txn(request.compare, request.operations);
      case 'grant': {
        const expiresMs = this.timeMs + request.ttlMs;
        return this.#bare({ type: 'grant', id: request.id, ttlMs: request.ttlMs, expiresMs });
      }
      case 'keep':
        return this.#bare({ type: 'keep', id: request.id, expiresMs: this.timeMs + this.leases.state(request.id).ttlMs });
      case 'revoke':
        return this.#revoke(request.id);
      case 'compact':
        if (request.revision <= this.mvcc.compactRevision) throw new CompactedError(this.mvcc.compactRevision);
        if (request.revision > this.#revision) throw new FutureRevisionError();
        return this.#bare({ type: 'compact', revision: request.revision });
    }
  }

  #txn(compare: readonly Compare[], operations: readonly Operation[]): Outcome {
    this.#assertValid(operations);
    if (compare.some(({ key, modRevision }) => (this.#latest(key)?.modRevision ?? 0) !== modRevision)) {
      const current = compare.map(({ key }) => {
        const version = this.#latest(key);
        return version && keyValue(version);
      });
      return { result: { succeeded: false, revision: this.#revision, current }, record: undefined, commit: undefined };
    }
    return this.#write(operations, []);
  }

  /** The keys go with the lease, in one revision. */
  #revoke(id: LeaseId): Outcome {
    this.leases.state(id);
    return this.#write(this.leases.keys(id).map((key) => ({ type: 'delete', key })), [{ type: 'revoke', id }]);
  }

  #bare(operation: LogOperation): Outcome {
    return this.#write([], [operation]);
  }

  #write(operations: readonly Operation[], bare: readonly LogOperation[]): Outcome {
    const revision = (this.#revision + 1) as Revision;
    const changes: Change[] = [];
    const logged: LogOperation[] = [];
    for (const operation of operations) {
      const { type, key } = operation;
      const previous = this.#latest(key);
      if (type === 'put') {
        changes.push({ type, kv: putVersion(previous, key, operation.value, revision, operation.lease), previous });
        logged.push({ type, key, value: operation.value, lease: operation.lease });
      } else if (previous) {
        // A deletion of what is not there makes no revision, as in etcd.
        changes.push({ type, kv: tombstone(key, revision), previous });
        logged.push({ type, key });
      }
    }
    for (const { kv } of changes) this.#written.set(kv.key, kv);
    if (changes.length > 0) this.#revision = revision;
    logged.push(...bare);
    const result = { succeeded: true, revision: this.#revision, current: [] };
    if (logged.length === 0) return { result, record: undefined, commit: undefined };
    const record = { revision: this.#revision, timeMs: this.timeMs, operations: logged };
    return { result, record, commit: changes.length > 0 ? { revision, timeMs: this.timeMs, changes } : undefined };
  }

  #latest(key: string): Version | undefined {
    const written = this.#written.get(key);
    if (!written) return this.mvcc.latest(key);
    return isTombstone(written) ? undefined : written;
  }

  #assertValid(operations: readonly Operation[]): void {
    for (const [index, operation] of operations.entries()) {
      if (operation.key === '') throw new Error('etcdserver: key is not provided');
      if (operations.some((other, at) => at < index && other.key === operation.key)) {
        throw new Error('etcdserver: duplicate key given in txn request');
      }
      if (operation.type === 'put' && operation.lease !== undefined) this.leases.state(operation.lease);
    }
  }
}
