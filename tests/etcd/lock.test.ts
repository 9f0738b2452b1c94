import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { openDirectoryStore } from '../../src/etcd/directory-store.ts';
import { acquireLock, LockedError, lockOwner, type LockOwner } from '../../src/etcd/lock.ts';
import { silentLog } from '../../src/simulation/log.ts';
import { put, standingClock } from './support.ts';

let program: string;
let folder: string;
let path: string;
let notes: string;
let count = 0;
let base: string;

beforeAll(async () => {
  base = fs.mkdtempSync(join(tmpdir(), 'mock-kubectl lock ü-'));
  program = join(base, 'lock.mjs');
  await build({ entryPoints: [join(__dirname, 'lock-process.ts')], bundle: true, platform: 'node', format: 'esm', outfile: program });
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));
beforeEach(() => {
  folder = join(base, `home ${++count}`);
  fs.mkdirSync(folder);
  path = join(folder, 'lock');
  notes = join(folder, 'notes');
});

function run(waitMs: number, then: 'hold' | 'release' = 'release'): ChildProcess {
  return spawn(process.execPath, [program, path, notes, String(waitMs), then], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function outcome(child: ChildProcess): Promise<string> {
  let error = '';
  child.stderr?.on('data', (data: Buffer) => (error += data.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return code === 0 ? 'ok' : error;
}

/** Holds the lock, and is dead the moment after. */
async function killedOwner(): Promise<LockOwner> {
  const child = run(0, 'hold');
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  fs.rmSync(notes);
  return JSON.parse(fs.readFileSync(path, 'utf8')) as LockOwner;
}

/** One owner after the other, never two. */
function expectTurns(owners: number): void {
  const lines = fs.readFileSync(notes, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(2 * owners);
  for (let i = 0; i < lines.length; i += 2) expect(lines[i + 1]).toBe(lines[i]?.replace('+', '-'));
}

it('is one owner’s, who can be asked for, and is private', async () => {
  const lock = await acquireLock(path, { holder: 'the daemon' });
  expect(lockOwner(path)).toMatchObject({ pid: process.pid, holder: 'the daemon' });
  expect(fs.statSync(path).mode & 0o777).toBe(0o600);
  await expect(acquireLock(path)).rejects.toThrow(`${folder} is in use by the daemon (pid ${process.pid})`);
  lock.release();
  lock.release();
  expect(lockOwner(path)).toBeUndefined();
  (await acquireLock(path)).release();
  expect(fs.readdirSync(folder)).toEqual([]);
});

it('sixteen processes at once all get it, one after the other', async () => {
  const outcomes = await Promise.all(Array.from({ length: 16 }, () => outcome(run(30_000))));
  expect(outcomes).toEqual(Array.from({ length: 16 }, () => 'ok'));
  expectTurns(16);
  expect(fs.readdirSync(folder)).toEqual(['notes']);
}, 60_000);

it('a killed owner’s is taken over by exactly one at a time', async () => {
  await killedOwner();
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcome(run(30_000))));
  expect(outcomes).toEqual(Array.from({ length: 8 }, () => 'ok'));
  expectTurns(8);
  expect(fs.readdirSync(folder)).toEqual(['notes']);
}, 60_000);

it('a claim whose maker was killed stops nobody', async () => {
  const dead = await killedOwner();
  const claimer = { ...dead, id: 'dead-claimer' };
  fs.writeFileSync(`${path}.claim-${dead.id}`, JSON.stringify(claimer));
  const lock = await acquireLock(path);
  expect(lockOwner(path)?.pid).toBe(process.pid);
  expect(fs.readdirSync(folder)).toEqual(['lock']);
  lock.release();
});

it('a claim whose maker lives is waited for', async () => {
  const dead = await killedOwner();
  const mine = await acquireLock(join(folder, 'other'), { holder: 'a claimer' });
  fs.copyFileSync(mine.path, `${path}.claim-${dead.id}`);
  await expect(acquireLock(path, { waitMs: 30 })).rejects.toThrow('is in use by a claimer');
  expect(JSON.parse(fs.readFileSync(path, 'utf8'))).toEqual(dead);
  mine.release();
});

const onLinux = process.platform === 'linux' ? it : it.skip;
onLinux('a pid that another process has now does not count', async () => {
  const dead = await killedOwner();
  fs.writeFileSync(path, JSON.stringify({ ...dead, pid: process.ppid }));
  const lock = await acquireLock(path);
  lock.release();
});

onLinux('an owner of before a restart of the host is dead; one in another container is not ours to judge', async () => {
  const dead = await killedOwner();
  fs.writeFileSync(path, JSON.stringify({ ...dead, space: 'pid:[1]' }));
  await expect(acquireLock(path)).rejects.toThrow(`; if that is gone, remove ${path}`);
  const mine = await acquireLock(join(folder, 'other'));
  const alive = JSON.parse(fs.readFileSync(mine.path, 'utf8')) as LockOwner;
  fs.writeFileSync(path, JSON.stringify(alive));
  await expect(acquireLock(path)).rejects.toThrow(LockedError);
  fs.writeFileSync(path, JSON.stringify({ ...alive, boot: 'before' }));
  (await acquireLock(path)).release();
});

it('a lock that cannot be read is waited for as long as it may be being written, then replaced', async () => {
  fs.writeFileSync(path, '{"pid"');
  await expect(acquireLock(path)).rejects.toThrow(LockedError);
  const past = new Date(Date.now() - 10_000);
  fs.utimesSync(path, past, past);
  (await acquireLock(path)).release();
});

it('the store holds it until it is closed, also when the folder cannot be read', async () => {
  const options = { path: join(folder, 'data dir', 'etcd'), clock: standingClock(), log: silentLog };
  const store = await openDirectoryStore(options);
  await store.txn([], [put('/registry/pods/default/a', '{}')]);
  await expect(openDirectoryStore(options)).rejects.toThrow(LockedError);
  await store.close();
  expect(fs.readFileSync(join(options.path, 'registry/pods/default/a.json'), 'utf8')).toBe('{}\n');
  for (const entry of fs.readdirSync(options.path, { recursive: true, withFileTypes: true })) {
    expect(fs.statSync(join(entry.parentPath, entry.name)).mode & 0o077).toBe(0);
  }
  fs.appendFileSync(join(options.path, 'wal/00000001-0000000000000001.wal'), 'damage\n');
  await expect(openDirectoryStore(options)).rejects.toThrow('the record does not match its checksum');
  expect(fs.existsSync(join(options.path, 'lock'))).toBe(false);
});

it('a folder that cannot be made is one line', async () => {
  fs.writeFileSync(join(folder, 'file'), '');
  await expect(openDirectoryStore({ path: join(folder, 'file', 'etcd'), clock: standingClock(), log: silentLog })).rejects.toThrow(/^cannot open .*etcd: ENOTDIR/);
});
