import { verify } from '../../src/etcd/verify.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { StoreWriteError } from '../../src/etcd/store.ts';
import { contents, LogLines, ManualScheduler, openOn, put, remove, rev, START_MS } from './support.ts';

const files = (disk: MemoryDisk) => [...disk.list('/etcd/wal'), ...disk.list('/etcd/snap')].sort();
const pod = (i: number) => put(`/registry/pods/default/p${i % 5}`, JSON.stringify({ i, filler: 'x'.repeat(200) }));

it('the log is snapshotted as it grows, and older files stay as long as their history does', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { snapshotBytes: 2000, scheduler, view: true, keep: { revisions: 20 } });
  for (let i = 2; i <= 60; i++) {
    await store.txn([], [pod(i)]);
    scheduler.fire();
    scheduler.fire();
  }
  const kept = files(disk);
  expect(kept.length).toBeGreaterThan(3);
  expect(kept[0]).not.toBe('00000001-0000000000000001.wal');
  const { compactRevision } = store;
  await store.close();
  expect(verify('/etcd', disk).problems).toEqual([]);

  const again = await openOn(disk);
  expect(again.compactRevision).toBe(compactRevision);
  expect((await again.get('/registry/pods/default/p0', compactRevision))?.value).toContain('"i":');
  expect((await again.history('/registry/pods/default/p0')).length).toBeGreaterThan(3);
});

it('writes go on while a snapshot is written, and a kill in the middle of it loses nothing', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { snapshotBytes: 500, scheduler });
  for (let i = 2; i <= 3; i++) await store.txn([], [pod(i)]);
  expect(files(disk)).toEqual(['00000001-0000000000000001.wal', expect.stringMatching(/^00000002-.*\.snap\.tmp$/), expect.stringMatching(/^00000002-.*\.wal$/)]);
  await store.txn([], [remove('/registry/pods/default/p2')]);
  const wanted = await contents(store);
  const left = disk.copy();
  expect(await contents(await openOn(left))).toEqual(wanted);
  expect(files(left).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  scheduler.fire();
  expect(files(disk).filter((name) => name.endsWith('.snap'))).toHaveLength(1);
  expect(await contents(await openOn(disk.copy()))).toEqual(wanted);
});

it('history before the snapshot is read when asked for, and no further than it was compacted', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  for (let i = 2; i <= 6; i++) await store.txn([], [put('/a', `${i}`)]);
  await store.txn([], [remove('/a')]);
  await store.snapshot();
  await store.compact(rev(4));
  await store.txn([], [put('/a', '8')]);
  await store.close();
  const again = await openOn(disk);
  const entries = await again.history('/a');
  expect(entries.map(({ type, kv }) => `${kv.modRevision} ${type} ${kv.value}`)).toEqual(['4 put 4', '5 put 5', '6 put 6', '7 delete ', '8 put 8']);
  expect(entries.map(({ timeMs }) => timeMs)).toEqual([undefined, START_MS, START_MS, START_MS, START_MS]);
});

it('a close leaves a short log behind where that pays', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { snapshotBytes: 8000 });
  await store.txn([], [pod(2), pod(3), pod(4)]);
  await store.close();
  expect(files(disk)).toEqual(['00000001-0000000000000001.wal']);
  const again = await openOn(disk, { snapshotBytes: 8000 });
  await again.txn([], [pod(2)]);
  await again.close();
  expect(files(disk)).toContain('00000002-0000000000000003.snap');
});

it('every file operation of a snapshot may be the last before a kill', async () => {
  for (let limit = 0; ; limit++) {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    for (let i = 2; i <= 9; i++) await store.txn([], [pod(i)]);
    const wanted = await contents(store);
    let calls = 0;
    let left: MemoryDisk | undefined;
    disk.fault = () => {
      if (calls++ === limit) left = disk.copy();
    };
    await store.snapshot();
    if (!left) {
      expect(limit).toBeGreaterThan(5);
      return;
    }
    const again = await openOn(left, { view: true });
    expect(await contents(again)).toEqual(wanted);
    expect((await again.get('/registry/pods/default/p3', rev(3)))?.modRevision).toBe(3);
    await again.txn([], [pod(10)]);
    await again.snapshot();
    await again.close();
    expect(verify('/etcd', left).problems).toEqual([]);
  }
});

it('a header that was cut off is begun anew', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  await store.txn([], [pod(2)]);
  await store.snapshot();
  const [log] = disk.list('/etcd/wal').slice(-1);
  disk.remove('/etcd/snap/00000002-0000000000000002.snap');
  disk.overwrite(`/etcd/wal/${log}`, Buffer.from('8f4e3f'));
  const again = await openOn(disk);
  expect(again.revision).toBe(2);
  await again.txn([], [pod(3)]);
  expect((await openOn(disk)).revision).toBeDefined();
  expect(disk.list('/etcd/wal')).toEqual(['00000001-0000000000000001.wal']);
});

it('a snapshot for which there is no room is given up, and the store goes on', async () => {
  const disk = new MemoryDisk();
  const log = new LogLines();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { snapshotBytes: 500, log, scheduler });
  disk.fault = (call, path) => (call === 'append' && (path.endsWith('.tmp') || path.includes('00000002')) ? 10 : undefined);
  for (let i = 2; i <= 9; i++) await store.txn([], [pod(i)]);
  expect(log.lines[0]).toBe('error cannot take a snapshot; the log goes on growing');
  expect(log.lines.length).toBeLessThan(6);
  await expect(store.snapshot()).rejects.toThrow(StoreWriteError);
  expect(files(disk)).toEqual(['00000001-0000000000000001.wal']);
  disk.fault = undefined;
  await store.snapshot();
  expect(await contents(await openOn(disk.copy()))).toEqual(await contents(store));
});

it('values of every sort survive it', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  const values = ['{}', '{"a":"é€😀"}', '', 'text', '{\n}', '{\ud800}', '"', '{"a":"\\ud800"}', '\u0000'];
  await store.txn([], values.map((value, i) => put(`/v/${i}`, value)));
  await store.snapshot();
  await store.close();
  const again = await openOn(disk);
  expect((await again.range('/v/')).kvs.map((kv) => kv.value)).toEqual(values);
  await again.snapshot();
  expect((await (await openOn(disk)).range('/v/')).kvs.map((kv) => kv.value)).toEqual(values);
});
