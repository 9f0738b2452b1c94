/**
 * One folder that writers are killed on, again and again, and what must hold after each time:
 *
 * - the files are sound as the killed process left them, and after the next owner has closed them;
 * - every acknowledged transaction is there, at the revision that was told, whole;
 * - nothing else is there, except for at most one transaction of each writer that was on its way;
 * - revisions grow by one, and the state is what the transactions add up to.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { openDirectoryStore, type DirectoryStore } from '../../../src/etcd/directory-store.ts';
import type { Revision, StoreEvent } from '../../../src/etcd/store.ts';
import { verify } from '../../../src/etcd/verify.ts';
import { ClusterClock } from '../../../src/simulation/cluster-clock.ts';
import { silentLog } from '../../../src/simulation/log.ts';
import type { Random } from '../../../src/simulation/random.ts';
import { ACCOUNTS, START_BALANCE, type Told } from './protocol.ts';

export interface Tally {
  kills: number;
  /** Of them: before the store was open. */
  early: number;
  acknowledged: number;
  /** Transactions that were in the log and not yet acknowledged. */
  onTheirWay: number;
  /** Openings that found a compacted past, so that only the state could be checked. */
  compacted: number;
}

type Change = Told['changes'][number];
interface Held {
  readonly value: string;
  readonly revision: number;
  readonly lease: string;
}

export class Lane {
  readonly tally: Tally = { kills: 0, early: 0, acknowledged: 0, onTheirWay: 0, compacted: 0 };
  /** What is known to be in the store, up to #revision. */
  readonly #state = new Map<string, Held>();
  #revision = 1;
  /** Told since then, by revision. */
  #told = new Map<number, Told>();
  #writers = 0;

  /** `writer`: the bundled program. */
  constructor(
    private readonly writer: string,
    private readonly folder: string,
    private readonly random: Random,
  ) {}

  /** One process that is killed; throws when a promise is broken. */
  async round(): Promise<void> {
    await this.#crash();
    // Now and then the next process is killed, too, before anybody has looked.
    if (this.random.int(4) === 0) return;
    await this.check();
  }

  async #crash(): Promise<void> {
    const seed = String(this.random.int(1 << 30));
    const child = spawn(process.execPath, [this.writer, this.folder, String(this.tally.kills), seed], { stdio: ['ignore', 'pipe', 'pipe'] });
    // Most of it goes on after the opening; some are killed while they open what the one before has left.
    const early = this.random.int(6) === 0;
    const delayMs = early ? 25 + this.random.int(60) : this.random.int(60);
    let output = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    const kill = (): void => void (timer ??= setTimeout(() => child.kill('SIGKILL'), delayMs));
    if (early) kill();
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      kill();
    });
    await once(child, 'close');
    clearTimeout(timer);
    if (errors !== '') throw new Error(`the writer failed: ${errors}`);
    this.tally.kills++;
    // The last line may have been cut off by the kill.
    const lines = output.slice(0, output.lastIndexOf('\n') + 1).split('\n').slice(0, -1);
    if (lines.length === 0) this.tally.early++;
    else this.#writers += 5;
    for (const line of lines.slice(1)) {
      const told = JSON.parse(line) as Told;
      if (this.#told.has(told.revision)) throw new Error(`revision ${told.revision} was given to two transactions`);
      this.#told.set(told.revision, told);
      this.tally.acknowledged++;
    }
  }

  /** Looks at what is left, as the next owner would. */
  async check(): Promise<void> {
    // Killed before it had made the folder.
    if (!existsSync(this.folder) && this.#told.size === 0 && this.#revision === 1) return;
    this.#sound('as it was left');
    const store = await openDirectoryStore({ path: this.folder, clock: new ClusterClock({ speed: 0, startMs: Date.now() }), log: silentLog });
    try {
      await this.#checkStore(store);
    } finally {
      await store.close();
    }
    const { behind } = this.#sound('after it was closed');
    if (behind !== 0) throw new Error(`${behind} files of the tree are behind a closed store`);
    this.#told = new Map();
    this.#writers = 0;
  }

  #sound(when: string): { behind: number } {
    const { problems, behind } = verify(this.folder);
    if (problems.length > 0) throw new Error(`${when}: ${JSON.stringify(problems.slice(0, 3))}`);
    return { behind };
  }

  async #checkStore(store: DirectoryStore): Promise<void> {
    const newest = Math.max(this.#revision, ...this.#told.keys());
    if (store.revision < newest) throw new Error(`acknowledged up to ${newest}, but the store ends at ${store.revision}`);
    if (store.revision > newest + this.#writers) throw new Error(`${store.revision - newest} transactions more than can have been on their way`);
    if (store.compactRevision > this.#revision) this.tally.compacted++;
    const log = await eventsOf(store, Math.max(this.#revision, store.compactRevision) + 1);
    for (let revision = this.#revision + 1; revision <= store.revision; revision++) {
      const told = this.#told.get(revision);
      const events = log.get(revision);
      if (revision > store.compactRevision && !events) throw new Error(`revision ${revision} is missing`);
      if (told && events) same(`revision ${revision}`, described(events), [...told.changes].map(changeText));
      // Of what was compacted only the told is known; the rest shows in the state, each key by its last revision.
      if (told) for (const change of told.changes) this.#apply(change, revision);
      else if (events) for (const event of events) this.#apply(changeOf(event), revision);
      if (!told) this.tally.onTheirWay++;
    }
    await this.#checkState(store);
    this.#revision = store.revision;
  }

  async #checkState(store: DirectoryStore): Promise<void> {
    const { kvs } = await store.range('');
    const there = new Map(kvs.map(({ key, value, modRevision, lease }): [string, Held] => [key, { value, revision: modRevision, lease: lease ?? '' }]));
    const unknown = (revision: number): boolean => revision > this.#revision && revision <= store.compactRevision && !this.#told.has(revision);
    for (const [key, held] of there) {
      const known = this.#state.get(key);
      if (unknown(held.revision)) this.#state.set(key, held);
      else if (!known || known.revision !== held.revision || known.value !== held.value || known.lease !== held.lease) {
        throw new Error(`${key} holds ${JSON.stringify(held)} instead of ${JSON.stringify(known)}`);
      }
    }
    const compactedUnknown = [...Array(Math.max(0, store.compactRevision - this.#revision)).keys()].some((i) => unknown(this.#revision + 1 + i));
    for (const key of this.#state.keys()) {
      if (there.has(key)) continue;
      if (!compactedUnknown) throw new Error(`${key} is lost`);
      this.#state.delete(key);
    }
    const accounts = kvs.filter(({ key }) => key.startsWith('/registry/accounts/'));
    const sum = accounts.reduce((total, { value }) => total + (JSON.parse(value) as { balance: number }).balance, 0);
    if (sum !== accounts.length * START_BALANCE && accounts.length === ACCOUNTS) throw new Error(`the accounts hold ${sum}, not ${ACCOUNTS * START_BALANCE}`);
  }

  #apply([key, value, lease]: Change, revision: number): void {
    if (value === undefined) this.#state.delete(key);
    else this.#state.set(key, { value, revision, lease: lease ?? '' });
  }
}

/** The log's events by revision, from one on. */
function eventsOf(store: DirectoryStore, from: number): Promise<Map<number, readonly StoreEvent[]>> {
  const found = new Map<number, readonly StoreEvent[]>();
  if (from > store.revision) return Promise.resolve(found);
  return new Promise((resolve, reject) => {
    const watch = store.watch({ prefix: '', startRevision: from as Revision }, {
      events: (events, revision) => void found.set(revision, events),
      progress: () => {
        watch.cancel();
        resolve(found);
      },
      ended: reject,
    });
  });
}

const changeText = ([key, value, lease]: Change): string => (value === undefined ? `delete ${key}` : `put ${key} ${value} ${lease ?? ''}`);
const changeOf = ({ type, kv }: StoreEvent): Change => (type === 'delete' ? [kv.key] : [kv.key, kv.value, kv.lease ?? '']);
const described = (events: readonly StoreEvent[]): string[] => events.map((event) => changeText(changeOf(event)));

function same(what: string, found: readonly string[], expected: readonly string[]): void {
  if (found.join('\n') !== expected.join('\n')) throw new Error(`${what} is\n${found.join('\n').slice(0, 300)}\ninstead of\n${expected.join('\n').slice(0, 300)}`);
}
