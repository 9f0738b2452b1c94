/**
 * Watches: from now, from a resourceVersion, or with everything that exists first. Follows apiserver
 * pkg/storage/cacher/{cacher,cache_watcher}.go and pkg/endpoints/handlers/watch.go.
 */
import type { KubeObject } from '../../api/object.ts';
import type { WatchEvent, WatchHandle } from '../../api/request.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { expired, internalError } from '../../api/status.ts';
import { CompactedError, type Revision } from '../../etcd/store.ts';
import { atRevision, type StoredObject } from '../storage/stored-object.ts';
import type { CacheEvent, WatchCache } from '../storage/watch-cache.ts';
import { filterOf, type Filter } from './filter.ts';
import { fromCache, parseRevision } from './list.ts';
import type { RequestScope } from './scope.ts';

/** Tells clients that what came so far was the state at the start (metav1.InitialEventsAnnotationKey). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

type OnEvent = (event: WatchEvent) => void;

/** Starts a watch; events come through `onEvent` in the order of revisions, the first of them perhaps before this resolves. */
export async function watchObjects(scope: RequestScope, onEvent: OnEvent): Promise<WatchHandle> {
  const filter = filterOf(scope);
  const revision = parseRevision(scope.options.resourceVersion);
  if (revision === 0 && scope.options.resourceVersion !== '0') await scope.storage.refresh();
  const cache = await scope.storage.cache();
  return new Watching(scope, cache, filter, onEvent).start(revision);
}

class Watching {
  #ended = false;
  #resolve: () => void = () => undefined;
  readonly #closed = new Promise<void>((resolve) => (this.#resolve = resolve));
  #cleanUp: (() => void)[] = [];

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
      const timer = registry.clock.setTimer(options.timeoutSeconds * 1000, () => this.#timeOut(), 'background');
      this.#cleanUp.push(() => timer.cancel());
    }
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

  /** A watch that ends in time says how far it came, so that the next one need not start earlier. */
  #timeOut(): void {
    if (!this.#ended && this.scope.options.allowWatchBookmarks) this.#bookmark();
    this.#end();
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
