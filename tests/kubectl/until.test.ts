/** Waiting for one object: what is there, and what comes while the watch is being opened. */
import type { WatchEvent, WatchHandle } from '../../src/api/request.ts';
import { CONFIGMAPS } from '../../src/api/kinds.ts';
import { until } from '../../src/kubectl/shared/until.ts';
import type { CommandContext } from '../../src/kubectl/command.ts';

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', uid: '1' } };

/** A client whose watch has told an event, and that has been looked at, before its handle is there. */
function early(event: WatchEvent): CommandContext {
  const watch = async (_namespace: string, _options: object, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> => {
    onEvent(event);
    await new Promise((resolve) => setImmediate(resolve));
    let stop = (): void => undefined;
    const closed = new Promise<void>((resolve) => (stop = resolve));
    return { stop, closed };
  };
  const api = { list: () => Promise.resolve({ items: [MAP], resourceVersion: '1' }), watch };
  return { client: () => Promise.resolve({ of: () => api, transport: {} }), signal: new AbortController().signal } as unknown as CommandContext;
}

test('what comes before the watch is open ends the wait', async () => {
  const ctx = early({ type: 'DELETED', object: MAP });
  await expect(until(ctx, { resource: CONFIGMAPS, namespace: 'default', name: 'a', deadlineMs: Date.now() + 1000, done: (object) => object === undefined })).resolves.toBeUndefined();
});
