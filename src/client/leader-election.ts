/**
 * One of several takes the lead, through a Lease that it has to renew; the others wait until it no longer does. Nobody
 * trusts another's clock: a lease has run out when it has not changed for its duration while one looked on. Follows
 * client-go tools/leaderelection/{leaderelection.go,resourcelock/leaselock.go}.
 */
import { LEASES } from '../api/kinds.ts';
import type { Lease } from '../api/generated/types.ts';
import { draft } from '../api/json.ts';
import type { Stored } from '../api/object.ts';
import { isNotFound } from '../api/status.ts';
import { formatMicroTime } from '../api/time.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import type { Random } from '../simulation/random.ts';
import type { Client } from './client.ts';
import type { EventRecorder } from './event-recorder.ts';

export interface ElectionOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: EventRecorder;
  /** The Lease's name in kube-system. */
  readonly lease: string;
  /** Unlike anybody else's: host_uuid. */
  readonly identity: string;
}

const NAMESPACE = 'kube-system';

/** component-base config/v1alpha1/defaults.go: RecommendedDefaultLeaderElectionConfiguration; cluster time. */
const LEASE_DURATION_MS = 15_000;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_PERIOD_MS = 2000;
/** Those who wait do so for up to this much longer, so that not all try at once. */
const JITTER_FACTOR = 1.2;

type LeaseSpec = NonNullable<Lease['spec']>;

export class LeaderElector {
  /** The Lease as last seen, and when it was first seen like that. */
  #observed: Stored<Lease> | undefined;
  #observedMs = -Infinity;
  #reportedLeader: string | undefined;

  constructor(private readonly options: ElectionOptions) {}

  get isLeader(): boolean {
    return this.#holder === this.options.identity;
  }

  /** Takes the lead whoever has it: for those who know that nobody else is there. */
  async take(): Promise<void> {
    await this.#write(await this.#read());
    this.#becameLeader();
  }

  /**
   * Waits for the lead, calls `lead` with a signal that aborts when it is lost, and waits for it again once `lead` has
   * ended; until `signal` aborts, when the lead is given up. `waiting` is called where the first attempt fails.
   */
  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal, waiting: () => void = () => undefined): Promise<void> {
    while (await this.#acquire(signal, waiting)) {
      const term = new AbortController();
      const leading = lead(term.signal);
      await this.#renew(signal);
      term.abort(new Error('leader election lost'));
      await leading;
      if (signal.aborted) return this.#release();
      this.options.log.error('leader election lost');
    }
  }

  get #holder(): string | undefined {
    return this.#observed?.spec?.holderIdentity;
  }

  /** Resolves with true once leading, with false when the signal has aborted. */
  async #acquire(signal: AbortSignal, waiting: () => void): Promise<boolean> {
    const { clock, random } = this.options;
    while (!signal.aborted) {
      if (await this.#tryAcquireOrRenew()) {
        this.#becameLeader();
        return true;
      }
      waiting();
      await clock.sleep(Math.round(RETRY_PERIOD_MS * (1 + JITTER_FACTOR * random.next())), signal, 'background').catch(() => undefined);
    }
    return false;
  }

  /** Resolves when the lease could not be renewed in time, or the signal has aborted. */
  async #renew(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    for (let renewedMs = clock.now(); ; ) {
      await clock.sleep(RETRY_PERIOD_MS, signal, 'background').catch(() => undefined);
      if (signal.aborted) return;
      const startedMs = clock.now();
      const leftMs = Math.max(0, renewedMs + RENEW_DEADLINE_MS - startedMs);
      const given = new AbortController();
      // A server that does not answer must not keep somebody leading whom others hold for gone.
      const late = clock.sleep(leftMs, given.signal, 'background').then(() => false, () => false);
      const renewed = await Promise.race([this.#tryAcquireOrRenew(), late]);
      given.abort();
      if (renewed) renewedMs = startedMs;
      else if (clock.now() - renewedMs >= RENEW_DEADLINE_MS) return;
    }
  }

  /** True where the lease is ours afterwards. */
  async #tryAcquireOrRenew(): Promise<boolean> {
    const { log, lease } = this.options;
    try {
      // As seen last, without another look: nobody else writes what we hold.
      if (this.#observed && this.isLeader && this.#isValid()) {
        try {
          await this.#write(this.#observed);
          return true;
        } catch (error) {
          log.info(`cannot update lease ${lease} as last seen: ${(error as Error).message}`);
        }
      }
      const current = await this.#read();
      this.#report();
      if (this.#holder && !this.isLeader && this.#isValid()) return false;
      await this.#write(current);
      return true;
    } catch (error) {
      log.info(`cannot acquire or renew lease ${lease}: ${(error as Error).message}`);
      return false;
    }
  }

  /** Whether the holder has renewed it of late. */
  #isValid(): boolean {
    return this.#observedMs + (this.#observed?.spec?.leaseDurationSeconds ?? 0) * 1000 > this.options.clock.now();
  }

  async #read(): Promise<Stored<Lease> | undefined> {
    try {
      const found = await this.options.client.of(LEASES).get(NAMESPACE, this.options.lease);
      if (found.metadata.resourceVersion !== this.#observed?.metadata.resourceVersion) this.#observe(found);
      return found;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #observe(lease: Stored<Lease>): void {
    this.#observed = lease;
    this.#observedMs = this.options.clock.now();
  }

  /** Writes the lease as ours over what it was. */
  async #write(current: Stored<Lease> | undefined): Promise<void> {
    const { client, clock, identity, lease } = this.options;
    const now = formatMicroTime(clock.now());
    const renewed = { holderIdentity: identity, leaseDurationSeconds: LEASE_DURATION_MS / 1000, renewTime: now };
    const leases = client.of(LEASES);
    if (!current) return this.#observe(await leases.create({ metadata: { name: lease, namespace: NAMESPACE }, spec: { ...renewed, acquireTime: now, leaseTransitions: 0 } }));
    const { spec } = current;
    const ours = spec?.holderIdentity === identity;
    const next: LeaseSpec = { ...renewed, acquireTime: ours ? (spec.acquireTime ?? now) : now, leaseTransitions: (spec?.leaseTransitions ?? 0) + (ours ? 0 : 1) };
    this.#observe(await leases.update({ ...draft(current), spec: next } as Stored<Lease>));
  }

  /** So that the next one need not wait. */
  async #release(): Promise<void> {
    const { client, clock, log, lease } = this.options;
    const current = this.#observed;
    if (!current || !this.isLeader) return;
    const now = formatMicroTime(clock.now());
    const spec: LeaseSpec = { holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now, leaseTransitions: current.spec?.leaseTransitions ?? 0 };
    await client.of(LEASES).update({ ...draft(current), spec } as Stored<Lease>).catch((error: Error) => log.info(`cannot release lease ${lease}: ${error.message}`));
  }

  #becameLeader(): void {
    const { events, identity } = this.options;
    if (this.#observed) events.event({ ...this.#observed, kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' }, 'Normal', 'LeaderElection', `${identity} became leader`);
    this.#report();
  }

  #report(): void {
    const holder = this.#holder;
    if (holder === this.#reportedLeader || !holder) return;
    this.#reportedLeader = holder;
    this.options.log.info(`the leader of ${this.options.lease} is ${holder}`);
  }
}
