/**
 * Damage of every kind at every place of every file of a store: bytes that flip, files that end early, go on too long or
 * are gone. What comes of it is the whole state, an earlier state whose loss is told, or an error that names the file;
 * never anything else. About 7,500 damaged folders are opened.
 */
import fc from '../support/property.ts';
import { CorruptError, type Store } from '../../src/etcd/store.ts';
import { listTree } from '../../src/etcd/view-tree.ts';
import { verify } from '../../src/etcd/verify.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { contents, LogLines, openOn, put, remove, rev } from './support.ts';

/** Two logs, two snapshots, a tree; and the state at each revision. */
async function filled(): Promise<{ disk: MemoryDisk; states: string[][] }> {
  const disk = new MemoryDisk();
  const store = await openOn(disk, { view: true });
  const lease = await store.grantLease(3_600_000);
  const states: string[][] = [[], await contents(store)];
  const write = async (store: Store, i: number): Promise<void> => {
    await store.txn([], [put(`/registry/pods/default/p${i % 3}`, JSON.stringify({ i, text: 'é\u2028' })), ...(i % 4 === 3 ? [remove(`/registry/pods/default/p${(i + 1) % 3}`)] : [])]);
    states.push(await contents(store));
  };
  for (let i = 2; i <= 6; i++) await write(store, i);
  await store.snapshot();
  for (let i = 7; i <= 9; i++) await write(store, i);
  await store.txn([], [put('/registry/events/default/e', 'no\njson', lease)]);
  states.push(await contents(store));
  await store.close();
  return { disk, states };
}

type Outcome = { readonly type: 'whole' } | { readonly type: 'earlier'; readonly told: boolean } | { readonly type: 'error'; readonly error: CorruptError };

/** Opens it, reads everything that can be read, and looks whether it is right. Throws where it is not. */
async function outcome(disk: MemoryDisk, states: readonly string[][]): Promise<Outcome> {
  const log = new LogLines();
  const problems = verify('/etcd', disk).problems;
  let store: Store;
  try {
    store = await openOn(disk, { log, view: true });
  } catch (error) {
    if (!(error instanceof CorruptError)) throw error;
    expect(error.file.startsWith('/etcd/')).toBe(true);
    expect(problems.length).toBeGreaterThan(0);
    return { type: 'error', error };
  }
  expect(await contents(store)).toEqual(states[store.revision]);
  for (let revision = 1; revision < store.revision; revision++) {
    try {
      const { kvs } = await store.range('', { revision: rev(revision) });
      expect(kvs.map(({ key, value, modRevision }) => `${key}=${value}@${modRevision}`)).toEqual(states[revision]);
    } catch (error) {
      // The past is read when somebody asks for it.
      if (!(error instanceof CorruptError)) throw error;
      expect(problems.length).toBeGreaterThan(0);
    }
  }
  const whole = store.revision === states.length - 1;
  await store.close();
  // The tree is what the store says again, whatever was done to it, as soon as somebody asks for that.
  if (whole) return { type: 'whole' };
  return { type: 'earlier', told: log.lines.some((line) => /has lost its end|was not finished/.test(line)) && problems.some(({ message }) => message.endsWith('its end is lost')) };
}

const files = (disk: MemoryDisk): string[] => listTree(disk, '/etcd');

it('a flipped bit in any byte of any file', async () => {
  const { disk, states } = await filled();
  const counts: Record<string, number> = {};
  for (const file of files(disk)) {
    const bytes = disk.readFile(file);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = disk.copy();
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ (1 << at % 8);
      damaged.overwrite(file, changed);
      const result = await outcome(damaged, states);
      const kind = /\/(wal|snap|registry)/.exec(file)?.[1] ?? file;
      counts[`${kind} ${result.type}`] = (counts[`${kind} ${result.type}`] ?? 0) + 1;
      if (result.type === 'earlier') throw new Error(`${file}: byte ${at}: lost what was acknowledged`);
      // The newest log and snapshot are what the state comes from: nothing of them may be wrong unnoticed.
      if (/0{7}2-.*\.(wal|snap)$/.test(file)) expect([file, at, result.type]).toEqual([file, at, 'error']);
    }
  }
  expect(Object.keys(counts).sort()).toEqual(['registry whole', 'snap error', 'wal error', 'wal whole']);
}, 60_000);

it('a file that ends early, at any byte', async () => {
  const { disk, states } = await filled();
  for (const file of files(disk)) {
    const bytes = disk.readFile(file);
    for (let length = 0; length < bytes.length; length++) {
      const damaged = disk.copy();
      damaged.overwrite(file, bytes.subarray(0, length));
      const result = await outcome(damaged, states);
      if (result.type !== 'earlier') continue;
      // Only the end of the last log can be missing without an error; then the tree gives it away.
      expect([file, length, /0{7}2-.*\.wal$/.test(file), result.told]).toEqual([file, length, true, true]);
    }
  }
}, 60_000);

it('bytes that do not belong there, and files that are gone', async () => {
  const { disk, states } = await filled();
  const all = files(disk);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...all), fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), async (file, garbage, part) => {
      const damaged = disk.copy();
      const bytes = disk.readFile(file);
      const at = Math.round(part * bytes.length);
      damaged.overwrite(file, Buffer.concat([bytes.subarray(0, at), garbage, bytes.subarray(at)]));
      expect((await outcome(damaged, states)).type).not.toBe('earlier');
    }),
    { numRuns: 1500 },
  );
  for (const file of all) {
    const damaged = disk.copy();
    damaged.remove(file);
    const result = await outcome(damaged, states);
    expect([file, result.type]).toEqual([file, /0{7}2-.*\.wal$/.test(file) ? 'error' : 'whole']);
  }
}, 60_000);

it('several kinds of damage in several files at once', async () => {
  const { disk, states } = await filled();
  const damage = fc.record({ file: fc.constantFrom(...files(disk)), kind: fc.constantFrom('flip' as const, 'cut' as const, 'append' as const, 'remove' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) });
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 2, maxLength: 4 }), async (list) => {
      const damaged = disk.copy();
      for (const { file, kind, part } of list) {
        if (!damaged.exists(file)) continue;
        const bytes = damaged.readFile(file);
        const at = Math.floor(part * bytes.length);
        if (kind === 'remove') damaged.remove(file);
        else if (kind === 'cut') damaged.overwrite(file, bytes.subarray(0, at));
        else if (kind === 'append') damaged.overwrite(file, Buffer.concat([bytes, Buffer.from('{"a":1}\n')]));
        else if (at < bytes.length) {
          bytes[at] = (bytes[at] as number) ^ 0x10;
          damaged.overwrite(file, bytes);
        }
      }
      await outcome(damaged, states);
    }),
    { numRuns: 1500 },
  );
}, 60_000);

it('a process that was killed while it removed old files leaves a sound store', async () => {
  const disk = new MemoryDisk();
  let store = await openOn(disk);
  for (let i = 2; i <= 30; i++) {
    await store.txn([], [put(`/registry/pods/default/p${i % 3}`, JSON.stringify({ i }))]);
    if (i % 6 === 0) await store.snapshot();
  }
  await store.compact(rev(25));
  let removals = 0;
  disk.fault = (call, path) => void (call === 'remove' && /\.(wal|snap)$/.test(path) && removals++);
  const before = disk.copy();
  await store.snapshot();
  expect(removals).toBeGreaterThan(6);
  for (let allowed = 0; allowed <= removals; allowed++) {
    const killed = before.copy();
    store = await openOn(killed);
    let left = allowed;
    killed.fault = (call, path) => {
      if (call === 'remove' && /\.(wal|snap)$/.test(path) && left-- <= 0) throw new Error('killed');
    };
    await store.snapshot().catch(() => undefined);
    killed.fault = undefined;
    expect([allowed, verify('/etcd', killed).problems]).toEqual([allowed, []]);
    expect((await (await openOn(killed)).range('')).revision).toBe(30);
  }
});
