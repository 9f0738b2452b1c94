/** Whether somebody has written to a home that is not open: its log tells without being read. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Home } from '../client/home.ts';

/** How often a watch looks whether another process has written something, ms. */
export const LOOK_EVERY_MS = 50;

/** Changes with every write, whoever wrote. */
export function logState(home: Home): string {
  const folder = join(home.etcd, 'wal');
  const newest = readdirSync(folder).sort().at(-1) ?? '';
  return newest === '' ? '' : `${newest} ${statSync(join(folder, newest)).size}`;
}

/** Resolves once something has been written; rejects when the signal aborts. */
export async function logChanged(home: Home, signal: AbortSignal): Promise<void> {
  for (const before = logState(home); logState(home) === before; ) await delay(LOOK_EVERY_MS, undefined, { signal });
}
