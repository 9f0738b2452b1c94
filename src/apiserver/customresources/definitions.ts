/**
 * The CustomResourceDefinitions of the cluster, and the controllers that upstream runs beside them in the API server:
 * names, establishing, policy conditions, and the finalizer that takes all instances along. Nothing is read before
 * somebody asks for a resource that is not built in. Follows apiextensions-apiserver pkg/controller and
 * pkg/apiserver/customresource_handler.go.
 */
import { X509Certificate } from 'node:crypto';
import { compareVersions, establishedResources, hasCondition, resourcesOf, storageVersionOf } from '../../api/custom-resources.ts';
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { draft, equal, type Draft } from '../../api/json.ts';
import { CUSTOMRESOURCEDEFINITIONS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { Now } from '../../simulation/clock.ts';
import type { Log } from '../../simulation/log.ts';
import type { ServedResource } from '../served-resources.ts';
import type { Storages } from '../storage/storages.ts';
import type { CacheEvent } from '../storage/watch-cache.ts';
import { approvalCondition } from './api-approval.ts';
import { findCondition, sameCondition, setCondition, type Condition } from './conditions.ts';
import { converterOf, type AskWebhook } from './conversion.ts';
import { CLEANUP_FINALIZER } from './finalizer.ts';
import { judgeNames, namesSettled } from './names.ts';
import { customStrategy } from './strategy.ts';
import { needsRules } from './rules-loader.ts';
import { CustomVersion, schemaOf, versionCodec } from './version.ts';

type Definition = Stored<CustomResourceDefinition>;

export interface DefinitionsOptions {
  readonly storages: Storages;
  readonly clock: Now;
  readonly log: Log;
  /** Writes a definition's status as the server itself; `reason` is for `trace`. */
  updateStatus(definition: CustomResourceDefinition, reason: string): Promise<void>;
  readonly askWebhook: AskWebhook;
  /** A uid for each question to a webhook. */
  readonly reviewUid: () => string;
  /** Asks all objects of a resource to go. */
  deleteInstances(served: ServedResource): Promise<void>;
}

/** A definition with what is served of it. */
interface Entry {
  definition: Definition;
  versions: Map<string, ServedResource>;
  /** Ends waiting for the last instances to go. */
  stopWaiting?: () => void;
}

export class Definitions {
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #working: Promise<void> | undefined;
  #started: Promise<void> | undefined;
  #ready = false;
  #closed = false;

  constructor(private readonly options: DefinitionsOptions) {}

  /** Whether the definitions have been read, so that `find` and `resources` know them all. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Reads the definitions, and follows them from then on. */
  start(): Promise<void> {
    this.#started ??= this.#open().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  /** Resolves when everything that follows from what was written so far is written, too. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const entry of this.#entries.values()) entry.stopWaiting?.();
    await this.settled();
  }

  /** Tells of every change of what is served. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** The definition of a resource, served or not. */
  definition(group: string, plural: string): Definition | undefined {
    return this.#entries.get(`${plural}.${group}`)?.definition;
  }

  /** Every group and version that a definition serves, established or not. */
  groupVersions(): readonly string[] {
    return [...new Set([...this.#entries.values()].flatMap(({ definition: { spec } }) => spec.versions.filter(({ served }) => served).map(({ name }) => `${spec.group}/${name}`)))];
  }

  /** Whether a schema has rules, so that changing it means compiling them. */
  get haveRules(): boolean {
    return [...this.#entries.values()].some(({ definition }) => definition.spec.versions.some((version) => needsRules(schemaOf(version))));
  }

  /** A resource that is served; undefined for all others. */
  find(group: string, version: string, plural: string): ServedResource | undefined {
    const entry = this.#entries.get(`${plural}.${group}`);
    if (!entry || !(hasCondition(entry.definition, 'NamesAccepted') || hasCondition(entry.definition, 'Established'))) return undefined;
    const facts = entry.definition.spec.versions.find(({ name }) => name === version);
    return facts?.served ? this.#served(entry, version) : undefined;
  }

  /** What discovery names, groups by name, the best version first. */
  resources(): readonly ResourceFacts[] {
    const all = [...this.#entries.values()].flatMap(({ definition }) => establishedResources(definition));
    return all.sort((a, b) => (a.group === b.group ? compareVersions(a.version, b.version) || (a.plural < b.plural ? -1 : 1) : a.group < b.group ? -1 : 1));
  }

  async #open(): Promise<void> {
    const cache = await this.options.storages.of(CUSTOMRESOURCEDEFINITIONS).cache();
    const gone = new Set(this.#entries.keys());
    for (const object of cache.list()) {
      gone.delete(object.metadata.name);
      this.#put(object as unknown as Definition);
    }
    for (const name of gone) this.#remove(name);
    cache.subscribe({}, (event) => this.#take(event), () => {
      if (this.#closed) return;
      this.#started = undefined;
      this.#ready = false;
    });
    this.#ready = true;
    await this.settled();
  }

  #take({ type, object }: CacheEvent): void {
    if (this.#closed) return;
    if (type === 'DELETED') this.#remove(object.metadata.name);
    else this.#put(object as unknown as Definition);
  }

  #put(definition: Definition): void {
    const { name } = definition.metadata;
    const known = this.#entries.get(name);
    if (!known) this.#entries.set(name, { definition, versions: new Map() });
    else {
      const before = known.definition;
      known.definition = definition;
      if (before.metadata.uid !== definition.metadata.uid || !equal(before.spec, definition.spec) || !equal(before.status?.acceptedNames, definition.status?.acceptedNames)) this.#drop(known);
    }
    this.#enqueue(name);
    for (const listener of this.#listeners) listener();
  }

  #remove(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    entry.stopWaiting?.();
    this.#drop(entry);
    this.#entries.delete(name);
    this.#enqueueGroup(entry.definition);
    for (const listener of this.#listeners) listener();
  }

  /** Ends the watches of what was served so far: the next request finds it made anew. */
  #drop(entry: Entry): void {
    for (const { resource } of entry.versions.values()) this.options.storages.release(resource);
    entry.versions.clear();
  }

  #served(entry: Entry, version: string): ServedResource | undefined {
    const known = entry.versions.get(version);
    if (known) return known;
    const { definition } = entry;
    const at = definition.spec.versions.findIndex(({ name }) => name === version);
    const facts = definition.spec.versions[at];
    const resource = resourcesOf(definition)[at];
    if (!facts || !resource) return undefined;
    const custom = new CustomVersion(() => entry.definition, facts, resource);
    const storage = this.options.storages.custom(resource, versionCodec(definition, resource, converterOf(definition, this.options.askWebhook, this.options.reviewUid)));
    const served = { resource, conversion: undefined, storage, strategy: customStrategy(custom), custom };
    entry.versions.set(version, served);
    return served;
  }

  #enqueue(name: string): void {
    this.#queue.add(name);
    this.#working ??= this.#work();
  }

  /** A name that was freed may be what another definition of the group waits for. */
  #enqueueGroup({ spec, metadata }: Definition): void {
    for (const [name, { definition }] of this.#entries) if (definition.spec.group === spec.group && name !== metadata.name) this.#enqueue(name);
  }

  async #work(): Promise<void> {
    // Not within the delivery of the event that brought the work.
    await Promise.resolve();
    for (const name of this.#queue) {
      this.#queue.delete(name);
      const entry = this.#entries.get(name);
      if (!entry || this.#closed) continue;
      try {
        await this.#sync(entry);
      } catch (error) {
        // Whoever changed or deleted it meanwhile has brought it back into the queue.
        if (!isConflict(error) && !isNotFound(error)) this.options.log.error(`custom resource definition ${name}: ${(error as Error).message}`);
      }
    }
    this.#working = undefined;
  }

  /** One step of one controller; its write brings the definition back for the next. */
  async #sync(entry: Entry): Promise<void> {
    const { definition } = entry;
    if (await this.#acceptNames(definition)) return;
    const approval = approvalCondition(definition);
    if (approval && !sameCondition(approval, findCondition(definition, approval.type))) return this.#set(definition, [approval], 'looks whether the group belongs to Kubernetes');
    if (hasCondition(definition, 'NamesAccepted') && !hasCondition(definition, 'Established')) {
      const established: Condition = hasBrokenBundle(definition)
        ? { type: 'Established', status: 'False', reason: 'InvalidCABundle', message: 'The conversion webhook CABundle is invalid' }
        : { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' };
      if (!sameCondition(established, findCondition(definition, 'Established'))) return this.#set(definition, [established], established.status === 'True' ? 'its resource is served' : 'its webhook could not be trusted');
    }
    if (definition.metadata.deletionTimestamp !== undefined && definition.metadata.finalizers?.includes(CLEANUP_FINALIZER)) await this.#finalize(entry);
  }

  async #acceptNames(definition: Definition): Promise<boolean> {
    if (namesSettled(definition)) return false;
    const group = [...this.#entries.values()].map((entry) => entry.definition).filter(({ spec }) => spec.group === definition.spec.group);
    const { names, namesAccepted, established } = judgeNames(definition, group);
    if (equal(names, definition.status?.acceptedNames) && sameCondition(namesAccepted, findCondition(definition, 'NamesAccepted'))) return false;
    await this.#set(definition, [namesAccepted, established], namesAccepted.status === 'True' ? 'its names are free' : `its names are not free: ${namesAccepted.message}`, (next) => {
      (next.status ??= {}).acceptedNames = names as Draft<typeof names>;
    });
    this.#enqueueGroup(definition);
    return true;
  }

  async #set(definition: Definition, conditions: readonly Condition[], reason: string, change?: (next: Draft<Definition>) => void): Promise<void> {
    const next = draft(definition);
    change?.(next);
    const now = formatTime(this.options.clock.now());
    for (const condition of conditions) setCondition(next, condition, now);
    await this.options.updateStatus(next, reason);
  }

  /** Asks all instances to go, and lets the definition go when none is left. */
  async #finalize(entry: Entry): Promise<void> {
    const { definition } = entry;
    const finish = (condition: Condition, reason: string) =>
      this.#set(definition, [condition], reason, (next) => {
        const rest = (next.metadata.finalizers ?? []).filter((name) => name !== CLEANUP_FINALIZER);
        if (rest.length > 0) next.metadata.finalizers = rest;
        else delete next.metadata.finalizers;
      });
    if (!hasCondition(definition, 'Established')) return finish({ type: 'Terminating', status: 'False', reason: 'NeverEstablished', message: 'resource was never established' }, 'it never had an instance');
    const running: Condition = { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' };
    if (!sameCondition(running, findCondition(definition, 'Terminating'))) return this.#set(definition, [running], 'deletes all instances');
    const served = this.#served(entry, storageVersionOf(definition));
    if (!served) return;
    await this.options.deleteInstances(served);
    if ((await served.storage.list()).length > 0) return this.#waitForInstances(entry, served);
    entry.stopWaiting?.();
    delete entry.stopWaiting;
    await finish({ type: 'Terminating', status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' }, 'no instance is left');
  }

  async #waitForInstances(entry: Entry, served: ServedResource): Promise<void> {
    if (entry.stopWaiting) return;
    const cache = await served.storage.cache();
    const again = () => {
      if (cache.count() === 0 || cache.closed) this.#enqueue(entry.definition.metadata.name);
    };
    entry.stopWaiting = cache.subscribe({}, again, () => {
      delete entry.stopWaiting;
      if (!this.#closed) again();
    });
  }
}

/** Whether the webhook's certificates are none. */
function hasBrokenBundle({ spec }: CustomResourceDefinition): boolean {
  const bundle = spec.conversion?.webhook?.clientConfig?.caBundle;
  if (!bundle) return false;
  try {
    return new X509Certificate(Buffer.from(bundle, 'base64')).subject === undefined;
  } catch {
    return true;
  }
}
