import { openMemoryStore } from '../../src/etcd/memory-store.ts';
import { ClusterClock } from '../../src/simulation/cluster-clock.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { contents, openOn, put, Recorder, START_MS, standingClock } from './support.ts';

it('keys go when their lease runs out, all in one revision', async () => {
  const clock = standingClock();
  const store = await openMemoryStore(clock);
  const watcher = new Recorder();
  const lease = await store.grantLease(60_000);
  await store.txn([], [put('/events/b', '1', lease), put('/events/a', '1', lease), put('/pods/a', '1')]);
  expect((await store.get('/events/a'))?.lease).toBe(lease);
  store.watch({ prefix: '/' }, watcher);
  await clock.advance(59_999);
  expect(await contents(store)).toHaveLength(3);
  await clock.advance(1);
  expect(await contents(store)).toEqual(['/pods/a=1@2']);
  expect(watcher.seen).toEqual(['3 delete /events/a (was 1@2)', '3 delete /events/b (was 1@2)']);
  await expect(store.keepLeaseAlive(lease)).rejects.toThrow('etcdserver: requested lease not found');
});

it('a lease can be kept alive, revoked, and left by a key', async () => {
  const clock = standingClock();
  const store = await openMemoryStore(clock);
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
  expect(await contents(store)).toEqual(['/left=2@3']);
});

it('a revocation takes what was written in the same moment before it', async () => {
  const store = await openMemoryStore(standingClock());
  const lease = await store.grantLease(60_000);
  const outcomes = await Promise.allSettled([
    store.txn([], [put('/a', '1', lease)]),
    store.revokeLease(lease),
    store.txn([], [put('/b', '1', lease)]),
  ]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(await contents(store)).toEqual([]);
  expect(store.revision).toBe(3);
});

it.each([false, true])('leases outlive the process, with the time that is left (snapshot: %s)', async (snapshot) => {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  const lease = await store.grantLease(60_000);
  await store.txn([], [put('/a', '1', lease)]);
  const early = await store.grantLease(30_000);
  await store.txn([], [put('/b', '1', early)]);
  if (snapshot) await store.snapshot();
  await store.close();

  const clock = new ClusterClock({ speed: 0, startMs: START_MS + 45_000 });
  const again = await openOn(disk, { clock });
  await clock.advance(0);
  expect(await contents(again)).toEqual(['/a=1@2']);
  expect(await again.grantLease(1000)).not.toBe(early);
  await clock.advance(14_999);
  expect(await contents(again)).toHaveLength(1);
  await clock.advance(1);
  expect(await contents(again)).toEqual([]);
});

it('a lease that cannot be revoked for want of room is revoked later', async () => {
  const clock = standingClock();
  const disk = new MemoryDisk();
  const store = await openOn(disk, { clock });
  const lease = await store.grantLease(1000);
  await store.txn([], [put('/a', '1', lease)]);
  disk.fault = (call) => (call === 'append' ? 0 : undefined);
  await clock.advance(1000);
  expect(await contents(store)).toHaveLength(1);
  disk.fault = undefined;
  await clock.advance(1000);
  expect(await contents(store)).toEqual([]);
});

it('waiting leases are background work: a cluster converges without them', async () => {
  const clock = standingClock();
  const store = await openMemoryStore(clock);
  await store.grantLease(1000);
  expect([clock.pending('background'), clock.pending('progress')]).toEqual([1, 0]);
});
