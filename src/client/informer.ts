/**
 * Caches of list + watch, shared by all components of a process. A cache can be dropped and rebuilt at any moment;
 * handlers only queue names. Follows client-go tools/cache, without its resync: watches here lose nothing.
 */
import type { Resource } from '../api/kinds.ts';
import { keyOf, type KubeObject, type ObjectKey, type Stored } from '../api/object.ts';
import type { WatchEvent, WatchHandle } from '../api/request.ts';
import { isExpired } from '../api/status.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import type { Client } from './client.ts';

/** Told of every change, in order. Must be quick and must not throw: it runs inside the delivery of the event. */
export interface InformerHandler<T> {
  added?(object: Stored<T>): void;
  updated?(old: Stored<T>, object: Stored<T>): void;
  deleted?(object: Stored<T>): void;
}

/** Index values of an object: one, several or none. */
export type IndexFunction<T> = (object: Stored<T>) => readonly string[] | string | undefined;

/** Reading side of a cache. All objects are frozen and shared. */
export interface Lister<T> {
  get(key: ObjectKey): Stored<T> | undefined;
  /** All objects, or a namespace's. Order: as first seen. */
  list(namespace?: string): readonly Stored<T>[];
  /** The objects with this value in an index made by `addIndex`. */
  byIndex(index: string, value: string): readonly Stored<T>[];
}

const NO_OBJECTS: readonly never[] = [];

export class Informer<T extends KubeObject> implements Lister<T> {
  readonly #objects = new Map<ObjectKey, Stored<T>>();
  readonly #indexes = new Map<string, { readonly values: IndexFunction<T>; readonly entries: Map<string, Map<ObjectKey, Stored<T>>> }>();
  readonly #handlers: InformerHandler<T>[] = [];
  #synced = false;

  constructor(readonly resource: Resource<T>) {
    this.addIndex('namespace', (object) => object.metadata.namespace);
  }

  /** Whether the first list has arrived. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Adds a handler; what the cache holds already is reported to it as added. */
  onChange(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    for (const object of this.#objects.values()) handler.added?.(object);
  }

  /** Adds an index unless one of that name is there (components that share a cache may ask for the same one). */
  addIndex(name: string, values: IndexFunction<T>): void {
    if (this.#indexes.has(name)) return;
    this.#indexes.set(name, { values, entries: new Map() });
    for (const object of this.#objects.values()) this.#index(name, object, true);
  }

  get(key: ObjectKey): Stored<T> | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): readonly Stored<T>[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex('namespace', namespace);
  }

  byIndex(index: string, value: string): readonly Stored<T>[] {
    const found = this.#indexes.get(index);
    if (!found) throw new Error(`${this.resource.plural}: no index ${index}`);
    const entries = found.entries.get(value);
    return entries ? [...entries.values()] : NO_OBJECTS;
  }

  /** How many objects have this value in an index. */
  countByIndex(index: string, value: string): number {
    return this.#indexes.get(index)?.entries.get(value)?.size ?? 0;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Puts a whole list in place of the cache and reports the differences. */
  replace(objects: readonly Stored<T>[]): void {
    const gone = new Set(this.#objects.keys());
    for (const object of objects) {
      gone.delete(keyOf(object));
      this.#put(object);
    }
    for (const key of gone) this.#remove(key);
    this.#synced = true;
  }

  /** Takes one event of the watch. */
  apply(event: WatchEvent<Stored<T>>): void {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') this.#put(event.object);
    else if (event.type === 'DELETED') this.#remove(keyOf(event.object), event.object);
  }

  #put(object: Stored<T>): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (old === object || old?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (old) for (const name of this.#indexes.keys()) this.#index(name, old, false);
    this.#objects.set(key, object);
    for (const name of this.#indexes.keys()) this.#index(name, object, true);
    for (const handler of this.#handlers) {
      if (old && old.metadata.uid !== object.metadata.uid) {
        handler.deleted?.(old);
        handler.added?.(object);
      } else if (old) handler.updated?.(old, object);
      else handler.added?.(object);
    }
  }

  #remove(key: ObjectKey, last?: Stored<T>): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    for (const name of this.#indexes.keys()) this.#index(name, old, false);
    for (const handler of this.#handlers) handler.deleted?.(last ?? old);
  }

  #index(name: string, object: Stored<T>, add: boolean): void {
    const index = this.#indexes.get(name);
    const values = index?.values(object);
    if (!index || values === undefined) return;
    const key = keyOf(object);
    for (const value of typeof values === 'string' ? [values] : values) {
      const entries = index.entries.get(value);
      if (add) {
        if (entries) entries.set(key, object);
        else index.entries.set(value, new Map([[key, object]]));
      } else if (entries) {
        entries.delete(key);
        if (entries.size === 0) index.entries.delete(value);
      }
    }
  }
}

/** How long to wait before listing again after a failure, ms. */
const RELIST_DELAY_MS = 1000;

/** Makes one cache for each resource and keeps all of them up to date. */
export class InformerFactory {
  readonly #informers = new Map<string, Informer<KubeObject>>();
  readonly #running: Promise<void>[] = [];
  #signal: AbortSignal | undefined;
  /** For resources that can go: ends following one of them. */
  readonly #stops = new Map<Informer<KubeObject>, AbortController>();

  constructor(
    private readonly client: Client,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** The cache of a resource, the same for everyone who asks. One asked for after `start` starts by itself. */
  of<T extends KubeObject>(resource: Resource<T>): Informer<T> {
    const id = idOf(resource);
    let informer = this.#informers.get(id);
    if (!informer) {
      informer = new Informer<KubeObject>(resource as Resource<KubeObject>);
      this.#informers.set(id, informer);
      if (this.#signal) this.#running.push(this.#follow(informer, this.#stoppable(informer, this.#signal)));
    }
    return informer as unknown as Informer<T>;
  }

  /** Stops following a resource that is no longer served; its objects are gone. */
  forget(resource: Resource<KubeObject>): void {
    const id = idOf(resource);
    const informer = this.#informers.get(id);
    if (!informer) return;
    this.#informers.delete(id);
    this.#stops.get(informer)?.abort();
    this.#stops.delete(informer);
    informer.replace([]);
  }

  /** Lists and watches until the signal aborts; resolves when every cache asked for so far is full. */
  async start(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const first: Promise<void>[] = [];
    for (const informer of this.#informers.values()) {
      first.push(new Promise((resolve) => this.#running.push(this.#follow(informer, this.#stoppable(informer, signal), resolve))));
    }
    await Promise.all(first);
  }

  /** Resolves when all watches have ended, after the signal aborted. */
  async stopped(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Built-in resources are followed until all end; custom ones may end before. */
  #stoppable(informer: Informer<KubeObject>, all: AbortSignal): AbortSignal {
    if (informer.resource.model !== '') return all;
    const stop = new AbortController();
    this.#stops.set(informer, stop);
    return AbortSignal.any([all, stop.signal]);
  }

  async #follow(informer: Informer<KubeObject>, signal: AbortSignal, synced?: () => void): Promise<void> {
    const resource = this.client.of(informer.resource);
    while (!signal.aborted) {
      let handle: WatchHandle | undefined;
      const stop = () => handle?.stop();
      try {
        const list = await resource.list();
        informer.replace(list.items);
        synced?.();
        let resourceVersion = list.resourceVersion;
        while (!signal.aborted) {
          let failed = false;
          handle = await resource.watch(undefined, { resourceVersion }, (event) => {
            if (event.type === 'ERROR') failed = true;
            else {
              resourceVersion = event.object.metadata.resourceVersion;
              informer.apply(event);
            }
          });
          signal.addEventListener('abort', stop, { once: true });
          if (signal.aborted) handle.stop();
          await handle.closed;
          signal.removeEventListener('abort', stop);
          if (failed) break;
        }
      } catch (error) {
        signal.removeEventListener('abort', stop);
        if (signal.aborted) return;
        if (!isExpired(error)) {
          this.log.error(`cannot list or watch ${informer.resource.plural}: ${(error as Error).message}`);
          await this.clock.sleep(RELIST_DELAY_MS, signal, 'background').catch(() => undefined);
        }
      }
    }
  }
}

const idOf = ({ group, version, plural }: Resource<KubeObject>): string => `${group}/${version}/${plural}`;
