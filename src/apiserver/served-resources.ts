/**
 * The resources that the server answers, built-in and custom, each with its storage and its kind's strategy: the one
 * place that knows. Looked up on every request.
 */
import type { CustomResourceDefinition } from '../api/generated/types.ts';
import { builtinResources, resourceAt, type ResourceFacts } from '../api/resource.ts';
import type { Definitions } from './customresources/definitions.ts';
import type { CustomVersion } from './customresources/version.ts';
import { conversionOf, type Conversion } from './registry/conversion.ts';
import type { ObjectStorage } from './storage/object-storage.ts';
import type { Storages } from './storage/storages.ts';
import type { Strategy } from './strategy.ts';

export interface ServedResource {
  readonly resource: ResourceFacts;
  readonly conversion: Conversion | undefined;
  readonly storage: ObjectStorage;
  readonly strategy: Strategy;
  /** What is known of a custom resource beside. */
  readonly custom?: CustomVersion;
}

export const BINDINGS = resourceAt('', 'v1', 'bindings');

export class ServedResources {
  readonly #known = new Map<string, ServedResource>();
  #all: readonly ResourceFacts[] | undefined;

  constructor(
    private readonly storages: Storages,
    private readonly strategyOf: (resource: ResourceFacts) => Strategy,
    private readonly definitions: Definitions,
  ) {
    definitions.onChange(() => (this.#all = undefined));
  }

  /** At once for built-in resources, and for all others as soon as the definitions have been read. */
  find(group: string, version: string, plural: string): ServedResource | undefined | Promise<ServedResource | undefined> {
    const id = `${group}/${version}/${plural}`;
    const known = this.#known.get(id);
    if (known) return known;
    const resource = resourceAt(group, version, plural);
    if (resource) return this.#add(id, resource);
    if (group === '') return undefined;
    const { definitions } = this;
    return definitions.ready ? definitions.find(group, version, plural) : definitions.start().then(() => definitions.find(group, version, plural));
  }

  /** Everything that discovery names, in its order. */
  async all(): Promise<readonly ResourceFacts[]> {
    if (!this.definitions.ready) await this.definitions.start();
    return (this.#all ??= [...builtinResources(), ...this.definitions.resources()]);
  }

  /** The definition behind a custom resource. */
  definitionOf({ group, plural }: ResourceFacts): CustomResourceDefinition | undefined {
    return this.definitions.definition(group, plural);
  }

  #add(id: string, resource: ResourceFacts): ServedResource {
    const conversion = conversionOf(resource);
    const stored = conversion?.storage ?? resource;
    const served = { resource, conversion, storage: this.storages.of(stored), strategy: this.strategyOf(resource) };
    this.#known.set(id, served);
    return served;
  }
}
