/** Lists: from the watch cache, in pages, or as of an older revision. Follows apiserver pkg/storage/etcd3/store.go: GetList, and pkg/storage/continue.go. */
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { badRequest, expired, StatusError } from '../../api/status.ts';
import { CompactedError, FutureRevisionError, type Revision } from '../../etcd/store.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { storedOf, type StoredObject } from '../storage/stored-object.ts';
import type { WatchCache } from '../storage/watch-cache.ts';
import { decodeToken, encodeToken, type Token } from './continue-token.ts';
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

const MAX_UINT64 = 2n ** 64n - 1n;
const EXPIRED = 'The resourceVersion for the provided list is too old.';
const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

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
  const { resourceVersion = '', resourceVersionMatch: match } = options;
  const limit = !filter.only && options.limit && options.limit > 0 ? options.limit : Infinity;
  if (options.continue && !filter.only) {
    const token = decodeToken(options.continue);
    if (resourceVersion !== '' && resourceVersion !== '0') throw badRequest('specifying resource version is not allowed when using continue');
    return readNext(scope, filter, token, limit);
  }
  const asked = listedRevision(resourceVersion);
  // A page begins at the very revision that it names, unless it says otherwise.
  if (asked > 0 && (match === 'Exact' || (match === undefined && limit < Infinity))) return readAt(scope, filter, asked as Revision, undefined, limit);
  await assertReached(storage, asked);
  if (resourceVersion === '') await storage.refresh();
  const cache = await storage.cache();
  // "0" is content with whatever there is, and gets all of it (cacher.go: computeListLimit).
  return pageOf(scope, filter, candidates(cache, filter), cache.revision, resourceVersion === '0' ? Infinity : limit);
}

/** Everything selected, from the cache, in the order of keys. */
export function fromCache(cache: WatchCache, filter: Filter): readonly StoredObject[] {
  return selected(candidates(cache, filter), filter);
}

/** What the filter has to look at, in the order of keys. */
function candidates(cache: WatchCache, { only, field, namespace }: Filter): readonly StoredObject[] {
  if (only) {
    const object = cache.get(only.namespace, only.name);
    return object ? [object] : [];
  }
  const indexed = field && cache.byField(field.name, field.value);
  if (!indexed) return cache.list(namespace);
  return namespace === undefined ? indexed : indexed.filter(({ metadata }) => metadata.namespace === namespace);
}

function selected(objects: readonly StoredObject[], filter: Filter): readonly StoredObject[] {
  return filter.empty ? objects : objects.filter((object) => filter.matches(object));
}

/** Up to `limit` of those selected. There is a next page where anything is left to look at, whether it will be selected or not. */
function pageOf(scope: RequestScope, filter: Filter, objects: readonly StoredObject[], revision: Revision, limit: number): Page {
  if (objects.length <= limit) return { items: selected(objects, filter), revision };
  const items: StoredObject[] = [];
  for (const [index, object] of objects.entries()) {
    if (!filter.matches(object) || items.push(object) < limit) continue;
    if (index === objects.length - 1) break;
    return { items, revision, next: relativeKey(scope, filter, object), ...(filter.empty ? { remaining: objects.length - limit } : {}) };
  }
  return { items, revision };
}

/** The next page: as of the first page's revision, from the cache where nothing has changed since. */
async function readNext(scope: RequestScope, filter: Filter, token: Token, limit: number): Promise<Page> {
  const latest = token.revision < 0;
  const after = token.start.endsWith('\0') ? token.start.slice(0, -1) : token.start;
  const cache = await scope.storage.cache();
  if (latest || (cache.lastChange <= token.revision && token.revision <= cache.revision)) {
    const rest = candidates(cache, filter).filter((object) => relativeKey(scope, filter, object) > after);
    return pageOf(scope, filter, rest, latest ? cache.revision : (token.revision as Revision), limit);
  }
  return readAt(scope, filter, token.revision as Revision, after, limit);
}

async function readAt(scope: RequestScope, filter: Filter, revision: Revision, after: string | undefined, limit: number): Promise<Page> {
  const { store } = scope.storage;
  const prefix = listPrefix(scope, filter);
  try {
    const { kvs } = await store.range(prefix, { revision, ...(after === undefined ? {} : { after: prefix + after }) });
    return pageOf(scope, filter, kvs.map(storedOf), revision, limit);
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

/** A resourceVersion from a request as a number; 0 for none. What is none is a fault of the server's to upstream, except in lists. */
export function parseRevision(text: string | undefined): number {
  if (text === undefined || text === '' || text === '0') return 0;
  const fault = revisionFault(text);
  if (fault) throw new StatusError(500, '', fault);
  return Number(text);
}

function listedRevision(text: string): number {
  const fault = text === '' ? undefined : revisionFault(text);
  if (fault) throw badRequest(`invalid resource version: ${fault}`);
  return Number(text);
}

function revisionFault(text: string): string | undefined {
  const why = !/^\d+$/.test(text) ? 'invalid syntax' : BigInt(text) > MAX_UINT64 ? 'value out of range' : undefined;
  return why && `resourceVersion: Invalid value: ${goQuote(text)}: strconv.ParseUint: parsing ${goQuote(text)}: ${why}`;
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
