/** A real etcd that goes away, comes back, and forgets meanwhile; and what others write into it. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Etcd3 } from 'etcd3';
import { openEtcd3Store, type Etcd3StoreOptions } from '../../../src/etcd/etcd3-store.ts';
import { CompactedError, UnavailableError, type Store } from '../../../src/etcd/store.ts';
import { silentLog } from '../../../src/simulation/log.ts';
import { RealEtcd } from '../../support/real-etcd.ts';
import { contents, ManualScheduler, put, Recorder, rev, standingClock, unchanged } from '../support.ts';
import { eventually, installedEtcd, itWithEtcd } from './backends.ts';

/** A way to a port that can be cut. */
class Way {
  #cut = false;
  readonly #sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static to(port: number): Promise<Way> {
    const server = createServer((socket) => {
      if (way.#cut) return void socket.destroy();
      const further = connect(port, '127.0.0.1');
      for (const [from, to] of [[socket, further], [further, socket]] as const) {
        way.#sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => way.#sockets.delete(from));
      }
    });
    const way = new Way(server);
    return new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(way)));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  cut(cut: boolean): void {
    this.#cut = cut;
    if (cut) for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut(true);
    this.server.close();
  }
}

let etcd: RealEtcd;
const opened: Store[] = [];
async function open(options: Partial<Etcd3StoreOptions> = {}): Promise<Store> {
  const store = await openEtcd3Store({ servers: [etcd.url], clock: standingClock(), log: silentLog, ...options });
  opened.push(store);
  return store;
}

beforeEach(async () => {
  if (installedEtcd) etcd = await RealEtcd.start({ program: installedEtcd });
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await etcd?.remove();
});

itWithEtcd('while it is away calls fail as kube-apiserver tells it, and watches go on when it is back, without a gap', async () => {
  const store = await open();
  const watcher = new Recorder();
  store.watch({ prefix: '/registry/' }, watcher);
  await store.txn([], [put('/registry/a', '1')]);
  await etcd.kill();
  const [read, write] = await Promise.allSettled([store.get('/registry/a'), store.txn([], [put('/registry/a', 'lost')])]);
  expect([read, write]).toMatchObject([{ reason: expect.any(UnavailableError) as unknown }, { reason: expect.any(UnavailableError) as unknown }]);
  expect(((read as PromiseRejectedResult).reason as Error).message).toBe(`rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:${etcd.port}: connect: connection refused"`);

  await etcd.run();
  const other = await open();
  await other.txn([], [put('/registry/a', '2')]);
  await store.txn([unchanged('/registry/a', 3)], [put('/registry/a', '3')]);
  expect(watcher.seen).toEqual(['2 put /registry/a=1', '3 put /registry/a=2 (was 1@2)', '4 put /registry/a=3 (was 2@3)']);
  expect(watcher.error).toBeUndefined();
});

itWithEtcd('a call that finds it away for a moment waits, and is made once', async () => {
  let away = false;
  const store = await open({ log: { ...silentLog, info: () => (away = true) } });
  await store.txn([], [put('/a', '1')]);
  await etcd.kill();
  // Sent before it is known that nobody is there, a write may have arrived: it is not made again.
  await eventually(() => away);
  const [write, read] = [store.txn([unchanged('/a', 2)], [put('/a', '2')]), store.get('/a')];
  await etcd.run();
  expect((await write).succeeded).toBe(true);
  expect(await read).toBeDefined();
  expect(await contents(store)).toEqual(['/a=2@3']);
});

itWithEtcd('what was compacted while it could not be reached ends the watches: they read again', async () => {
  const way = await Way.to(etcd.port);
  try {
    const store = await open({ servers: [way.url] });
    await store.txn([], [put('/a', '1')]);
    const watcher = new Recorder();
    store.watch({ prefix: '/' }, watcher);
    way.cut(true);
    const other = await open();
    for (let i = 0; i < 5; i++) await other.txn([], [put('/a', `other ${i}`)]);
    await other.compact(rev(6));
    way.cut(false);
    await eventually(() => watcher.error !== undefined);
    expect(watcher.error).toBeInstanceOf(CompactedError);
    expect(watcher.seen).toEqual([]);
    expect([store.revision, store.compactRevision]).toEqual([7, 6]);

    const again = new Recorder();
    const gone = new Recorder();
    store.watch({ prefix: '/', startRevision: rev(7) }, again);
    store.watch({ prefix: '/', startRevision: rev(3) }, gone);
    await other.txn([], [put('/a', 'last')]);
    await eventually(() => again.revisions.length === 2 && gone.error !== undefined);
    expect(again.seen).toEqual(['7 put /a=other 4 (was other 3@6)', '8 put /a=last (was other 4@7)']);
    expect(gone.error).toBeInstanceOf(CompactedError);
  } finally {
    way.close();
  }
});

itWithEtcd('what others write is seen, and no update is lost between two servers', async () => {
  const [one, two] = [await open(), await open()];
  const watcher = new Recorder();
  one.watch({ prefix: '/registry/' }, watcher);
  const client = new Etcd3({ hosts: etcd.url });
  await client.put('/registry/configmaps/default/foreign').value('{}');
  client.close();
  await one.refresh();
  expect(watcher.seen).toEqual(['2 put /registry/configmaps/default/foreign={}']);

  const add = async (store: Store): Promise<void> => {
    for (let i = 0; i < 50; ) {
      const current = await store.get('/count');
      const { succeeded } = await store.txn([unchanged('/count', current?.modRevision ?? 0)], [put('/count', String(Number(current?.value ?? 0) + 1))]);
      if (succeeded) i++;
    }
  };
  await Promise.all([add(one), add(two), add(one), add(two)]);
  expect((await one.get('/count'))?.value).toBe('200');
  await two.refresh();
  expect(two.revision).toBe(202);
});

itWithEtcd('a store opened on a compacted etcd knows how far back it can read', async () => {
  const first = await open();
  for (let i = 2; i <= 30; i++) await first.txn([], [put('/a', String(i))]);
  await first.compact(rev(17));
  const second = await open();
  expect([second.revision, second.compactRevision]).toEqual([30, 17]);
  expect((await second.get('/a', rev(17)))?.value).toBe('17');
  await expect(second.get('/a', rev(16))).rejects.toThrow(CompactedError);
});

itWithEtcd('history is forgotten after an interval by one of the servers, as kube-apiserver does it', async () => {
  const schedulers = [new ManualScheduler(), new ManualScheduler()];
  const stores: Store[] = [];
  for (const scheduler of schedulers) stores.push(await open({ scheduler, compactionIntervalMs: 300_000 }));
  const [one, two] = stores as [Store, Store];
  expect(schedulers[0]?.delays).toEqual([300_000]);
  const interval = async () => {
    for (const [i, scheduler] of schedulers.entries()) {
      const before = stores[i]?.revision;
      scheduler.fire();
      await eventually(() => scheduler.delays.includes(300_000));
      await stores[i]?.refresh();
      expect(before).toBeDefined();
    }
  };
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 5; i++) await one.txn([], [put('/a', `${round}.${i}`)]);
    await interval();
  }
  await eventually(() => one.compactRevision > 5 && two.compactRevision === one.compactRevision);
  // Of the last interval everything is there.
  expect(one.revision - one.compactRevision).toBeGreaterThan(5);
  const { version } = (await one.get('compact_rev_key')) ?? {};
  expect(version).toBeGreaterThanOrEqual(2);
});
