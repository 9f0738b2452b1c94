/**
 * Leases: keys that go when their time, by the cluster's clock, runs out. What is known of them is in the log, so that
 * they outlive the process; one whose time ran out while no process was there goes as soon as one is.
 */
import type { Clock, Timer } from '../simulation/clock.ts';
import type { LogOperation } from './log-record.ts';
import type { Change } from './mvcc.ts';
import type { LeaseId } from './store.ts';

export interface LeaseState {
  readonly id: LeaseId;
  readonly ttlMs: number;
  /** The cluster's time, ms since the epoch. */
  readonly expiresMs: number;
}

export class LeaseNotFoundError extends Error {
  constructor() {
    super('etcdserver: requested lease not found');
    this.name = 'LeaseNotFoundError';
  }
}

interface Lease {
  state: LeaseState;
  readonly keys: Set<string>;
  timer: Timer | undefined;
}

export class Leases {
  readonly #leases = new Map<LeaseId, Lease>();
  #lastLease = 0;
  #expiry: { clock: Clock; expire: (id: LeaseId) => void } | undefined;

  /** The last id that was given out. */
  get lastLease(): number {
    return this.#lastLease;
  }

  restore(states: readonly LeaseState[], lastLease: number): void {
    for (const state of states) this.#leases.set(state.id, { state, keys: new Set(), timer: undefined });
    this.#lastLease = lastLease;
  }

  states(): LeaseState[] {
    return [...this.#leases.values()].map((lease) => lease.state);
  }

  /** An id that was never given out. */
  nextId(): LeaseId {
    return (++this.#lastLease).toString(16);
  }

  /** Throws LeaseNotFoundError. */
  state(id: LeaseId): LeaseState {
    const lease = this.#leases.get(id);
    if (!lease) throw new LeaseNotFoundError();
    return lease.state;
  }

  keys(id: LeaseId): string[] {
    return [...(this.#leases.get(id)?.keys ?? [])].sort();
  }

  /** What a record of the log says about leases. */
  applyOperation(operation: LogOperation<unknown>): void {
    if (operation.type === 'grant') {
      const { id, ttlMs, expiresMs } = operation;
      this.#lastLease = Math.max(this.#lastLease, parseInt(id, 16));
      this.#set(id, { id, ttlMs, expiresMs });
    } else if (operation.type === 'keep') {
      const state = this.#leases.get(operation.id)?.state;
      if (state) this.#set(operation.id, { ...state, expiresMs: operation.expiresMs });
    } else if (operation.type === 'revoke') {
      this.#leases.get(operation.id)?.timer?.cancel();
      this.#leases.delete(operation.id);
    }
  }

  /** A key is under the lease of its last put, or under none. */
  applyChange(change: Pick<Change, 'kv' | 'previous'>): void {
    const before = change.previous?.lease;
    const after = change.kv.lease;
    if (before !== undefined && before !== after) this.#leases.get(before)?.keys.delete(change.kv.key);
    if (after !== undefined) this.#leases.get(after)?.keys.add(change.kv.key);
  }

  /** From now on calls `expire` for each lease whose time runs out. */
  start(clock: Clock, expire: (id: LeaseId) => void): void {
    this.#expiry = { clock, expire };
    for (const lease of this.#leases.values()) this.#arm(lease);
  }

  /** Calls `expire` for a lease once more, `delayMs` from now: it could not be revoked. */
  retry(id: LeaseId, delayMs: number): void {
    const lease = this.#leases.get(id);
    if (lease) this.#arm(lease, delayMs);
  }

  stop(): void {
    this.#expiry = undefined;
    for (const lease of this.#leases.values()) lease.timer?.cancel();
  }

  #set(id: LeaseId, state: LeaseState): void {
    const lease: Lease = this.#leases.get(id) ?? { state, keys: new Set(), timer: undefined };
    lease.state = state;
    this.#leases.set(id, lease);
    this.#arm(lease);
  }

  #arm(lease: Lease, delayMs?: number): void {
    if (!this.#expiry) return;
    const { clock, expire } = this.#expiry;
    lease.timer?.cancel();
    lease.timer = clock.setTimer(delayMs ?? lease.state.expiresMs - clock.now(), () => expire(lease.state.id), 'background');
  }
}
