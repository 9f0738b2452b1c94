/** Many clients at once: what they see is what one client after the other would have seen. */
import { openEtcd3Store } from '../../../src/etcd/etcd3-store.ts';
import type { Store } from '../../../src/etcd/store.ts';
import { silentLog } from '../../../src/simulation/log.ts';
import { MemoryDisk } from '../../../src/simulation/memory-disk.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { RealEtcd } from '../../support/real-etcd.ts';
import { installedEtcd, itWithEtcd } from '../both/backends.ts';
import { openOn, standingClock } from '../support.ts';
import { isLinearizable, type RegisterCall } from './checker.ts';
import { expectedEvents, PREFIX, runClients } from './clients.ts';
import { explainRevisions } from './revisions.ts';

const keys = ['a', 'b', 'c'].map((name) => PREFIX + name);

it.each([...Array(30).keys()])('history %i', async (seed) => {
  const random = seededRandom(`linearizability ${seed}`);
  const disk = new MemoryDisk();
  const store = await openOn(disk, { snapshotBytes: 3000 });
  // On every third store the disk fails now and then.
  if (seed % 3 === 2) disk.fault = (call) => (call === 'append' && random.int(12) === 0 ? random.int(60) : undefined);
  const history = await runClients(store, { clients: 2 + (seed % 7), calls: 40, keys }, random);
  for (const [key, calls] of history.calls) expect([key, isLinearizable(calls)]).toEqual([key, true]);
  expect(explainRevisions(history.writes, history.seen)).toBeUndefined();
  expect(history.watched).toEqual(expectedEvents(history.writes));
  expect(history.failed > 0).toBe(seed % 3 === 2);
  expect(history.writes.length).toBeGreaterThan(20);
});

itWithEtcd('a real etcd, through two servers', async () => {
  const etcd = await RealEtcd.start({ program: installedEtcd ?? '' });
  const stores = await Promise.all([1, 2].map(() => openEtcd3Store({ servers: [etcd.url], clock: standingClock(), log: silentLog })));
  let turn = 0;
  // Each call goes to another server; what one tells the other must bear out.
  const either = new Proxy(stores[0] as Store, {
    get: (first, name) => {
      const store = ['get', 'range', 'txn'].includes(String(name)) ? (stores[turn++ % 2] as Store) : first;
      const value = store[name as keyof Store] as unknown;
      return typeof value === 'function' ? (value as (...rest: unknown[]) => unknown).bind(store) : value;
    },
  });
  const history = await runClients(either, { clients: 6, calls: 60, keys }, seededRandom('two servers'));
  await stores[0]?.refresh();
  for (const [key, calls] of history.calls) expect([key, isLinearizable(calls)]).toEqual([key, true]);
  expect(explainRevisions(history.writes, history.seen)).toBeUndefined();
  expect(history.watched).toEqual(expectedEvents(history.writes));
  expect(history.writes.length).toBeGreaterThan(40);
  for (const store of stores) await store.close();
  await etcd.remove();
}, 30_000);

describe('the judges notice', () => {
  const read = (from: number, until: number, saw: string | undefined): RegisterCall => ({ from, until, call: { type: 'read', saw } });
  const write = (from: number, until: number, value: string): RegisterCall => ({ from, until, call: { type: 'write', value } });
  const swap = (from: number, until: number, expected: string | undefined, value: string, done = true): RegisterCall => ({ from, until, call: { type: 'swap', expected, value, done } });

  test.each<[string, boolean, RegisterCall[]]>([
    ['a stale read', false, [write(1, 2, 'x'), write(3, 4, 'y'), read(5, 6, 'x')]],
    ['a read of either while a write goes on', true, [write(1, 2, 'x'), write(3, 8, 'y'), read(4, 5, 'x'), read(6, 7, 'y')]],
    ['a read that goes back in time', false, [write(1, 2, 'x'), write(3, 8, 'y'), read(4, 5, 'y'), read(6, 7, 'x')]],
    ['a lost update', false, [write(1, 2, 'x'), swap(3, 6, 'x', 'y'), swap(4, 5, 'x', 'z')]],
    ['a swap that was refused for no reason', false, [write(1, 2, 'x'), swap(3, 4, 'x', 'y', false)]],
    ['a write that nobody made', false, [write(1, 2, 'x'), read(3, 4, 'q')]],
    ['a write that vanished', false, [write(1, 2, 'x'), read(3, 4, undefined)]],
  ])('%s', (_what, fine, calls) => {
    expect(isLinearizable(calls)).toBe(fine);
  });

  const written = (from: number, until: number, revision: number, key: string, value: string) => ({ from, until, revision, changes: new Map([[key, value]]) });
  const looked = (from: number, until: number, content: Record<string, string>, revision?: number) => ({ from, until, revision, keys: ['a', 'b'], content: new Map(Object.entries(content)) });
  test.each([
    ['a gap', [written(1, 2, 2, 'a', 'x'), written(3, 4, 4, 'a', 'y')], [], 'revision 4 comes where 3 should'],
    ['a revision given twice', [written(1, 2, 2, 'a', 'x'), written(3, 4, 2, 'a', 'y')], [], 'revision 2 comes where 3 should'],
    ['an order that is not that of time', [written(3, 4, 2, 'a', 'x'), written(1, 2, 3, 'a', 'y')], [], 'revision 2 was begun after a later one had ended'],
    ['half a transaction', [{ from: 1, until: 2, revision: 2, changes: new Map([['a', 'x'], ['b', 'x']]) }], [looked(1, 2, { a: 'x' })], 'what was seen of a, b between revisions 1 and 2 never was'],
    ['an old range', [written(1, 2, 2, 'a', 'x'), written(3, 4, 3, 'b', 'x')], [looked(5, 6, { a: 'x' }, 2)], 'a range at revision 2 was answered between 3 and 3'],
    ['nothing where nothing is wrong', [written(1, 2, 2, 'a', 'x'), written(3, 4, 3, 'b', 'x')], [looked(3, 6, { a: 'x' }, 2)], undefined],
  ])('%s', (_what, writes, seen, expected) => {
    expect(explainRevisions(writes, seen)).toBe(expected);
  });
});
