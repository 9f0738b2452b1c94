import { openMemoryStore } from '../../src/etcd/memory-store.ts';
import { ClusterClock } from '../../src/simulation/cluster-clock.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { contents, openOn, put, START_MS, standingClock } from './support.ts';

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

