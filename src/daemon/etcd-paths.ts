/** /mock/etcd/…: the store behind the API server, for those who want to look into it (the `etcd` command). */
import type { ApiServer } from '../apiserver/server.ts';
import type { RawResponse } from '../client/client.ts';
import { isObject } from '../api/json.ts';
import { badRequest, StatusError } from '../api/status.ts';
import { splitUrl } from '../api/rest.ts';
import { CompactedError, FutureRevisionError, type KeyValue, type Revision, type Store, type StoreEvent } from '../etcd/store.ts';
import type { DirectoryStore } from '../etcd/directory-store.ts';
import { verify, type Verification } from '../etcd/verify.ts';
import { storeHistory } from './store-history.ts';

/** A key as the store has it; `value` is left out where only keys were asked for. */
export interface KeyView {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease?: string;
  /** Of the value. */
  readonly bytes: number;
  readonly value?: string;
}

export interface GetAnswer {
  readonly revision: number;
  readonly kv?: KeyView;
}
export interface ListAnswer {
  readonly revision: number;
  readonly kvs: readonly KeyView[];
}
export interface WatchedEvent {
  readonly type: 'put' | 'delete';
  readonly kv: KeyView;
  readonly previous?: KeyView;
}
export interface WatchAnswer {
  readonly events: readonly WatchedEvent[];
  /** Where to go on. */
  readonly next: number;
  /** Whether more may come: from this server; only once somebody else has had the home; or not at all. */
  readonly more: 'here' | 'elsewhere' | 'never';
}
export interface HistoryAnswer {
  readonly revision: number;
  readonly compactRevision: number;
  /** Oldest first. `timeMs`: when it was written in the cluster's time, where that is known. */
  readonly versions: readonly { readonly type: 'put' | 'delete'; readonly kv: KeyView; readonly timeMs?: number }[];
}
export interface CompactAnswer {
  readonly revision: number;
}
export type VerifyAnswer = Verification;

export interface ServedStore {
  readonly store: Store;
  /** The data folder, where the store is one. */
  readonly folder: string | undefined;
  readonly clock: 'wall' | 'virtual';
  readonly more: WatchAnswer['more'];
}

/** A watch that nothing happens to is answered after that long, ms: an answer that is owed holds up a daemon that is told to stop. */
const WAIT_MS = 400;

export function registerEtcd(server: ApiServer, served: ServedStore): void {
  const { store } = served;
  server.registerPath('/mock/etcd', async (method, url, body) => {
    const { path, query } = splitUrl(url);
    const text = (name: string): string => query.get(name) ?? '';
    const revision = Number(text('rev')) as Revision;
    try {
      switch (`${method} ${path.slice('/mock/etcd/'.length)}`) {
        case 'GET get':
          return json(await getKey(store, text('key'), revision));
        case 'GET list':
          return json(await list(store, text('prefix'), revision, query.has('keys')));
        case 'GET watch':
          return json(await watchOnce(served, text('prefix'), revision));
        case 'GET history':
          return json(await history(store, text('key')));
        case 'POST compact':
          return json(await compact(store, revisionOf(body)));
        case 'GET snapshot':
          return { code: 200, contentType: 'application/octet-stream', body: (await directory(served).copy(served.clock)).toString('utf8') };
        case 'GET verify':
          return json(await verifyFolder(served, query.has('repair')));
        default:
          throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
      }
    } catch (error) {
      throw asStatus(error);
    }
  });
}

const json = (value: object): RawResponse => ({ code: 200, contentType: 'application/json', body: JSON.stringify(value) });

function asStatus(error: unknown): unknown {
  if (error instanceof CompactedError) return new StatusError(410, 'Expired', error.message, {});
  if (error instanceof FutureRevisionError) return new StatusError(400, 'BadRequest', error.message, {});
  if (error instanceof StatusError) return error;
  return new StatusError(500, 'InternalError', (error as Error).message, {});
}

function view({ key, value, createRevision, modRevision, version, lease }: KeyValue, keysOnly = false): KeyView {
  return { key, createRevision, modRevision, version, ...(lease === undefined ? {} : { lease }), bytes: Buffer.byteLength(value), ...(keysOnly ? {} : { value }) };
}

async function getKey(store: Store, key: string, revision: Revision): Promise<GetAnswer> {
  const kv = await store.get(key, revision);
  return { revision: store.revision, ...(kv ? { kv: view(kv) } : {}) };
}

async function list(store: Store, prefix: string, revision: Revision, keysOnly: boolean): Promise<ListAnswer> {
  const { kvs } = await store.range(prefix, { revision });
  return { revision: store.revision, kvs: kvs.map((kv) => view(kv, keysOnly)) };
}

async function history(store: Store, key: string): Promise<HistoryAnswer> {
  const versions = await storeHistory(store, key);
  return {
    revision: store.revision,
    compactRevision: store.compactRevision,
    versions: versions.map(({ type, kv, timeMs }) => ({ type, kv: view(kv), ...(timeMs === undefined ? {} : { timeMs }) })),
  };
}

/** undefined: the newest. Throws a 400 for what is no revision. */
function revisionOf(body: unknown): number | undefined {
  const { revision } = isObject(body) ? body : {};
  if (revision === undefined) return undefined;
  if (typeof revision !== 'number' || !Number.isInteger(revision) || revision < 0) throw badRequest('revision must be a whole number of at least 0');
  return revision;
}

async function compact(store: Store, asked: number | undefined): Promise<CompactAnswer> {
  const revision = (asked ?? store.revision) as Revision;
  await store.compact(revision);
  return { revision };
}

/** What there is from a revision on; where there is nothing yet and somebody else may write, waits a while for it. */
function watchOnce(served: ServedStore, prefix: string, from: Revision): Promise<WatchAnswer> {
  const { store, folder } = served;
  // A real etcd has other writers, too.
  const more = folder === undefined ? 'here' : served.more;
  const startRevision = from || ((store.revision + 1) as Revision);
  return new Promise((resolve, reject) => {
    const events: StoreEvent[] = [];
    let last = startRevision - 1;
    let answering = false;
    const answer = (): void => {
      if (answering) return;
      answering = true;
      // Events of one past come in one go: the rest of them is on its way.
      setImmediate(() => {
        watch.cancel();
        clearTimeout(timer);
        resolve({ events: events.map((event) => eventView(event)), next: last + 1, more });
      });
    };
    const watch = store.watch({ prefix, startRevision }, {
      events: (told, revision) => {
        events.push(...told);
        last = Math.max(last, revision);
        answer();
      },
      progress: (revision) => {
        last = Math.max(last, revision);
      },
      ended: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
    // Nobody else writes while this process has the home.
    const timer = setTimeout(answer, more === 'here' ? WAIT_MS : 0);
  });
}

const eventView = ({ type, kv, previous }: StoreEvent): WatchedEvent => ({ type, kv: view(kv), ...(previous ? { previous: view(previous) } : {}) });

function directory({ store, folder }: ServedStore): DirectoryStore {
  if (folder === undefined) throw new StatusError(400, 'BadRequest', 'the cluster is kept by an etcd of its own: use etcdctl for this', {});
  return store as DirectoryStore;
}

/** In one task, so that nothing is written in between. */
async function verifyFolder(served: ServedStore, repair: boolean): Promise<VerifyAnswer> {
  const store = directory(served);
  if (repair) await store.rebuildView();
  else await store.flush();
  return verify(store.path);
}
