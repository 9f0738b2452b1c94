/**
 * A cluster in this process: store, API server and, when asked, all components. The daemon keeps one for its lifetime, a
 * command without a daemon opens one for a moment.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { AuthorizationMode } from '../apiserver/authorization/modes.ts';
import { FileAuditLog } from '../apiserver/audit-log.ts';
import { ApiServer, type ApiServerOptions } from '../apiserver/server.ts';
import type { Home } from '../client/home.ts';
import { InProcessTransport } from '../client/transports/in-process.ts';
import { acquireLock, lockPath, type Lock } from '../etcd/lock.ts';
import type { Store } from '../etcd/store.ts';
import { ClusterClock } from '../simulation/cluster-clock.ts';
import { realDisk, type Disk } from '../simulation/disk.ts';
import type { Log } from '../simulation/log.ts';
import { seededRandom, type Random } from '../simulation/random.ts';
import { readClock, startTimeMs, VIRTUAL_EPOCH_MS, writeClock, type ClockState } from './clock-file.ts';
import { readModes, writeModes } from './authorization-file.ts';
import { registerClock } from './clock-paths.ts';
import { registerEtcd } from './etcd-paths.ts';
import { registerJournal } from './journal-paths.ts';
import type { SigningTerms } from '../controllers/certificates/signer.ts';
import { ControlPlane } from './control-plane.ts';
import { lineLog } from './daemon-log.ts';
import { homeError, makeHome } from './make-home.ts';
import { openStore } from './open-store.ts';
import { ensurePki, knownPki, type Pki } from './pki/index.ts';

export type Timing = 'fast' | 'realistic';

export interface ClusterOptions {
  readonly home: Home;
  /** Cluster seconds per wall second; 0 for time that only jumps. */
  readonly speed: number;
  /** Names, UIDs and placement follow from it; undefined: different on every run. */
  readonly seed?: number;
  /** Time of its own that does not follow the wall's. Default: as the home's clock file says, else with a seed. */
  readonly virtual?: boolean;
  /** Longest wait for another process to let go of the home, ms of wall time. */
  readonly lockWaitMs: number;
  /** Who has the home, as others are told who have to wait: "a daemon". */
  readonly holder: string;
  readonly writeLog: (line: string) => void;
  /** Kept in the home; default: what it remembers. */
  readonly authorizationModes?: readonly AuthorizationMode[];
  readonly disk?: Disk;
  /** Flush each write to the device before it is acknowledged (MOCK_KUBECTL_FSYNC): a power cut loses nothing, either. */
  readonly fsync?: boolean;
  /** A real etcd that keeps the cluster in place of the home's folder. */
  readonly etcdServers?: readonly string[];
  /** History that is older goes: in a folder by the cluster's time, in a real etcd by the wall's. Default: see openStore's backends. */
  readonly compactionIntervalMs?: number;
  /**
   * The home's keys and certificates. Default: what the home has, and made when they are first needed; without any, as
   * with a controller manager that has no --root-ca-file, no namespace is told of a CA: the same input gives the same output.
   */
  readonly pki?: Promise<Pki>;
  /** Static tokens (--token-auth-file). */
  readonly tokenFile?: ApiServerOptions['tokenFile'];
  readonly maxRequestsInflight?: number;
  readonly maxMutatingRequestsInflight?: number;
}

export interface ComponentOptions {
  readonly nodes: number;
  readonly timing: Timing;
  /** Whether the Leases of the control plane are taken, or fought for where several daemons serve the cluster. */
  readonly leaderElection?: boolean;
}

/** Whom the Leases name where a seed makes everything the same on every machine. */
const SEEDED_HOST = 'control-plane';
/** Files of the readable tree that a command writes of those that a killed daemon, or a new cluster, has many of: some ms. */
const COMMAND_VIEW_BACKLOG = 16;

export class Cluster {
  #controlPlane: ControlPlane | undefined;

  private constructor(
    readonly options: ClusterOptions,
    readonly clock: ClusterClock,
    readonly server: ApiServer,
    readonly transport: InProcessTransport,
    readonly log: Log,
    private readonly store: Store,
    private readonly lock: Lock,
    private readonly audit: FileAuditLog,
    private readonly random: Random,
    private readonly clockMode: ClockState['mode'],
    /** Whether the home held nothing before. */
    readonly fresh: boolean,
  ) {}

  /** Takes the home's lock and opens what it holds; an empty or missing home becomes a fresh cluster. */
  static async open(options: ClusterOptions): Promise<Cluster> {
    const { home } = options;
    const disk = options.disk ?? realDisk;
    makeHome(disk, home);
    // First the lock: the clock is where the last owner has left it.
    const lock = await acquireLock(lockPath(home.etcd), { waitMs: options.lockWaitMs, holder: options.holder }).catch((error: unknown) => {
      throw homeError(home, error);
    });
    try {
      return await Cluster.#openLocked(options, disk, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  static async #openLocked(options: ClusterOptions, disk: Disk, lock: Lock): Promise<Cluster> {
    const { home, seed, etcdServers, compactionIntervalMs } = options;
    const saved = readClock(disk, home.clock);
    const virtual = options.virtual ?? (saved ? saved.mode === 'virtual' : seed !== undefined && !etcdServers);
    const state = clockState(saved, virtual);
    const clock = new ClusterClock({ startMs: startTimeMs(state, Date.now()), speed: options.speed });
    const log = lineLog(options.writeLog, clock);
    const store = await openStore({ home, etcdServers, compactionIntervalMs }, {
      disk, clock, activity: clock.activity, log: log.named('etcd'), lock: 'held',
      ...(options.fsync ? { sync: 'fsync' as const } : {}),
      ...(options.holder === 'a command' ? { viewBacklog: COMMAND_VIEW_BACKLOG } : {}),
    });
    try {
      const fresh = store.revision <= 1;
      const random = seededRandom(seed === undefined ? randomBytes(16).toString('hex') : `${seed}/${store.revision}${store.shared ? `/${home.path}` : ''}`);
      const audit = new FileAuditLog(home.auditLog, disk, clock, setImmediate);
      if (options.authorizationModes) writeModes(disk, home.authorizationMode, options.authorizationModes);
      const authorizationModes = options.authorizationModes ?? readModes(disk, home.authorizationMode);
      const server = new ApiServer({
        store, clock, random: random.stream('apiserver'), log: log.named('apiserver'), audit, activity: clock.activity,
        reconcilePolicy: options.holder === 'a daemon',
        serviceAccountKeys: async () => (await (options.pki ?? ensurePki(home))).serviceAccount,
        ...(authorizationModes ? { authorizationModes } : {}),
        ...(options.tokenFile ? { tokenFile: options.tokenFile } : {}),
        ...(options.maxRequestsInflight === undefined ? {} : { maxRequestsInflight: options.maxRequestsInflight }),
        ...(options.maxMutatingRequestsInflight === undefined ? {} : { maxMutatingRequestsInflight: options.maxMutatingRequestsInflight }),
      });
      await server.start();
      const cluster = new Cluster(options, clock, server, new InProcessTransport(server), log, store, lock, audit, random, state.mode, fresh);
      registerClock(server, cluster);
      registerJournal(server, audit, options.holder === 'a daemon');
      const more = options.holder === 'a daemon' ? 'here' : options.speed === 0 ? 'never' : 'elsewhere';
      registerEtcd(server, { store, folder: store.shared ? undefined : home.etcd, clock: state.mode, more });
      return cluster;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  get revision(): number {
    return this.store.revision;
  }

  /** Starts the controllers, the scheduler and the nodes; where several daemons serve the cluster, those that this one leads. */
  async startComponents(options: ComponentOptions): Promise<void> {
    const { transport, clock, log, audit, server } = this;
    const pki = this.options.pki ? await this.options.pki : knownPki(this.options.home);
    if (pki) server.identifyOwner(pki.admin.cert);
    const rootCA = pki?.ca.cert;
    const { processes, dial } = (await import('./components.ts')).clusterComponents({ ...options, ...(rootCA === undefined ? {} : { rootCA }), signToken: (account, secretName) => server.signLegacyToken(account, secretName), signCertificate: (request, terms) => this.#signCertificate(request, terms) });
    server.connectNodes(dial);
    const host = this.options.seed === undefined ? hostname() : SEEDED_HOST;
    const controlPlane = new ControlPlane({ transport, clock, log, journal: audit, random: this.random.stream('components'), host }, processes);
    this.#controlPlane = controlPlane;
    if (options.leaderElection && this.store.shared) return controlPlane.campaign();
    await controlPlane.runAll();
    if (options.leaderElection) await controlPlane.claim();
  }

  /** With the home's authority, which is made for it where there is none; the cluster's time waits for that. */
  async #signCertificate(request: string, terms: SigningTerms): Promise<string> {
    const release = this.clock.activity.begin();
    try {
      const { ca } = await (this.options.pki ?? ensurePki(this.options.home));
      return await (await import('./pki/sign-request.ts')).signRequest(ca, request, terms, Date.now());
    } finally {
      release();
    }
  }

  /** Notes the clock's distance from the wall's, so that a later process goes on from here. */
  saveClock(): void {
    const { home, disk = realDisk } = this.options;
    const now = this.clock.now();
    if (this.clockMode === 'virtual') return writeClock(disk, home.clock, { mode: 'virtual', nowMs: now });
    const offsetMs = now - Date.now();
    if (Math.abs(offsetMs) > 50 || disk.exists(home.clock)) writeClock(disk, home.clock, { mode: 'wall', offsetMs });
  }

  /** Stops everything, brings the files up to date and lets go of the home. */
  async close(): Promise<void> {
    try {
      await this.#controlPlane?.stop();
      this.saveClock();
      this.clock.stop();
      await this.server.close();
      this.audit.close();
    } finally {
      await this.store.close().finally(() => this.lock.release());
    }
  }
}

/** The home's clock as this process will keep it: what was saved, turned to the other mode if that is asked for. */
function clockState(saved: ClockState | undefined, virtual: boolean): ClockState {
  if (saved && (saved.mode === 'virtual') === virtual) return saved;
  if (!virtual) return { mode: 'wall', offsetMs: saved ? startTimeMs(saved, Date.now()) - Date.now() : 0 };
  return { mode: 'virtual', nowMs: saved ? startTimeMs(saved, Date.now()) : VIRTUAL_EPOCH_MS };
}
