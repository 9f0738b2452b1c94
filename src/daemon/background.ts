/** Starting and stopping a daemon in the background. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionError, type Transport } from '../client/client.ts';
import type { Home } from '../client/home.ts';
import { realDisk } from '../simulation/disk.ts';
import { isAlive, lockOwner, lockPath, type LockOwner } from '../etcd/lock.ts';
import { makeHome } from './make-home.ts';
import { readDaemonRecord, type DaemonRecord } from './pid-file.ts';

export { engineFlags } from './v8.ts';

/** Told to a parent through this descriptor, a line each: what is being done, and at last that all is ready, or what went wrong. */
export const READY_FD_VARIABLE = 'MOCK_KUBECTL_READY_FD';
/** Before what is being done. */
const STAGE = 'stage: ';
const STAGE_LINE = new RegExp(`^${STAGE}(.*)\n`);

/** The daemon that runs for this home, if one does. A record left by a dead one does not count: the living have the lock. */
export function runningDaemon(home: Home): DaemonRecord | undefined {
  return findDaemon(home)?.record;
}

function findDaemon(home: Home): { readonly record: DaemonRecord; readonly owner: LockOwner } | undefined {
  const record = readDaemonRecord(realDisk, home.daemonPid);
  const owner = record && lockOwner(lockPath(home.etcd));
  return owner && owner.pid === record.pid ? { record, owner } : undefined;
}

/** Whoever waits for a daemon to start. */
export interface Waiting {
  /** Ends the wait, and the daemon with it. */
  readonly signal: AbortSignal;
  /** Hears what the daemon does meanwhile. */
  onStage(stage: string): void;
}

/**
 * Starts `command` (the program and its arguments for a foreground daemon) detached, and returns when it serves.
 * Throws an Error with what it said when it ends before that.
 */
export async function startInBackground(home: Home, command: readonly string[], env: Readonly<Record<string, string | undefined>>, { signal, onStage }: Waiting): Promise<number> {
  signal.throwIfAborted();
  makeHome(realDisk, home);
  const log = openSync(home.daemonLog, 'a', 0o600);
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log, 'pipe'], env: { ...env, [READY_FD_VARIABLE]: '3' } });
  closeSync(log);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const giveUp = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', giveUp, { once: true });
  const pipe = child.stdio[3] as Readable;
  let said = '';
  pipe.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    pipe.on('data', (text: string) => {
      said += text;
      for (let stage = STAGE_LINE.exec(said); stage; stage = STAGE_LINE.exec(said)) {
        onStage(stage[1] ?? '');
        said = said.slice(stage[0].length);
      }
      if (said.includes('\n')) resolve();
    });
    pipe.once('end', resolve);
    pipe.once('error', reject);
  });
  signal.removeEventListener('abort', giveUp);
  if (signal.aborted) {
    await exited;
    throw signal.reason as Error;
  }
  pipe.destroy();
  child.unref();
  if (said !== 'ready\n') throw new Error(said.trim() || `the daemon ended before it was ready; see ${home.daemonLog}`);
  return child.pid ?? 0;
}

/** Longest wait for a daemon to bring its files up to date, and between two looks, ms. */
const STOP_WAIT_MS = 30_000;
const STOP_POLL_MS = 5;

/** Asks the daemon to stop and waits until it is gone. Returns false where none runs. Throws an Error when it does not go. */
export async function stopDaemon(home: Home, transport: Transport): Promise<boolean> {
  const daemon = findDaemon(home);
  if (!daemon) return false;
  const { record, owner } = daemon;
  try {
    await transport.raw('POST', '/mock/daemon/stop');
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    // It does not listen (yet, or any more): a signal reaches it all the same.
    if (isAlive(owner)) process.kill(record.pid, 'SIGTERM');
  }
  for (const start = Date.now(); isAlive(owner); await delay(STOP_POLL_MS)) {
    if (Date.now() - start > STOP_WAIT_MS) throw new Error(`the daemon (pid ${record.pid}) does not stop; see ${home.daemonLog}`);
  }
  return true;
}

/** How a foreground daemon tells whoever started it how far it is. */
export interface StartReport {
  /** What it is doing now. */
  stage(text: string): void;
  /** That it is ready, or what went wrong. */
  end(line: string): void;
}

/** Does nothing when nobody asked. */
export function startReport(env: Readonly<Record<string, string | undefined>>): StartReport {
  const fd = Number(env[READY_FD_VARIABLE]);
  let open = Number.isInteger(fd) && fd > 2;
  return {
    stage(text) {
      if (!open) return;
      try {
        writeSync(fd, `${STAGE}${text}\n`);
      } catch {
        // Whoever asked has gone; the end tells what that means.
      }
    },
    end(line) {
      if (!open) return;
      open = false;
      writeSync(fd, `${line}\n`);
      closeSync(fd);
    },
  };
}
