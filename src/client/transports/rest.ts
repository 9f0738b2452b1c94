/** Kubernetes REST over a connection of any kind: how a command talks to a server. */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { Connection } from '../../api/node-connection.ts';
import { formatGoDuration } from '../../api/duration.ts';
import { splitUrl, TIME_HEADER, toRest, type RestRequest } from '../../api/rest.ts';
import type { ApiRequest, ApiResponse, WatchEvent, WatchHandle } from '../../api/request.ts';
import type { KubeObject } from '../../api/object.ts';
import { StatusError, type StatusObject } from '../../api/status.ts';
import { readList } from '../../api/typed-list.ts';
import { bareAnswer } from '../bare-answer.ts';
import { ConnectionError, rawText, type RawResponse, type ServerReach, type Transport } from '../client.ts';
import { listening, type WireLog } from './wire-log.ts';
import { Connections } from './connections.ts';
import { send, type Headers, type Http1Handlers, type Http1Head, type Http1Request } from './http1.ts';

export interface RestTransportOptions {
  /** Opens a connection. */
  readonly dial: () => Socket;
  readonly host: string;
  /** "https://127.0.0.1:6443", where the server has such an address. */
  readonly origin?: string;
  /** What stands before the paths: '' or "/clusters/a". */
  readonly prefix?: string;
  /** Go with every request: who asks. */
  readonly headers?: Headers;
  /** What a command tells of itself: not of what it passes on for others. */
  readonly commandHeaders?: Headers;
  /** Connections (exec, attach, portforward) that are made over SPDY, without a try over WebSocket. */
  readonly spdyFor?: readonly string[];
  /** The longest that one request may take, ms; 0 for ever. */
  readonly timeoutMs?: number;
  /** Hears of each request and its answer. */
  readonly log?: WireLog | undefined;
  /** How an error of the connection is told. */
  readonly wording?: (error: Error) => string;
  /** How it reads within another error's text. */
  readonly within?: (error: Error, rest: Pick<RestRequest, 'method' | 'path'>) => string;
}

/** Go's words for the two ways to be late (net/http Client.Timeout). */
const LATE_CONNECTING = 'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)';
const LATE_ANSWERING = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const LATE_READING = 'context deadline exceeded (Client.Timeout or context cancellation while reading body)';

interface Answer {
  readonly head: Http1Head;
  readonly body: string;
}

export class RestTransport implements Transport {
  readonly #connections: Connections;
  /** By how much the server's clock was ahead of this machine's at its last answer: a cluster's time may run faster. */
  #aheadMs: number | undefined;

  constructor(private readonly options: RestTransportOptions) {
    this.#connections = new Connections(options.dial);
  }

  async serverTime(): Promise<number> {
    if (this.#aheadMs === undefined) await this.raw('GET', '/version');
    return Date.now() + (this.#aheadMs ?? 0);
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const { head, body } = await this.#exchange(toRest(request), request.userAgent);
    const warnings = parseWarnings(head.headers.get('warning') ?? []);
    if (head.status >= 400) throw Object.assign(errorFrom(head.status, body, request), { warnings });
    return { code: head.status, object: readList(JSON.parse(body) as KubeObject), ...(warnings.length > 0 ? { warnings } : {}) };
  }

  async raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, accept = 'application/json, */*'): Promise<RawResponse> {
    const rest: RestRequest = { method, path, accept, ...(body === undefined ? {} : { contentType: 'application/json', body: rawText(body) }) };
    let answer = await this.#exchange(rest, undefined);
    for (let redirects = 0; redirects < MAX_REDIRECTS; redirects++) {
      const location = method === 'GET' ? redirectOf(answer.head) : undefined;
      if (location === undefined) break;
      answer = await this.#exchange({ ...rest, path: location }, undefined);
    }
    return { code: answer.head.status, contentType: answer.head.headers.get('content-type')?.[0] ?? '', body: answer.body };
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> {
    return new Promise((resolve, reject) => {
      let close: () => void = () => {};
      const closed = new Promise<void>((settle) => (close = settle));
      let stopped = false;
      const lines = new LineSplitter((line) => {
        if (!stopped) onEvent(JSON.parse(line) as WatchEvent);
      });
      const cancel = this.#stream(toRest({ ...request, verb: 'watch' }), request, {
        open: () => resolve({ stop, closed }),
        text: (text) => lines.push(text),
        done: close,
        // Before the first answer the caller learns of it; a running watch just ends, as any watch may at any moment.
        failed: (error) => {
          reject(error);
          close();
        },
      });
      const stop = () => {
        stopped = true;
        cancel();
        close();
      };
    });
  }

  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return resolve();
      const abort = () => {
        cancel();
        resolve();
      };
      const end = (report: () => void) => {
        signal?.removeEventListener('abort', abort);
        report();
      };
      const text = (received: string) => {
        try {
          onText(received);
        } catch (error) {
          // The receiver's fault, not the connection's: it is told as it is.
          cancel();
          end(() => reject(error as Error));
        }
      };
      const cancel = this.#stream({ ...toRest(request), accept: '*/*' }, request, { open: () => {}, text, done: () => end(resolve), failed: (error) => end(() => reject(error)) });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  async connect(request: ApiRequest): Promise<Connection> {
    const { openConnection } = await import('./remote-command.ts');
    const { dial, host, prefix = '', headers, commandHeaders, spdyFor = [], log, origin } = this.options;
    return openConnection(request, spdyFor.includes(request.subresource ?? ''), {
      dial, host, prefix, headers: { ...(request.userAgent ? { 'User-Agent': request.userAgent } : {}), ...headers, ...commandHeaders },
      log: log && ((asked) => log.request({ method: 'GET', origin, upgrade: true, ...asked })),
      refused: (code, body) => errorFrom(code, body, request),
      failed: (error) => this.#connectionError(error, toRest(request)),
    });
  }

  reach(): Promise<ServerReach> {
    const { dial, host, prefix = '', headers = {} } = this.options;
    return Promise.resolve({ dial, host, prefix, headers });
  }

  /** A request whose answer is taken as it comes; error answers are collected and reported through `failed`. */
  #stream(asked: RestRequest, request: ApiRequest, handlers: { open(): void; text(text: string): void; done(): void; failed(error: Error): void }): () => void {
    const rest = this.#timed(asked);
    const decoder = new StringDecoder('utf8');
    let status = 0;
    let problem = '';
    return this.#send(rest, request.userAgent, false, {
      head: (head) => {
        this.#noteTime(head);
        status = head.status;
        if (status < 400) handlers.open();
      },
      data: (chunk) => {
        const text = decoder.write(chunk);
        if (status >= 400) problem += text;
        else if (text !== '') handlers.text(text);
      },
      end: () => (status >= 400 ? handlers.failed(errorFrom(status, problem, request)) : handlers.done()),
      error: (error) => handlers.failed(this.#connectionError(error, rest)),
    });
  }

  /** Asks again where the server says when to (client-go rest/with_retry.go). */
  async #exchange(rest: RestRequest, userAgent: string | undefined): Promise<Answer> {
    for (let retries = 0; ; retries++) {
      const answer = await this.#exchangeOnce(rest, userAgent);
      const waitMs = retryAfterMs(answer.head);
      if (waitMs === undefined || retries === MAX_RETRIES) return answer;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  #exchangeOnce(asked: RestRequest, userAgent: string | undefined): Promise<Answer> {
    const rest = this.#timed(asked);
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let answer: Http1Head | undefined;
      this.#send(rest, userAgent, true, {
        head: (head) => {
          this.#noteTime(head);
          answer = head;
        },
        data: (chunk) => chunks.push(chunk),
        end: () => answer && resolve({ head: answer, body: Buffer.concat(chunks).toString('utf8') }),
        error: (error) => reject(this.#connectionError(error, rest)),
      });
    });
  }

  /** The server is told how long its answer is waited for. */
  #timed(rest: RestRequest): RestRequest {
    const { timeoutMs = 0 } = this.options;
    if (timeoutMs === 0) return rest;
    const { path, query } = splitUrl(rest.path);
    query.set('timeout', formatGoDuration(timeoutMs));
    query.sort();
    return { ...rest, path: `${path}?${query}` };
  }

  /** @param whole whether the answer is read to its end before anything is made of it */
  #send(rest: RestRequest, userAgent: string | undefined, whole: boolean, handlers: Http1Handlers): () => void {
    const { host, prefix = '', headers, commandHeaders, timeoutMs = 0, log, origin } = this.options;
    const request = {
      connections: this.#connections, host,
      method: rest.method,
      path: prefix + rest.path,
      headers: { Accept: rest.accept, ...(rest.contentType ? { 'Content-Type': rest.contentType } : {}), ...(userAgent ? { 'User-Agent': userAgent } : {}), ...headers, ...commandHeaders },
      ...(rest.body === undefined ? {} : { body: rest.body }),
    };
    const heard = log ? listening(handlers, log.request({ ...request, origin }), whole) : handlers;
    return timeoutMs > 0 ? sendInTime(request, heard, timeoutMs) : send(request, heard);
  }

  #noteTime(head: Http1Head): void {
    const exact = head.headers.get(TIME_HEADER)?.[0];
    const date = head.headers.get('date')?.[0];
    const now = exact !== undefined ? Number(exact) : date === undefined ? NaN : Date.parse(date);
    if (!Number.isNaN(now)) this.#aheadMs = now - Date.now();
  }

  #connectionError(error: Error, rest: Pick<RestRequest, 'method' | 'path'>): ConnectionError {
    return new ConnectionError(this.options.wording?.(error) ?? error.message, { cause: error }, this.options.within?.(error, rest));
  }
}

/** The request, broken off when it takes too long. */
function sendInTime(request: Http1Request, handlers: Http1Handlers, timeoutMs: number): () => void {
  let late = LATE_CONNECTING;
  const timer = setTimeout(() => {
    cancel();
    handlers.error(Object.assign(new Error(late), { code: TIMEOUT }));
  }, timeoutMs);
  const ended = <Arguments extends unknown[]>(report: (...values: Arguments) => void) => (...values: Arguments): void => {
    clearTimeout(timer);
    report(...values);
  };
  const cancel = send(request, {
    connected: () => (late = LATE_ANSWERING),
    head: (head) => {
      late = LATE_READING;
      handlers.head(head);
    },
    data: (chunk) => handlers.data(chunk),
    end: ended(() => handlers.end()),
    error: ended((error: Error) => handlers.error(error)),
  });
  return ended(cancel);
}

/** The code of an error that only took too long. */
export const TIMEOUT = 'REQUEST_TIMEOUT';

/** Cuts text into lines as it comes. */
class LineSplitter {
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  push(text: string): void {
    const whole = this.#rest + text;
    let start = 0;
    for (let end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', start)) {
      if (end > start) this.onLine(whole.slice(start, end));
      start = end + 1;
    }
    this.#rest = whole.slice(start);
  }
}

/** As Go's http.Client. */
const MAX_REDIRECTS = 10;

/** The path on the same server that a reader is sent to. */
function redirectOf({ status, headers }: Http1Head): string | undefined {
  const location = headers.get('location')?.[0];
  return [301, 302, 303, 307, 308].includes(status) && location?.startsWith('/') ? location : undefined;
}

const MAX_RETRIES = 10;

/** How long the server, too busy or in trouble, asks to wait; undefined where it does not. */
function retryAfterMs({ status, headers }: Http1Head): number | undefined {
  const seconds = headers.get('retry-after')?.[0];
  return (status === 429 || status >= 500) && seconds !== undefined && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** `299 - "text"` -> text (RFC 7234, with its quoting). */
function parseWarnings(headers: readonly string[]): string[] {
  return headers.flatMap((header) => [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => decodeLatin1((match[1] ?? '').replace(/\\(.)/g, '$1'))));
}

/** Header bytes are read one to one; what was UTF-8 is put together again. */
function decodeLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** The error of an answer: the Status in it, or what client-go makes of a bare code (errors.NewGenericServerResponse). */
function errorFrom(code: number, body: string, request: ApiRequest): StatusError {
  try {
    const status = JSON.parse(body) as Partial<StatusObject>;
    if (status.kind === 'Status') return StatusError.from(status);
  } catch {
    // Not JSON: a bare answer.
  }
  const { reason, message } = bareAnswer(code, body.trim());
  // client-go's client of scales knows no groups.
  const group = request.subresource === 'scale' ? '' : request.group;
  const resource = group ? `${request.resource}.${group}` : request.resource;
  const method = toRest(request).method.toLowerCase();
  return new StatusError(code, reason, `${message} (${method} ${resource}${request.name ? ` ${request.name}` : ''})`, {
    ...(request.name ? { name: request.name } : {}),
    ...(group ? { group } : {}),
    kind: request.resource,
    causes: [{ reason: 'UnexpectedServerResponse', message: body.trim() || 'unknown' }],
  });
}
