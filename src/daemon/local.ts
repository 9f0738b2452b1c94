/**
 * A command without a daemon: opens the home in this process for the moment that the command needs. What needs a
 * controller stays as it is, unless MOCK_KUBECTL_CONVERGE=1: then the loops run here, in virtual time, before the
 * command returns.
 */
import { existsSync } from 'node:fs';
import type { UserInfo } from '../api/request.ts';
import { impersonatedUser } from '../apiserver/authentication/impersonation.ts';
import type { Transport } from '../client/client.ts';
import { homeFrom, type Home } from '../client/home.ts';
import type { Headers } from '../client/transports/http1.ts';
import { SocketTransport } from '../client/transports/unix-socket.ts';
import { LockedError } from '../etcd/lock.ts';
import { realDisk } from '../simulation/disk.ts';
import { runningDaemon } from './background.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { ConvergingCluster } from './converging-cluster.ts';
import { MomentaryCluster } from './momentary-cluster.ts';
import { etcdServersOf, keptElsewhere } from './open-store.ts';

export interface LocalCluster {
  readonly transport: Transport;
  /** Lets what follows from the command's writes happen (converge on return), and gives the home back. */
  close(): Promise<void>;
}

/** How long a command waits for others that have the home open, and after how long it looks who they are, ms. */
const LOCK_WAIT_MS = 30_000;
const LOOK_AFTER_MS = 250;
const DEFAULT_NODES = 3;

type Env = Readonly<Record<string, string | undefined>>;

/** As whom commands are to be seen: --as, --as-group, --as-uid. */
interface Impersonated {
  readonly as: string;
  readonly groups: readonly string[];
  readonly uid: string;
  /** The same for a daemon that is found instead. */
  readonly headers: Headers;
}

/** Opens the home that the environment names. Throws an Error with one clear line when it is not to be had. */
export async function openLocalCluster(env: Env, impersonated?: Impersonated): Promise<LocalCluster> {
  const cluster = await openForOwner(env, impersonated?.headers);
  // The owner may be anybody.
  return impersonated ? { transport: actingAs(cluster.transport, impersonatedUser({ ...impersonated, username: impersonated.as, extra: {} }), impersonated.headers), close: () => cluster.close() } : cluster;
}

function actingAs(transport: Transport, user: UserInfo, headers: Headers): Transport {
  return {
    request: (request) => transport.request({ ...request, user }),
    watch: (request, onEvent) => transport.watch({ ...request, user }, onEvent),
    stream: (request, onText, signal) => transport.stream({ ...request, user }, onText, signal),
    connect: (request) => transport.connect({ ...request, user }),
    raw: (method, path, body) => transport.raw(method, path, body),
    reach: async () => {
      const reach = await transport.reach?.();
      return reach && { ...reach, headers: { ...reach.headers, ...headers } };
    },
    get virtualTime() {
      return transport.virtualTime;
    },
  };
}

async function openForOwner(env: Env, headers: Headers = {}): Promise<LocalCluster> {
  const home = homeFrom(env);
  const etcdServers = etcdServersOf(realDisk, home);
  if (etcdServers) {
    const daemon = daemonTransport(home, headers);
    if (!daemon) throw keptElsewhere(home, etcdServers);
    return { transport: daemon, close: () => Promise.resolve() };
  }
  const converging = env.MOCK_KUBECTL_CONVERGE === '1';
  const seed = wholeNumber(env, 'MOCK_KUBECTL_SEED');
  const nodes = wholeNumber(env, 'MOCK_KUBECTL_NODES') ?? DEFAULT_NODES;
  const open = () =>
    openOrJoin(headers, {
      home,
      speed: converging ? 0 : 1,
      ...(converging ? { virtual: true, seed: seed ?? 0 } : seed === undefined ? {} : { seed }),
      holder: 'a command',
      fsync: env.MOCK_KUBECTL_FSYNC === '1',
      writeLog: () => undefined,
    });
  const first = await open();
  if (!(first instanceof Cluster)) return { transport: first, close: () => Promise.resolve() };
  return converging ? new ConvergingCluster(first, { nodes, timing: 'fast' }) : new MomentaryCluster(home, open, first);
}

/** The home, opened; or the way to the daemon that has it, where one came first. */
async function openOrJoin(headers: Headers, options: Omit<ClusterOptions, 'lockWaitMs'>): Promise<Cluster | Transport> {
  for (const deadline = Date.now() + LOCK_WAIT_MS; ; ) {
    try {
      return await Cluster.open({ ...options, lockWaitMs: LOOK_AFTER_MS });
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      const daemon = daemonTransport(options.home, headers);
      if (daemon) return daemon;
      if (Date.now() > deadline) throw error;
    }
  }
}

/** The way to a daemon that serves this home; undefined where none does (yet). */
function daemonTransport(home: Home, headers: Headers): Transport | undefined {
  if (!runningDaemon(home) || (process.platform !== 'win32' && !existsSync(home.socket))) return undefined;
  return new SocketTransport({ socketPath: home.socket, headers });
}

function wholeNumber(env: Env, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new Error(`${name} must be a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}
