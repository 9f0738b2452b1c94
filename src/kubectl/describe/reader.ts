/** What a describer may ask the server: its object and what is related to it, page by page, as kubectl asks for them. */
import type { Event, LabelSelector, Pod } from '../../api/generated/types.ts';
import { requirementFaults, Selector, selectorFromLabelSelector, selectorFromMap } from '../../api/labels.ts';
import { decodeObject } from '../../api/decode/decoder.ts';
import { structOf } from '../../api/decode/table.ts';
import { EVENTS, PODS, type Resource } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { RequestOptions } from '../../api/request.ts';
import { resourceAt, type ResourceFacts } from '../../api/resource.ts';
import type { Client } from '../../client/client.ts';
import { CommandError, listError, MultipleErrors, textOf } from '../errors.ts';
import { compareBytes } from '../../api/go-json.ts';

export interface DescriberSettings {
  readonly showEvents: boolean;
  /** Objects per request of a list; 0 for all at once. */
  readonly chunkSize: number;
  /** The cluster's time, ms since the epoch. */
  now(): Promise<number>;
}

/** Describes one object: the whole text, or the error that the server answered with. */
export type Describe = (reader: ClusterReader, namespace: string, name: string, resource: ResourceFacts) => Promise<string>;

/** Which object events are about. */
export interface EventSubject {
  readonly kind?: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/** A built-in resource with the type of its objects. */
export function typed<T>(group: string, version: string, plural: string): Resource<T> {
  const resource = resourceAt(group, version, plural);
  if (!resource) throw new Error(`no resource ${group}/${version}/${plural}`);
  return resource;
}

/** How many pods a workload has in each phase. */
export interface PodCounts {
  readonly running: number;
  readonly waiting: number;
  readonly succeeded: number;
  readonly failed: number;
}

export class ClusterReader {
  constructor(
    private readonly client: Client,
    private readonly settings: DescriberSettings,
  ) {}

  now(): Promise<number> {
    return this.settings.now();
  }

  get showEvents(): boolean {
    return this.settings.showEvents;
  }

  /** The object as Go's struct holds it: nothing that must be there is missing, and nothing is null. */
  async get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string): Promise<Stored<T>> {
    return asStruct(resource, await this.getAsIs(resource, namespace, name));
  }

  /** The object as the server gives it. */
  getAsIs<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string): Promise<Stored<T>> {
    if (name === '') return Promise.reject(new CommandError('resource name may not be empty'));
    return this.client.of(resource).get(namespace || undefined, name);
  }

  /** All pages of a list. */
  async list<T extends KubeObject>(resource: Resource<T>, namespace: string, question: RequestOptions = {}): Promise<Stored<T>[]> {
    const items: Stored<T>[] = [];
    await this.#pages(resource, namespace, question, items);
    return items;
  }

  /** A list that is asked for in one request whatever the chunk size. */
  async listAtOnce<T extends KubeObject>(resource: Resource<T>, namespace: string, question: RequestOptions): Promise<readonly Stored<T>[]> {
    return (await this.client.of(resource).list(namespace || undefined, question)).items.map((item) => asStruct(resource, item));
  }

  /** The events about an object: undefined where none are wanted. What could be read, where reading failed half-way. */
  async eventsAbout(subject: EventSubject): Promise<Stored<Event>[] | undefined> {
    if (!this.showEvents) return undefined;
    const events: Stored<Event>[] = [];
    await this.searchEvents(subject, events).catch(() => undefined);
    return events;
  }

  eventsOf(object: Stored<KubeObject>, resource: ResourceFacts): Promise<Stored<Event>[] | undefined> {
    return this.eventsAbout(subjectOf(object, resource));
  }

  /** Collects events into `events`, which holds what was read even where it fails. */
  async searchEvents(subject: Partial<EventSubject>, events: Stored<Event>[] = []): Promise<Stored<Event>[]> {
    const terms = (['kind', 'name', 'namespace', 'uid'] as const).flatMap((field) => {
      const value = subject[field];
      const wanted = value !== undefined && (value !== '' || field === 'name' || field === 'namespace');
      return wanted ? [`involvedObject.${field}=${value.replace(/[\\,=]/g, '\\$&')}`] : [];
    });
    await this.#pages(EVENTS, subject.namespace ?? '', { fieldSelector: terms.join(',') }, events);
    return events;
  }

  /** Counts the pods that a workload controls. */
  async podCounts(workload: Stored<KubeObject>, labelSelector: string): Promise<PodCounts> {
    const counts: Record<string, number> = {};
    for (const pod of await this.list<Pod>(PODS, workload.metadata.namespace ?? '', labelSelector ? { labelSelector } : {})) {
      if (pod.metadata.ownerReferences?.find(({ controller }) => controller)?.uid !== workload.metadata.uid) continue;
      const phase = pod.status?.phase ?? '';
      counts[phase] = (counts[phase] ?? 0) + 1;
    }
    const { Running: running = 0, Pending: waiting = 0, Succeeded: succeeded = 0, Failed: failed = 0 } = counts;
    return { running, waiting, succeeded, failed };
  }

  async #pages<T extends KubeObject>(resource: Resource<T>, namespace: string, question: RequestOptions, into: Stored<T>[]): Promise<void> {
    const { chunkSize } = this.settings;
    let token = '';
    do {
      const options = { ...question, ...(chunkSize > 0 ? { limit: chunkSize } : {}), ...(token ? { continue: token } : {}) };
      const page = await this.client
        .of(resource)
        .list(namespace || undefined, options)
        .catch((error: unknown) => Promise.reject(listError(error, options, resource.plural)));
      into.push(...page.items.map((item) => asStruct(resource, item)));
      token = page.continue;
    } while (token !== '');
  }
}

/** Decodes as client-go does; throws CommandError with the decoder's words. */
export function asStruct<T extends KubeObject>(resource: ResourceFacts, object: Stored<T>): Stored<T> {
  const struct = structOf(resource.model);
  if (!struct) return object;
  const { value, error } = decodeObject(struct, object, 'json');
  if (error !== undefined) throw new CommandError(error);
  return value as unknown as Stored<T>;
}

export function subjectOf({ metadata }: Stored<KubeObject>, { kind }: ResourceFacts): EventSubject {
  return { kind, name: metadata.name, namespace: metadata.namespace ?? '', uid: metadata.uid };
}

/** A LabelSelector as text; '' for none and for one that selects everything. */
export function selectorText(selector: LabelSelector | undefined): string {
  // One after the other: the first that is wrong is told.
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  for (const part of [...Object.entries(matchLabels).map(([key, value]) => ({ matchLabels: { [key]: value } })), ...matchExpressions.map((expression) => ({ matchExpressions: [expression] }))]) {
    const faults = selectorFromLabelSelector(part).requirements.flatMap(requirementFaults);
    if (faults.length > 0) throw new MultipleErrors(faults.map((fault) => new CommandError(fault)));
  }
  return inOrder(selectorFromLabelSelector(selector));
}

/** The same where what is wrong with it keeps nothing else from being shown. */
export function selectorOrFault(selector: LabelSelector | undefined): string {
  try {
    return selectorText(selector);
  } catch (error) {
    return `Failed to get selector: ${textOf(error)}`;
  }
}

/** The selector of a plain map as text. */
export function mapSelectorText(map: Readonly<Record<string, string>> | undefined): string {
  return inOrder(selectorFromMap(map));
}

function inOrder({ requirements }: Selector): string {
  return new Selector([...requirements].sort((a, b) => compareBytes(a.key, b.key))).toString();
}
