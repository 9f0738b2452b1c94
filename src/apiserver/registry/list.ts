/** Lists: from the watch cache, in pages, or as of an older revision. Follows apiserver pkg/storage/etcd3/store.go: GetList, and pkg/storage/continue.go. */
import type { KubeObject } from '../../api/object.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { badRequest, expired, StatusError } from '../../api/status.ts';
import { CompactedError, FutureRevisionError, type Revision } from '../../etcd/store.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { storedOf, type StoredObject } from '../storage/stored-object.ts';
import type { WatchCache } from '../storage/watch-cache.ts';
import { filterOf, type Filter } from './filter.ts';
import type { RequestScope } from './scope.ts';

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** The answer to a list: the kind's List type. */
export interface ObjectList extends KubeObject {
  readonly items: readonly StoredObject[];
}

const EXPIRED = 'The resourceVersion for the provided list is too old.';
const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** A page's end: what to go on after, at which revision. Revision -1: the newest. */
interface Token {
  readonly revision: number;
  /** Relative to the list's prefix. */
  readonly start: string;
}

interface Page {
  readonly items: readonly StoredObject[];
  readonly revision: Revision;
  /** The key after which the next page begins, relative to the list's prefix. */
  readonly next?: string;
  readonly remaining?: number;
}

export async function listObjects(scope: RequestScope): Promise<ObjectList> {
  const filter = filterOf(scope);
  const page = await readPage(scope, filter);
  const { resource, conversion } = scope;
  const items = conversion ? page.items.map((item) => conversion.fromStorage(item)) : page.items;
  const metadata: ListMeta = {
    resourceVersion: String(page.revision),
    ...(page.next === undefined ? {} : { continue: encodeToken({ revision: page.revision, start: `${page.next}\0` }) }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
  return { kind: resource.listKind ?? `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata: metadata as KubeObject['metadata'], items } as ObjectList;
}

async function readPage(scope: RequestScope, filter: Filter): Promise<Page> {
  const { options, storage } = scope;
  const limit = options.limit && options.limit > 0 ? options.limit : Infinity;
  if (options.continue) {
    if (options.resourceVersion && options.resourceVersion !== '0') throw badRequest('specifying resource version is not allowed when using continue');
    return readNext(scope, filter, decodeToken(options.continue), limit);
  }
  const asked = parseRevision(options.resourceVersion);
  if (options.resourceVersionMatch === 'Exact' && asked > 0) return readAt(scope, filter, asked as Revision, undefined, limit);
  await assertReached(storage, asked);
  // "0" is content with whatever there is.
  if (asked === 0 && options.resourceVersion !== '0') await storage.refresh();
  const cache = await storage.cache();
  const all = fromCache(cache, filter);
  return pageOf(scope, filter, all, cache.revision, limit);
}

/** Everything selected, from the cache, in the order of keys. */
export function fromCache(cache: WatchCache, filter: Filter): readonly StoredObject[] {
  if (filter.name !== undefined && filter.namespace !== undefined) {
    const object = cache.get(filter.namespace, filter.name);
    return object && filter.matches(object) ? [object] : [];
  }
  const indexed = filter.field && cache.byField(filter.field.name, filter.field.value);
  const candidates = indexed ? (filter.namespace === undefined ? indexed : indexed.filter((object) => object.metadata.namespace === filter.namespace)) : cache.list(filter.namespace);
  return filter.empty ? candidates : candidates.filter((object) => filter.matches(object));
}

function pageOf(scope: RequestScope, filter: Filter, all: readonly StoredObject[], revision: Revision, limit: number): Page {
  if (all.length <= limit) return { items: all, revision };
  const items = all.slice(0, limit);
  return { items, revision, next: relativeKey(scope, filter, items[items.length - 1] as StoredObject), ...(filter.empty ? { remaining: all.length - limit } : {}) };
}

/** The next page: as of the first page's revision, from the cache where nothing has changed since. */
async function readNext(scope: RequestScope, filter: Filter, token: Token, limit: number): Promise<Page> {
  const after = token.start.endsWith('\0') ? token.start.slice(0, -1) : token.start;
  const cache = await scope.storage.cache();
  if (token.revision === -1 || (cache.lastChange <= token.revision && token.revision <= cache.revision)) {
    const rest = fromCache(cache, filter).filter((object) => relativeKey(scope, filter, object) > after);
    return pageOf(scope, filter, rest, token.revision === -1 ? cache.revision : (token.revision as Revision), limit);
  }
  return readAt(scope, filter, token.revision as Revision, after, limit);
}

async function readAt(scope: RequestScope, filter: Filter, revision: Revision, after: string | undefined, limit: number): Promise<Page> {
  const { store } = scope.storage;
  const prefix = listPrefix(scope, filter);
  try {
    const { kvs } = await store.range(prefix, { revision, ...(after === undefined ? {} : { after: prefix + after }) });
    const objects = kvs.map(storedOf);
    return pageOf(scope, filter, filter.empty ? objects : objects.filter((object) => filter.matches(object)), revision, limit);
  } catch (error) {
    if (error instanceof FutureRevisionError) throw tooLarge(revision, store.revision);
    if (!(error instanceof CompactedError)) throw error;
    if (after === undefined) throw expired(EXPIRED);
    const failure = expired(CONTINUE_EXPIRED);
    throw Object.assign(failure, { status: { ...failure.status, metadata: { continue: encodeToken({ revision: -1, start: `${after}\0` }) } } });
  }
}

function listPrefix(scope: RequestScope, filter: Filter): string {
  return filter.namespace === undefined ? scope.storage.prefix : `${scope.storage.prefix}${filter.namespace}/`;
}

function relativeKey(scope: RequestScope, filter: Filter, { metadata }: StoredObject): string {
  return filter.namespace !== undefined || !scope.storage.resource.namespaced ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function encodeToken({ revision, start }: Token): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');
}

function decodeToken(text: string): Token {
  const bad = (why: string) => badRequest(`continue key is not valid: ${why}`);
  let token: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString()) as typeof token;
  } catch (error) {
    throw bad((error as Error).message);
  }
  if (token.v !== 'meta.k8s.io/v1') throw bad(`server does not recognize this encoded version ${String(token.v)}`);
  if (typeof token.rv !== 'number' || token.rv === 0) throw bad('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof token.start !== 'string' || token.start === '') throw bad('encoded start key empty (version meta.k8s.io/v1)');
  if (token.start.split('/').some((part) => part === '..' || part === '.' || part === '')) throw bad(token.start);
  return { revision: token.rv, start: token.start };
}

/** A resourceVersion from a request as a number; 0 for none. */
export function parseRevision(text: string | undefined): number {
  if (text === undefined || text === '' || text === '0') return 0;
  if (!/^\d+$/.test(text)) throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Throws where a revision has not come yet; others may have written it a moment ago. */
export async function assertReached({ store }: Pick<ObjectStorage, 'store'>, asked: number): Promise<void> {
  if (asked > store.revision) await store.refresh();
  if (asked > store.revision) throw tooLarge(asked, store.revision);
}

/** A resourceVersion that doesn't exist yet (storage.NewTooLargeResourceVersionError). */
export function tooLarge(asked: number, current: number): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
}
