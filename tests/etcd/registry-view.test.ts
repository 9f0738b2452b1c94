import fc from '../support/property.ts';
import { verify } from '../../src/etcd/verify.ts';
import { listTree } from '../../src/etcd/view-tree.ts';
import { viewPath, viewText } from '../../src/etcd/view-path.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { StoreWriteError } from '../../src/etcd/store.ts';
import { LogLines, ManualScheduler, openOn, put, remove, rev } from './support.ts';

const A = '/registry/pods/default/a';
const B = '/registry/pods/default/b';
const fileA = '/etcd/registry/pods/default/a.json';

describe('where an object stands', () => {
  it.each([
    ['/registry/pods/default/nginx', 'pods/default/nginx.json'],
    ['/registry/namespaces/default', 'namespaces/default.json'],
    ['/registry/example.com/widgets/default/w', 'example.com/widgets/default/w.json'],
    ['/registry/clusterroles/system:controller:job', 'clusterroles/system%3Acontroller%3Ajob.json'],
    ['/registry/pods/../../etc/passwd', 'pods/%2E%2E/%2E%2E/etc/passwd.json'.replaceAll('%2E%2E', '%2E%2E')],
    ['/registry/pods/default/.', 'pods/default/%2E.json'],
    ['/registry//x', '%/x.json'],
    ['/registry/pods/default/con', 'pods/default/%63on.json'],
    ['/registry/pods/default/Ab', 'pods/default/%41b.json'],
    ['/registry/pods/default/ü', 'pods/default/%C3%BC.json'],
    ['/registry/a.json/b', 'a%2Ejson/b.json'],
  ])('%s', (key, path) => {
    expect(viewPath(key)?.join('/')).toBe(path);
  });

  it('is nowhere for other keys', () => {
    expect(viewPath('/mock/x')).toBeUndefined();
    expect(viewPath('/registry')).toBeUndefined();
  });

  it('is inside the tree, of its own, and a legal name, whatever it is called', () => {
    const segment = fc.oneof(fc.string({ maxLength: 300, unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('.', '/', '%', 'a', 'A', '\\', ':', '2', 'E', '~', '') }), fc.constantFrom('a.json', 'nul', 'com1.x', 'x'.repeat(253)));
    const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/registry/${segments.join('/')}`);
    const taken = new Map<string, string>();
    fc.assert(
      fc.property(key, (text) => {
        const path = viewPath(text) as string[];
        for (const name of path) {
          expect(name).toMatch(/^[a-z0-9%_-][a-zA-F0-9%._~-]*$/);
          expect(name.length).toBeLessThanOrEqual(220);
          expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/);
        }
        for (const folder of path.slice(0, -1)) expect(folder.endsWith('.json')).toBe(false);
        const place = path.join('/').toLowerCase();
        expect(taken.get(place) ?? text).toBe(text);
        taken.set(place, text);
      }),
      { numRuns: 500 },
    );
  });
});

it('one file per object, indented', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { view: true });
  await store.txn([], [put(A, '{"kind":"Pod","metadata":{"name":"a"}}'), put('/registry/namespaces/default', '{}'), put('/other', '{}')]);
  await store.flush();
  expect(listTree(disk, '/etcd/registry')).toEqual(['/etcd/registry/namespaces/default.json', fileA]);
  expect(disk.readFile(fileA).toString()).toBe('{\n  "kind": "Pod",\n  "metadata": {\n    "name": "a"\n  }\n}\n');
  expect(viewText('not JSON')).toBe('not JSON');
});

it('is written after a quiet moment, once for many changes, and keeps no empty folders', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { view: true, viewDelayMs: 70, scheduler });
  let written = 0;
  disk.fault = (call, path) => void (call === 'replaceFile' && path === fileA && written++);
  for (let i = 0; i < 5; i++) await store.txn([], [put(A, `{"i":${i}}`)]);
  expect(scheduler.delays).toEqual([70]);
  scheduler.fire();
  expect(written).toBe(0);
  scheduler.fire();
  expect(written).toBe(1);
  expect(scheduler.delays).toEqual([]);
  await store.txn([], [remove(A)]);
  scheduler.fire();
  scheduler.fire();
  expect(disk.list('/etcd/registry')).toEqual([]);
});

it('is written at last where changes never stop', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { view: true, scheduler });
  for (let i = 0; i < 140 && !disk.exists(fileA); i++) {
    await store.txn([], [put(A, `{"i":${i}}`)]);
    scheduler.fire();
  }
  expect(disk.exists(fileA)).toBe(true);
});

it('many files are written a few at a time', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { view: true, scheduler });
  await store.txn([], Array.from({ length: 40 }, (_, i) => put(`/registry/pods/default/p${i}`, '{}')));
  const counts: number[] = [];
  for (let i = 0; i < 5; i++) {
    scheduler.fire();
    counts.push(listTree(disk, '/etcd/registry').length);
  }
  expect(counts).toEqual([0, 16, 32, 40, 40]);
});

it('a change among the writing of many files has it wait for the next quiet moment', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const store = await openOn(disk, { view: true, viewDelayMs: 70, scheduler });
  await store.txn([], Array.from({ length: 40 }, (_, i) => put(`/registry/pods/default/p${i}`, '{}')));
  scheduler.fire();
  scheduler.fire();
  await store.txn([], [put(A, '{}')]);
  scheduler.fire();
  expect(listTree(disk, '/etcd/registry').length).toBe(16);
  expect(scheduler.delays).toEqual([70]);
  for (let i = 0; i < 3; i++) scheduler.fire();
  expect(listTree(disk, '/etcd/registry').length).toBe(41);
});

it('is complete after a close, and after a kill as soon as the store is open again', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { view: true });
  await store.txn([], [put(A, '{"i":1}'), put(B, '{}')]);
  await store.close();
  expect(verify('/etcd', disk).problems).toEqual([]);

  const second = await openOn(disk, { view: true });
  await second.txn([], [put(A, '{"i":2}'), remove(B)]);
  const left = disk.copy();
  expect(verify('/etcd', left)).toMatchObject({ behind: 2, problems: [] });
  // Cut off in the middle of a file, too.
  left.replaceFile(`${fileA}.123.tmp`, '{');
  left.replaceFile('/etcd/registry.revision.123.tmp', '');
  const third = await openOn(left, { view: true });
  let written = 0;
  left.fault = (call, path) => void (call === 'replaceFile' && path.includes('/registry/') && written++);
  await third.flush();
  expect(written).toBe(1);
  expect(left.list('/etcd').filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(verify('/etcd', left).problems).toEqual([]);
});

it('an opening that finds it up to date writes nothing', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { view: true });
  await store.txn([], [put(A, '{}')]);
  await store.close();
  const again = await openOn(disk, { view: true });
  let written = 0;
  disk.fault = (call) => void (call === 'replaceFile' && written++);
  await again.close();
  expect(written).toBe(0);
});

it('what was edited by hand is told by verify, is no truth, and goes with the next write or a rebuild', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { view: true });
  await store.txn([], [put(A, '{"i":1}'), put(B, '{"i":1}')]);
  await store.close();
  disk.replaceFile(fileA, '{"i":666}');
  disk.replaceFile('/etcd/registry/pods/default/b.json', '{"i":666}');
  disk.replaceFile('/etcd/registry/pods/default/c.json', '{}');
  expect(verify('/etcd', disk).problems).toEqual([
    { file: fileA, message: `does not show what ${A} holds at revision 2` },
    { file: '/etcd/registry/pods/default/b.json', message: `does not show what ${B} holds at revision 2` },
    { file: '/etcd/registry/pods/default/c.json', message: 'belongs to no object in the log' },
  ]);
  const again = await openOn(disk, { view: true });
  expect((await again.get(A))?.value).toBe('{"i":1}');
  await again.txn([], [put(A, '{"i":2}')]);
  await again.flush();
  expect(verify('/etcd', disk).problems).toHaveLength(2);
  await again.rebuildView();
  expect(verify('/etcd', disk).problems).toEqual([]);
});

it('a tree that was removed, even under the open store, comes back', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { view: true });
  await store.txn([], [put(A, '{}')]);
  await store.flush();
  disk.remove('/etcd/registry');
  await store.txn([], [put(A, '{"i":2}')]);
  await store.flush();
  expect(disk.exists(fileA)).toBe(true);
  await store.close();
  disk.remove('/etcd/registry');
  await (await openOn(disk, { view: true })).close();
  expect(verify('/etcd', disk).problems).toEqual([]);
});

it('a failure to write it is told and tried again, and fails no transaction', async () => {
  const disk = new MemoryDisk();
  const scheduler = new ManualScheduler();
  const log = new LogLines();
  const store = await openOn(disk, { view: true, scheduler, log });
  disk.fault = (call, path) => {
    if (call === 'replaceFile') throw new Error(`ENOSPC: no space left on device, open '${path}'`);
  };
  expect((await store.txn([], [put(A, '{}')])).succeeded).toBe(true);
  scheduler.fire();
  scheduler.fire();
  expect(log.lines).toEqual(['error cannot write the registry tree; will try again']);
  expect(scheduler.delays).toEqual([5000]);
  await expect(store.flush()).rejects.toThrow(StoreWriteError);
  disk.fault = undefined;
  await store.flush();
  expect(verify('/etcd', disk).problems).toEqual([]);
});

it('that is newer than the log is reported: the log has lost its end', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { view: true });
  const before = disk.readFile('/etcd/wal/00000001-0000000000000001.wal');
  await store.txn([], [put(A, '{}')]);
  await store.close();
  disk.overwrite('/etcd/wal/00000001-0000000000000001.wal', before);
  const log = new LogLines();
  await (await openOn(disk, { view: true, log })).close();
  expect(log.lines).toEqual(['error the registry tree is newer than the log: the log has lost its end']);
  expect(disk.exists(fileA)).toBe(false);
});

describe('what a killed owner has left unwritten, with owners of a moment', () => {
  const key = (i: number): string => `/registry/pods/default/p${String(i).padStart(3, '0')}`;
  /** 50 objects in a tree that is complete, then 120 changes that it does not show, 10 of them deletions. */
  async function killed(snapshot: boolean): Promise<MemoryDisk> {
    const disk = new MemoryDisk();
    const store = await openOn(disk, { view: true, viewDelayMs: 1_000_000 });
    for (let i = 0; i < 50; i++) await store.txn([], [put(key(i), '{"i":0}')]);
    await store.flush();
    for (let i = 0; i < 110; i++) await store.txn([], [put(key((i * 7) % 110), `{"i":${i + 1}}`)]);
    for (let i = 0; i < 10; i++) await store.txn([], [remove(key(i * 3))]);
    if (snapshot) await store.snapshot();
    return disk.copy();
  }

  it.each([['whose log still tells', false], ['whose log was shortened', true]])('each writes a part, and its own; %s', async (_what, snapshot) => {
    const disk = await killed(snapshot);
    if (snapshot) {
      const store = await openOn(disk);
      await store.compact(rev(store.revision - 5));
      await store.snapshot();
      await store.close();
    }
    const written: number[] = [];
    for (let owner = 0; owner < 12; owner++) {
      const store = await openOn(disk, { view: true, viewDelayMs: 1_000_000, viewBacklog: 20 });
      await store.txn([], [put('/registry/pods/default/own', `{"owner":${owner}}`)]);
      let count = 0;
      disk.fault = (call, path) => void (call === 'replaceFile' && path.includes('/registry/') && count++);
      await store.close();
      disk.fault = undefined;
      written.push(count);
      expect(JSON.parse(disk.readFile('/etcd/registry/pods/default/own.json').toString())).toEqual({ owner });
      // What is written stays right, what is not is known.
      expect(verify('/etcd', disk).problems).toEqual([]);
      if (verify('/etcd', disk).behind === 0) break;
    }
    expect(Math.max(...written)).toBeLessThanOrEqual(21);
    expect(written.length).toBeGreaterThan(4);
    expect(verify('/etcd', disk)).toMatchObject({ behind: 0, problems: [] });
  });

  it('an owner that stays writes all of it', async () => {
    const disk = await killed(false);
    await (await openOn(disk, { view: true })).close();
    expect(verify('/etcd', disk)).toMatchObject({ behind: 0, problems: [] });
  });
});
