/**
 * exec, attach and port-forward over SPDY/3.1, the older way. Follows apimachinery pkg/util/httpstream/spdy/roundtripper.go,
 * client-go tools/remotecommand/{v1,v2,v3,v4}.go and tools/portforward/portforward.go.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Connection, ContainerStreams, ContainerWants, ForwardedConnection } from '../../api/node-connection.ts';
import type { ApiRequest } from '../../api/request.ts';
import { toRest } from '../../api/rest.ts';
import { SpdyConnection, type SpdyStream } from '../../api/spdy/connection.ts';
import { exitCode, RemoteCommandError, type StreamOptions } from './remote-command.ts';

const V1 = 'channel.k8s.io';
const V2 = 'v2.channel.k8s.io';
const V4 = 'v4.channel.k8s.io';
/** Newest first. */
const CONTAINER_PROTOCOLS = ['v5.channel.k8s.io', V4, 'v3.channel.k8s.io', V2, V1];
const PORT_PROTOCOLS = ['portforward.k8s.io'];
/** As client-go, ms. */
const PING_MS = 5000;

/** Opens the connection that a request asks for. Throws the error of an answer that is no upgrade. */
export async function openConnection(request: ApiRequest, options: StreamOptions): Promise<Connection> {
  const query = request.options?.query ?? {};
  const ports = request.subresource === 'portforward';
  const upgraded = await upgrade(request, ports ? PORT_PROTOCOLS : CONTAINER_PROTOCOLS, options);
  if (ports) {
    let requests = 0;
    return {
      kind: 'ports', ports: [query['ports'] ?? []].flat().map(Number), link: { lost: upgraded.lost, close: () => upgraded.connection.close() },
      forward: (port, forwarded, signal) => forward(upgraded, port, requests++, forwarded, signal),
    };
  }
  const wants = (name: keyof ContainerWants): boolean => query[name] === 'true';
  return {
    kind: 'container',
    wants: { tty: wants('tty'), stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') },
    run: (streams, signal) => runCommand(upgraded, streams, signal),
  };
}

interface Upgraded {
  readonly connection: SpdyConnection;
  readonly protocol: string;
  /** Resolves when the connection has closed. */
  readonly lost: Promise<void>;
  /** Resolves once what was written is on its way: what comes in faster than it goes out waits. */
  ready(): Promise<void>;
}

function upgrade(request: ApiRequest, protocols: readonly string[], { dial, host, prefix, headers, refused, failed }: StreamOptions): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const call = httpRequest({
      // What the connection is made of, dial decides.
      createConnection: dial, method: 'POST', path: prefix + toRest({ ...request, verb: 'get' }).path,
      headers: { ...(headers as Record<string, string | string[]>), Host: host, Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': [...protocols] },
    });
    call.on('upgrade', (response, socket, head) => resolve(connectionOver(socket, head, protocolOf(response))));
    call.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        call.destroy();
        reject(isStatus(body) ? refused(response.statusCode ?? 500, body) : new RemoteCommandError(`unable to upgrade connection: ${body.trim()}`));
      });
    });
    call.on('error', (error) => reject(failed(error)));
    call.end();
  });
}

/** Servers that do not name one speak the first. */
function protocolOf({ headers }: IncomingMessage): string {
  const given = headers['x-stream-protocol-version'];
  return (Array.isArray(given) ? given[0] : given) ?? V1;
}

function isStatus(body: string): boolean {
  try {
    return (JSON.parse(body) as { readonly kind?: string } | null)?.kind === 'Status';
  } catch {
    return false;
  }
}

function connectionOver(socket: Duplex, head: Buffer, protocol: string): Upgraded {
  let gone: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => (gone = resolve));
  const connection = new SpdyConnection({ write: (bytes) => void (socket.writable && socket.write(bytes)), close: () => socket.destroy() }, {
    onClose: () => {
      clearInterval(ping);
      gone();
    },
  });
  const ping = setInterval(() => connection.ping(), PING_MS);
  ping.unref();
  socket.on('data', (bytes: Buffer) => connection.receive(bytes));
  socket.on('error', () => connection.close());
  socket.on('end', () => connection.end());
  socket.on('close', () => connection.end());
  if (head.length > 0) connection.receive(head);
  const ready = (): Promise<void> => (socket.writableNeedDrain ? Promise.race([once(socket, 'drain').then(() => undefined), lost]) : Promise.resolve());
  return { connection, protocol, lost, ready };
}

/** The streams are opened in client-go's order; the error stream tells how it ended. */
async function runCommand(upgraded: Upgraded, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
  const { connection, protocol } = upgraded;
  let fail: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const abort = (): void => fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  const open = (type: string) => connection.open({ streamtype: type });
  const work = async (): Promise<number> => {
    const error = await open('error');
    const stdin = streams.stdin && (await open('stdin'));
    const stdout = streams.stdout && (await open('stdout'));
    const stderr = streams.stderr && (await open('stderr'));
    const resize = streams.tty && protocol !== V1 && protocol !== V2 ? await open('resize') : undefined;
    if (resize) streams.onSize?.((size) => resize.write(Buffer.from(`${JSON.stringify(size)}\n`)));
    error.end();
    if (stdin && streams.stdin) void pump(streams.stdin, stdin, upgraded).catch(fail);
    const [status] = await Promise.all([textOf(error), drain(stdout, streams.stdout), drain(stderr, streams.stderr)]);
    // A connection that is lost says nothing; client-go takes that for a proper end.
    if (status === '') return 0;
    if (protocol === V4 || protocol.startsWith('v5.')) return exitCode(status);
    throw new RemoteCommandError(`error executing remote command: ${status}`);
  };
  try {
    return await Promise.race([work(), failed]);
  } finally {
    signal.removeEventListener('abort', abort);
    connection.close();
  }
}

async function pump(from: AsyncIterable<Uint8Array>, to: SpdyStream, { ready }: Upgraded): Promise<void> {
  for await (const part of from) {
    to.write(part);
    await ready();
  }
  to.end();
}

async function drain(stream: SpdyStream | undefined, write: ((bytes: Uint8Array) => void) | undefined): Promise<void> {
  if (stream) for await (const part of stream.incoming) write?.(part);
}

async function textOf(stream: SpdyStream): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream.incoming) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** A pair of streams for each connection: the error stream first, of which only the other side has to tell. */
async function forward(upgraded: Upgraded, port: number, request: number, { incoming, write }: ForwardedConnection, signal: AbortSignal): Promise<void> {
  const { connection } = upgraded;
  const headers = { port: String(port), requestid: String(request) };
  const error = await connection.open({ streamtype: 'error', ...headers });
  error.end();
  const data = await connection.open({ streamtype: 'data', ...headers });
  const abort = (): void => data.incoming.end();
  signal.addEventListener('abort', abort, { once: true });
  try {
    void pump(incoming, data, upgraded).catch(abort);
    await drain(data, write);
    const fault = signal.aborted ? '' : await textOf(error);
    if (fault !== '') throw new RemoteCommandError(fault);
  } finally {
    signal.removeEventListener('abort', abort);
    data.end();
    for (const stream of [error, data]) connection.forget(stream);
  }
}
