/** Leases by the cluster's clock, over either backend. */
import { openEtcd3Store } from '../../../src/etcd/etcd3-store.ts';
import { silentLog } from '../../../src/simulation/log.ts';
import { RealEtcd } from '../../support/real-etcd.ts';
import { contents, ManualScheduler, put, Recorder, standingClock } from '../support.ts';
import { eventually, installedEtcd, itWithEtcd, onBothBackends } from './backends.ts';

onBothBackends((open) => {
  it('keys go when their lease runs out, all in one revision', async () => {
    const clock = standingClock();
    const store = await open({ clock, activity: clock.activity });
    const watcher = new Recorder();
    const lease = await store.grantLease(60_000);
    await store.txn([], [put('/events/b', '1', lease), put('/events/a', '1', lease), put('/pods/a', '1')]);
    expect((await store.get('/events/a'))?.lease).toBe(lease);
    store.watch({ prefix: '/' }, watcher);
    await clock.advance(59_999);
    expect(await contents(store)).toHaveLength(3);
    await clock.advance(1);
    await eventually(async () => (await contents(store)).length === 1);
    expect(await contents(store)).toEqual(['/pods/a=1@2']);
    expect(watcher.seen).toEqual(['3 delete /events/a (was 1@2)', '3 delete /events/b (was 1@2)']);
    await expect(store.keepLeaseAlive(lease)).rejects.toThrow('etcdserver: requested lease not found');
  });

  it('a lease can be kept alive, revoked, and left by a key', async () => {
    const clock = standingClock();
    const store = await open({ clock, activity: clock.activity });
    const kept = await store.grantLease(60_000);
    const revoked = await store.grantLease(60_000);
    expect(kept).not.toBe(revoked);
    await store.txn([], [put('/kept', '1', kept), put('/revoked', '1', revoked), put('/left', '1', revoked), put('/moved', '1', revoked)]);
    await store.txn([], [put('/left', '2'), put('/moved', '2', kept)]);
    await clock.advance(50_000);
    await store.keepLeaseAlive(kept);
    await store.revokeLease(revoked);
    expect(await contents(store)).toEqual(['/kept=1@2', '/left=2@3', '/moved=2@3']);
    await clock.advance(50_000);
    expect(await contents(store)).toHaveLength(3);
    await clock.advance(10_000);
    await eventually(async () => (await contents(store)).length === 1);
    expect(await contents(store)).toEqual(['/left=2@3']);
  });

  it('waiting leases are background work: a cluster converges without them', async () => {
    const clock = standingClock();
    const store = await open({ clock });
    await store.grantLease(1000);
    expect([clock.pending('background'), clock.pending('progress')]).toEqual([1, 0]);
  });
});

itWithEtcd('a real etcd is told to keep a lease while the cluster\'s time stands still, and has it for itself afterwards', async () => {
  const etcd = await RealEtcd.start({ program: installedEtcd ?? '' });
  const scheduler = new ManualScheduler();
  const store = await openEtcd3Store({ servers: [etcd.url], clock: standingClock(), log: silentLog, scheduler, compactionIntervalMs: 0 });
  const other = await openEtcd3Store({ servers: [etcd.url], clock: standingClock(), log: silentLog });
  const start = Date.now();
  const lease = await store.grantLease(4000);
  await store.txn([], [put('/events/a', '1', lease)]);
  expect(scheduler.delays).toContain(2500);
  // Five seconds are the least that it grants. While somebody keeps it, it stays longer.
  while (Date.now() - start < 7000) {
    scheduler.fire();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(await contents(other)).toEqual(['/events/a=1@2']);
  await store.close();
  await eventually(async () => (await contents(other)).length === 0, 15_000);
  await other.close();
  await etcd.remove();
}, 40_000);
