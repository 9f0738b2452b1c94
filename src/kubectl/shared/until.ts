/** Waiting for something to become true of one object: list, then watch, until it is so or time is up (client-go tools/watch/until.go). */
import type { KubeObject } from '../../api/object.ts';
import type { WatchEvent, WatchHandle } from '../../api/request.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { isExpired, isNotFound } from '../../api/status.ts';
import type { CommandContext } from '../command.ts';
import { onAbort } from './on-abort.ts';

/** What kubectl waits where no limit was given: a week, in ms. */
export const FOREVER_MS = 168 * 3600 * 1000;
/** The longest delay of a timer. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Time is up (wait.ErrWaitTimeout). */
export class WaitTimeout extends Error {
  constructor() {
    super('timed out waiting for the condition');
    this.name = 'WaitTimeout';
  }
}

export interface UntilOptions {
  readonly resource: ResourceFacts;
  readonly namespace: string;
  readonly name: string;
  /** When to give up, in ms of the wall clock as Date.now() gives it. */
  readonly deadlineMs: number;
  /** Looks at what is there now (undefined: no such object) and at each change; true ends the wait. What it throws ends it too. */
  readonly done: (object: KubeObject | undefined) => boolean | Promise<boolean>;
}

/** A page of a reflector's first list; what it has from its cache will do (client-go tools/cache/reflector.go). */
const LIST = { limit: 500, resourceVersion: '0' };
/** A watch ends by itself after that long or up to twice as long, s. */
const WATCH_SECONDS = 300;

/** Resolves when an object is gone, or `replaced` by another of its name: asks for itself first, as not everybody may list. */
export async function untilGone(ctx: CommandContext, { replaced, ...options }: Omit<UntilOptions, 'done'> & { readonly replaced?: (object: KubeObject) => boolean }): Promise<void> {
  const gone = (object: KubeObject | undefined): boolean => object === undefined || replaced?.(object) === true;
  const api = (await ctx.client()).of<KubeObject>(options.resource);
  const now = await api.get(options.namespace || undefined, options.name).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
  if (!gone(now)) await until(ctx, { ...options, done: gone });
}

/** Resolves when `done` says so. Throws WaitTimeout, the server's errors, and what `done` throws. */
export async function until(ctx: CommandContext, { resource, namespace, name, deadlineMs, done }: UntilOptions): Promise<void> {
  const client = await ctx.client();
  const api = client.of<KubeObject>(resource);
  const fieldSelector = `metadata.name=${name}`;
  for (;;) {
    const list = await api.list(namespace || undefined, { fieldSelector, ...LIST });
    if (await done(list.items[0])) return;
    if (client.transport.virtualTime) {
      if (await pause(ctx, deadlineMs)) continue;
      throw new WaitTimeout();
    }
    const outcome = await watchUntil((onEvent) => api.watch(namespace || undefined, { fieldSelector, resourceVersion: list.resourceVersion, allowWatchBookmarks: true, timeoutSeconds: Math.floor(WATCH_SECONDS * (1 + Math.random())) }, onEvent as (event: WatchEvent) => void), deadlineMs, ctx.signal, done);
    if (outcome === 'done') return;
    if (outcome === 'timeout') throw new WaitTimeout();
  }
}

/**
 * Between two looks at something that is not as it should be: waits `pollMs`, or where the cluster's time stands still lets
 * the next thing happen. False when the time is up.
 */
export async function pause(ctx: CommandContext, deadlineMs: number, pollMs = 0): Promise<boolean> {
  const { virtualTime } = (await ctx.client()).transport;
  const leftMs = deadlineMs - Date.now();
  ctx.signal.throwIfAborted();
  if (virtualTime) return virtualTime.pass(leftMs - virtualTime.passedMs);
  if (leftMs < pollMs) return false;
  await new Promise((resolve) => setTimeout(resolve, pollMs));
  ctx.signal.throwIfAborted();
  return true;
}

/** Watches until `done`, the deadline, or the end of the watch ('ended': list and watch again). */
async function watchUntil(
  start: (onEvent: (event: WatchEvent) => void) => Promise<WatchHandle>,
  deadlineMs: number,
  signal: AbortSignal,
  done: UntilOptions['done'],
): Promise<'done' | 'timeout' | 'ended'> {
  const state: { outcome: 'done' | 'timeout' | 'ended' } = { outcome: 'ended' };
  let failure: unknown;
  let handle: WatchHandle | undefined;
  let checking = Promise.resolve();
  const end = (as: typeof state.outcome, error?: unknown): void => {
    state.outcome = as;
    failure ??= error;
    handle?.stop();
  };
  const timer = setTimeout(() => end('timeout'), Math.min(MAX_DELAY_MS, Math.max(0, deadlineMs - Date.now())));
  const ignoreAbort = onAbort(signal, () => end('ended', signal.reason));
  try {
    handle = await start((event) => {
      if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
      checking = checking.then(async () => {
        if (state.outcome === 'done' || failure !== undefined) return;
        try {
          if (await done(event.type === 'DELETED' ? undefined : event.object)) end('done');
        } catch (error) {
          end('ended', error);
        }
      });
    });
    // What was waited for may have come before the handle.
    if (state.outcome !== 'ended' || failure !== undefined) handle.stop();
    await handle.closed;
    await checking;
  } catch (error) {
    if (!isExpired(error)) throw error;
  } finally {
    clearTimeout(timer);
    ignoreAbort();
  }
  if (failure !== undefined) throw failure;
  return state.outcome;
}
