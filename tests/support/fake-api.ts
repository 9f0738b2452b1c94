/**
 * A small API server in memory for tests of components: stores objects by resource, with resource versions, conflicts,
 * generations, generated names, selectors, status subresources, graceful deletion, finalizers and watches. It neither
 * validates nor defaults nor asks who you are; what a component does with a real server's answers is tested elsewhere.
 */
import { draft, equal, freeze, isObject } from '../../src/api/json.ts';
import type { Draft } from '../../src/api/json.ts';
import { parseSelector } from '../../src/api/labels.ts';
import { apiVersionOf, resourceAt, resourceForKind } from '../../src/api/resource.ts';
import type { ResourceFacts } from '../../src/api/resource.ts';
import type { Resource } from '../../src/api/kinds.ts';
import { keyOf, objectKey } from '../../src/api/object.ts';
import type { KubeObject, ObjectKey, Stored } from '../../src/api/object.ts';
import type { ApiRequest, ApiResponse, WatchEvent, WatchHandle } from '../../src/api/request.ts';
import { alreadyExists, badRequest, conflict, notFound, OPTIMISTIC_LOCK_MESSAGE, StatusError } from '../../src/api/status.ts';
import { formatTime, parseTime } from '../../src/api/time.ts';
import type { RawResponse, Transport } from '../../src/client/client.ts';
import type { Now } from '../../src/simulation/clock.ts';
import { NAME_ALPHABET, seededRandom } from '../../src/simulation/random.ts';
import { applyPatch } from './fake-patch.ts';

const notAllowed = () => new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

type Writable = Draft<Stored<KubeObject>> & { spec?: unknown; status?: unknown; data?: unknown };

interface Watcher {
  readonly wants: (object: Stored<KubeObject>) => boolean;
  readonly deliver: (event: WatchEvent<Stored<KubeObject>>) => void;
}

interface Change {
  readonly version: number;
  readonly event: WatchEvent<Stored<KubeObject>>;
  readonly old?: Stored<KubeObject>;
}

/** The objects of one resource, its history and who watches it. */
interface Table {
  readonly objects: Map<ObjectKey, Stored<KubeObject>>;
  readonly history: Change[];
  readonly watchers: Set<Watcher>;
}

const GRACE_SECONDS = 30;

export class FakeApi implements Transport {
  /** Every request that was made, reads included, in order. */
  readonly requests: ApiRequest[] = [];
  readonly #tables = new Map<string, Table>();
  readonly #hooks: ((request: ApiRequest) => void | Promise<void>)[] = [];
  readonly #random = seededRandom('fake-api');
  #version = 0;

  constructor(private readonly clock: Now) {}

  /** Calls `hook` before each request; what it throws is the request's answer. Returns a function that takes it away. */
  before(hook: (request: ApiRequest) => void | Promise<void>): () => void {
    this.#hooks.push(hook);
    return () => void this.#hooks.splice(this.#hooks.indexOf(hook), 1);
  }

  /** The writes among the requests made so far, optionally of one resource. */
  writes(plural?: string): ApiRequest[] {
    return this.requests.filter(({ verb, resource }) => !['get', 'list', 'watch'].includes(verb) && (plural === undefined || resource === plural));
  }

  /** Stores an object as it is (status included), as if somebody had made or changed it. */
  put<T extends KubeObject>(object: T & { readonly apiVersion: string; readonly kind: string }): Stored<T> {
    const resource = resourceForKind(object.apiVersion, object.kind);
    if (!resource) throw new Error(`no resource for ${object.apiVersion} ${object.kind}`);
    const old = this.#table(resource).objects.get(keyOf(object));
    const next = draft(object) as unknown as Writable;
    if (!old) return this.#insert(resource, next) as unknown as Stored<T>;
    next.metadata = { ...next.metadata, uid: old.metadata.uid, creationTimestamp: old.metadata.creationTimestamp, ...(old.metadata.generation ? { generation: old.metadata.generation } : {}) };
    return this.#replace(resource, old, next, true) as unknown as Stored<T>;
  }

  /** The stored object; undefined where there is none. */
  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): Stored<T> | undefined {
    return this.#table(resource).objects.get(objectKey(namespace, name)) as Stored<T> | undefined;
  }

  /** All stored objects of a resource, in the order of their creation. */
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): Stored<T>[] {
    return [...this.#table(resource).objects.values()].filter((object) => namespace === undefined || object.metadata.namespace === namespace) as unknown as Stored<T>[];
  }

  /** Changes a stored object (any part of it, status included) as if somebody else had done so. */
  change<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string, change: (object: Draft<Stored<T>>) => void): Stored<T> {
    const old = this.#find(resource, namespace, name);
    const next = draft(old);
    change(next as unknown as Draft<Stored<T>>);
    return this.#replace(resource, old, next, true) as unknown as Stored<T>;
  }

  /** Takes an object away at once, whatever its finalizers. */
  remove(resource: ResourceFacts, namespace: string | undefined, name: string): void {
    this.#drop(resource, this.#find(resource, namespace, name));
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request);
    for (const hook of [...this.#hooks]) await hook(request);
    await Promise.resolve();
    const resource = resourceAt(request.group, request.version, request.resource);
    if (!resource) throw notFound({ group: request.group, plural: request.resource }, '');
    return { code: request.verb === 'create' ? 201 : 200, object: this.#answer(request, resource) };
  }

  connect(): Promise<never> {
    return Promise.reject(new Error('there are no containers'));
  }

  async watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> {
    this.requests.push(request);
    for (const hook of [...this.#hooks]) await hook(request);
    const resource = resourceAt(request.group, request.version, request.resource);
    if (!resource) throw notFound({ group: request.group, plural: request.resource }, '');
    const table = this.#table(resource);
    let stopped = false;
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    const watcher: Watcher = {
      wants: this.#filter(request),
      deliver: (event) => queueMicrotask(() => {
        if (!stopped) onEvent(event);
      }),
    };
    const since = Number(request.options?.resourceVersion ?? '0');
    if (since === 0) for (const object of table.objects.values()) if (watcher.wants(object)) watcher.deliver({ type: 'ADDED', object });
    if (since > 0) for (const change of table.history) if (change.version > since) tell(watcher, change);
    table.watchers.add(watcher);
    return {
      stop: () => {
        stopped = true;
        table.watchers.delete(watcher);
        close();
      },
      closed,
    };
  }

  raw(_method: string, path: string): Promise<RawResponse> {
    return Promise.resolve({ code: path === '/healthz' ? 200 : 404, contentType: 'text/plain', body: path === '/healthz' ? 'ok' : '' });
  }

  stream(_request: ApiRequest): Promise<void> {
    return Promise.reject(notAllowed());
  }

  #table(resource: ResourceFacts): Table {
    const id = `${resource.group}/${resource.plural}`;
    let table = this.#tables.get(id);
    if (!table) this.#tables.set(id, (table = { objects: new Map(), history: [], watchers: new Set() }));
    return table;
  }

  #find(resource: ResourceFacts, namespace: string | undefined, name: string): Stored<KubeObject> {
    const object = this.#table(resource).objects.get(objectKey(namespace, name));
    if (!object) throw notFound(resource, name);
    return object;
  }

  #filter({ namespace, name, options = {} }: ApiRequest): (object: Stored<KubeObject>) => boolean {
    const labels = options.labelSelector ? parseSelector(options.labelSelector) : undefined;
    const fields = options.fieldSelector ? options.fieldSelector.split(',').map((term) => /^([^!=]+)(!?=)=?(.*)$/.exec(term) ?? []) : [];
    return (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      (labels === undefined || labels.matches(object.metadata.labels ?? {})) &&
      fields.every(([, path = '', operator, value = '']) => (fieldOf(object, path) === value) === (operator === '='));
  }

  #answer(request: ApiRequest, resource: ResourceFacts): KubeObject {
    const { verb, namespace, name = '', subresource, options = {} } = request;
    const table = this.#table(resource);
    switch (verb) {
      case 'get':
        return this.#find(resource, namespace, name);
      case 'list': {
        const items = [...table.objects.values()].filter(this.#filter(request));
        return { apiVersion: apiVersionOf(resource), kind: `${resource.kind}List`, metadata: { resourceVersion: String(this.#version) }, items } as KubeObject;
      }
      case 'create':
        if (subresource) return this.#createSub(resource, request);
        return this.#create(resource, namespace, request.body as KubeObject);
      case 'update':
        return this.#update(resource, this.#find(resource, namespace, name), draft(request.body) as Writable, subresource);
      case 'patch': {
        const old = table.objects.get(objectKey(namespace, name));
        if (!old && request.patchType === 'apply') return this.#create(resource, namespace, request.body as KubeObject);
        if (!old) throw notFound(resource, name);
        return this.#update(resource, old, applyPatch(old, request.body, request.patchType ?? 'merge') as Writable, subresource);
      }
      case 'delete':
        return this.#delete(resource, this.#find(resource, namespace, name), options);
      case 'deletecollection': {
        const wanted = this.#filter(request);
        for (const object of [...table.objects.values()]) if (wanted(object)) this.#delete(resource, object, options);
        return success();
      }
      default:
        throw badRequest(`the verb ${verb} is unknown`);
    }
  }

  #create(resource: ResourceFacts, namespace: string | undefined, body: KubeObject): Stored<KubeObject> {
    const object = draft(body) as Writable;
    object.apiVersion = apiVersionOf(resource);
    object.kind = resource.kind;
    if (object.metadata?.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    object.metadata = { ...object.metadata, ...(namespace ? { namespace } : {}) };
    const generate = !object.metadata.name;
    do {
      if (generate) object.metadata.name = `${object.metadata.generateName ?? ''}${this.#random.string(NAME_ALPHABET, 5)}`;
    } while (generate && this.#table(resource).objects.has(keyOf(object)));
    if (hasStatus(resource)) delete object.status;
    if (resource.plural === 'pods') object.status = { phase: 'Pending' };
    if (this.#table(resource).objects.has(keyOf(object))) throw alreadyExists(resource, object.metadata.name);
    return this.#insert(resource, object);
  }

  #createSub(resource: ResourceFacts, { namespace, name = '', subresource, body, options = {} }: ApiRequest): KubeObject {
    const object = this.#find(resource, namespace, name);
    if (subresource === 'eviction') return this.#delete(resource, object, options);
    if (subresource !== 'binding') throw notAllowed();
    const next = draft(object);
    (next as unknown as { spec: { nodeName?: string } }).spec.nodeName = (body as { target: { name: string } }).target.name;
    this.#replace(resource, object, next, false);
    return success();
  }

  #insert(resource: ResourceFacts, object: Writable): Stored<KubeObject> {
    const { metadata } = object;
    metadata.uid ||= this.#random.uuid();
    metadata.creationTimestamp ||= formatTime(this.clock.now());
    if (object.spec !== undefined && resource.plural !== 'pods') metadata.generation ??= 1;
    return this.#record(resource, 'ADDED', object);
  }

  #update(resource: ResourceFacts, old: Stored<KubeObject>, next: Writable, subresource: string | undefined): Stored<KubeObject> {
    const given = next.metadata?.resourceVersion;
    if (given && given !== old.metadata.resourceVersion) throw conflict(resource, old.metadata.name, OPTIMISTIC_LOCK_MESSAGE);
    if (next.metadata.uid && next.metadata.uid !== old.metadata.uid) throw conflict(resource, old.metadata.name, `Precondition failed: UID in precondition: ${next.metadata.uid}, UID in object meta: ${old.metadata.uid}`);
    const before = draft(old) as Writable;
    // A status update leaves spec and labels alone; annotations go with it, as the revision of a Deployment does.
    if (subresource === 'status') {
      const { annotations, ...metadata } = { ...before.metadata, annotations: next.metadata.annotations };
      next = { ...before, metadata: { ...metadata, ...(annotations ? { annotations } : {}) }, status: next.status };
    }
    else if (hasStatus(resource)) next.status = before.status;
    if (next.status === undefined) delete next.status;
    const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
    Object.assign(next.metadata, { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds });
    return this.#replace(resource, old, next, false);
  }

  #replace(resource: ResourceFacts, old: Stored<KubeObject>, next: Writable, force: boolean): Stored<KubeObject> {
    next.apiVersion = old.apiVersion;
    next.kind = old.kind;
    next.metadata.resourceVersion = old.metadata.resourceVersion;
    if (equal(old, next)) return old;
    const spec = (object: unknown) => (object as { spec?: unknown }).spec;
    if (next.metadata.generation !== undefined && !equal(spec(old), spec(next))) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
    if (!force && next.metadata.deletionTimestamp && !next.metadata.finalizers?.length && resource.plural !== 'pods') return this.#drop(resource, next as Stored<KubeObject>);
    return this.#record(resource, 'MODIFIED', next, old);
  }

  #delete(resource: ResourceFacts, object: Stored<KubeObject>, options: NonNullable<ApiRequest['options']>): KubeObject {
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid !== undefined && uid !== object.metadata.uid) throw conflict(resource, object.metadata.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`);
    if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) throw conflict(resource, object.metadata.name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${object.metadata.resourceVersion}`);
    const next = draft(object) as Writable;
    if (options.propagationPolicy === 'Foreground') next.metadata.finalizers = [...new Set([...(next.metadata.finalizers ?? []), 'foregroundDeletion'])];
    if (options.propagationPolicy === 'Orphan') next.metadata.finalizers = [...new Set([...(next.metadata.finalizers ?? []), 'orphan'])];
    const grace = graceSeconds(resource, next, options.gracePeriodSeconds);
    if (grace === 0 && !next.metadata.finalizers?.length) {
      this.#drop(resource, object);
      return success();
    }
    if (next.metadata.deletionTimestamp === undefined || grace < (next.metadata.deletionGracePeriodSeconds ?? 0)) {
      next.metadata.deletionTimestamp = formatTime(this.clock.now() + grace * 1000);
      next.metadata.deletionGracePeriodSeconds = grace;
    }
    return equal(next, object) ? object : this.#record(resource, 'MODIFIED', next, object);
  }

  #drop(resource: ResourceFacts, object: Stored<KubeObject>): Stored<KubeObject> {
    return this.#record(resource, 'DELETED', draft(object), object);
  }

  #record(resource: ResourceFacts, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Writable, old?: Stored<KubeObject>): Stored<KubeObject> {
    const table = this.#table(resource);
    object.metadata.resourceVersion = String(++this.#version);
    const stored = freeze(draft(object)) as Stored<KubeObject>;
    if (type === 'DELETED') table.objects.delete(keyOf(stored));
    else table.objects.set(keyOf(stored), stored);
    const change: Change = { version: this.#version, event: { type, object: stored }, ...(old ? { old } : {}) };
    table.history.push(change);
    for (const watcher of table.watchers) tell(watcher, change);
    return stored;
  }
}

/** A watch with a selector sees an object come and go as it begins and ceases to match. */
function tell(watcher: Watcher, { event, old }: Change): void {
  const wanted = watcher.wants(event.object);
  const had = event.type !== 'ADDED' && old !== undefined && watcher.wants(old);
  if (event.type === 'MODIFIED' && wanted !== had) watcher.deliver({ type: wanted ? 'ADDED' : 'DELETED', object: event.object });
  else if (wanted) watcher.deliver(event);
}

function hasStatus(resource: ResourceFacts): boolean {
  return resource.subresources.status !== undefined;
}

/** Pods on a node go gracefully, all else at once. */
function graceSeconds(resource: ResourceFacts, object: Writable, asked: number | undefined): number {
  const spec = object.spec as { nodeName?: string; terminationGracePeriodSeconds?: number } | undefined;
  const phase = (object.status as { phase?: string } | undefined)?.phase;
  if (resource.plural !== 'pods' || !spec?.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  return asked ?? spec.terminationGracePeriodSeconds ?? GRACE_SECONDS;
}

function fieldOf(object: unknown, path: string): string {
  let value: unknown = object;
  for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
  return value === undefined || value === null ? '' : String(value as string | number | boolean);
}

function success(): KubeObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } as KubeObject;
}

/** Whether the grace period of a deleted object is over; for tests that play the kubelet. */
export function graceIsOver(object: KubeObject, now: number): boolean {
  return (parseTime(object.metadata?.deletionTimestamp) ?? Infinity) <= now;
}

export { testContext, type TestContext, type TestContextOptions } from './test-context.ts';
