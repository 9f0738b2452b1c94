import { openMemoryStore } from '../../src/etcd/memory-store.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { openOn, put, Recorder, remove, rev, standingClock } from './support.ts';

it('a watch that begins while a write is under way is told of the past before the write', async () => {
  const store = await openMemoryStore(standingClock());
  await store.txn([], [put('/a', '2')]);
  const watcher = new Recorder();
  void store.txn([], [put('/a', '3')]);
  store.watch({ prefix: '/', startRevision: rev(2) }, watcher);
  const flushed = store.flush();
  expect(watcher.revisions).toEqual([2, 3]);
  await flushed;
});

it('a watch resumes where it was after a restart', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  for (let i = 2; i <= 5; i++) await store.txn([], [put('/a', `${i}`)]);
  await store.snapshot();
  await store.txn([], [remove('/a')]);
  const ended = new Recorder();
  store.watch({ prefix: '/' }, ended);
  await store.close();
  expect(ended.error?.message).toBe('etcdserver: server stopped');

  const again = await openOn(disk);
  const watcher = new Recorder();
  again.watch({ prefix: '/', startRevision: rev(4) }, watcher);
  await again.txn([], [put('/a', '7')]);
  expect(watcher.seen).toEqual(['4 put /a=4 (was 3@3)', '5 put /a=5 (was 4@4)', '6 delete /a (was 5@5)', '7 put /a=7']);
});
