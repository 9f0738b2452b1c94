import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withModules } from './in-process.mjs';
import { perSecond } from './table.mjs';

/** About what a pod is. */
const VALUE = JSON.stringify({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'web' }, spec: { text: 'x'.repeat(2500) } });
const WRITERS = 64;

async function rate(count, body) {
  const start = performance.now();
  await body(count);
  return (count / (performance.now() - start)) * 1000;
}

/** The same bytes appended to a file, one call each, and flushed each time where asked. */
function appends(path, count, sync) {
  const file = openSync(path, 'w');
  return rate(count, () => {
    for (let i = 0; i < count; i++) {
      writeSync(file, VALUE);
      if (sync) fdatasyncSync(file);
    }
  }).finally(() => closeSync(file));
}

export async function run() {
  return withModules(async ({ openDirectoryStore, ClusterClock, silentLog }, folder) => {
    const rows = [];
    for (const sync of ['none', 'fsync']) {
      const flushed = sync === 'fsync';
      const store = await openDirectoryStore({ path: join(folder, `etcd-${sync}`), clock: new ClusterClock(), log: silentLog, view: false, sync });
      const put = (i) => store.txn([], [{ type: 'put', key: `/registry/pods/default/p${i % 1000}`, value: VALUE }]);
      const alone = async (count) => {
        for (let i = 0; i < count; i++) await put(i);
      };
      const together = (count) => Promise.all(Array.from({ length: WRITERS }, () => alone(Math.ceil(count / WRITERS))));
      await together(flushed ? 256 : 5000);
      const suffix = flushed ? ', each flushed to the disk' : '';
      for (const [who, body, count] of [['one writer', alone, flushed ? 100 : 10_000], [`${WRITERS} writers`, together, flushed ? 6400 : 20_000]]) {
        const raw = await appends(join(folder, 'raw'), flushed ? 100 : 10_000, flushed);
        const puts = await rate(count, body);
        rows.push({ what: `puts of 2.5 KB, ${who}${suffix}`, measured: perSecond(puts), baseline: `bare appends${suffix}: ${perSecond(raw)}`, ratio: puts / raw });
      }
      await store.close();
    }
    return rows;
  });
}
