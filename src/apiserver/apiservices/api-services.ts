/**
 * APIService objects: those of what this server serves itself, built-in and custom, and those that send a group to
 * another server, with what is known of it. Nothing is written before somebody asks for them. Follows kube-aggregator
 * pkg/controllers/{autoregister,status} and kubernetes pkg/controlplane/controller/crdregistration.
 */
import type { APIService } from '../../api/generated/types.ts';
import { draft } from '../../api/json.ts';
import { ENDPOINTS, SERVICES, type Resource } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { builtinResources, parseApiVersion, resourceAt } from '../../api/resource.ts';
import { isAlreadyExists, isConflict, isNotFound, StatusError } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { Now } from '../../simulation/clock.ts';
import type { Log } from '../../simulation/log.ts';
import type { Storages } from '../storage/storages.ts';
import { availabilityOf } from './availability.ts';
import { builtinPriority, CUSTOM } from './priorities.ts';

export const APISERVICES = resourceAt('apiregistration.k8s.io', 'v1', 'apiservices') as Resource<APIService>;

const MANAGED = 'kube-aggregator.kubernetes.io/automanaged';

export interface ApiServicesOptions {
  readonly storages: Storages;
  readonly clock: Now;
  readonly log: Log;
  /** Groups and versions of custom resources ("stable.example.com/v1"). */
  customVersions(): Promise<readonly string[]>;
  /** Writes as the server itself. */
  write(verb: 'create' | 'update' | 'delete', object: KubeObject, subresource?: string): Promise<void>;
}

type Service = Stored<APIService>;

export class ApiServices {
  readonly #services = new Map<string, Service>();
  #reading: Promise<void> | undefined;
  #kept = false;
  #working: Promise<void> | undefined;
  #again = false;
  #watchesBackends = false;
  #closed = false;

  constructor(private readonly options: ApiServicesOptions) {}

  /** Reads what there is. */
  read(): Promise<void> {
    this.#reading ??= this.#open().catch((error: unknown) => {
      this.#reading = undefined;
      throw error;
    });
    return this.#reading;
  }

  /** From now on what this server serves has its objects. */
  async keep(): Promise<void> {
    await this.read();
    if (!this.#kept) this.#look();
    this.#kept = true;
    await this.settled();
  }

  /** The custom resources have changed. */
  customChanged(): void {
    if (this.#kept) this.#look();
  }

  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.settled();
  }

  /** Groups and versions that other servers are to answer, the most important first. */
  async remote(): Promise<readonly { readonly group: string; readonly version: string }[]> {
    await this.read();
    const remote = [...this.#services.values()].filter(({ spec }) => spec?.service);
    remote.sort((a, b) => (b.spec?.groupPriorityMinimum ?? 0) - (a.spec?.groupPriorityMinimum ?? 0) || (b.spec?.versionPriority ?? 0) - (a.spec?.versionPriority ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1));
    return remote.map(({ spec }) => ({ group: spec?.group ?? '', version: spec?.version ?? '' }));
  }

  async #open(): Promise<void> {
    const cache = await this.options.storages.of(APISERVICES).cache();
    this.#services.clear();
    for (const service of cache.list()) this.#services.set(service.metadata.name, service as unknown as Service);
    cache.subscribe({}, ({ type, object }) => {
      if (type === 'DELETED') this.#services.delete(object.metadata.name);
      else this.#services.set(object.metadata.name, object as unknown as Service);
      this.#look();
    }, () => (this.#reading = undefined));
    if (this.#hasRemote) this.#look();
  }

  get #hasRemote(): boolean {
    return [...this.#services.values()].some(({ spec }) => spec?.service);
  }

  /** Has everything looked at once more; changes that come meanwhile bring another round. */
  #look(): void {
    this.#again = true;
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  async #work(): Promise<void> {
    await Promise.resolve();
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        if (this.#kept) await this.#register();
        await this.#judge();
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error) && !isAlreadyExists(error)) this.options.log.error(`APIServices: ${(error as Error).message}`);
      }
    }
  }

  /** Creates what is missing, and removes what was made for custom resources that are gone. */
  async #register(): Promise<void> {
    const custom = new Set(await this.options.customVersions());
    const wanted = new Map<string, APIService>();
    for (const { group, version } of builtinResources()) {
      const priority = builtinPriority(group, version);
      if (priority) wanted.set(`${version}.${group}`, local(group, version, priority, 'onstart'));
    }
    for (const each of custom) {
      const { group, version } = parseApiVersion(each);
      const name = `${version}.${group}`;
      if (!wanted.has(name)) wanted.set(name, local(group, version, CUSTOM, 'true'));
    }
    for (const [name, service] of wanted) if (!this.#services.has(name)) await this.options.write('create', service as KubeObject);
    for (const [name, service] of this.#services) {
      if (!wanted.has(name) && service.metadata.labels?.[MANAGED] === 'true' && !service.spec?.service) await this.options.write('delete', service as KubeObject);
    }
  }

  /** Says of each server whether it can be reached. */
  async #judge(): Promise<void> {
    if (this.#hasRemote) await this.#watchBackends();
    for (const service of [...this.#services.values()]) {
      if (!service.spec?.service) continue;
      const { status, reason, message } = await availabilityOf(service, this.options.storages);
      const old = service.status?.conditions?.find(({ type }) => type === 'Available');
      if (old?.status === status && old.reason === reason && old.message === message) continue;
      const next = draft(service);
      const lastTransitionTime = old?.status === status && old.lastTransitionTime ? old.lastTransitionTime : formatTime(this.options.clock.now());
      const others = (next.status?.conditions ?? []).filter(({ type }) => type !== 'Available');
      next.status = { ...next.status, conditions: [...others, { type: 'Available', status, lastTransitionTime, reason, message }] };
      await this.options.write('update', next as KubeObject, 'status');
    }
  }

  async #watchBackends(): Promise<void> {
    if (this.#watchesBackends) return;
    this.#watchesBackends = true;
    for (const resource of [SERVICES, ENDPOINTS]) {
      const cache = await this.options.storages.of(resource).cache();
      cache.subscribe({}, ({ object }) => {
        if (this.#isBackend(object)) this.#look();
      }, () => (this.#watchesBackends = false));
    }
  }

  #isBackend({ metadata }: KubeObject): boolean {
    return [...this.#services.values()].some(({ spec }) => spec?.service?.name === metadata?.name && spec?.service?.namespace === metadata?.namespace);
  }
}

function local(group: string, version: string, priority: { readonly group: number; readonly version: number }, managed: string): APIService {
  return {
    apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `${version}.${group}`, labels: { [MANAGED]: managed } },
    spec: { ...(group ? { group } : {}), version, groupPriorityMinimum: priority.group, versionPriority: priority.version },
  };
}

/** What a group answers whose server cannot be reached. */
export const serviceUnavailable = (): StatusError => new StatusError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
