/** exec, attach and port-forward over SPDY, the older way (kubelet pkg/cri/streaming/remotecommand/httpstream.go). */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection } from '../../../api/node-connection.ts';
import { SpdyConnection, type ByteLink, type SpdyStream } from '../../../api/spdy/connection.ts';
import { exitStatus, failureStatus } from './exit-status.ts';
import { servePortStreams } from './port-streams.ts';
import { SizeStream } from './size-stream.ts';

const CONTAINER_PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];
const PORT_PROTOCOLS = ['portforward.k8s.io'];

export function serveSpdy(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Connection, signal: AbortController): void {
  const accepted = connection.kind === 'container' ? CONTAINER_PROTOCOLS : PORT_PROTOCOLS;
  const header = request.headers['x-stream-protocol-version'];
  const offered = (Array.isArray(header) ? header : (header ?? '').split(',')).map((name) => name.trim()).filter((name) => name !== '');
  const protocol = accepted.find((name) => offered.includes(name));
  const refuse = (status: string, text: string): void => void socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`);
  if (protocol === undefined) return refuse('403 Forbidden', `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${accepted.join(' ')}]`);
  // What the kubelet refuses comes through as its own answer.
  const refusal = connection.kind === 'container' ? connection.refusal?.() : undefined;
  if (refusal !== undefined) return refuse('500 Internal Server Error', `${refusal}\n`);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`);
  const link: ByteLink = { write: (bytes) => void (socket.writable && socket.write(bytes)), close: () => socket.end() };
  const spdy = connection.kind === 'ports' ? servePortStreams(link, connection, signal) : serveContainer(link, protocol, connection, signal);
  socket.on('data', (bytes: Buffer) => spdy.receive(bytes));
  if (head.length > 0) spdy.receive(head);
  socket.on('close', () => {
    signal.abort();
    spdy.close();
  });
}

/** The command runs once all streams that were asked for are there. */
function serveContainer(link: ByteLink, protocol: string, connection: Connection & { readonly kind: 'container' }, { signal }: AbortController): SpdyConnection {
  const { wants } = connection;
  const streams = new Map<string, SpdyStream>();
  const resizes = wants.tty && protocol !== 'channel.k8s.io' && protocol !== 'v2.channel.k8s.io';
  const expected = ['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wants[name]), ...(resizes ? ['resize'] : [])];
  const spdy = new SpdyConnection(link, { onStream: (stream) => {
    streams.set(stream.headers['streamtype'] ?? '', stream);
    if (expected.every((name) => streams.has(name)) && streams.size === expected.length) void run();
  } });
  const run = async (): Promise<void> => {
    const out = (name: 'stdout' | 'stderr') => {
      const stream = streams.get(name);
      return stream && ((bytes: Uint8Array) => stream.write(bytes));
    };
    const sizes = new SizeStream();
    void sizes.read(streams.get('resize')?.incoming ?? []);
    const status = await connection.run({ tty: wants.tty, stdin: streams.get('stdin')?.incoming, stdout: out('stdout'), stderr: out('stderr'), onSize: (listener) => sizes.listen(listener) }, signal).then(exitStatus, failureStatus);
    const error = streams.get('error');
    if (protocol === 'v4.channel.k8s.io') error?.write(Buffer.from(JSON.stringify(status)));
    else if (status.status === 'Failure') error?.write(Buffer.from(status.message ?? ''));
    for (const stream of streams.values()) stream.end();
    spdy.close();
  };
  return spdy;
}
