/**
 * Leases in a real etcd. Its own clock cannot be sped up, so two watch over a lease: while the process that granted it
 * lives, the cluster's clock decides, and etcd is told to keep the lease however slowly that goes; when the process dies,
 * etcd's clock goes on from there.
 */
import type { ILeaseKeepAliveResponse } from 'etcd3';
import type { Clock, Timer } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import { streamError, type Etcd3Connection } from './etcd3-connection.ts';
import { LeaseNotFoundError } from './leases.ts';
import type { Scheduler } from './scheduler.ts';
import type { LeaseId } from './store.ts';

interface Granted {
  readonly ttlMs: number;
  expiry: Timer;
  stopKeeping: () => void;
}

/** etcd grants whole seconds; shorter ones would go while a busy process looks away. */
const MIN_TTL_S = 5;
const RETRY_MS = 1000;

export class Etcd3Leases {
  readonly #granted = new Map<LeaseId, Granted>();

  constructor(
    private readonly connection: Etcd3Connection,
    private readonly clock: Clock,
    private readonly scheduler: Scheduler,
    private readonly log: Log,
  ) {}

  async grant(ttlMs: number): Promise<LeaseId> {
    const TTL = Math.max(MIN_TTL_S, Math.ceil(ttlMs / 1000));
    const { ID } = await this.connection.call(true, (options) => this.connection.client.leaseClient.leaseGrant({ TTL }, options));
    const id = BigInt(ID).toString(16);
    this.#granted.set(id, { ttlMs, expiry: this.#expiry(id, ttlMs), stopKeeping: this.#keep(id, (TTL * 1000) / 2) });
    return id;
  }

  async keepAlive(id: LeaseId): Promise<void> {
    await this.#keepOnce(id);
    const lease = this.#granted.get(id);
    if (!lease) return;
    lease.expiry.cancel();
    lease.expiry = this.#expiry(id, lease.ttlMs);
  }

  async revoke(id: LeaseId): Promise<void> {
    await this.connection.call(true, (options) => this.connection.client.leaseClient.leaseRevoke({ ID: etcdId(id) }, options));
    this.#forget(id);
  }

  /** The leases stay; etcd's clock has them from now on. */
  stop(): void {
    for (const id of [...this.#granted.keys()]) this.#forget(id);
  }

  #expiry(id: LeaseId, delayMs: number): Timer {
    return this.clock.setTimer(delayMs, () => {
      this.revoke(id).catch((error: Error) => {
        const lease = this.#granted.get(id);
        if (!lease) return;
        if (error instanceof LeaseNotFoundError) return this.#forget(id);
        lease.expiry = this.#expiry(id, RETRY_MS);
      });
    }, 'background');
  }

  /** Tells etcd every so often (its time) that the lease is still wanted. */
  #keep(id: LeaseId, everyMs: number): () => void {
    return this.scheduler.after(everyMs, () => {
      const lease = this.#granted.get(id);
      if (!lease) return;
      lease.stopKeeping = this.#keep(id, everyMs);
      this.#keepOnce(id).catch((error: Error) => this.log.info('cannot keep a lease', { lease: id, error: error.message }));
    });
  }

  #keepOnce(id: LeaseId): Promise<void> {
    return this.connection.call(true, async (options) => {
      const stream = await this.connection.client.leaseClient.leaseKeepAlive(options);
      try {
        const { TTL } = await new Promise<ILeaseKeepAliveResponse>((resolve, reject) => {
          stream.on('data', resolve);
          stream.on('error', (error) => reject(streamError(error)));
          stream.on('end', () => reject(new Error('etcdserver: the stream ended')));
          stream.write({ ID: etcdId(id) });
        });
        if (Number(TTL) <= 0) throw new LeaseNotFoundError();
      } finally {
        stream.end();
      }
    });
  }

  #forget(id: LeaseId): void {
    const lease = this.#granted.get(id);
    lease?.expiry.cancel();
    lease?.stopKeeping();
    this.#granted.delete(id);
  }
}

/** Hexadecimal, as etcdctl shows it, to what the protocol takes. Text that is no number is the lease that never is. */
export const etcdId = (id: LeaseId): string => (/^[0-9a-f]{1,16}$/.test(id) ? BigInt(`0x${id}`).toString() : '-1');
