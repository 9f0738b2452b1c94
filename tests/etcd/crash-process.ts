/** A process of its own for the crash test: writes as fast as it can, and tells each acknowledged write. */
import { writeSync } from 'node:fs';
import { openDirectoryStore } from '../../src/etcd/directory-store.ts';
import { Activity } from '../../src/simulation/activity.ts';
import { ClusterClock } from '../../src/simulation/cluster-clock.ts';
import { silentLog } from '../../src/simulation/log.ts';

const [path = '', round = ''] = process.argv.slice(2);
const activity = new Activity();
const store = await openDirectoryStore({ path, clock: new ClusterClock({ activity }), activity, log: silentLog, viewDelayMs: 1, snapshotBytes: 100_000, lock: { waitMs: 5000 } });

async function write(writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const key = `/registry/configmaps/w${writer}/k${i % 20}`;
    const value = JSON.stringify({ round, i, filler: 'x'.repeat((i * 37) % 2000) });
    const { revision } = await store.txn([], [{ type: 'put', key, value }]);
    writeSync(1, `${revision} ${key} ${value}\n`);
  }
}
await Promise.all([write(1), write(2), write(3)]);
