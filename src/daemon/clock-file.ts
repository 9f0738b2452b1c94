/**
 * Remembers the cluster's time from one process to the next, in <home>/clock.json. A cluster either follows the wall
 * clock at a distance ("wall": whoever advanced it, it stays ahead), or has a time of its own that stands still between
 * commands ("virtual": converging scripts and seeded runs, so that the same input gives the same output).
 */
import type { Disk } from '../simulation/disk.ts';

export type ClockState = { readonly mode: 'wall'; readonly offsetMs: number } | { readonly mode: 'virtual'; readonly nowMs: number };

/** Where virtual time begins. */
export const VIRTUAL_EPOCH_MS = Date.UTC(2025, 0, 1);

/** What the file says; undefined where there is none. Throws an Error that names the file when it is damaged. */
export function readClock(disk: Disk, path: string): ClockState | undefined {
  if (!disk.exists(path)) return undefined;
  try {
    const state = JSON.parse(disk.readFile(path).toString('utf8')) as Partial<{ mode: string; offsetMs: number; nowMs: number }>;
    if (state.mode === 'wall' && typeof state.offsetMs === 'number') return { mode: 'wall', offsetMs: state.offsetMs };
    if (state.mode === 'virtual' && typeof state.nowMs === 'number') return { mode: 'virtual', nowMs: state.nowMs };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`${path} is damaged: remove it to go on from the wall clock`);
}

export function writeClock(disk: Disk, path: string, state: ClockState): void {
  disk.replaceFile(path, `${JSON.stringify(state)}\n`);
}

/** The cluster's time at the start of a process. */
export function startTimeMs(state: ClockState, wallMs: number): number {
  return state.mode === 'wall' ? wallMs + state.offsetMs : state.nowMs;
}
