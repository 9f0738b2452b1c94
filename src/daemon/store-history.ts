/** All uncompacted versions of a key, of any backend. */
import type { DirectoryStore, HistoryEntry } from '../etcd/directory-store.ts';
import type { Revision, Store } from '../etcd/store.ts';

/** Of a key that is gone nobody knows when it went; its events are waited for that long, ms. */
const PATIENCE_MS = 1000;

/** Oldest first, deletions too. Throws CompactedError where history is compacted meanwhile. */
export async function storeHistory(store: Store, key: string): Promise<readonly HistoryEntry[]> {
  if ('history' in store) return (store as DirectoryStore).history(key);
  const base = store.compactRevision;
  const first = base > 0 ? await store.get(key, base) : undefined;
  const newest = (await store.get(key))?.modRevision;
  const entries: HistoryEntry[] = first ? [{ type: 'put', kv: first, timeMs: undefined }] : [];
  return newest !== undefined && newest <= base ? entries : [...entries, ...(await eventsSince(store, key, base, newest))];
}

function eventsSince(store: Store, key: string, base: Revision, until: Revision | undefined): Promise<HistoryEntry[]> {
  return new Promise((resolve, reject) => {
    const found: HistoryEntry[] = [];
    const done = (): void => {
      clearTimeout(timer);
      watch.cancel();
      resolve(found);
    };
    const timer = setTimeout(done, PATIENCE_MS);
    const watch = store.watch({ prefix: key, startRevision: (base + 1) as Revision }, {
      events: (events, revision) => {
        for (const { type, kv } of events) if (kv.key === key) found.push({ type, kv, timeMs: undefined });
        if (until !== undefined && revision >= until) done();
      },
      ended: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
}
