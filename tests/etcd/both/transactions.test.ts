/** Transactions, ranges and compaction, over either backend. */
import { storeHistory } from '../../../src/daemon/store-history.ts';
import { CompactedError, FutureRevisionError } from '../../../src/etcd/store.ts';
import { Activity } from '../../../src/simulation/activity.ts';
import { contents, put, remove, rev, unchanged } from '../support.ts';
import { onBothBackends } from './backends.ts';

onBothBackends((open) => {
  describe('transactions', () => {
    it('give each key its create revision, mod revision and version', async () => {
      const store = await open();
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
      const store = await open();
      await store.txn([], [put('/a', '1')]);
      const result = await store.txn([unchanged('/a', 2), unchanged('/b', 7)], [put('/a', '2'), put('/b', '2')]);
      expect(result).toMatchObject({ succeeded: false, revision: 2, current: [{ key: '/a', value: '1' }, undefined] });
      expect(await contents(store)).toEqual(['/a=1@2']);
      expect(await store.txn([unchanged('/a', 2), unchanged('/b', 0)], [put('/a', '2'), put('/b', '2')])).toMatchObject({ succeeded: true, revision: 3, current: [] });
      expect(await contents(store)).toEqual(['/a=2@3', '/b=2@3']);
    });

    it('let one of many writers win', async () => {
      const store = await open();
      await store.txn([], [put('/a', '0')]);
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.txn([unchanged('/a', 2)], [put('/a', String(i + 1))])));
      expect(results.filter((result) => result.succeeded)).toHaveLength(1);
      const winner = results.findIndex((result) => result.succeeded);
      for (const { succeeded, current } of results) if (!succeeded) expect(current[0]).toMatchObject({ value: String(winner + 1), modRevision: 3 });
    });

    it('make no revision where nothing changes', async () => {
      const store = await open();
      expect(await store.txn([], [remove('/a')])).toMatchObject({ succeeded: true, revision: 1 });
      expect(await store.txn([], [])).toMatchObject({ succeeded: true, revision: 1 });
    });

    it('refuse what etcd refuses', async () => {
      const store = await open();
      await expect(store.txn([], [put('/a', '1'), remove('/a')])).rejects.toThrow('etcdserver: duplicate key given in txn request');
      await expect(store.txn([], [put('', '1')])).rejects.toThrow('etcdserver: key is not provided');
      await expect(store.txn([], [put('/a', '1', 'nothing')])).rejects.toThrow('etcdserver: requested lease not found');
      expect(store.revision).toBe(1);
    });
  });

  describe('ranges', () => {
    it('are in order, limited, and go on after a key', async () => {
      const store = await open();
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
      const store = await open();
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
      const store = await open();
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
      expect((await storeHistory(store, '/a')).map((entry) => entry.kv.value)).toEqual(['2', '3']);
      expect(await storeHistory(store, '/b')).toEqual([]);
      await expect(store.compact(rev(4))).rejects.toThrow(CompactedError);
      await expect(store.compact(rev(9))).rejects.toThrow(FutureRevisionError);
    });
  });

  it('ranges of any size come whole, and as of one revision', async () => {
    const store = await open();
    const name = (i: number) => `/many/${String(i).padStart(4, '0')}`;
    for (let i = 0; i < 2500; i += 100) await store.txn([], Array.from({ length: 100 }, (_, j) => put(name(i + j), '1')));
    const { revision } = store;
    await store.txn([], [remove(name(7)), put('/many/a', '1')]);
    const all = await store.range('/many/');
    expect([all.kvs.length, all.count, all.kvs[2499]?.key]).toEqual([2500, 2500, '/many/a']);
    expect((await store.range('/many/', { revision })).kvs.map(({ key }) => key)).toEqual(Array.from({ length: 2500 }, (_, i) => name(i)));
    const page = await store.range('/many/', { revision, limit: 1500, after: name(99) });
    expect([page.kvs.length, page.count, page.kvs[0]?.key]).toEqual([1500, 2400, name(100)]);
  });

  it('keys and values of any letters come back as they were', async () => {
    const store = await open();
    await store.txn([], [put('/registry/pods/ü €/𝒳', '{"text":"ß\u0000€𝒳\n"}')]);
    expect(await contents(store, '/registry/pods/ü')).toEqual(['/registry/pods/ü €/𝒳={"text":"ß\u0000€𝒳\n"}@2']);
  });

  it('hold the time still until they are settled', async () => {
    const activity = new Activity();
    const store = await open({ activity });
    const write = store.txn([], [put('/a', '1')]);
    await activity.idle();
    expect(store.revision).toBe(2);
    await write;
  });
});
