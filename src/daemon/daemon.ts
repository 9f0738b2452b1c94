/** The daemon process: one cluster, served on the home's socket until it is told to stop. */
import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { splitUrl } from '../api/rest.ts';
import { HttpServer } from '../apiserver/http/server.ts';
import type { Home } from '../client/home.ts';
import { LockedError } from '../etcd/lock.ts';
import { realDisk } from '../simulation/disk.ts';
import type { Log } from '../simulation/log.ts';
import { parseModes } from './authorization-file.ts';
import { runningDaemon } from './background.ts';
import { Cluster, type ClusterOptions, type Timing } from './cluster.ts';
import { converge } from './converge.ts';
import { lastPort, writeKubeconfig } from './kubeconfig.ts';
import { makeHome } from './make-home.ts';
import { chooseServers } from './open-store.ts';
import type { DaemonRecord } from './pid-file.ts';
import { ensurePkiEarly, type Pki } from './pki/index.ts';

export interface DaemonOptions {
  readonly home: Home;
  readonly nodes: number;
  readonly speed: number;
  readonly timing: Timing;
  readonly seed?: number;
  /** Port for HTTPS; 0 for none. Default: the one that the home had last, 6443, or any that is free. */
  readonly securePort?: number;
  /** File of static bearer tokens. */
  readonly tokenAuthFile?: string;
  /** A list of modes, for this daemon and for whoever comes after it; default: what the home remembers. */
  readonly authorizationMode?: string;
  /** See ClusterOptions. */
  readonly fsync?: boolean;
  readonly etcdServers?: readonly string[];
  readonly compactionIntervalMs?: number;
  /** See ApiServerOptions. */
  readonly maxRequestsInflight?: number;
  readonly maxMutatingRequestsInflight?: number;
}

/** How long a daemon waits for commands that have the home open, and after how long it looks who they are, ms. */
const LOCK_WAIT_MS = 10_000;
const LOOK_AFTER_MS = 250;

/** Opens the home once its owner has let go of it. Throws an Error at once where that is a daemon, which will not. */
async function openHome({ home, seed, authorizationMode, etcdServers, compactionIntervalMs, tokenAuthFile, maxRequestsInflight, maxMutatingRequestsInflight, fsync = false }: DaemonOptions, speed: number, writeLog: (line: string) => void, pki?: Promise<Pki>): Promise<Cluster> {
  const options: Omit<ClusterOptions, 'lockWaitMs'> = {
    home, speed, holder: 'a daemon', fsync, writeLog,
    ...(seed === undefined ? {} : { seed }),
    ...(authorizationMode === undefined ? {} : { authorizationModes: parseModes(authorizationMode) }),
    ...(etcdServers ? { etcdServers } : {}),
    ...(compactionIntervalMs === undefined ? {} : { compactionIntervalMs }),
    ...(tokenAuthFile === undefined ? {} : { tokenFile: readTokenFile(tokenAuthFile) }),
    ...(pki ? { pki } : {}),
    ...(maxRequestsInflight === undefined ? {} : { maxRequestsInflight }),
    ...(maxMutatingRequestsInflight === undefined ? {} : { maxMutatingRequestsInflight }),
  };
  for (const deadline = Date.now() + LOCK_WAIT_MS; ; ) {
    try {
      return await Cluster.open({ ...options, lockWaitMs: LOOK_AFTER_MS });
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      const daemon = runningDaemon(home);
      if (daemon) throw new Error(`a daemon (pid ${daemon.pid}) runs on ${home.path} already`, { cause: error });
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Appends whole lines to the log file; opened once. */
function logWriter(path: string): { write: (line: string) => void; close: () => void } {
  const file = openSync(path, 'a', 0o600);
  return { write: (line) => void writeSync(file, line), close: () => closeSync(file) };
}

/** What starting a cluster has come to. */
const OPENING = 'opening the store';
const MAKING_KEYS = 'making keys and certificates';
const STARTING = 'starting controllers, scheduler and nodes';
/** Nodes join while ports are opened: with many of them that takes its time. */
const joining = (nodes: number): string => `opening ports while ${nodes} ${nodes === 1 ? 'node joins' : 'nodes join'}`;

/**
 * Runs a daemon until `signal` aborts or a client asks it to stop. `ready` is called once everything is served; until then
 * `stage` hears what is being done. Throws an Error with one clear line when the home is taken or cannot be used.
 */
export async function runDaemon(options: DaemonOptions, signal: AbortSignal, ready: () => void, stage: (text: string) => void = () => undefined): Promise<void> {
  const { home, nodes, speed, timing, seed } = options;
  const etcdServers = chooseServers(realDisk, home, options.etcdServers);
  makeHome(realDisk, home);
  const making = ensurePkiEarly(home);
  const log = logWriter(home.daemonLog);
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort(), { once: true });
  try {
    stage(OPENING);
    const cluster = await openHome({ ...options, ...(etcdServers ? { etcdServers } : {}) }, speed, log.write, making);
    const http = new HttpServer(cluster.server, { activity: cluster.clock.activity, clock: cluster.clock });
    try {
      stage(MAKING_KEYS);
      await making;
      stage(STARTING);
      await cluster.startComponents({ nodes, timing, leaderElection: true });
      stage(joining(nodes));
      const server = await listenSecurely(http, options, await making, cluster.log);
      const record: DaemonRecord = { pid: process.pid, startedMs: Date.now(), nodes, speed, timing, ...(seed === undefined ? {} : { seed }), ...(server === undefined ? {} : { server }), ...(etcdServers ? { etcdServers } : {}) };
      realDisk.replaceFile(home.daemonPid, `${JSON.stringify(record)}\n`);
      cluster.server.registerPath('/mock/daemon', (method, path) => {
        // The answer goes out first; closing waits for it.
        if (method === 'POST' && splitUrl(path).path === '/mock/daemon/stop') setImmediate(() => stop.abort());
        return Promise.resolve({ code: 200, contentType: 'application/json', body: JSON.stringify({ ...record, revision: cluster.revision }) });
      });
      await http.listen(home.socket);
      cluster.log.info('ready', { nodes, pid: process.pid });
      ready();
      if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
      cluster.log.info('stopping');
    } finally {
      await http.close();
      await cluster.close();
      realDisk.remove(home.daemonPid);
    }
  } finally {
    // Whoever hears that it has ended may remove the home.
    await making.catch(() => undefined);
    log.close();
  }
}

function readTokenFile(name: string): NonNullable<ClusterOptions['tokenFile']> {
  try {
    return { name, text: realDisk.readFile(name).toString() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`open ${name}: ${code === 'ENOENT' ? 'no such file or directory' : code === 'EISDIR' ? 'is a directory' : code === 'EACCES' ? 'permission denied' : (error as Error).message}`, { cause: error });
  }
}

/** As kubeadm's and upstream's. */
const SECURE_PORT = 6443;

/** Serves HTTPS and writes the kubeconfig for it; returns the address. Throws an Error when the port that was asked for is taken. */
async function listenSecurely(http: HttpServer, { home, securePort }: DaemonOptions, pki: Pki, log: Log): Promise<string | undefined> {
  if (securePort === 0) return undefined;
  const ports = securePort === undefined ? [lastPort(realDisk, home.kubeconfig) ?? SECURE_PORT, SECURE_PORT, 0] : [securePort];
  let port: number;
  try {
    port = await http.listenSecurely(ports, { ...pki.apiserver, clientCa: pki.ca.cert });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'it is taken' : code === 'EACCES' ? 'permission denied' : message;
    throw new Error(`cannot serve HTTPS on port ${securePort} of 127.0.0.1: ${why}`, { cause: error });
  }
  const server = `https://127.0.0.1:${port}`;
  try {
    await writeKubeconfig(realDisk, home.kubeconfig, server, pki);
  } catch (error) {
    log.error(`${home.kubeconfig} is left as it is: ${(error as Error).message}`, { server });
  }
  return server;
}

/** `daemon --until-converged`: runs the loops in virtual time until nothing is left to do. Returns what is stuck. */
export async function runUntilConverged(options: DaemonOptions, signal: AbortSignal, stage: (text: string) => void = () => undefined): Promise<readonly string[]> {
  const { home, nodes, timing } = options;
  if (chooseServers(realDisk, home, options.etcdServers)) throw new Error(`--until-converged: the cluster in ${home.path} is kept by a real etcd, and others may change it at any time`);
  stage(OPENING);
  const cluster = await openHome(options, 0, (line) => appendFileSync(home.daemonLog, line, { mode: 0o600 }));
  try {
    stage(STARTING);
    await cluster.startComponents({ nodes, timing });
    stage('waiting until nothing is left to do');
    return await converge(cluster, signal);
  } finally {
    await cluster.close();
  }
}
