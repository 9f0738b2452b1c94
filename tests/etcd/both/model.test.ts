/** Random histories against the plain model, over either backend: writes, compaction, old revisions, and watches that begin anywhere. */
import fc from '../../support/property.ts';
import { CompactedError, type Revision, type Store } from '../../../src/etcd/store.ts';
import { changes, Model, operations, type Change } from '../model.ts';
import { Recorder, remove, rev } from '../support.ts';
import { eventually, onBothBackends } from './backends.ts';

type Step =
  | { readonly type: 'write'; readonly list: readonly Change[]; readonly guard: 'none' | 'right' | 'wrong' }
  | { readonly type: 'together'; readonly lists: readonly (readonly Change[])[] }
  | { readonly type: 'compact' | 'look' | 'watch'; readonly part: number };

const part = fc.double({ min: 0, max: 1, noNaN: true });
/** etcd keeps UTF-8, and half a character has none. */
const written = changes.map((list) => list.map(({ key, value }): Change => ({ key, value: value === undefined ? undefined : Buffer.from(value).toString() })));
const put = written.map((list) => list.map(({ key, value }): Change => ({ key, value: value ?? '{}' })));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('write' as const), list: written, guard: fc.constantFrom('none' as const, 'right' as const, 'wrong' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('together' as const), lists: fc.array(put, { minLength: 2, maxLength: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('compact' as const, 'look' as const, 'watch' as const, 'watch' as const), part }) },
);
const PREFIX = '/registry/';

interface Watching {
  readonly recorder: Recorder;
  readonly from: number;
}

async function run(store: Store, model: Model, watches: Watching[], todo: Step): Promise<void> {
  /** A revision that can be read; `above`: not the compacted one itself. */
  const somewhere = (above: number): number => Math.max(model.compactRevision + above, Math.ceil(model.compactRevision + ('part' in todo ? todo.part : 1) * (model.revision - model.compactRevision)));
  switch (todo.type) {
    case 'write': {
      const compare = todo.list.map(({ key }) => ({ key, modRevision: ((model.current.get(key)?.modRevision ?? 0) + (todo.guard === 'wrong' ? 1 : 0)) as Revision }));
      const result = await store.txn(todo.guard === 'none' ? [] : compare, operations(todo.list));
      expect(result.succeeded).toBe(todo.guard !== 'wrong');
      if (result.succeeded) model.write(todo.list);
      else expect(result.current).toEqual(todo.list.map(({ key }) => model.current.get(key)));
      expect([result.revision, store.revision]).toEqual([model.revision, model.revision]);
      return;
    }
    case 'together': {
      const results = await Promise.all(todo.lists.map((list) => store.txn([], operations(list))));
      const order = results.map(({ revision }, i) => ({ revision, list: todo.lists[i] as readonly Change[] })).sort((a, b) => a.revision - b.revision);
      for (const { revision, list } of order) {
        model.write(list);
        expect(revision).toBe(model.revision);
      }
      return;
    }
    case 'compact': {
      const goal = somewhere(0);
      if (goal <= model.compactRevision) return expect(store.compact(rev(goal))).rejects.toThrow(CompactedError);
      await store.compact(rev(goal));
      model.compactRevision = goal;
      return;
    }
    case 'look': {
      const at = somewhere(0);
      if (at === 0) return;
      expect((await store.range(PREFIX, { revision: rev(at) })).kvs).toEqual(model.range(PREFIX, at));
      expect(await store.get('/other', rev(at))).toEqual(model.range('/other', at)[0]);
      if (model.compactRevision > 1) await expect(store.range(PREFIX, { revision: rev(model.compactRevision - 1) })).rejects.toThrow(CompactedError);
      return;
    }
    case 'watch': {
      const from = Math.max(2, somewhere(1));
      const recorder = new Recorder();
      watches.push({ recorder, from });
      store.watch({ prefix: PREFIX, startRevision: rev(from) }, recorder);
    }
  }
}

onBothBackends((open, backend) => {
  it('does what the model does', async () => {
    const store = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const left = (await store.range('')).kvs;
        if (left.length > 0) await store.txn([], left.map(({ key }) => remove(key)));
        const model = new Model(store.revision);
        // What earlier runs have left is out of reach.
        if (model.revision > 1) {
          if (model.revision > store.compactRevision) await store.compact(rev(model.revision));
          model.compactRevision = model.revision;
        }
        const watches: Watching[] = [];
        for (const todo of steps) await run(store, model, watches, todo);
        expect((await store.range('')).kvs).toEqual(model.range(''));
        for (const { recorder, from } of watches) {
          const told = model.events(PREFIX, from);
          // One that began in what has been compacted meanwhile is told so; it has seen no more than the truth.
          await eventually(() => recorder.error !== undefined || recorder.seen.length >= told.length);
          const seen = sorted(recorder.seen);
          if (recorder.error) expect([recorder.error.name, seen]).toEqual(['CompactedError', told.slice(0, seen.length)]);
          else expect(seen).toEqual(told);
        }
      }),
      { numRuns: backend === 'etcd' ? 25 : 60 },
    );
  });
});

/** Within a revision the order is the transaction's; the model's is that of keys. */
const sorted = (seen: readonly string[]): string[] =>
  [...seen].sort((a, b) => parseInt(a, 10) - parseInt(b, 10) || (keyIn(a) < keyIn(b) ? -1 : 1));
const keyIn = (line: string): string => /^\d+ (?:put ([^=]*)=|delete (.*?)(?: \(was |$))/s.exec(line)?.slice(1).find((key) => key !== undefined) ?? '';
