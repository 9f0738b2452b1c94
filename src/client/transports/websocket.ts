/**
 * exec, attach and port-forward over WebSockets: binary messages that begin with the number of their channel. Follows client-go tools/remotecommand/{websocket,v4,v5}.go.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket, type ClientOptions, type RawData } from 'ws';
import type { Connection, ContainerStreams, ContainerWants, ForwardedConnection } from '../../api/node-connection.ts';
import type { ApiRequest } from '../../api/request.ts';
import { toRest } from '../../api/rest.ts';
import { exitCode, RemoteCommandError, UpgradeRefused, type StreamOptions } from './remote-command.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** v5: closes the channel that follows. */
const CLOSE = 255;
const V5 = 'v5.channel.k8s.io';
const V4 = 'v4.channel.k8s.io';
/** As client-go, so that nobody in between takes a quiet connection for a dead one, ms. */
const PING_MS = 5000;
/** How long an answer may take to begin, or to go on, after the question's end, ms. */
const LINGER_MS = 500;

/** Opens the connection that a request asks for. Throws UpgradeRefused where the server does not speak so. */
export async function openConnection(request: ApiRequest, options: StreamOptions): Promise<Connection> {
  const query = request.options?.query ?? {};
  const open = (ports?: number): Promise<OpenSocket> => {
    const path = toRest({ ...request, verb: 'get', ...(ports === undefined ? {} : { options: { query: { ...query, ports: String(ports) } } }) }).path;
    return openSocket(path, ports === undefined ? [V5, V4] : [V4], options);
  };
  if (request.subresource === 'portforward') {
    const ports = [query['ports'] ?? []].flat().map(Number);
    // Whether it may be at all is to be known before the first connection comes.
    (await open(ports[0])).socket.close();
    return { kind: 'ports', ports, forward: async (port, connection, signal) => forward(await open(port), connection, signal) };
  }
  const wants = (name: keyof ContainerWants): boolean => query[name] === 'true';
  const opened = await open();
  return {
    kind: 'container',
    wants: { tty: wants('tty'), stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') },
    run: (streams, signal) => runCommand(opened, streams, signal),
  };
}

/** A socket, and what comes before somebody listens. */
interface OpenSocket {
  readonly socket: WebSocket;
  /** Takes the messages, the first ones too, and the end; undefined for a proper one. */
  listen(onMessage: (channel: number, bytes: Buffer) => void, onEnd: (error?: Error) => void): void;
}

function openSocket(path: string, protocols: string[], { dial, host, prefix, headers, refused, failed, log }: StreamOptions): Promise<OpenSocket> {
  const answer = log?.({ path: `${prefix}${path}`, headers: { 'Sec-Websocket-Protocol': protocols, ...headers } });
  return new Promise((resolve, reject) => {
    const settings: ClientOptions = { createConnection: dial as NonNullable<ClientOptions['createConnection']>, headers: headers as Record<string, string>, perMessageDeflate: false };
    // What the connection is made of, dial decides.
    const socket = new WebSocket(`ws://${host}${prefix}${path}`, protocols, settings);
    const early: Buffer[] = [];
    let ended: { readonly error?: Error } | undefined;
    let take: ((message: Buffer) => void) | undefined;
    let end: ((error?: Error) => void) | undefined;
    const finish = (error?: Error): void => {
      if (ended) return;
      ended = error ? { error } : {};
      clearInterval(ping);
      reject(error ?? new Error('the connection was closed'));
      end?.(error);
    };
    const ping = setInterval(() => socket.readyState === WebSocket.OPEN && socket.ping(), PING_MS);
    ping.unref();
    socket.on('message', (data) => (take ? take(bytesOf(data)) : early.push(bytesOf(data))));
    socket.on('upgrade', (response) => answer?.head(response.statusCode ?? 101, received(response)));
    socket.on('unexpected-response', (_request, response) => {
      answer?.head(response.statusCode ?? 500, received(response));
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        finish(new UpgradeRefused(refused(response.statusCode ?? 500, body)));
        socket.terminate();
      });
    });
    socket.on('error', (error) => {
      if (!ended) answer?.failed();
      finish(failed(error));
    });
    socket.on('close', () => finish());
    socket.on('open', () => resolve({
      socket,
      listen(onMessage, onEnd) {
        take = (message) => onMessage(message[0] ?? ERROR, message.subarray(1));
        end = onEnd;
        for (const message of early.splice(0)) take(message);
        if (ended) onEnd(ended.error);
      },
    }));
  });
}

const received = ({ headers }: IncomingMessage): ReadonlyMap<string, readonly string[]> => new Map(Object.entries(headers).map(([name, value = []]) => [name, [value].flat()]));

function bytesOf(data: RawData): Buffer {
  return Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

/** Resolves once the bytes are on their way: what comes in faster than it goes out waits. */
function send({ socket }: OpenSocket, channel: number, bytes: Uint8Array): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) return Promise.resolve();
  return new Promise((resolve) => socket.send(Buffer.concat([Uint8Array.of(channel), bytes]), () => resolve()));
}

function runCommand(opened: OpenSocket, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = '';
    const abort = (): void => {
      opened.socket.terminate();
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    opened.listen((channel, bytes) => {
      try {
        if (channel === STDOUT) streams.stdout?.(bytes);
        else if (channel === STDERR) streams.stderr?.(bytes);
        else if (channel === ERROR) status += bytes.toString();
      } catch (error) {
        opened.socket.terminate();
        reject(error as Error);
      }
    }, (error) => {
      signal.removeEventListener('abort', abort);
      if (error) return reject(error);
      try {
        if (status === '') throw new RemoteCommandError('websocket: close 1006 (abnormal closure): unexpected EOF');
        resolve(exitCode(status));
      } catch (fault) {
        reject(fault as Error);
      }
    });
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    streams.onSize?.((size) => void send(opened, RESIZE, Buffer.from(JSON.stringify(size))));
    if (streams.stdin) pump(opened, streams.stdin).catch(reject);
  });
}

async function pump(opened: OpenSocket, stdin: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of stdin) await send(opened, STDIN, part);
  if (opened.socket.protocol === V5) await send(opened, CLOSE, Uint8Array.of(STDIN));
}

/** Two channels, data and errors; each begins with the port's number. */
async function forward(opened: OpenSocket, { incoming, write }: ForwardedConnection, signal: AbortSignal): Promise<void> {
  const begun = new Set<number>();
  let fault = '';
  let lingering: NodeJS.Timeout | undefined;
  const abort = (): void => opened.socket.terminate();
  const closed = new Promise<void>((resolve, reject) => {
    opened.listen((channel, bytes) => {
      lingering?.refresh();
      if (!begun.has(channel)) begun.add(channel);
      else if (channel === 0) write(bytes);
      else fault += bytes.toString();
    }, (error) => (error ? reject(error) : resolve()));
  });
  signal.addEventListener('abort', abort, { once: true });
  void (async () => {
    for await (const part of incoming) await send(opened, 0, part);
    // Who has nothing more to say may still listen; the protocol has no word for that.
    lingering = setTimeout(() => opened.socket.close(), LINGER_MS);
  })().catch(abort);
  try {
    await closed;
  } finally {
    clearTimeout(lingering);
    signal.removeEventListener('abort', abort);
  }
  if (fault !== '') throw new RemoteCommandError(fault);
}
