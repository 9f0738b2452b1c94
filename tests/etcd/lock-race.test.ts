/** Two processes at the same moment, played one inside the other: what happens between two calls of the file system. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, LockedError } from '../../src/etcd/lock.ts';

const between: { run: ((from: string, to: string) => void) | undefined } = { run: undefined };
jest.mock('node:fs', () => {
  const actual = jest.requireActual<typeof import('node:fs')>('node:fs');
  return {
    ...actual,
    linkSync: (from: string, to: string) => {
      between.run?.(from, to);
      actual.linkSync(from, to);
    },
  };
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'mock-kubectl-'));
  path = join(folder, 'lock');
});
afterEach(() => {
  between.run = undefined;
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The content of a lock whose owner lives, or is dead. */
async function content(alive: boolean, id: string): Promise<string> {
  const other = await acquireLock(join(folder, 'other'));
  const owner = JSON.parse(fs.readFileSync(other.path, 'utf8')) as Record<string, unknown>;
  other.release();
  return JSON.stringify({ ...owner, id, start: alive ? owner['start'] : 'long ago', pid: alive ? owner['pid'] : 0 });
}

it('a dead lock that another process has taken over meanwhile is left to it', async () => {
  const living = await content(true, 'living');
  fs.writeFileSync(path, await content(false, 'dead'));
  between.run = (_from, to) => {
    // The other one has claimed, replaced and cleaned up since we looked.
    if (to.includes('.claim-')) fs.writeFileSync(path, living);
  };
  await expect(acquireLock(path)).rejects.toThrow(LockedError);
  expect(fs.readFileSync(path, 'utf8')).toBe(living);
  expect(fs.readdirSync(folder)).toEqual(['lock']);
});

it('a lock that is given up between two looks is taken', async () => {
  fs.writeFileSync(path, await content(true, 'living'));
  let tries = 0;
  between.run = () => {
    // After the first try has failed.
    if (++tries === 2) fs.rmSync(path);
  };
  const lock = await acquireLock(path, { waitMs: 5000 });
  expect(tries).toBe(2);
  lock.release();
});

it('a file system without links will do', async () => {
  between.run = () => {
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
  };
  const lock = await acquireLock(path);
  await expect(acquireLock(path)).rejects.toThrow(LockedError);
  lock.release();
  fs.writeFileSync(path, await content(false, 'dead'));
  (await acquireLock(path)).release();
  expect(fs.readdirSync(folder)).toEqual([]);
});
