/** The resources that the server answers, each with its storage and its kind's strategy; looked up on every request. */
import { resourceAt, type ResourceFacts } from '../api/resource.ts';
import { conversionOf, type Conversion } from './registry/conversion.ts';
import type { ObjectStorage } from './storage/object-storage.ts';
import type { Storages } from './storage/storages.ts';
import type { Strategy } from './strategy.ts';

export interface ServedResource {
  readonly resource: ResourceFacts;
  readonly conversion: Conversion | undefined;
  readonly storage: ObjectStorage;
  readonly strategy: Strategy;
}

export const BINDINGS = resourceAt('', 'v1', 'bindings');

export class ServedResources {
  readonly #known = new Map<string, ServedResource>();

  constructor(
    private readonly storages: Storages,
    private readonly strategyOf: (resource: ResourceFacts) => Strategy,
  ) {}

  find(group: string, version: string, plural: string): ServedResource | undefined {
    const id = `${group}/${version}/${plural}`;
    const known = this.#known.get(id);
    if (known) return known;
    const resource = resourceAt(group, version, plural);
    return resource && this.#add(id, resource);
  }

  #add(id: string, resource: ResourceFacts): ServedResource {
    const conversion = conversionOf(resource);
    const stored = conversion?.storage ?? resource;
    const served = { resource, conversion, storage: this.storages.of(stored), strategy: this.strategyOf(stored) };
    this.#known.set(id, served);
    return served;
  }
}
