/** Watches, over either backend. */
import { CompactedError } from '../../../src/etcd/store.ts';
import { put, Recorder, remove, rev } from '../support.ts';
import { eventually, onBothBackends } from './backends.ts';

onBothBackends((open) => {
  it('events come in order, together by revision, with what was before, and before the write is acknowledged', async () => {
    const store = await open();
    await store.txn([], [put('/pods/a', '0')]);
    const watcher = new Recorder();
    store.watch({ prefix: '/pods/' }, watcher);
    await store.txn([], [put('/pods/a', '1'), put('/nodes/n', '1'), put('/pods/b', '1')]);
    expect(watcher.seen).toContain('3 put /pods/b=1');
    await store.txn([], [put('/nodes/n', '2')]);
    await store.txn([], [remove('/pods/a')]);
    expect(watcher.seen).toEqual(['3 put /pods/a=1 (was 0@2)', '3 put /pods/b=1', '5 delete /pods/a (was 1@3)']);
    expect(watcher.revisions).toEqual([3, 5]);
  });

  it('a watch takes up at a revision without a gap and without doubles, whatever is written meanwhile', async () => {
    const store = await open();
    for (let i = 2; i <= 6; i++) await store.txn([], [put('/a', String(i))]);
    const watcher = new Recorder();
    store.watch({ prefix: '/', startRevision: rev(4) }, watcher);
    expect(watcher.seen).toEqual([]);
    await Promise.all([store.txn([], [put('/a', '7')]), store.txn([], [put('/a', '8')])]);
    await store.txn([], [put('/a', '9')]);
    await eventually(() => watcher.revisions.length === 6);
    expect(watcher.revisions).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('a watch from a revision to come waits for it', async () => {
    const store = await open();
    const watcher = new Recorder();
    store.watch({ prefix: '/', startRevision: rev(4) }, watcher);
    for (let i = 2; i <= 5; i++) await store.txn([], [put('/a', String(i))]);
    expect(watcher.revisions).toEqual([4, 5]);
  });

  it('prefixes that end anywhere are matched', async () => {
    const store = await open();
    const prefixes = ['', '/', '/pods', '/pods/', '/pods/de', '/pods/default/a', '/nodes/'];
    const watchers = prefixes.map((prefix) => {
      const watcher = new Recorder();
      store.watch({ prefix }, watcher);
      return watcher;
    });
    await store.txn([], [put('/pods/default/a', '1')]);
    await store.txn([], [put('/pods/default/ab', '1')]);
    await store.txn([], [put('/podsets/x', '1')]);
    expect(watchers.map((watcher) => watcher.revisions)).toEqual([[2, 3, 4], [2, 3, 4], [2, 3, 4], [2, 3], [2, 3], [2, 3], []]);
  });

  it('a cancelled watch is told nothing any more, even in the middle of a delivery', async () => {
    const store = await open();
    const other = new Recorder();
    const own = new Recorder();
    const handle = store.watch({ prefix: '/' }, { events: () => cancelled.cancel(), ended: () => undefined });
    const cancelled = store.watch({ prefix: '/' }, other);
    store.watch({ prefix: '/', startRevision: rev(1) }, own).cancel();
    await store.txn([], [put('/a', '1')]);
    handle.cancel();
    await store.refresh();
    expect(other.seen).toEqual([]);
    expect(own.seen).toEqual([]);
  });

  it('a watch that begins in a delivery starts with the next revision', async () => {
    const store = await open();
    const late = new Recorder();
    let begun = false;
    store.watch({ prefix: '/' }, { events: () => { if (!begun) store.watch({ prefix: '/' }, late); begun = true; }, ended: () => undefined });
    await Promise.all([store.txn([], [put('/a', '1')]), store.txn([], [put('/a', '2')])]);
    expect(late.revisions).toEqual([3]);
  });

  it('compacted revisions end the watch', async () => {
    const store = await open();
    for (let i = 2; i <= 6; i++) await store.txn([], [put('/a', String(i))]);
    await store.compact(rev(4));
    const gone = new Recorder();
    const there = new Recorder();
    store.watch({ prefix: '/', startRevision: rev(4) }, gone);
    store.watch({ prefix: '/', startRevision: rev(5) }, there);
    await eventually(() => gone.error !== undefined && there.revisions.length === 2);
    expect(gone.error).toBeInstanceOf(CompactedError);
    expect((gone.error as CompactedError).compactRevision).toBe(4);
    expect(gone.seen).toEqual([]);
    expect(there.revisions).toEqual([5, 6]);
  });

  it('a watcher that throws is ended, and does the others no harm', async () => {
    const store = await open();
    const broken = new Recorder();
    broken.events = () => {
      throw new Error('broken');
    };
    const sound = new Recorder();
    store.watch({ prefix: '/' }, broken);
    store.watch({ prefix: '/' }, sound);
    await store.txn([], [put('/a', '1')]);
    await store.txn([], [put('/a', '2')]);
    expect(broken.error?.message).toBe('broken');
    expect(sound.revisions).toEqual([2, 3]);
  });

  it('one write can tell a thousand watchers', async () => {
    const store = await open();
    const watchers = Array.from({ length: 1000 }, (_, i) => {
      const watcher = new Recorder();
      store.watch({ prefix: i % 2 ? '/a/' : `/b/${i}/` }, watcher);
      return watcher;
    });
    await store.txn([], [put('/a/x', '1')]);
    expect(watchers.filter((watcher) => watcher.seen.length === 1)).toHaveLength(500);
  });

  it('a watch that begins long ago is told all of it, and then what happens', async () => {
    const store = await open();
    for (let i = 2; i <= 2600; i += 100) await Promise.all(Array.from({ length: 100 }, (_, j) => store.txn([], [put(j % 2 ? '/a' : '/b', String(i + j))])));
    const watcher = new Recorder();
    store.watch({ prefix: '/a', startRevision: rev(3) }, watcher);
    await store.txn([], [put('/a', 'last')]);
    const last = store.revision;
    await eventually(() => watcher.revisions.at(-1) === last);
    expect(watcher.revisions.length).toBeGreaterThanOrEqual(1300);
    for (const [i, revision] of watcher.revisions.entries()) expect(revision).toBeGreaterThan(watcher.revisions[i - 1] ?? 2);
    const { kvs: [kv] } = await store.range('/a');
    expect(kv?.version).toBe(watcher.revisions.length + (watcher.seen[0]?.includes('(was') ? 1 : 0));
  });
});
