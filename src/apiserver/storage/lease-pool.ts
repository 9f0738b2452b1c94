/**
 * Leases for objects that go by themselves (events after an hour). Objects written close together share a lease, so that
 * a busy cluster has a few dozen of them. Follows apiserver pkg/storage/etcd3/lease_manager.go.
 */
import type { Now } from '../../simulation/clock.ts';
import type { LeaseId, Store } from '../../etcd/store.ts';

/** A lease is reused for this long, and lives this much longer than asked. */
const REUSE_MS = 60_000;
/** … and for this many objects. */
const MAX_OBJECTS = 1000;

export class LeasePool {
  #current: { readonly id: Promise<LeaseId>; readonly grantedMs: number } | undefined;
  #used = 0;

  constructor(
    private readonly store: Store,
    private readonly clock: Now,
    private readonly ttlMs: number,
  ) {}

  take(): Promise<LeaseId> {
    const now = this.clock.now();
    if (!this.#current || now - this.#current.grantedMs >= REUSE_MS || this.#used >= MAX_OBJECTS) {
      const granted = { id: this.store.grantLease(this.ttlMs + REUSE_MS), grantedMs: now };
      this.#current = granted;
      this.#used = 0;
      // The next one asks again.
      granted.id.catch(() => {
        if (this.#current === granted) this.#current = undefined;
      });
    }
    this.#used++;
    return this.#current.id;
  }
}
