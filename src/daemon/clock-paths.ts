/** /mock/clock: looking at the cluster's clock and moving it (the `clock` command). */
import { isObject } from '../api/json.ts';
import { badRequest } from '../api/status.ts';
import type { ApiServer } from '../apiserver/server.ts';
import type { RawResponse } from '../client/client.ts';
import type { ClusterClock } from '../simulation/cluster-clock.ts';

/** What GET /mock/clock answers. Times in ms since the epoch. */
export interface ClockView {
  readonly nowMs: number;
  readonly speed: number;
  readonly paused: boolean;
  /** When the next timer is due; absent where none waits. */
  readonly nextDueMs?: number;
  readonly pending: { readonly progress: number; readonly retry: number; readonly background: number };
}

/** What POST /mock/clock takes. */
export type ClockOrder = { readonly action: 'pause' | 'resume' | 'step' } | { readonly action: 'advance'; readonly ms: number } | { readonly action: 'speed'; readonly speed: number };

export function clockView(clock: ClusterClock): ClockView {
  const nextDueMs = clock.nextDueMs();
  return {
    nowMs: clock.now(),
    speed: clock.speed,
    paused: clock.paused,
    ...(nextDueMs === undefined ? {} : { nextDueMs }),
    pending: { progress: clock.pending('progress'), retry: clock.pending('retry'), background: clock.pending('background') },
  };
}

/** Serves the clock; `saveClock` is called after each change so that a crash does not turn time back. */
export function registerClock(server: ApiServer, cluster: { readonly clock: ClusterClock; saveClock(): void }): void {
  const { clock } = cluster;
  let moving: Promise<unknown> = Promise.resolve();
  server.registerPath('/mock/clock', async (method, _path, body): Promise<RawResponse> => {
    if (method === 'POST') {
      const order = orderOf(body);
      const run = moving.then(() => obey(clock, order));
      moving = run.catch(() => undefined);
      await run;
      cluster.saveClock();
    }
    return { code: 200, contentType: 'application/json', body: JSON.stringify(clockView(clock)) };
  });
}

/** Throws a 400 for what is no order. */
function orderOf(body: unknown): ClockOrder {
  const { action, ms, speed } = isObject(body) ? body : {};
  if (action === 'pause' || action === 'resume' || action === 'step') return { action };
  if (action === 'advance' && typeof ms === 'number' && ms >= 0) return { action, ms };
  if (action === 'speed' && typeof speed === 'number' && speed > 0) return { action, speed };
  throw badRequest('action must be pause, resume, step, advance with ms of at least 0, or speed with a speed above 0');
}

async function obey(clock: ClusterClock, order: ClockOrder): Promise<void> {
  switch (order.action) {
    case 'pause':
      return clock.pause();
    case 'resume':
      return clock.resume();
    case 'step':
      await clock.step();
      return;
    case 'advance':
      return clock.advance(order.ms);
    case 'speed':
      return clock.setSpeed(order.speed);
  }
}
