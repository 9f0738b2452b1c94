import { CompactedError, FutureRevisionError, StoreWriteError } from '../../src/etcd/store.ts';
import { openMemoryStore } from '../../src/etcd/memory-store.ts';
import { Activity } from '../../src/simulation/activity.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { contents, openOn, put, Recorder, remove, rev, standingClock, unchanged } from './support.ts';

describe('transactions', () => {
  it('give each key its create revision, mod revision and version', async () => {
    const store = await openMemoryStore(standingClock());
    expect(store.revision).toBe(1);
    await store.txn([], [put('/a', '1'), put('/b', '1')]);
    await store.txn([], [put('/a', '2')]);
    expect(await store.get('/a')).toEqual({ key: '/a', value: '2', createRevision: 2, modRevision: 3, version: 2 });
    expect(await store.get('/b')).toEqual({ key: '/b', value: '1', createRevision: 2, modRevision: 2, version: 1 });
    await store.txn([], [remove('/a')]);
    expect(await store.get('/a')).toBeUndefined();
    await store.txn([], [put('/a', '3')]);
    expect(await store.get('/a')).toEqual({ key: '/a', value: '3', createRevision: 5, modRevision: 5, version: 1 });
  });

  it('write nothing unless every comparison holds, and tell what there is', async () => {
    const store = await openMemoryStore(standingClock());
    await store.txn([], [put('/a', '1')]);
    const result = await store.txn([unchanged('/a', 2), unchanged('/b', 7)], [put('/a', '2'), put('/b', '2')]);
    expect(result).toMatchObject({ succeeded: false, revision: 2, current: [{ key: '/a', value: '1' }, undefined] });
    expect(await contents(store)).toEqual(['/a=1@2']);
    expect(await store.txn([unchanged('/a', 2), unchanged('/b', 0)], [put('/a', '2'), put('/b', '2')])).toMatchObject({ succeeded: true, revision: 3, current: [] });
    expect(await contents(store)).toEqual(['/a=2@3', '/b=2@3']);
  });

  it('let one of many writers win', async () => {
    const store = await openMemoryStore(standingClock());
    await store.txn([], [put('/a', '0')]);
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.txn([unchanged('/a', 2)], [put('/a', String(i + 1))])));
    expect(results.filter((result) => result.succeeded)).toHaveLength(1);
    expect(results[0]?.succeeded).toBe(true);
    expect(results[7]?.current[0]).toMatchObject({ value: '1', modRevision: 3 });
  });

  it('make no revision where nothing changes', async () => {
    const store = await openMemoryStore(standingClock());
    expect(await store.txn([], [remove('/a')])).toMatchObject({ succeeded: true, revision: 1 });
    expect(await store.txn([], [])).toMatchObject({ succeeded: true, revision: 1 });
  });

  it('refuse what etcd refuses', async () => {
    const store = await openMemoryStore(standingClock());
    await expect(store.txn([], [put('/a', '1'), remove('/a')])).rejects.toThrow('etcdserver: duplicate key given in txn request');
    await expect(store.txn([], [put('', '1')])).rejects.toThrow('etcdserver: key is not provided');
    await expect(store.txn([], [put('/a', '1', 'nothing')])).rejects.toThrow('etcdserver: requested lease not found');
    expect(store.revision).toBe(1);
  });

  it('are not visible before they are acknowledged', async () => {
    const store = await openMemoryStore(standingClock());
    const write = store.txn([], [put('/a', '1')]);
    expect(store.revision).toBe(1);
    expect(await store.get('/a')).toBeUndefined();
    await write;
    expect((await store.get('/a'))?.value).toBe('1');
  });

  it('that come together go to the disk with one write', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    let writes = 0;
    disk.fault = (call) => void (call === 'append' && writes++);
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => store.txn([], [put(`/${i}`, '{}')])));
    expect(writes).toBe(1);
    expect(results.map((result) => result.revision)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
  });

  it('hold the time still until they are settled', async () => {
    const activity = new Activity();
    const store = await openMemoryStore(standingClock(), { activity });
    let idle = false;
    let release: () => void = () => undefined;
    store.watch({ prefix: '/' }, { events: () => { release = activity.begin(); }, ended: () => undefined });
    void store.txn([], [put('/a', '1')]);
    const waiting = activity.idle().then(() => { idle = true; });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(idle).toBe(false);
    release();
    await waiting;
    expect(store.revision).toBe(2);
  });
});

it('writers that never pause let the host see to its sockets', async () => {
  const activity = new Activity();
  const store = await openMemoryStore(standingClock(), { activity });
  let turns = 0;
  const turn = () => void setImmediate(() => { turns++; if (turns < 1000) turn(); });
  turn();
  for (let i = 0; i < 1000; i++) await store.txn([], [put('/a', String(i))]);
  const seen = turns;
  turns = 1000;
  expect(seen).toBeGreaterThan(5);
});

describe('a disk that refuses', () => {
  it('leaves nothing of a write behind, and the store goes on when there is room again', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    const watcher = new Recorder();
    store.watch({ prefix: '' }, watcher);
    await store.txn([], [put('/a', '1')]);
    disk.fault = (call) => (call === 'append' ? 30 : undefined);
    const outcomes = await Promise.allSettled([
      store.txn([unchanged('/a', 99)], []),
      store.txn([], [put('/a', '2')]),
      store.txn([unchanged('/a', 99)], []),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    const { reason } = outcomes[1] as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(StoreWriteError);
    expect((reason as Error).message).toContain('cannot write /etcd/wal/00000001-0000000000000001.wal: ENOSPC: no space left on device');
    expect(await contents(store)).toEqual(['/a=1@2']);
    expect(await contents(await openOn(disk.copy()))).toEqual(['/a=1@2']);

    disk.fault = undefined;
    await store.txn([], [put('/a', '3')]);
    expect(watcher.seen).toEqual(['2 put /a=1', '3 put /a=3 (was 1@2)']);
    expect(await contents(await openOn(disk.copy()))).toEqual(['/a=3@3']);
  });

  it('that cannot even take it back leaves a tail that the next write or opening cuts off', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    await store.txn([], [put('/a', '1')]);
    disk.fault = (call) => {
      if (call === 'truncate') throw new Error('EIO: i/o error');
      return call === 'append' ? 30 : undefined;
    };
    await expect(store.txn([], [put('/a', '2')])).rejects.toThrow(StoreWriteError);
    expect(await contents(await openOn(disk.copy()))).toEqual(['/a=1@2']);
    disk.fault = undefined;
    await store.txn([], [put('/a', '3')]);
    expect(await contents(await openOn(disk.copy()))).toEqual(['/a=3@3']);
  });

  it('whose log has been removed takes no more writes', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk);
    await store.txn([], [put('/a', '1')]);
    disk.remove('/etcd');
    await expect(store.txn([], [put('/a', '2')])).rejects.toThrow('the file has been removed');
    expect(await contents(store)).toEqual(['/a=1@2']);
  });
});

describe('power cuts', () => {
  it('take nothing that was acknowledged in fsync mode, with one flush for a group', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk, { sync: 'fsync' });
    let flushes = 0;
    disk.fault = (call) => void (call === 'sync' && flushes++);
    await Promise.all([store.txn([], [put('/a', '1')]), store.txn([], [put('/b', '1')])]);
    expect(flushes).toBe(1);
    expect(await contents(await openOn(disk.afterPowerCut()))).toEqual(['/a=1@2', '/b=1@3']);
  });

  it('fail the write whose flush fails', async () => {
    const disk = new MemoryDisk();
    const store = await openOn(disk, { sync: 'fsync' });
    disk.fault = (call) => {
      if (call === 'sync') throw new Error('EIO: i/o error');
    };
    await expect(store.txn([], [put('/a', '1')])).rejects.toThrow('EIO');
    disk.fault = undefined;
    expect(await contents(await openOn(disk.copy()))).toEqual([]);
  });
});

describe('ranges', () => {
  it('are in order, limited, and go on after a key', async () => {
    const store = await openMemoryStore(standingClock());
    for (const key of ['/c', '/a/2', '/a/10', '/b', '/a/1', '/ab']) await store.txn([], [put(key, key)]);
    const keys = async (prefix: string, options = {}) => {
      const { kvs, count } = await store.range(prefix, options);
      return [kvs.map((kv) => kv.key).join(' '), count];
    };
    expect(await keys('/a/')).toEqual(['/a/1 /a/10 /a/2', 3]);
    expect(await keys('/a')).toEqual(['/a/1 /a/10 /a/2 /ab', 4]);
    expect(await keys('')).toEqual(['/a/1 /a/10 /a/2 /ab /b /c', 6]);
    expect(await keys('/a/', { limit: 2 })).toEqual(['/a/1 /a/10', 3]);
    expect(await keys('/a/', { limit: 2, after: '/a/10' })).toEqual(['/a/2', 1]);
    expect(await keys('/a/', { after: '/a/11' })).toEqual(['/a/2', 1]);
    expect(await keys('/d')).toEqual(['', 0]);
  });

  it('read any revision that is not compacted', async () => {
    const store = await openMemoryStore(standingClock());
    await store.txn([], [put('/a', '1')]);
    await store.txn([], [put('/b', '1')]);
    await store.txn([], [remove('/a')]);
    await store.txn([], [put('/a', '2')]);
    const at = async (revision: number) => (await store.range('/', { revision: rev(revision) })).kvs.map((kv) => `${kv.key}=${kv.value}`).join(' ');
    expect(await Promise.all([1, 2, 3, 4, 5].map(at))).toEqual(['', '/a=1', '/a=1 /b=1', '/b=1', '/a=2 /b=1']);
    expect((await store.get('/a', rev(3)))?.value).toBe('1');
    expect(await store.get('/a', rev(4))).toBeUndefined();
    await expect(store.get('/a', rev(6))).rejects.toThrow(FutureRevisionError);
    await expect(store.range('/', { revision: rev(6) })).rejects.toThrow(FutureRevisionError);
  });
});

describe('compaction', () => {
  it('forgets what was superseded, keeps what is current, and answers "compacted"', async () => {
    const store = await openMemoryStore(standingClock());
    await store.txn([], [put('/a', '1')]);
    await store.txn([], [put('/a', '2'), put('/b', '1')]);
    await store.txn([], [remove('/b')]);
    await store.txn([], [put('/a', '3')]);
    await store.compact(rev(4));
    expect(store.compactRevision).toBe(4);
    await expect(store.get('/a', rev(3))).rejects.toThrow(CompactedError);
    await expect(store.range('/', { revision: rev(3) })).rejects.toThrow('etcdserver: mvcc: required revision has been compacted');
    expect((await store.get('/a', rev(4)))?.value).toBe('2');
    expect(await contents(store)).toEqual(['/a=3@5']);
    expect((await store.history('/a')).map((entry) => entry.kv.value)).toEqual(['2', '3']);
    expect(await store.history('/b')).toEqual([]);
    await expect(store.compact(rev(4))).rejects.toThrow(CompactedError);
    await expect(store.compact(rev(9))).rejects.toThrow(FutureRevisionError);
  });

  it('goes by count', async () => {
    const store = await openMemoryStore(standingClock(), { keep: { revisions: 20 } });
    for (let i = 0; i < 100; i++) {
      await store.txn([], [put('/a', String(i))]);
      expect(store.revision - store.compactRevision).toBeLessThanOrEqual(23);
    }
    const { compactRevision } = store;
    expect(store.revision - compactRevision).toBeGreaterThanOrEqual(20);
    expect((await store.get('/a', compactRevision))?.modRevision).toBe(compactRevision);
  });

  it('goes by age when asked to', async () => {
    const clock = standingClock();
    const store = await openMemoryStore(clock, { keep: { ms: 300_000 } });
    await store.txn([], [put('/a', '1')]);
    await store.txn([], [put('/a', '2')]);
    await clock.advance(200_000);
    await store.txn([], [put('/a', '3')]);
    expect(store.compactRevision).toBe(0);
    await clock.advance(200_000);
    await store.txn([], [put('/a', '4')]);
    await clock.advance(1);
    expect(store.compactRevision).toBe(3);
  });
});

it('a closed store answers nothing any more, and has written what was queued', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  const write = store.txn([], [put('/a', '1')]);
  await store.close();
  await write;
  await store.close();
  await expect(store.txn([], [put('/a', '2')])).rejects.toThrow('etcdserver: server stopped');
  await expect(store.get('/a')).rejects.toThrow('etcdserver: server stopped');
  expect(await contents(await openOn(disk))).toEqual(['/a=1@2']);
});
