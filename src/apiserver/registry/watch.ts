/**
 * Watches: from now, from a resourceVersion, or with everything that exists first. Follows apiserver
 * pkg/storage/cacher/{cacher,cache_watcher}.go and pkg/endpoints/handlers/watch.go, with the feature gate WatchList on:
 * v1.33 has it off by default and refuses `sendInitialEvents`; clients that know it fall back to a list there.
 */
import type { KubeObject } from '../../api/object.ts';
import type { WatchEvent, WatchHandle } from '../../api/request.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { expired, internalError, StatusError, type StatusObject } from '../../api/status.ts';
import { CompactedError, type Revision } from '../../etcd/store.ts';
import type { Timer } from '../../simulation/clock.ts';
import { atRevision, type StoredObject } from '../storage/stored-object.ts';
import type { CacheEvent, WatchCache } from '../storage/watch-cache.ts';
import { filterOf, type Filter } from './filter.ts';
import { assertReached, fromCache, parseRevision } from './list.ts';
import type { RequestScope } from './scope.ts';

/** About how often a watch that wants bookmarks gets one, and how long before its end the last (cache_watcher.go: nextBookmarkTime). */
const BOOKMARK_EVERY_MS = 60_000;
const LAST_BOOKMARK_MS = 2_000;

/** Tells clients that what came so far was the state at the start (metav1.InitialEventsAnnotationKey). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

type OnEvent = (event: WatchEvent) => void;

/** Starts a watch; events come through `onEvent` in the order of revisions, the first of them perhaps before this resolves. */
export async function watchObjects(scope: RequestScope, onEvent: OnEvent): Promise<WatchHandle> {
  const filter = filterOf(scope);
  const revision = parseRevision(scope.options.resourceVersion);
  const missing = scope.options.sendInitialEvents ? await notReached(scope, revision) : undefined;
  if (missing) {
    onEvent({ type: 'ERROR', object: missing as unknown as KubeObject });
    return { stop: () => undefined, closed: Promise.resolve() };
  }
  if (revision === 0 && scope.options.resourceVersion !== '0') await scope.storage.refresh();
  const cache = await scope.storage.cache();
  return new Watching(scope, cache, filter, onEvent).start(revision);
}

/** What is told to whoever wants everything as of a revision that has not come yet. */
async function notReached({ storage }: RequestScope, revision: number): Promise<StatusObject | undefined> {
  try {
    await assertReached(storage, revision);
    return undefined;
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
}

class Watching {
  #ended = false;
  #resolve: () => void = () => undefined;
  readonly #closed = new Promise<void>((resolve) => (this.#resolve = resolve));
  #cleanUp: (() => void)[] = [];
  #deadlineMs = Infinity;
  #nextBookmark: Timer | undefined;
  /** Whoever names a revision, even one that is still to come, hears of later ones only. */
  #after = 0;

  constructor(
    private readonly scope: RequestScope,
    private readonly cache: WatchCache,
    private readonly filter: Filter,
    private readonly onEvent: OnEvent,
  ) {}

  start(revision: number): WatchHandle {
    const { options, registry } = this.scope;
    const handle: WatchHandle = { stop: () => this.#end(), closed: this.#closed };
    if (options.timeoutSeconds !== undefined && options.timeoutSeconds > 0) {
      this.#deadlineMs = registry.clock.now() + options.timeoutSeconds * 1000;
      const timer = registry.clock.setTimer(options.timeoutSeconds * 1000, () => this.#end(), 'background');
      this.#cleanUp.push(() => timer.cancel());
    }
    if (options.allowWatchBookmarks) {
      this.#scheduleBookmark();
      this.#cleanUp.push(() => this.#nextBookmark?.cancel());
    }
    this.#after = revision;
    if (revision === 0 || options.sendInitialEvents) {
      if (revision === 0 ? options.sendInitialEvents !== false : true) this.#sendInitial();
      this.#subscribe();
    } else {
      const failed = (error: Error) => {
        if (this.#ended) return;
        const status = (error instanceof CompactedError ? expired(`too old resource version: ${revision} (${error.compactRevision})`) : internalError(error.message)).status;
        this.onEvent({ type: 'ERROR', object: status as unknown as KubeObject });
        this.#end();
      };
      this.#cleanUp.push(this.cache.replay(revision as Revision, (event) => this.#take(event), () => this.#subscribe(), failed));
    }
    if (this.#ended) this.#release();
    return handle;
  }

  #subscribe(): void {
    if (this.#ended) return;
    const { namespace, field } = this.filter;
    this.#cleanUp.push(this.cache.subscribe({ ...(namespace === undefined ? {} : { namespace }), ...(field ? { field } : {}) }, (event) => this.#take(event), () => this.#end()));
  }

  #sendInitial(): void {
    for (const object of fromCache(this.cache, this.filter)) {
      if (this.#ended) return;
      this.#send('ADDED', object);
    }
    if (this.scope.options.sendInitialEvents && this.scope.options.allowWatchBookmarks) this.#bookmark({ [INITIAL_EVENTS_END]: 'true' });
  }

  /** What a change means to this watch: an object that begins or ceases to match is added or deleted for it. */
  #take(event: CacheEvent): void {
    if (this.#ended) return;
    const { filter } = this;
    if (event.revision <= this.#after) return;
    if (filter.namespace !== undefined && event.namespace !== filter.namespace) return;
    const now = event.type !== 'DELETED' && filter.matches(event.object);
    const before = event.previous !== undefined && filter.matches(event.previous);
    if (now) this.#send(before ? 'MODIFIED' : 'ADDED', event.object);
    else if (before) this.#send('DELETED', event.type === 'DELETED' ? event.object : atRevision(event.previous, event.revision));
  }

  #send(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: StoredObject): void {
    const { conversion } = this.scope;
    this.onEvent({ type, object: conversion ? conversion.fromStorage(object) : object });
  }

  #bookmark(annotations?: Readonly<Record<string, string>>): void {
    const { resource } = this.scope;
    this.onEvent({ type: 'BOOKMARK', object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata: { resourceVersion: String(this.cache.revision), ...(annotations ? { annotations } : {}) } } });
  }

  /** Now and then, and before its end, a watch says how far it came, so that the next one need not start earlier. */
  #scheduleBookmark(): void {
    const { clock } = this.scope.registry;
    const waitMs = Math.min(BOOKMARK_EVERY_MS, this.#deadlineMs - LAST_BOOKMARK_MS - clock.now());
    if (waitMs <= 0) return;
    this.#nextBookmark = clock.setTimer(waitMs, () => {
      this.#bookmark();
      if (!this.#ended) this.#scheduleBookmark();
    }, 'background');
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    this.#resolve();
  }

  #release(): void {
    for (const clean of this.#cleanUp.splice(0)) clean();
  }
}
