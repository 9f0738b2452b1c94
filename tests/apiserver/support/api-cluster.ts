/** An API server over a store in memory, with a clock that stands still until a test moves it, and typed access to it. */
import { Client } from '../../../src/client/client.ts';
import type { ResourceClient } from '../../../src/client/client.ts';
import type { Resource } from '../../../src/api/kinds.ts';
import type { KubeObject, Stored } from '../../../src/api/object.ts';
import type { ApiRequest, RequestOptions, WatchEvent, WatchHandle } from '../../../src/api/request.ts';
import { StatusError } from '../../../src/api/status.ts';
import { MemoryAuditLog } from '../../../src/apiserver/audit-log.ts';
import { ApiServer, type ApiServerOptions } from '../../../src/apiserver/server.ts';
import { openMemoryStore } from '../../../src/etcd/memory-store.ts';
import type { Store } from '../../../src/etcd/store.ts';
import { ClusterClock } from '../../../src/simulation/cluster-clock.ts';
import type { Log } from '../../../src/simulation/log.ts';
import { seededRandom } from '../../../src/simulation/random.ts';

export const START_MS = Date.UTC(2025, 0, 1);

export interface ApiCluster {
  readonly server: ApiServer;
  readonly store: Store;
  readonly clock: ClusterClock;
  readonly audit: MemoryAuditLog;
  /** What the server logged as an error: our own faults. */
  readonly errors: string[];
  readonly client: Client;
  of<T extends KubeObject>(resource: Resource<T>): ResourceClient<T>;
  /** A watch whose events are collected. */
  watch<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, options?: RequestOptions): Promise<Watched<T>>;
  request(request: Partial<ApiRequest> & Pick<ApiRequest, 'verb' | 'resource'>): ReturnType<ApiServer['handle']>;
  /** Another API server over the same store, as after a restart. */
  restart(): Promise<ApiServer>;
  close(): Promise<void>;
}

export interface Watched<T> {
  readonly events: WatchEvent<Stored<T>>[];
  readonly handle: WatchHandle;
  /** "ADDED a", "DELETED b" … */
  summary(): string[];
}

/** A cluster of its own for each test of a file; afterwards the server must have found no faults of its own. */
export function clusterOfEachTest(options?: Partial<ApiServerOptions>): ApiCluster {
  let current: ApiCluster;
  beforeEach(async () => {
    current = await apiCluster(options);
  });
  afterEach(async () => {
    expect(current.errors).toEqual([]);
    await current.close();
  });
  return later(() => current);
}

/** Stands for what is there only once the tests run. */
export function later<T extends object>(current: () => T): T {
  return new Proxy({} as T, { get: (_, name) => Reflect.get(current(), name) as unknown });
}

/** @param openStore default: a store in memory */
export async function apiCluster(options: Partial<ApiServerOptions> = {}, openStore: (clock: ClusterClock) => Promise<Store> = openMemoryStore): Promise<ApiCluster> {
  const clock = new ClusterClock({ speed: 0, startMs: START_MS });
  const store = await openStore(clock);
  const errors: string[] = [];
  const log: Log = { info: () => undefined, error: (message) => void errors.push(message), named: () => log };
  const audit = new MemoryAuditLog(clock);
  const make = async () => {
    const made = new ApiServer({ store, clock, random: seededRandom('test'), log, audit, activity: clock.activity, ...options });
    await made.start();
    return made;
  };
  const server = await make();
  const client = new Client({ request: (request) => server.handle(request), watch: (request, onEvent) => server.watch(request, onEvent), raw: (method, path, body) => server.raw(method, path, body), stream: (request, onText, signal) => server.stream(request, onText, signal), connect: (request) => server.connect(request) }, { userAgent: 'kubectl/v1.33.1 (linux/amd64)' });
  return {
    server, store, clock, audit, errors, client,
    of: (resource) => client.of(resource),
    async watch(resource, namespace, watchOptions = {}) {
      const events: WatchEvent<Stored<KubeObject>>[] = [];
      const handle = await client.of<KubeObject>(resource).watch(namespace, watchOptions, (event) => void events.push(event));
      return { events: events as never, handle, summary: () => events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`) };
    },
    request: (request) => server.handle({ group: '', version: 'v1', ...request }),
    restart: make,
    async close() {
      await server.close();
      await store.close();
    },
  };
}

/** The error that a request ends with; a success fails the test. */
export async function failure(request: Promise<unknown>): Promise<StatusError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('the request succeeded');
}
