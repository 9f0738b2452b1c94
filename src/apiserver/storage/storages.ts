/** The storage of each resource, made when first used. */
import type { Resource } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { builtinResources, groupResourceName, type ResourceFacts } from '../../api/resource.ts';
import type { Clock } from '../../simulation/clock.ts';
import type { Log } from '../../simulation/log.ts';
import type { Store } from '../../etcd/store.ts';
import type { Strategy } from '../strategy.ts';
import { ConvertingStore, type Codec } from './converting-store.ts';
import { LeasePool } from './lease-pool.ts';
import { resourcePrefix } from './keys.ts';
import { ObjectStorage } from './object-storage.ts';

/** kube-apiserver --event-ttl. */
const EVENT_TTL_MS = 3_600_000;

/** Fields that lists and watches of large clusters select by. */
const INDEXED_FIELDS: Readonly<Record<string, readonly string[]>> = { '/pods': ['spec.nodeName'] };

/** What admission plugins and subresources may read of the cluster; most of it is in memory and there at once. */
export interface Lookup {
  /** The resource that quotas call "crontabs.stable.example.com"; undefined where none of that name is in use. */
  named(groupResource: string): ResourceFacts | undefined;
  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): Stored<T> | undefined | Promise<Stored<T> | undefined>;
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): readonly Stored<T>[] | Promise<readonly Stored<T>[]>;
}

export class Storages implements Lookup {
  readonly #storages = new Map<string, ObjectStorage>();

  constructor(
    readonly store: Store,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly strategyOf: (resource: ResourceFacts) => Strategy,
  ) {}

  of(resource: ResourceFacts): ObjectStorage {
    const id = idOf(resource);
    let storage = this.#storages.get(id);
    if (!storage) {
      const strategy = this.strategyOf(resource);
      storage = new ObjectStorage({
        store: this.store,
        resource,
        log: this.log,
        ...(INDEXED_FIELDS[id] ? { indexedFields: INDEXED_FIELDS[id] } : {}),
        fieldValues: (object) => strategy.selectableFields?.(object) ?? {},
        ...(id === '/events' ? { leases: new LeasePool(this.store, this.clock, EVENT_TTL_MS), seldomRead: true } : {}),
      });
      this.#storages.set(id, storage);
    }
    return storage;
  }

  /** How many objects of each resource there are, by its name with its group. */
  async counts(resources: readonly ResourceFacts[]): Promise<ReadonlyMap<string, number>> {
    const prefixes = new Map(resources.map((resource) => [groupResourceName(resource), resourcePrefix(resource, this.store.shared)]));
    return new Map(await Promise.all([...prefixes].sort(([a], [b]) => (a < b ? -1 : 1)).map(async ([name, prefix]) => [name, (await this.store.range(prefix, { limit: 1 })).count] as const)));
  }

  /** The storage of one version of a custom resource, which sees every object in that version; there until it is released. */
  custom(resource: ResourceFacts, codec: Codec): ObjectStorage {
    const storage = new ObjectStorage({ store: new ConvertingStore(this.store, codec), resource, log: this.log });
    this.release(resource);
    this.#storages.set(idOf(resource), storage);
    return storage;
  }

  /** Ends the watches of a custom resource that is no longer served as it was. */
  release(resource: ResourceFacts): void {
    const id = idOf(resource);
    this.#storages.get(id)?.close();
    this.#storages.delete(id);
  }

  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): Stored<T> | undefined | Promise<Stored<T> | undefined> {
    return this.of(resource).recall(namespace ?? '', name) as Stored<T> | undefined | Promise<Stored<T> | undefined>;
  }

  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): readonly Stored<T>[] | Promise<readonly Stored<T>[]> {
    return this.of(resource).list(namespace) as unknown as readonly Stored<T>[] | Promise<readonly Stored<T>[]>;
  }

  named(groupResource: string): ResourceFacts | undefined {
    return builtinResources().find((resource) => groupResourceName(resource) === groupResource) ?? [...this.#storages.values()].find(({ resource }) => groupResourceName(resource) === groupResource)?.resource;
  }

  close(): void {
    for (const storage of this.#storages.values()) storage.close();
  }
}

/** Versions of a built-in resource share a storage; each version of a custom one has its own. */
const idOf = ({ group, version, plural, model }: ResourceFacts): string => (model === '' ? `${group}/${version}/${plural}` : `${group}/${plural}`);
