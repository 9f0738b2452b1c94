/** The daemon process: one cluster, served on the home's socket until it is told to stop. */
import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { HttpServer } from '../apiserver/http/server.ts';
import type { Home } from '../client/home.ts';
import { realDisk } from '../simulation/disk.ts';
import { Cluster, type Timing } from './cluster.ts';
import { converge } from './converge.ts';
import type { DaemonRecord } from './pid-file.ts';

export interface DaemonOptions {
  readonly home: Home;
  readonly nodes: number;
  readonly speed: number;
  readonly timing: Timing;
  readonly seed?: number;
}

/** How long a daemon waits for commands that have the home open, ms. */
const LOCK_WAIT_MS = 10_000;
/** Told to a parent through this descriptor when all is ready, or what went wrong. */
export const READY_FD_VARIABLE = 'MOCK_KUBECTL_READY_FD';

/** Appends whole lines to the log file; opened once. */
function logWriter(path: string): { write: (line: string) => void; close: () => void } {
  const file = openSync(path, 'a', 0o600);
  return { write: (line) => void writeSync(file, line), close: () => closeSync(file) };
}

/**
 * Runs a daemon until `signal` aborts or a client asks it to stop. `ready` is called once everything is served.
 * Throws an Error with one clear line when the home is taken or cannot be used.
 */
export async function runDaemon(options: DaemonOptions, signal: AbortSignal, ready: () => void): Promise<void> {
  const { home, nodes, speed, timing, seed } = options;
  realDisk.makeFolder(home.path);
  const log = logWriter(home.daemonLog);
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort(), { once: true });
  try {
    const cluster = await Cluster.open({ home, speed, lockWaitMs: LOCK_WAIT_MS, holder: 'a daemon', writeLog: log.write, ...(seed === undefined ? {} : { seed }) });
    const http = new HttpServer(cluster.server, { activity: cluster.clock.activity, clock: cluster.clock });
    try {
      await cluster.startComponents({ nodes, timing });
      const record: DaemonRecord = { pid: process.pid, startedMs: Date.now(), nodes, speed, timing, ...(seed === undefined ? {} : { seed }) };
      realDisk.replaceFile(home.daemonPid, `${JSON.stringify(record)}\n`);
      cluster.server.registerPath('/mock/daemon', (method, path) => {
        // The answer goes out first; closing waits for it.
        if (method === 'POST' && path.startsWith('/mock/daemon/stop')) setImmediate(() => stop.abort());
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
    log.close();
  }
}

/** `daemon --until-converged`: runs the loops in virtual time until nothing is left to do. Returns what is stuck. */
export async function runUntilConverged(options: DaemonOptions, signal: AbortSignal): Promise<readonly string[]> {
  const { home, nodes, timing, seed } = options;
  const cluster = await Cluster.open({ home, speed: 0, lockWaitMs: LOCK_WAIT_MS, holder: 'a daemon', writeLog: (line) => appendFileSync(home.daemonLog, line, { mode: 0o600 }), ...(seed === undefined ? {} : { seed }) });
  try {
    await cluster.startComponents({ nodes, timing });
    return await converge(cluster, signal);
  } finally {
    await cluster.close();
  }
}
