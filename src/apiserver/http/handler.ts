/**
 * Kubernetes REST over HTTP, the same for a unix socket and for HTTPS: reads a request, hands it to the API server and
 * writes the answer. Follows apiserver pkg/endpoints/handlers and pkg/endpoints/handlers/responsewriters.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isProxied, parseAccept, parseDeleteOptions, parsePatchType, parseRest, splitUrl, type RestTarget } from '../../api/rest.ts';
import type { ApiRequest, ApiResponse, UserInfo, WatchEvent, WatchHandle } from '../../api/request.ts';
import { parseGoDuration } from '../../api/duration.ts';
import { badRequest, StatusError } from '../../api/status.ts';
import { wireForm } from '../../api/wire-form.ts';
import type { Answer, RawCaller } from '../answer.ts';
import type { FlowRequest } from '../flowcontrol/classify.ts';
import type { Admission } from '../flowcontrol/flow-control.ts';
import type { Activity } from '../../simulation/activity.ts';
import type { Now } from '../../simulation/clock.ts';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import { credentialsOf, type Credentials } from '../authentication/credentials.ts';
import type { Connection } from '../../api/node-connection.ts';
import { parseBody, readBody, readBytes } from './body.ts';
import { JSON_TYPE, ResponseWriter } from './response.ts';
import { WatchStream } from './watch-stream.ts';

/** The API server as this layer needs it. */
export interface RestBackend {
  readonly metrics?: Pick<ApiMetrics, 'begin' | 'watching'>;
  /** Throws a StatusError 401 for credentials that are wrong. */
  authenticate(credentials: Credentials): Promise<UserInfo>;
  handle(request: ApiRequest): Promise<ApiResponse>;
  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle>;
  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void>;
  connect(request: ApiRequest): Promise<Connection>;
  /** Whether a request may go on; without it, all may. */
  admit?(request: Omit<FlowRequest, 'user'> & { readonly user?: UserInfo | undefined }): Admission | Promise<Admission>;
  proxy(request: ApiRequest): Promise<Answer>;
  raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, caller?: RawCaller): Promise<Answer>;
}

export interface HandlerOptions {
  /** The cluster's clock: answers carry its time. */
  readonly clock: Now;
  /** Time stands still while a request is in flight; watches do not count. */
  readonly activity: Activity;
}

/** Paths whose documents are objects of the API. */
const NEGOTIATED = /^\/apis?(?:\/|$)/;
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
/** What answers are written in, and what bodies are read in. */
const MEDIA_TYPES = 'application/json, application/yaml';
const BODY_MEDIA_TYPES = `${MEDIA_TYPES}, ${PROTOBUF_TYPE}`;
const PATCH_MEDIA_TYPES = 'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml';

/** A request in flight. */
interface InFlight {
  /** Lets the cluster's time go on while the request is still answered. */
  readonly releaseTime: () => void;
  readonly done: () => void;
}

/** Who sends a request, and with which program. */
type Caller = Pick<ApiRequest, 'user' | 'userAgent' | 'nulls'>;

export class RestHandler {
  /** Requests in flight, watches and followed logs aside. */
  #busy = 0;
  readonly #idle: (() => void)[] = [];

  constructor(
    private readonly backend: RestBackend,
    private readonly options: HandlerOptions,
  ) {}

  /** Answers one request; never throws. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { done, releaseTime } = this.#begin();
    const answer = new ResponseWriter(request, response, this.options.clock);
    try {
      await this.#route(request, response, answer, { done, releaseTime });
    } catch (error) {
      await answer.fail(error);
    } finally {
      done();
    }
  }

  /**
   * Answers a request that wants another protocol: a watch over a WebSocket, exec, attach and port-forward; everything
   * else is answered as if it had not asked. Never throws.
   */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const response = new ServerResponse(request);
    const plainly = () => {
      response.shouldKeepAlive = false;
      response.assignSocket(socket as Socket);
      response.on('finish', () => socket.end());
      return response;
    };
    socket.on('error', () => socket.destroy());
    const target = upgradeTarget(request);
    if (!target) return this.serve(request, plainly());
    const { done } = this.#begin();
    try {
      const { stream: _, ...base } = target;
      const apiRequest: ApiRequest = { ...base, ...(await this.#caller(request)) };
      if (isConnecting(target)) {
        const connection = await this.backend.connect(apiRequest);
        const { serveUpgrade } = await import('./streaming/upgrade.ts');
        await serveUpgrade(request, socket, head, connection);
        return;
      }
      const { serveWatchSocket } = await import('./watch-socket.ts');
      let ended: (() => void) | undefined;
      await serveWatchSocket(request, socket, head, (onEvent) => this.backend.watch(apiRequest, onEvent), () => {
        ended = this.backend.metrics?.watching(apiRequest);
        done();
      });
      ended?.();
    } catch (error) {
      await new ResponseWriter(request, plainly(), this.options.clock).fail(error);
    } finally {
      done();
    }
  }

  async #caller(request: IncomingMessage): Promise<Caller> {
    const credentials = credentialsOf(request);
    const user = credentials && (await this.backend.authenticate(credentials));
    return { nulls: true, ...(user ? { user } : {}), ...(request.headers['user-agent'] ? { userAgent: request.headers['user-agent'] } : {}) };
  }

  /** Resolves when no request is in flight. */
  settled(): Promise<void> {
    return this.#busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Counts a request in, and holds the cluster's time until `releaseTime` or `done`. */
  #begin(): InFlight {
    const releaseTime = this.options.activity.begin();
    this.#busy++;
    let running = true;
    return {
      releaseTime,
      done: () => {
        releaseTime();
        if (!running) return;
        running = false;
        if (--this.#busy === 0) for (const resolve of this.#idle.splice(0)) resolve();
      },
    };
  }

  async #route(request: IncomingMessage, response: ServerResponse, answer: ResponseWriter, { done, releaseTime }: InFlight): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const caller = await this.#caller(request);
    const target = parseRest(method, url);
    if (!target) {
      const leave = await this.#seat({ user: caller.user, verb: method.toLowerCase(), path: url.split('?', 1)[0] ?? '/' }, answer);
      return leave && this.#raw(request, answer, method, url, caller.user, releaseTime).finally(leave);
    }
    if (isProxied(target)) {
      const { stream: _, ...base } = target;
      return answer.document(await this.backend.proxy({ ...base, ...caller }));
    }
    if (isConnecting(target)) throw badRequest('Upgrade request required');
    if (target.stream) return this.#stream(target, caller, response, answer, done);
    const leave = await this.#seat({ ...target, user: caller.user }, answer);
    if (!leave) return;
    try {
      await this.#answer(request, response, answer, target, caller, { done: () => (leave(), done()), releaseTime });
    } finally {
      leave();
    }
  }

  /** Waits until flow control lets the request go on; what is returned ends its being in work. Undefined where it is refused, which is answered. */
  async #seat(request: Parameters<NonNullable<RestBackend['admit']>>[0], answer: ResponseWriter): Promise<(() => void) | undefined> {
    const pending = this.backend.admit?.(request);
    if (!pending) return () => undefined;
    const { classified, seat, giveUp } = pending instanceof Promise ? await pending : pending;
    if (classified) answer.classify(classified);
    const leave = seat instanceof Promise ? await inTime(seat, giveUp) : seat;
    if (leave === 'refused') {
      await answer.tooMany();
      return undefined;
    }
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  }

  /** Answers a request for a resource that is no connection. */
  async #answer(request: IncomingMessage, response: ServerResponse, answer: ResponseWriter, target: RestTarget, caller: Caller, { done }: InFlight): Promise<void> {
    checkTimeout(request.url ?? '/');
    const accept = parseAccept(request.headers.accept);
    if (!accept) throw new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${MEDIA_TYPES}`);
    const apiRequest = { ...(await this.#read(target, caller, request)), representation: accept.representation };
    if (target.verb === 'watch') return this.#watch(apiRequest, response, answer, done);
    const { code, object, warnings = [] } = await this.#measured(apiRequest);
    answer.warn(warnings);
    const written = wireForm(object);
    await (accept.yaml ? answer.yaml(code, written) : answer.json(code, written));
  }

  async #measured(request: ApiRequest): Promise<ApiResponse> {
    const startMs = performance.now();
    const ended = this.backend.metrics?.begin(request);
    try {
      return await this.backend.handle(request);
    } finally {
      ended?.((performance.now() - startMs) / 1000);
    }
  }

  /** The request with its body. */
  async #read(target: RestTarget, caller: Caller, request: IncomingMessage): Promise<ApiRequest> {
    const { stream: _, ...base } = target;
    const apiRequest: ApiRequest = { ...base, ...caller };
    const { verb } = target;
    if (verb === 'get' || verb === 'list' || verb === 'watch') return apiRequest;
    const patchType = verb === 'patch' ? parsePatchType(request.headers['content-type']) : undefined;
    if (verb === 'patch' && !patchType) throw unsupportedMediaType(PATCH_MEDIA_TYPES);
    const contentType = verb === 'patch' ? (patchType === 'apply' ? 'application/yaml' : JSON_TYPE) : mediaType(request.headers['content-type']);
    if (contentType === PROTOBUF_TYPE) return { ...apiRequest, ...(await readProtobuf(request, target)) };
    if (contentType !== JSON_TYPE && contentType !== 'application/yaml') throw unsupportedMediaType(BODY_MEDIA_TYPES);
    const text = await readBody(request);
    if (verb === 'delete' || verb === 'deletecollection') {
      if (text === '') return apiRequest;
      const { value } = await parseBody(text, contentType, target);
      return { ...apiRequest, options: parseDeleteOptions(value, target.options) };
    }
    const { value, ...rest } = await parseBody(text, contentType, target, patchType);
    return { ...apiRequest, body: value, ...rest, ...(patchType ? { patchType } : {}) };
  }

  async #watch(request: ApiRequest, response: ServerResponse, answer: ResponseWriter, done: () => void): Promise<void> {
    const stream = new WatchStream(response, answer.head(JSON_TYPE));
    const handle = await this.backend.watch(request, (event) => stream.write(event));
    stream.open();
    response.on('close', () => handle.stop());
    if (response.destroyed) handle.stop();
    done();
    const ended = this.backend.metrics?.watching(request);
    await handle.closed;
    ended?.();
    stream.end();
  }

  async #stream(target: RestTarget, caller: Caller, response: ServerResponse, answer: ResponseWriter, done: () => void): Promise<void> {
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    const begin = () => {
      if (!response.headersSent) response.writeHead(200, answer.head('text/plain'));
    };
    const { stream: _, ...base } = target;
    const running = this.backend.stream({ ...base, ...caller }, (text) => {
      begin();
      response.write(text);
    }, abort.signal);
    if (target.options.query?.follow !== undefined) done();
    await running;
    begin();
    response.end();
  }

  async #raw(request: IncomingMessage, answer: ResponseWriter, method: string, url: string, user: UserInfo | undefined, releaseTime: () => void): Promise<void> {
    const known = method === 'HEAD' ? 'GET' : method;
    if (known !== 'GET' && known !== 'POST' && known !== 'PUT' && known !== 'DELETE') {
      throw methodNotAllowed();
    }
    const sent = known === 'GET' ? '' : await readBody(request);
    const body = sent === '' ? undefined : (await parseBody(sent, JSON_TYPE, undefined)).value;
    // Such a request may be the one that moves the clock: it must not hold it.
    releaseTime();
    const document = await this.backend.raw(known, url, body, { user, accept: request.headers.accept });
    // Answers of the API proper are negotiated: objects, and errors about them.
    if (document.contentType === JSON_TYPE && !document.headers && NEGOTIATED.test(splitUrl(url).path)) return answer.json(document.code, JSON.parse(document.body) as object);
    await answer.document(document);
  }
}

/** A request waits for its turn a quarter of the time that it may take, ms. */
const MAX_WAIT_MS = 15_000;

/** The seat, or 'refused' where it does not come in time. */
function inTime(seat: Promise<() => void>, giveUp: (() => void) | undefined): Promise<(() => void) | 'refused'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      giveUp?.();
      resolve('refused');
    }, MAX_WAIT_MS);
    void seat.then((leave) => {
      clearTimeout(timer);
      resolve(leave);
    });
  });
}

/** The body as client-go sends built-in kinds; only such a body loads what reads it. */
async function readProtobuf(request: IncomingMessage, target: RestTarget): Promise<Partial<ApiRequest>> {
  const bytes = await readBytes(request);
  const deletes = target.verb === 'delete' || target.verb === 'deletecollection';
  if (bytes.length === 0 && deletes) return {};
  const { decodeProtobuf } = await import('./protobuf/decode.ts');
  const body = decodeProtobuf(bytes);
  return deletes ? { options: parseDeleteOptions(body, target.options) } : { body };
}

/** What a request for another protocol is about, if it is one that is spoken there. */
function upgradeTarget({ headers, method = 'GET', url = '/' }: IncomingMessage): RestTarget | undefined {
  const protocol = headers.upgrade?.toLowerCase();
  try {
    const target = parseRest(method, url);
    if (target && isConnecting(target)) return protocol === 'websocket' || protocol === 'spdy/3.1' ? target : undefined;
    return protocol === 'websocket' && method === 'GET' && target?.verb === 'watch' ? target : undefined;
  } catch {
    return undefined;
  }
}

/** exec, attach and port-forward of pods are connections, whatever else a request is. */
function isConnecting({ group, resource, subresource, verb }: RestTarget): boolean {
  return group === '' && resource === 'pods' && (verb === 'get' || verb === 'create') && (subresource === 'exec' || subresource === 'attach' || subresource === 'portforward');
}

function mediaType(header: string | undefined): string {
  return (header ?? JSON_TYPE).split(';')[0]?.trim().toLowerCase() ?? JSON_TYPE;
}

function unsupportedMediaType(accepted: string): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted}`);
}

const methodNotAllowed = (): StatusError => new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** ?timeout=: every request is answered at once, but a time that is none is refused (apiserver pkg/endpoints/filters/request_deadline.go). */
function checkTimeout(url: string): void {
  if (!url.includes('timeout=')) return;
  const text = splitUrl(url).query.get('timeout') ?? '';
  if (text === '') return;
  try {
    parseGoDuration(text);
  } catch (error) {
    throw badRequest(`invalid timeout specified in the request URL - ${(error as Error).message}`);
  }
}
