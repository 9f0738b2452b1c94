/** The cluster's keys and certificates: read from the home, made there once by whoever first needs them. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ADVERTISE_ADDRESS, SERVICE_ADDRESS } from '../../apiserver/server.ts';
import type { Home } from '../../client/home.ts';
import { realDisk } from '../../simulation/disk.ts';
import { readPki, type Pki } from './files.ts';
import type { PkiSubject } from './make.ts';

export type { Pki } from './files.ts';

/** Beside the bundle; run from its sources the program makes them in its own thread. */
const WORKER = join(__dirname, 'pki-worker.mjs');

/** The API server's addresses for pods: that of default/kubernetes, and the one that it advertises. */
const ADDRESSES = [SERVICE_ADDRESS, ADVERTISE_ADDRESS];

/** What the home has; undefined where it has none yet. */
export const knownPki = (home: Home): Pki | undefined => readPki(realDisk, home.pki);

/** Throws an Error with one clear line when they can neither be read nor made. */
export async function ensurePki(home: Home): Promise<Pki> {
  const known = knownPki(home);
  if (known) return known;
  await make(home.pki, { addresses: ADDRESSES, nowMs: Date.now() });
  const made = knownPki(home);
  if (!made) throw new Error(`the keys and certificates in ${home.pki} are incomplete`);
  return made;
}

/** The same for who will need it soon: a fresh home's is made while the cluster opens. Failures come out where it is awaited. */
export function ensurePkiEarly(home: Home): Promise<Pki> {
  const making = ensurePki(home);
  making.catch(() => undefined);
  return making;
}

async function make(folder: string, subject: PkiSubject): Promise<void> {
  if (!realDisk.exists(WORKER)) return (await import('./make.ts')).makePki(realDisk, folder, subject);
  await new Promise<void>((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: { folder, subject } });
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}
