/** Many clients of one store at once, each doing one thing after the other, and what they were answered. */
import { StoreWriteError, type Compare, type KeyValue, type Operation, type Revision, type Store } from '../../../src/etcd/store.ts';
import type { Random } from '../../../src/simulation/random.ts';
import type { RegisterCall } from './checker.ts';
import type { Seen, Written } from './revisions.ts';

export interface History {
  readonly calls: ReadonlyMap<string, readonly RegisterCall[]>;
  readonly writes: readonly Written[];
  readonly seen: readonly Seen[];
  /** Of a watch over all keys: "revision put|delete key value". */
  readonly watched: readonly string[];
  readonly failed: number;
}

export interface Load {
  readonly clients: number;
  readonly calls: number;
  readonly keys: readonly string[];
}

export const PREFIX = '/registry/l/';

/** `disturb` is called before each call: faults, snapshots. The keys must not be there yet. */
export async function runClients(store: Store, load: Load, random: Random, disturb: () => void = () => undefined): Promise<History> {
  let moment = 0;
  const calls = new Map<string, RegisterCall[]>(load.keys.map((key) => [key, []]));
  const writes: Written[] = [];
  const seen: Seen[] = [];
  const watched: string[] = [];
  /** Transactions of nothing but deletions: whether one made a revision is known only once all have been told of. */
  const deletions: Written[] = [];
  let failed = 0;
  store.watch({ prefix: PREFIX }, {
    events: (events) => watched.push(...events.map(({ type, kv }) => `${kv.modRevision} ${type} ${kv.key} ${kv.value}`)),
    ended: (error) => watched.push(error.message),
  });

  async function client(number: number): Promise<void> {
    const known = new Map<string, KeyValue | undefined>();
    for (let i = 0; i < load.calls; i++) {
      await pause(random);
      disturb();
      const from = ++moment;
      const key = load.keys[random.int(load.keys.length)] as string;
      const note = (where: string, call: RegisterCall['call']) => calls.get(where)?.push({ from, until: moment, call });
      try {
        switch (random.int(5)) {
          case 0: {
            const kv = await store.get(key);
            moment++;
            known.set(key, kv);
            note(key, { type: 'read', saw: kv?.value });
            seen.push({ from, until: moment, revision: undefined, keys: [key], content: contentOf(kv ? [kv] : []) });
            break;
          }
          case 1: {
            const { kvs, revision } = await store.range(PREFIX);
            moment++;
            for (const each of load.keys) note(each, { type: 'read', saw: kvs.find((kv) => kv.key === each)?.value });
            seen.push({ from, until: moment, revision, keys: load.keys, content: contentOf(kvs) });
            break;
          }
          case 2: {
            const other = load.keys[random.int(load.keys.length)] as string;
            const operations = [...new Set([key, other])].map((each): Operation => (random.int(4) === 0 ? { type: 'delete', key: each } : { type: 'put', key: each, value: `${number}.${i}.${each}` }));
            const { revision } = await store.txn([], operations);
            moment++;
            const changes = changesOf(operations);
            for (const [each, value] of changes) note(each, { type: 'write', value });
            const write: Written = { from, until: moment, revision, changes };
            if ([...changes.values()].every((value) => value === undefined)) deletions.push(write);
            else writes.push(write);
            break;
          }
          default: {
            const expected = known.get(key);
            const value = `${number}.${i}`;
            const compare: Compare[] = [{ key, modRevision: expected?.modRevision ?? (0 as Revision) }];
            const { succeeded, revision, current } = await store.txn(compare, [{ type: 'put', key, value }]);
            moment++;
            note(key, { type: 'swap', expected: expected?.value, value, done: succeeded });
            if (succeeded) writes.push({ from, until: moment, revision, changes: new Map([[key, value]]) });
            else {
              known.set(key, current[0]);
              seen.push({ from, until: moment, revision, keys: [key], content: contentOf(current[0] ? [current[0]] : []) });
            }
          }
        }
      } catch (error) {
        // It has not happened, and must not be seen by anybody.
        if (!(error instanceof StoreWriteError)) throw error;
        failed++;
      }
    }
  }
  await Promise.all(Array.from({ length: load.clients }, (_, number) => client(number)));
  for (const deletion of deletions) {
    const { from, until, revision, changes } = deletion;
    // Of what was not there: the answer is what a look would have seen.
    const idle = writes.some((write) => write.revision === revision) || !watched.some((event) => event.startsWith(`${revision} delete `));
    if (idle) seen.push({ from, until, revision, keys: [...changes.keys()], content: new Map() });
    else writes.push(deletion);
  }
  return { calls, writes, seen, watched, failed };
}

/** What the watch must have told, if the writes are what was told of them. */
export function expectedEvents(writes: readonly Written[]): string[] {
  const there = new Set<string>();
  return [...writes].sort((a, b) => a.revision - b.revision).flatMap(({ revision, changes }) =>
    [...changes].flatMap(([key, value]) => {
      if (value !== undefined) {
        there.add(key);
        return [`${revision} put ${key} ${value}`];
      }
      return there.delete(key) ? [`${revision} delete ${key} `] : [];
    }),
  );
}

const contentOf = (kvs: readonly KeyValue[]): Map<string, string> => new Map(kvs.map(({ key, value }) => [key, value]));
const changesOf = (operations: readonly Operation[]): Map<string, string | undefined> => new Map(operations.map((operation) => [operation.key, operation.type === 'put' ? operation.value : undefined]));

/** Lets others go first, more or less. */
async function pause(random: Random): Promise<void> {
  const kind = random.int(4);
  if (kind === 1) await Promise.resolve();
  if (kind === 2) await new Promise<void>((resolve) => process.nextTick(resolve));
  if (kind === 3) await new Promise<void>((resolve) => setImmediate(resolve));
}
