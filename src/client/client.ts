/**
 * The one door to the API server, for controllers, scheduler, kubelets and kubectl alike: typed verbs over a transport
 * (in process, unix socket, HTTPS).
 */
import type { Socket } from 'node:net';
import { draft } from '../api/json.ts';
import type { Connection } from '../api/node-connection.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { Resource } from '../api/kinds.ts';
import type { ApiRequest, ApiResponse, PatchType, RequestOptions, WatchEvent, WatchHandle } from '../api/request.ts';
import type { JsonObject } from '../api/json.ts';

/** Carries requests; throws StatusError for the server's answers and ConnectionError where there is no server. */
export interface Transport {
  request(request: ApiRequest): Promise<ApiResponse>;
  /** `onEvent` is called in order; after an ERROR event or the end of the watch `closed` resolves. */
  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle>;
  /** A path as it is ("/healthz", "/version", "/mock/clock"). A body that is a text is sent as such, whatever else as JSON. */
  raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, accept?: string): Promise<RawResponse>;
  /** A subresource that answers with text as it comes (pod logs). Ends when the server ends it or the signal aborts. */
  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void>;
  /** A subresource that is a connection: exec, attach, portforward of pods. Throws StatusError where it may not be. */
  connect(request: ApiRequest): Promise<Connection>;
  /** The server's clock, ms since the epoch. */
  serverTime?(): Promise<number>;
  /** The way to the server for requests of one's own making (proxy); undefined where the server is in this process. */
  reach?(): Promise<ServerReach | undefined>;
  /** Whether the server is somewhere in the network, so that nobody may answer. */
  readonly remote?: boolean;
  /** Present where the cluster's time stands still until somebody lets it pass: who waits for something has to. */
  readonly virtualTime?: VirtualTime | undefined;
}

/** The body of `raw` as it is sent. */
export const rawText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

export interface ServerReach {
  /** Opens a connection for HTTP/1.1. */
  readonly dial: () => Socket;
  readonly host: string;
  /** What stands before the server's paths: '' or "/clusters/a". */
  readonly prefix: string;
  /** Who asks. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Time that passes only when it is asked to (converge on return). */
export interface VirtualTime {
  /** How much of it has passed through `pass`, ms. */
  readonly passedMs: number;
  /** Lets the next thing happen that is due within `limitMs`. False when there is none: the time is up, or nothing will come any more. */
  pass(limitMs: number): Promise<boolean>;
}

export interface RawResponse {
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
}

/** As StatusError's mark: there may be two copies of the class. */
const CONNECTION_ERROR = Symbol.for('mock-kubectl.ConnectionError');

/** Nobody answers: no daemon, refused, reset. */
export class ConnectionError extends Error {
  readonly [CONNECTION_ERROR] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && CONNECTION_ERROR in value;
  }

  /** @param within how it reads within another error's text: `Get "http://…": dial tcp …` (net/url.Error); default: the message */
  constructor(message: string, options?: ErrorOptions, readonly within: string = message) {
    super(message, options);
    this.name = 'ConnectionError';
  }
}

/** What a caller may say about one write, beside the options that the server knows. */
export interface WriteOptions extends RequestOptions {
  readonly subresource?: string;
  /** One line on what was decided and why, for `trace`. */
  readonly reason?: string;
  readonly detail?: JsonObject;
}

/** A page of a list; continue is '' on the last. */
export interface ListResult<T> {
  readonly items: readonly Stored<T>[];
  readonly resourceVersion: string;
  readonly continue: string;
}

export interface ResourceClient<T> {
  get(namespace: string | undefined, name: string, options?: RequestOptions & { subresource?: string }): Promise<Stored<T>>;
  /** All namespaces when `namespace` is undefined. */
  list(namespace?: string, options?: RequestOptions): Promise<ListResult<T>>;
  watch(namespace: string | undefined, options: RequestOptions, onEvent: (event: WatchEvent<Stored<T>>) => void): Promise<WatchHandle>;
  /** The namespace is the object's. */
  create(object: T, options?: WriteOptions): Promise<Stored<T>>;
  /** Fails with a conflict when the object's resourceVersion is not the newest. */
  update(object: T, options?: WriteOptions): Promise<Stored<T>>;
  updateStatus(object: T, options?: WriteOptions): Promise<Stored<T>>;
  patch(namespace: string | undefined, name: string, patch: unknown, type: PatchType, options?: WriteOptions): Promise<Stored<T>>;
  /** Answers with the object where it stays for its finalizers or grace period, otherwise with a Status. */
  delete(namespace: string | undefined, name: string, options?: WriteOptions): Promise<KubeObject>;
  deleteCollection(namespace: string | undefined, options?: WriteOptions): Promise<KubeObject>;
  /** POST to a subresource (binding, eviction, token). */
  createSub(namespace: string | undefined, name: string, subresource: string, body: unknown, options?: WriteOptions): Promise<KubeObject>;
}

/** Who the client is: goes with every request. */
export interface ClientIdentity {
  readonly userAgent: string;
  /** In-process callers name their user; over a socket the transport's credentials decide. */
  readonly user?: ApiRequest['user'];
  /** Wants objects as they look on the wire (`ApiRequest.nulls`). */
  readonly nulls?: boolean;
}

export class Client {
  constructor(
    readonly transport: Transport,
    readonly identity: ClientIdentity,
  ) {}

  /** The same transport under another identity. */
  as(identity: ClientIdentity): Client {
    return new Client(this.transport, identity);
  }

  of<T extends KubeObject>(resource: Resource<T>): ResourceClient<T> {
    const { transport, identity } = this;
    const base = (verb: ApiRequest['verb'], namespace: string | undefined, name: string | undefined, options: WriteOptions = {}): ApiRequest => {
      const { subresource, reason, detail, ...rest } = options;
      const request: { -readonly [Key in keyof ApiRequest]: ApiRequest[Key] } = { verb, group: resource.group, version: resource.version, resource: resource.plural, options: rest, ...identity };
      if (subresource) request.subresource = subresource;
      if (namespace) request.namespace = namespace;
      if (name !== undefined) request.name = name;
      if (reason) request.reason = reason;
      if (detail) request.detail = detail;
      return request;
    };
    const send = async <R>(request: ApiRequest): Promise<R> => (await transport.request(request)).object as R;
    return {
      get: (namespace, name, options) => send(base('get', namespace, name, options)),
      async list(namespace, options) {
        const list = await send<{ items: readonly Stored<T>[]; metadata: { resourceVersion: string; continue?: string } }>(base('list', namespace, undefined, options));
        return { items: list.items, resourceVersion: list.metadata.resourceVersion, continue: list.metadata.continue ?? '' };
      },
      watch: (namespace, options, onEvent) => transport.watch(base('watch', namespace, undefined, options), onEvent as (event: WatchEvent) => void),
      create: (object, options) => send({ ...base('create', object.metadata?.namespace, undefined, options), body: object }),
      update: (object, options) => send({ ...base('update', object.metadata?.namespace, object.metadata?.name, options), body: object }),
      updateStatus: (object, options) => send({ ...base('update', object.metadata?.namespace, object.metadata?.name, { ...options, subresource: 'status' }), body: object }),
      patch: (namespace, name, patch, type, options) => send({ ...base('patch', namespace, name, options), patchType: type, body: patch }),
      delete: (namespace, name, options) => send(base('delete', namespace, name, options)),
      deleteCollection: (namespace, options) => send(base('deletecollection', namespace, undefined, options)),
      createSub: (namespace, name, subresource, body, options) => send({ ...base('create', namespace, name, { ...options, subresource }), body }),
    };
  }
}

/** Reads, changes a draft, writes; again from the top while others got in between (client-go util/retry). */
export async function updateWithRetry<T extends KubeObject>(
  read: () => Promise<Stored<T>>,
  change: (object: ReturnType<typeof draft<Stored<T>>>) => boolean | void,
  write: (object: Stored<T>) => Promise<Stored<T>>,
  isConflict: (error: unknown) => boolean,
  attempts = 5,
): Promise<Stored<T>> {
  for (let attempt = 1; ; attempt++) {
    const current = await read();
    const next = draft(current);
    if (change(next) === false) return current;
    try {
      return await write(next as unknown as Stored<T>);
    } catch (error) {
      if (!isConflict(error) || attempt >= attempts) throw error;
    }
  }
}
