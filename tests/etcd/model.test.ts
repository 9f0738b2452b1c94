/** Random histories against a plain model: what was acknowledged is there, nothing else is, whatever is cut or reopened. */
import fc from '../support/property.ts';
import { CompactedError, type Revision } from '../../src/etcd/store.ts';
import type { DirectoryStore } from '../../src/etcd/directory-store.ts';
import { verify } from '../../src/etcd/verify.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { changes, Model, operations, type Change } from './model.ts';
import { openOn, put, Recorder, rev } from './support.ts';

type Step =
  | { readonly type: 'write'; readonly changes: readonly Change[]; readonly guard: 'none' | 'right' | 'wrong' }
  | { readonly type: 'group'; readonly writes: readonly (readonly Change[])[] }
  | { readonly type: 'compact'; readonly part: number }
  | { readonly type: 'reopen' | 'kill' | 'snapshot' | 'full' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('write' as const), changes, guard: fc.constantFrom('none' as const, 'right' as const, 'wrong' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('group' as const), writes: fc.array(changes, { minLength: 2, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('reopen' as const, 'kill' as const, 'snapshot' as const, 'full' as const) }) },
);

async function sameAs(store: DirectoryStore, model: Model): Promise<void> {
  expect(store.revision).toBe(model.revision);
  expect(store.compactRevision).toBe(model.compactRevision);
  for (const prefix of ['', '/registry/pods/', '/registry/pods/default/']) expect((await store.range(prefix)).kvs).toEqual(model.range(prefix));
  for (let revision = 1; revision <= model.revision; revision++) {
    if (revision < model.compactRevision) await expect(store.range('', { revision: rev(revision) })).rejects.toThrow(CompactedError);
    else expect((await store.range('', { revision: rev(revision) })).kvs).toEqual(model.range('', revision));
  }
}

async function run(store: DirectoryStore, model: Model, disk: MemoryDisk, todo: Step): Promise<{ store: DirectoryStore; disk: MemoryDisk }> {
  const options = { view: true, viewDelayMs: 1_000_000, snapshotBytes: 400 };
  switch (todo.type) {
    case 'write': {
      const compare = todo.changes.map((one) => ({ key: one.key, modRevision: ((model.current.get(one.key)?.modRevision ?? 0) + (todo.guard === 'wrong' ? 1 : 0)) as Revision }));
      const result = await store.txn(todo.guard === 'none' ? [] : compare, operations(todo.changes));
      expect(result.succeeded).toBe(todo.guard !== 'wrong');
      if (todo.guard !== 'wrong') model.write(todo.changes);
      expect(result.revision).toBe(model.revision);
      return { store, disk };
    }
    case 'group': {
      const results = await Promise.all(todo.writes.map((list) => store.txn([], operations(list))));
      for (const [index, list] of todo.writes.entries()) {
        model.write(list);
        expect(results[index]?.revision).toBe(model.revision);
      }
      return { store, disk };
    }
    case 'compact': {
      const goal = Math.round(todo.part * model.revision);
      if (goal <= model.compactRevision) await expect(store.compact(rev(goal))).rejects.toThrow(CompactedError);
      else {
        await store.compact(rev(goal));
        model.compactRevision = goal;
      }
      return { store, disk };
    }
    case 'snapshot':
      await store.snapshot();
      return { store, disk };
    case 'full':
      disk.fault = (call) => (call === 'append' ? 45 : undefined);
      await expect(store.txn([], [put('/registry/full', '{}')])).rejects.toThrow('no space left');
      disk.fault = undefined;
      return { store, disk };
    case 'reopen':
      await store.close();
      expect(verify('/etcd', disk).problems).toEqual([]);
      return { store: await openOn(disk, options), disk };
    case 'kill': {
      const left = disk.copy();
      return { store: await openOn(left, options), disk: left };
    }
  }
}

it('does what the model does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const model = new Model();
      let disk = new MemoryDisk();
      let store = await openOn(disk, { view: true, viewDelayMs: 1_000_000, snapshotBytes: 400 });
      for (const todo of steps) ({ store, disk } = await run(store, model, disk, todo));
      await sameAs(store, model);
      await store.close();
      expect(verify('/etcd', disk)).toMatchObject({ state: { revision: model.revision, keys: model.current.size }, problems: [] });
      await sameAs(await openOn(disk), model);
    }),
    { numRuns: 150 },
  );
});

it('a log that is cut anywhere gives the state at some revision, and no acknowledged one before the cut is missing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 12 }), fc.double({ min: 0, max: 1, noNaN: true }), async (writes, part) => {
      const model = new Model();
      const disk = new MemoryDisk();
      const store = await openOn(disk);
      const log = '/etcd/wal/00000001-0000000000000001.wal';
      const ends = [{ length: disk.readFile(log).length, revision: 1 }];
      for (const list of writes) {
        await store.txn([], operations(list));
        model.write(list);
        ends.push({ length: disk.readFile(log).length, revision: model.revision });
      }
      const whole = disk.readFile(log);
      const cut = Math.floor(part * whole.length);
      disk.overwrite(log, whole.subarray(0, cut));
      const acknowledged = Math.max(1, ...ends.filter((end) => end.length <= cut).map((end) => end.revision));
      model.cutTo(acknowledged);
      const again = await openOn(disk);
      await sameAs(again, model);
      await again.txn([], [put('/registry/next', '{}')]);
      expect((await (await openOn(disk)).get('/registry/next'))?.modRevision).toBe(acknowledged + 1);
    }),
    { numRuns: 150 },
  );
});

it('watchers that come and go and resume see every change once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ list: changes, reopen: fc.boolean(), snapshot: fc.boolean() }), { minLength: 1, maxLength: 15 }), async (steps) => {
      const disk = new MemoryDisk();
      const seen: string[] = [];
      const wanted = new Recorder();
      let next = 2;
      let store = await openOn(disk);
      let recorder = new Recorder();
      store.watch({ prefix: '/registry/pods/', startRevision: rev(next) }, recorder);
      for (const { list, reopen, snapshot } of steps) {
        await store.txn([], operations(list));
        if (snapshot) await store.snapshot();
        if (!reopen) continue;
        seen.push(...recorder.seen);
        next = store.revision + 1;
        await store.close();
        store = await openOn(disk);
        recorder = new Recorder();
        store.watch({ prefix: '/registry/pods/', startRevision: rev(next) }, recorder);
      }
      seen.push(...recorder.seen);
      store.watch({ prefix: '/registry/pods/', startRevision: rev(2) }, wanted);
      await new Promise((resolve) => setImmediate(resolve));
      expect(seen).toEqual(wanted.seen);
    }),
    { numRuns: 60 },
  );
});
