/** Progress notifications: a watch that nothing happens to knows all the same from where it may be resumed. */
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import type { Revision } from '../../src/etcd/store.ts';
import { ManualScheduler, openOn, put, Recorder, rev } from './support.ts';

class Follower extends Recorder {
  readonly told: number[] = [];
  progress(revision: Revision): void {
    this.told.push(revision);
    // Nothing that is claimed to be delivered may come later.
    expect(Math.max(0, ...this.revisions)).toBeLessThanOrEqual(revision);
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('comes after the past that was asked for, and then while others write', async () => {
  const scheduler = new ManualScheduler();
  const store = await openOn(new MemoryDisk(), { scheduler });
  for (const name of ['a', 'b']) await store.txn([], [put(`/registry/pods/default/${name}`, '{}')]);
  const late = new Follower();
  const quiet = new Follower();
  const busy = new Follower();
  store.watch({ prefix: '/registry/pods/', startRevision: rev(2) }, late);
  store.watch({ prefix: '/registry/secrets/' }, quiet);
  store.watch({ prefix: '/registry/pods/' }, busy);
  await settle();
  expect([late.revisions, late.told, quiet.told]).toEqual([[2, 3], [3], []]);

  await store.txn([], [put('/registry/pods/default/c', '{}')]);
  expect(quiet.told).toEqual([]);
  expect(scheduler.delays).toEqual([5000]);
  scheduler.fire();
  // Who got the event itself needs no word of it.
  expect([quiet.told, busy.told, late.told]).toEqual([[4], [], [3]]);
  expect(scheduler.delays).toEqual([]);
});

it('is not sent to a watch that begins in the future, was cancelled, or never asked', async () => {
  const scheduler = new ManualScheduler();
  const store = await openOn(new MemoryDisk(), { scheduler });
  const future = new Follower();
  const cancelled = new Follower();
  store.watch({ prefix: '/registry/', startRevision: rev(9) }, future);
  store.watch({ prefix: '/registry/x/' }, cancelled).cancel();
  store.watch({ prefix: '/registry/y/' }, new Recorder());
  await store.txn([], [put('/registry/pods/default/a', '{}')]);
  scheduler.fire();
  expect([future.told, cancelled.told]).toEqual([[], []]);
});

it('a resumed watch misses nothing between the progress it was told and the next event', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { scheduler });
  const first = new Follower();
  store.watch({ prefix: '/registry/pods/' }, first);
  await store.txn([], [put('/registry/nodes/n', '{}')]);
  scheduler.fire();
  await store.close();
  const again = await openOn(disk);
  await again.txn([], [put('/registry/pods/default/a', '{}')]);
  const second = new Follower();
  again.watch({ prefix: '/registry/pods/', startRevision: rev((first.told.at(-1) ?? 0) + 1) }, second);
  await settle();
  expect(second.seen).toEqual(['3 put /registry/pods/default/a={}']);
});
