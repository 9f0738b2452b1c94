import fc from '../support/property.ts';
import { StoreWriteError } from '../../src/etcd/store.ts';
import { verify } from '../../src/etcd/verify.ts';
import { openMemoryStore } from '../../src/etcd/memory-store.ts';
import { Activity } from '../../src/simulation/activity.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { contents, openOn, put, Recorder, standingClock, unchanged } from './support.ts';

describe('transactions', () => {
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

  it('leave any sectors of a write that was under way: what was acknowledged is there, and nothing is torn apart', async () => {
    const size = fc.integer({ min: 1, max: 3000 });
    const groups = fc.array(fc.array(size, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(groups, fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), async (sizes, kept) => {
        const disk = new MemoryDisk();
        const store = await openOn(disk, { sync: 'fsync' });
        const cuts: { readonly acknowledged: number; readonly left: MemoryDisk }[] = [];
        let acknowledged = 0;
        let draw = 0;
        disk.fault = (call) => void (call === 'sync' && cuts.push({ acknowledged, left: disk.afterPowerCut(() => kept[draw++ % kept.length] === true) }));
        for (const group of sizes) {
          await Promise.all(group.map((length) => store.txn([], [put('/a', `{"a":"${'x'.repeat(length)}"}`)])));
          acknowledged += group.length;
        }
        for (const [at, { acknowledged: sure, left }] of cuts.entries()) {
          const again = await openOn(left);
          expect(again.revision - 1).toBeGreaterThanOrEqual(sure);
          expect(again.revision - 1).toBeLessThanOrEqual(sure + (sizes[at]?.length ?? 0));
          await again.txn([], [put('/b', '1')]);
          await again.close();
          expect(await contents(await openOn(left), '/b')).toHaveLength(1);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('reserves room ahead, and leaves none behind', async () => {
    const disk = new MemoryDisk();
    const log = '/etcd/wal/00000001-0000000000000001.wal';
    const store = await openOn(disk, { sync: 'fsync' });
    let reserved = 0;
    disk.fault = (call) => void (call === 'reserve' && reserved++);
    for (let i = 0; i < 100; i++) await store.txn([], [put('/a', String(i))]);
    expect(reserved).toBe(0);
    expect(disk.readFile(log).at(-1)).toBe(0);
    expect(verify('/etcd', disk).problems).toEqual([]);
    expect(await contents(await openOn(disk.copy()))).toEqual(['/a=99@101']);
    await store.close();
    expect(disk.readFile(log).toString()).toMatch(/\]\}\n$/);
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

describe('compaction', () => {
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
