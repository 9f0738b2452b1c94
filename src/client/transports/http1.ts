/**
 * A small HTTP/1.1 client. It exists because loading node:http costs a command several milliseconds, which is more than
 * the request itself. Reads bodies with a content length, in chunks, and until the connection ends.
 */
import type { Socket } from 'node:net';
import type { Connections } from './connections.ts';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

export interface Http1Request {
  readonly connections: Connections;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body?: string;
}

export interface Http1Head {
  readonly status: number;
  /** By lower-case name; a repeated header keeps all its values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

export interface Http1Handlers {
  /** The connection stands. */
  connected?(): void;
  head(head: Http1Head): void;
  data(chunk: Buffer): void;
  /** Called once, after the last data. */
  end(): void;
  /** Called once, in place of `end`. */
  error(error: Error): void;
}

/** Whether a request may be sent again where its connection turns out to be closed: it has not come whole, or may come twice (net/http shouldRetryRequest). */
const isReplayable = ({ method, body }: Http1Request, { code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || (method === 'GET' && body === undefined);

/** Sends the request; returns a function that breaks it off (no handler is called after that). */
export function send(request: Http1Request, handlers: Http1Handlers): () => void {
  const socket = request.connections.take();
  const used = !socket.connecting && socket.bytesRead > 0;
  const reader = new ResponseReader(handlers);
  let settled = false;
  let again: (() => void) | undefined;
  const settle = (keep: boolean, report: () => void) => {
    if (settled) return;
    settled = true;
    socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    if (keep) request.connections.keep(socket);
    else socket.destroy();
    report();
  };
  const fail = (error: Error) => {
    const stale = used && !reader.begun && isReplayable(request, error);
    settle(false, () => (stale ? (again = send(request, handlers)) : handlers.error(error)));
  };
  const onData = (chunk: Buffer) => {
    try {
      if (reader.push(chunk)) settle(reader.mayGoOn, () => handlers.end());
    } catch (error) {
      settle(false, () => handlers.error(error as Error));
    }
  };
  const onEnd = () => (reader.endOfStream() ? settle(false, () => handlers.end()) : fail(lost()));
  const onError = (error: Error) => fail(error);
  const onClose = () => fail(lost());
  const onConnected = () => handlers.connected?.();
  if (used) onConnected();
  else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', onConnected);
  socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  write(socket, request);
  return () => {
    again?.();
    settle(false, () => undefined);
  };
}

const lost = (): Error => Object.assign(new Error('unexpected EOF'), { code: 'ECONNRESET' });

function write(socket: Socket, { host, method, path, headers, body }: Http1Request): void {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const [name, value] of Object.entries(headers)) for (const each of typeof value === 'string' ? [value] : value) head += `${name}: ${each}\r\n`;
  if (body !== undefined) head += `Content-Length: ${length}\r\n`;
  socket.write(`${head}\r\n${body ?? ''}`);
}

/** Where in a response the reader is. */
type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close' | 'done';

/** Takes a response apart as it comes. */
export class ResponseReader {
  #buffer: Buffer = Buffer.alloc(0);
  #state: State = 'head';
  #left = 0;
  #closes = false;
  /** Whether anything of the response has come. */
  begun = false;

  constructor(private readonly handlers: Pick<Http1Handlers, 'head' | 'data'>) {}

  /** Takes the next bytes; true once the response is complete. */
  push(bytes: Buffer): boolean {
    this.begun = true;
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
    while (this.#step());
    return this.#state === 'done';
  }

  /** Whether the connection can take another request: the response is over, nothing lies behind it, and the server leaves it open. */
  get mayGoOn(): boolean {
    return this.#state === 'done' && this.#buffer.length === 0 && !this.#closes;
  }

  /** The other side has closed: whether that is a proper end. */
  endOfStream(): boolean {
    return this.#state === 'until-close' || this.#state === 'done';
  }

  /** One step; false when more bytes are needed, or nothing is left to do. */
  #step(): boolean {
    switch (this.#state) {
      case 'head': return this.#head();
      case 'length': case 'chunk': return this.#body();
      case 'chunk-size': return this.#chunkSize();
      case 'chunk-end': return this.#line() !== undefined && this.#go('chunk-size');
      case 'trailer': {
        const line = this.#line();
        return line === undefined ? false : line === '' ? this.#go('done') : true;
      }
      case 'until-close':
        if (this.#buffer.length > 0) this.handlers.data(this.#take(this.#buffer.length));
        return false;
      case 'done': return false;
    }
  }

  #go(state: State): boolean {
    this.#state = state;
    return true;
  }

  #head(): boolean {
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [statusLine = '', ...lines] = this.#take(end + 4).toString('latin1').split('\r\n');
    const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})/.exec(statusLine) ?? [];
    const status = Number(code);
    if (!status) throw new Error(`malformed HTTP response ${JSON.stringify(statusLine)}`);
    if (status < 200) return true;
    const headers = new Map<string, string[]>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon < 0) continue;
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      const known = headers.get(name);
      if (known) known.push(value);
      else headers.set(name, [value]);
    }
    const length = headers.get('content-length')?.[0];
    this.#closes = minor === '0' || headers.get('connection')?.[0]?.toLowerCase() === 'close';
    this.handlers.head({ status, headers });
    if (headers.get('transfer-encoding')?.[0] === 'chunked') return this.#go('chunk-size');
    if (status === 204 || status === 304 || length === '0') return this.#go('done');
    if (length === undefined) return this.#go('until-close');
    this.#left = Number(length);
    return this.#go('length');
  }

  #body(): boolean {
    if (this.#buffer.length === 0) return false;
    const part = this.#take(Math.min(this.#left, this.#buffer.length));
    this.#left -= part.length;
    this.handlers.data(part);
    if (this.#left > 0) return false;
    return this.#go(this.#state === 'length' ? 'done' : 'chunk-end');
  }

  #chunkSize(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    this.#left = parseInt(line, 16);
    if (!(this.#left >= 0)) throw new Error('malformed chunked encoding');
    return this.#go(this.#left === 0 ? 'trailer' : 'chunk');
  }

  #line(): string | undefined {
    const end = this.#buffer.indexOf('\r\n');
    if (end < 0) return undefined;
    return this.#take(end + 2).toString('latin1', 0, end);
  }

  #take(length: number): Buffer {
    const part = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return part;
  }
}
