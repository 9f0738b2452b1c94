/** Copies of a store: consistent, checked, and put in the place of another store in one step. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectoryStore, type DirectoryStore } from '../../src/etcd/directory-store.ts';
import { acquireLock } from '../../src/etcd/lock.ts';
import { copyStatus, restore } from '../../src/etcd/restore.ts';
import { verify } from '../../src/etcd/verify.ts';
import { realDisk, type Disk } from '../../src/simulation/disk.ts';
import { silentLog } from '../../src/simulation/log.ts';
import { contents, put, Recorder, remove, rev, standingClock, START_MS } from './support.ts';

let base: string;
beforeEach(() => {
  base = fs.mkdtempSync(join(tmpdir(), 'mock-kubectl-restore-'));
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const at = (...names: string[]) => join(base, ...names);
const open = (name: string): Promise<DirectoryStore> => openDirectoryStore({ path: at(name), clock: standingClock(), log: silentLog });

async function copied(): Promise<string[]> {
  const store = await open('from');
  const lease = await store.grantLease(60_000);
  await store.txn([], [put('/registry/pods/default/a', '{"i":1}'), put('/registry/events/default/e', '{}', lease)]);
  await store.txn([], [put('/registry/pods/default/a', '{"i":2}'), put('/registry/odd', 'two\nlines')]);
  await store.txn([], [remove('/registry/odd'), put('/registry/pods/default/ü', '{}')]);
  fs.writeFileSync(at('copy'), await store.copy('wall'));
  const held = await contents(store);
  // What comes later is not in it.
  await store.txn([], [put('/registry/pods/default/later', '{}')]);
  await store.close();
  return held;
}

it('a copy holds one revision, whole, and says what it is', async () => {
  await copied();
  expect(copyStatus(at('copy'))).toEqual({ revision: 4, keys: 3, bytes: fs.statSync(at('copy')).size, crc: expect.stringMatching(/^[0-9a-f]{8}$/), timeMs: START_MS, clock: 'wall' });
});

it('restores keys with their revisions, versions and leases; goes on from there', async () => {
  const held = await copied();
  await restore(at('to'), at('copy'), { replace: false });
  expect(verify(at('to'))).toMatchObject({ state: { revision: 4, compactRevision: 4, keys: 3 }, problems: [] });
  const store = await open('to');
  expect(await contents(store)).toEqual(held);
  expect(await store.get('/registry/pods/default/a')).toMatchObject({ createRevision: 2, modRevision: 3, version: 2 });
  expect(await store.grantLease(1)).toBe('2');
  const recorder = new Recorder();
  store.watch({ prefix: '', startRevision: rev(5) }, recorder);
  expect((await store.txn([], [put('/registry/next', '{}')])).revision).toBe(5);
  expect(recorder.seen).toEqual(['5 put /registry/next={}']);
  await store.close();
  expect(verify(at('to'))).toMatchObject({ state: { keys: 4 }, behind: 0, problems: [] });
  expect(fs.readdirSync(at('to')).sort()).toEqual(['registry', 'registry.revision', 'snap', 'wal']);
});

it('replaces another store only when told to, and its tree with it', async () => {
  const held = await copied();
  const other = await open('to');
  for (let i = 0; i < 20; i++) await other.txn([], [put(`/registry/secrets/default/s${i}`, '{}')]);
  await other.snapshot();
  await other.close();
  await expect(restore(at('to'), at('copy'), { replace: false })).rejects.toThrow(`${at('to')} holds a cluster`);
  expect(verify(at('to'))).toMatchObject({ state: { revision: 21 }, problems: [] });
  await restore(at('to'), at('copy'), { replace: true });
  const store = await open('to');
  expect(await contents(store)).toEqual(held);
  await store.close();
  expect(fs.existsSync(at('to', 'registry', 'secrets'))).toBe(false);
  expect(verify(at('to')).problems).toEqual([]);
});

it('does not touch a store that somebody has open', async () => {
  await copied();
  fs.mkdirSync(at('to'));
  const lock = await acquireLock(at('to', 'lock'), { holder: 'a daemon' });
  await expect(restore(at('to'), at('copy'), { replace: true })).rejects.toThrow(`${at('to')} is in use by a daemon (pid ${process.pid})`);
  lock.release();
  expect(fs.readdirSync(at('to'))).toEqual([]);
});

it('a damaged copy is refused and names the place; the store stays as it was', async () => {
  const held = await copied();
  const bytes = fs.readFileSync(at('copy'));
  for (let offset = 0; offset < bytes.length; offset += 7) {
    const damaged = Buffer.from(bytes);
    damaged[offset] = (damaged[offset] as number) ^ 1;
    fs.writeFileSync(at('damaged'), damaged);
    await expect(restore(at('from'), at('damaged'), { replace: true })).rejects.toThrow(`${at('damaged')}: offset `);
  }
  fs.writeFileSync(at('damaged'), bytes.subarray(0, 100));
  expect(() => copyStatus(at('damaged'))).toThrow('the snapshot does not end as it should');
  const store = await open('from');
  expect((await contents(store)).length).toBe(held.length + 1);
  await store.close();
});

it('killed at any step, the folder holds the old state or the new one', async () => {
  const held = await copied();
  const outcomes = new Set<string>();
  for (let calls = 0; ; calls++) {
    const folder = `to${calls}`;
    const other = await open(folder);
    await other.txn([], [put('/registry/secrets/default/old', '{}')]);
    await other.close();
    let left = calls;
    const killed = new Proxy(realDisk, {
      get(disk, name: keyof Disk) {
        const call = disk[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          // Nothing works any more, cleaning up included.
          if (['replaceFile', 'openAppend', 'makeFolder', 'syncFolder', 'rename', 'remove'].includes(name) && left-- <= 0) throw new Error('killed');
          return call.apply(disk, args);
        };
      },
    });
    const done = await restore(at(folder), at('copy'), { replace: true, disk: killed }).then(() => true, () => false);
    const store = await open(folder);
    const now = await contents(store);
    expect([held, ['/registry/secrets/default/old={}@2']]).toContainEqual(now);
    outcomes.add(String(now.length));
    await store.close();
    expect(verify(at(folder))).toMatchObject({ behind: 0, problems: [] });
    if (done) break;
  }
  expect(outcomes.size).toBe(2);
});
