/** Which store a home has, and how long it remembers. */
import { homeAt } from '../../src/client/home.ts';
import { chooseServers, etcdServersOf, openStore } from '../../src/daemon/open-store.ts';
import { silentLog } from '../../src/simulation/log.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { installedEtcd, itWithEtcd } from '../etcd/both/backends.ts';
import { put, standingClock } from '../etcd/support.ts';
import { RealEtcd } from '../support/real-etcd.ts';

const home = homeAt('/home/cluster');
const made = (): MemoryDisk => {
  const disk = new MemoryDisk();
  disk.makeFolder(home.etcd);
  return disk;
};

test('a folder forgets by count, and by the cluster’s time where that is asked for', async () => {
  for (const compactionIntervalMs of [undefined, 300_000]) {
    const clock = standingClock();
    const store = await openStore({ home, etcdServers: undefined, compactionIntervalMs }, { disk: made(), clock, log: silentLog, lock: 'held', view: false });
    await store.txn([], [put('/a', '1')]);
    await clock.advance(400_000);
    await store.txn([], [put('/a', '2')]);
    await clock.advance(1);
    expect(store.compactRevision).toBe(compactionIntervalMs ? 2 : 0);
    await store.close();
  }
});

itWithEtcd('a home remembers the etcd that keeps its cluster; one with a cluster of its own takes none', async () => {
  const etcd = await RealEtcd.start({ program: installedEtcd ?? '' });
  const disk = made();
  expect(chooseServers(disk, home, undefined)).toBeUndefined();
  const servers = chooseServers(disk, home, [etcd.url]);
  const store = await openStore({ home, etcdServers: servers, compactionIntervalMs: undefined }, { disk, clock: standingClock(), log: silentLog, lock: 'held' });
  expect(store.shared).toBe(true);
  await store.close();
  expect(disk.readFile('/home/cluster/etcd/servers').toString()).toBe(`${etcd.url}\n`);
  expect([etcdServersOf(disk, home), chooseServers(disk, home, undefined)]).toEqual([[etcd.url], [etcd.url]]);
  // Another address of the same etcd.
  expect(chooseServers(disk, home, ['http://localhost:1'])).toEqual(['http://localhost:1']);
  await etcd.remove();

  const own = made();
  const folder = await openStore({ home, etcdServers: undefined, compactionIntervalMs: undefined }, { disk: own, clock: standingClock(), log: silentLog, lock: 'held', view: false });
  await folder.close();
  expect(() => chooseServers(own, home, ['http://localhost:1'])).toThrow('/home/cluster holds a cluster of its own already; --etcd-servers needs another home (MOCK_KUBECTL_HOME)');
});

test('an etcd that is not there leaves no mark on the home', async () => {
  const disk = made();
  const options = { disk, clock: standingClock(), log: silentLog, lock: 'held' as const };
  await expect(openStore({ home, etcdServers: ['http://127.0.0.1:1'], compactionIntervalMs: undefined }, options)).rejects.toThrow('connection refused');
  expect(etcdServersOf(disk, home)).toBeUndefined();
});
