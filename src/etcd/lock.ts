/**
 * The data folder's lock: one process owns the folder at a time. The lock is a file that names its owner; a dead
 * owner's lock is taken over, by exactly one of those who want it.
 *
 * Taking over: who finds a dead owner's lock L links a claim `lock.claim-<L>`, which only one can; reads the lock again,
 * which nobody else may have replaced now if it still is L; and renames its own over it. A claim whose maker died is
 * claimed in turn, in the same way.
 */
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemClock, type WallClock } from '../simulation/cluster-clock.ts';

export interface LockOwner {
  readonly pid: number;
  /** What it is ("daemon"), for messages and for those who would rather ask it than wait. */
  readonly holder: string;
  /** When the process started, in the host's own units; empty where the host does not tell. With it a reused pid is found out. */
  readonly start: string;
  /** Which run of which host, so that a pid is not taken for another one of before a restart. */
  readonly boot: string;
  /** Which pids it sees: another container's are not ours. */
  readonly space: string;
  readonly host: string;
  /** Unlike any other lock's. */
  readonly id: string;
}

export interface Lock {
  readonly path: string;
  /** Gives it up; further calls do nothing. */
  release(): void;
}

export interface LockOptions {
  /** How long to wait for another owner, real ms. Default: not at all. */
  readonly waitMs?: number;
  readonly holder?: string;
  readonly wall?: WallClock;
}

/** Somebody else has the lock. */
export class LockedError extends Error {
  constructor(readonly path: string, readonly owner: LockOwner) {
    super(`${dirname(path)} is in use by ${owner.holder} (pid ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`})${isSeen(owner) ? '' : `; if that is gone, remove ${path}`}`);
    this.name = 'LockedError';
  }
}

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 20;
/** A lock that cannot be read may be one that is just being written, for that long. */
const UNREADABLE_MS = 2000;

let locks = 0;

/** Throws LockedError when another process keeps it for longer than `waitMs`. The folder has to be there. */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const { waitMs = 0, holder = 'a command', wall = systemClock } = options;
  const mine: LockOwner = { ...identity(), holder, id: `${process.pid}-${process.hrtime.bigint().toString(36)}-${++locks}` };
  const proof = `${path}.${mine.id}`;
  fs.writeFileSync(proof, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o600 });
  try {
    const deadline = wall.now() + waitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
      const owner = attempt(path, proof, mine, wall);
      if (!owner) return { path, release: () => release(path, mine) };
      const leftMs = deadline - wall.now();
      if (leftMs <= 0) throw new LockedError(path, owner);
      // Unlike for each process, so that those who wait do not all come at once.
      const delayMs = Math.min(leftMs, pauseMs + (process.pid % 7));
      await new Promise<void>((resolve) => wall.setTimeout(resolve, delayMs));
    }
  } finally {
    fs.rmSync(proof, { force: true });
  }
}

/** The file that names the owner of a data folder. */
export const lockPath = (folder: string): string => join(folder, 'lock');

/** Who has the lock; undefined where nobody does, or nobody who is alive. */
export function lockOwner(path: string, wall: WallClock = systemClock): LockOwner | undefined {
  const owner = readOwner(path, wall);
  return owner && isAlive(owner) ? owner : undefined;
}

/** One try. Returns the owner that is in the way; undefined when the lock is ours. */
function attempt(path: string, proof: string, mine: LockOwner, wall: WallClock): LockOwner | undefined {
  for (;;) {
    if (linkNew(proof, path)) return undefined;
    const owner = readOwner(path, wall);
    if (!owner) continue;
    if (isAlive(owner)) return owner;
    const outcome = takeOver(path, proof, owner, wall);
    if (outcome === 'taken') sweep(path, mine);
    if (outcome !== 'again') return outcome === 'taken' ? undefined : outcome;
  }
}

/** Returns who is taking it over already, if somebody is. */
function takeOver(path: string, proof: string, dead: LockOwner, wall: WallClock): 'taken' | 'again' | LockOwner {
  const claims: string[] = [];
  for (let last = dead; ; ) {
    const claim = `${path}.claim-${last.id}`;
    claims.push(claim);
    if (linkNew(proof, claim)) break;
    const claimer = readOwner(claim, wall);
    if (!claimer) return 'again';
    if (isAlive(claimer)) return claimer;
    last = claimer;
  }
  const still = readOwner(path, wall);
  if (still?.id !== dead.id) {
    fs.rmSync(claims.at(-1) as string, { force: true });
    return 'again';
  }
  // A rename between two names of one file does nothing, and the claim is not the lock: this replaces the dead one's.
  fs.renameSync(proof, path);
  for (const claim of claims) fs.rmSync(claim, { force: true });
  return 'taken';
}

/** What those who died while they waited have left. Claims among it concern locks that are gone, so nobody needs them. */
function sweep(path: string, mine: LockOwner): void {
  const folder = dirname(path);
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = parseOwner(join(folder, name));
    if (left && left.id !== mine.id && !isAlive(left)) fs.rmSync(join(folder, name), { force: true });
  }
}

function release(path: string, mine: LockOwner): void {
  if (parseOwner(path)?.id === mine.id) fs.rmSync(path, { force: true });
}

/** Gives the proof a second name unless that is taken: appears at once and with its content. */
function linkNew(proof: string, path: string): boolean {
  try {
    fs.linkSync(proof, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
  }
  // A file system without links: for a moment the file is there without its content.
  try {
    fs.writeFileSync(path, fs.readFileSync(proof), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined where there is no file (any more). */
function readOwner(path: string, wall: WallClock): LockOwner | undefined {
  const owner = parseOwner(path);
  if (owner) return owner;
  let stat: fs.Stats;
  try {
    stat = fs.statSync(path);
  } catch {
    return undefined;
  }
  const again = parseOwner(path);
  if (again) return again;
  const beingWritten = wall.now() - stat.mtimeMs < UNREADABLE_MS;
  const nobody = { ...identity(), holder: 'somebody', id: `unreadable-${stat.ino}-${Math.floor(stat.mtimeMs)}` };
  return beingWritten ? nobody : { ...nobody, pid: 0 };
}

function parseOwner(path: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(fs.readFileSync(path, 'utf8')) as LockOwner;
    return typeof owner.id === 'string' && typeof owner.pid === 'number' ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this process can tell by the pid. */
function isSeen(owner: LockOwner): boolean {
  const self = identity();
  return owner.boot === self.boot && owner.space === self.space;
}

/** Whether the owner's process is there: not another one of the same number, and not a dead one that nobody has collected. */
export function isAlive(owner: LockOwner): boolean {
  const self = identity();
  if (owner.pid <= 0) return false;
  // The host was started anew since: nothing of before is left.
  if (owner.boot !== self.boot) return false;
  // Another container on this host. It cannot be looked at from here, and two writers would be worse than a message.
  if (owner.space !== self.space) return true;
  const now = processStart(owner.pid);
  if (now !== undefined) return now === owner.start;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let self: Omit<LockOwner, 'holder' | 'id'> | undefined;

function identity(): Omit<LockOwner, 'holder' | 'id'> {
  self ??= {
    pid: process.pid,
    start: processStart(process.pid) ?? '',
    boot: readText(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: readText(() => fs.readlinkSync('/proc/self/ns/pid')),
    host: hostname(),
  };
  return self;
}

function readText(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/**
 * When a process started, from /proc/<pid>/stat (clock ticks since the host's start): '' for one that is not there or is
 * dead and not yet collected, undefined where the host has no such file.
 */
function processStart(pid: number): string | undefined {
  if (process.platform !== 'linux' || !fs.existsSync('/proc/self/stat')) return undefined;
  const stat = readText(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the name in parentheses, which may hold spaces and parentheses of its own.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const dead = fields[0] === 'Z' || fields[0] === 'X';
  return dead ? '' : (fields[19] ?? '');
}
