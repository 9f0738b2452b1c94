/** Admission plugins: they may change an object on its way in, or refuse it. Follows apiserver pkg/admission. */
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { RequestOptions, UserInfo } from '../../api/request.ts';
import type { ResourceFacts, Verb } from '../../api/resource.ts';
import { forbidden, type StatusError } from '../../api/status.ts';
import type { StationOutcome } from '../audit.ts';
import type { Lookup } from '../storage/storages.ts';
import type { StoredObject } from '../storage/stored-object.ts';

export type Operation = 'create' | 'update' | 'delete' | 'connect';

/** What a plugin sees of a request. */
export interface Attributes {
  readonly operation: Operation;
  /** As stored: one of several versions. */
  readonly resource: ResourceFacts;
  /** As asked for. */
  readonly requested: ResourceFacts;
  /** What the request does in HTTP's terms: an update may be a PATCH. */
  readonly verb: Verb;
  readonly subresource: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  /** '' while it is not known (generateName). */
  readonly name: string;
  /** What is to be stored; undefined for deletions. Only `admit` may change it. */
  readonly object: Draft<KubeObject> | undefined;
  readonly old: StoredObject | undefined;
  readonly options: RequestOptions;
  readonly user: UserInfo;
  readonly nowMs: number;
  /** Tells the user something (Warning header); what was said already is not said again. */
  warn(text: string): void;
  /** Keeps something for the audit log. */
  annotate(key: string, value: string): void;
  /** One line on what a plugin that only looks has done, for the trace. */
  note(station: string, outcome: string): void;
  /** Who has changed what since, for plugins that may want to look again. */
  readonly reinvocation: Reinvocation;
}

/** The second round of the mutating plugins: there is one when a webhook has changed the object. */
export interface Reinvocation {
  second: boolean;
  wanted: boolean;
  /** The webhooks that were called and would see the object again, by their ids. */
  called?: Set<string>;
  /** Those of them that have not seen it as it is now. */
  due?: Set<string>;
  /** What the last webhook left, as JSON. */
  last?: string;
}

export const newReinvocation = (): Reinvocation => ({ second: false, wanted: false });

export interface AdmissionPlugin {
  /** Upstream's name ("NamespaceLifecycle"). */
  readonly name: string;
  /** Whether it wants to see such requests at all; asked once per kind of request. */
  handles(operation: Operation, resource: ResourceFacts, subresource: string): boolean;
  /** Changes the object; answers with one line on what it did, or nothing. Throws StatusError to refuse. */
  admit?(attributes: Attributes, cluster: Lookup): string | undefined | Promise<string | undefined>;
  /**
   * Throws StatusError to refuse. Called again when a write is tried again. What it returns is called when the write is
   * over, done or not: it may have reserved something until then.
   */
  validate?(attributes: Attributes, cluster: Lookup): Release | undefined | Promise<Release | undefined>;
}

export type Release = () => void;

/** A refusal as admission.NewForbidden words it: with the name, or the generateName while there is none. */
export function refuse(attributes: Attributes, why: string): StatusError {
  return forbidden(attributes.resource, attributes.name || attributes.object?.metadata?.name || attributes.object?.metadata?.generateName || 'Unknown', why);
}

const nothing: Release = () => undefined;

export class AdmissionChain {
  readonly #mutating = new Map<string, readonly AdmissionPlugin[]>();
  readonly #validating = new Map<string, readonly AdmissionPlugin[]>();

  constructor(
    private readonly plugins: readonly AdmissionPlugin[],
    private readonly cluster: Lookup,
  ) {}

  /** Runs the plugins that change objects, in order; once more where a webhook has changed what others may want to see. */
  async admit(attributes: Attributes, stations: StationOutcome[]): Promise<void> {
    await this.#admitOnce(attributes, stations);
    const { reinvocation } = attributes;
    if (!reinvocation.wanted) return;
    reinvocation.second = true;
    await this.#admitOnce(attributes, stations);
  }

  async #admitOnce(attributes: Attributes, stations: StationOutcome[]): Promise<void> {
    for (const plugin of this.#interested(this.#mutating, attributes, (candidate) => candidate.admit !== undefined)) {
      const done = plugin.admit?.(attributes, this.cluster);
      const outcome = done instanceof Promise ? await done : done;
      if (outcome !== undefined) stations.push({ station: `mutating admission: ${plugin.name}`, outcome });
    }
  }

  /** Runs the plugins that only look. What it returns must be called when the write is over. */
  async validate(attributes: Attributes): Promise<Release> {
    let releases: Release[] | undefined;
    try {
      for (const plugin of this.#interested(this.#validating, attributes, (candidate) => candidate.validate !== undefined)) {
        const done = plugin.validate?.(attributes, this.cluster);
        const release = done instanceof Promise ? await done : done;
        if (release) (releases ??= []).push(release);
      }
    } catch (error) {
      for (const release of releases ?? []) release();
      throw error;
    }
    return releases ? () => releases.forEach((release) => release()) : nothing;
  }

  #interested(known: Map<string, readonly AdmissionPlugin[]>, { operation, resource, subresource }: Attributes, can: (plugin: AdmissionPlugin) => boolean): readonly AdmissionPlugin[] {
    const key = `${operation} ${resource.group}/${resource.plural}/${subresource}`;
    let plugins = known.get(key);
    if (!plugins) {
      plugins = this.plugins.filter((plugin) => can(plugin) && plugin.handles(operation, resource, subresource));
      known.set(key, plugins);
    }
    return plugins;
  }
}
