/** Watching until the server ends it, the command is told to end, or taking an event fails. */
import type { KubeObject } from '../../api/object.ts';
import type { WatchEvent, WatchHandle } from '../../api/request.ts';
import { onAbort } from './on-abort.ts';

/** Starts a watch and hands its events to `take`. Throws what `take` throws: no transport has to know what to do with it. */
export async function follow<T extends KubeObject>(signal: AbortSignal, watch: (onEvent: (event: WatchEvent<T>) => void) => Promise<WatchHandle>, take: (event: WatchEvent<T>) => void): Promise<void> {
  const failures: unknown[] = [];
  let stop = (): void => {};
  const handle = await watch((event) => {
    if (failures.length > 0) return;
    try {
      take(event);
    } catch (error) {
      failures.push(error);
      stop();
    }
  });
  stop = () => handle.stop();
  if (failures.length > 0) stop();
  const ignoreAbort = onAbort(signal, stop);
  await handle.closed;
  ignoreAbort();
  if (failures.length > 0) throw failures[0];
}
