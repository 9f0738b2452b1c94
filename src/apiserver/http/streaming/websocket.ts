/**
 * WebSockets of exec, attach and port-forward: binary messages that begin with the number of their channel. Follows
 * kubernetes apimachinery pkg/util/remotecommand, kubelet pkg/cri/streaming/{remotecommand,portforward}/websocket.go and
 * apiserver pkg/util/proxy (tunnels).
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Connection } from '../../../api/node-connection.ts';
import { ByteQueue } from '../../../api/byte-queue.ts';
import { exitStatus, failureStatus } from './exit-status.ts';
import { servePortStreams } from './port-streams.ts';
import { SizeStream } from './size-stream.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** v5: closes the channel that follows. */
const CLOSE = 255;

/** Newest first; those with "base64" send text. */
const CONTAINER_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'channel.k8s.io', 'base64.channel.k8s.io', ''];
const PORT_PROTOCOLS = ['SPDY/3.1+portforward.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'portforward.k8s.io', ''];

export function serveWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Connection, signal: AbortController): void {
  const accepted = connection.kind === 'container' ? CONTAINER_PROTOCOLS : PORT_PROTOCOLS;
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const protocol = accepted.find((name) => offered.includes(name));
  if (protocol === undefined) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const server = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, handleProtocols: () => protocol || false });
  server.handleUpgrade(request, socket, head, (client) => {
    client.on('close', () => signal.abort());
    client.on('error', () => signal.abort());
    if (connection.kind === 'container') void serveContainer(client, protocol, connection, signal);
    else if (protocol.startsWith('SPDY/')) tunnel(client, connection, signal);
    else void servePorts(client, protocol, connection, signal);
  });
}

async function serveContainer(client: WebSocket, protocol: string, connection: Connection & { readonly kind: 'container' }, { signal }: AbortController): Promise<void> {
  const { wants } = connection;
  const send = channelSender(client, protocol.includes('base64'));
  const stdin = new ByteQueue();
  const sizes = new SizeStream();
  client.on('message', (data) => {
    const bytes = received(data, protocol.includes('base64'));
    if (bytes[0] === STDIN) stdin.push(bytes.subarray(1));
    else if (bytes[0] === RESIZE) sizes.push(bytes.subarray(1));
    else if (bytes[0] === CLOSE && bytes[1] === STDIN) stdin.end();
  });
  signal.addEventListener('abort', () => stdin.end(), { once: true });
  // Tells the client that the connection stands (createWebSocketStreams).
  send(wants.stdout ? STDOUT : wants.stderr ? STDERR : ERROR, new Uint8Array(0));
  const status = await connection
    .run({ tty: wants.tty, stdin: wants.stdin ? stdin : undefined, stdout: wants.stdout ? (bytes) => send(STDOUT, bytes) : undefined, stderr: wants.stderr ? (bytes) => send(STDERR, bytes) : undefined, onSize: (listener) => sizes.listen(listener) }, signal)
    .then(exitStatus, failureStatus);
  // Before v4 only failures were told, as text.
  const plain = !protocol.startsWith('v4') && !protocol.startsWith('v5');
  if (!plain) send(ERROR, Buffer.from(JSON.stringify(status)));
  else if (status.status === 'Failure') send(ERROR, Buffer.from(status.message ?? ''));
  client.close(1000);
}

/** Two channels a port: data and errors. Each begins with the port's number. */
async function servePorts(client: WebSocket, protocol: string, connection: Connection & { readonly kind: 'ports' }, { signal }: AbortController): Promise<void> {
  const base64 = protocol.includes('base64');
  const send = channelSender(client, base64);
  const incoming = connection.ports.map(() => new ByteQueue());
  client.on('message', (data) => {
    const bytes = received(data, base64);
    if (bytes[0] !== undefined && bytes[0] % 2 === 0) incoming[bytes[0] / 2]?.push(bytes.subarray(1));
  });
  signal.addEventListener('abort', () => incoming.forEach((queue) => queue.end()), { once: true });
  await Promise.all(connection.ports.map(async (port, index) => {
    for (const channel of [index * 2, index * 2 + 1]) send(channel, Uint8Array.of(port & 0xff, port >>> 8));
    try {
      await connection.forward(port, { incoming: incoming[index] as ByteQueue, write: (bytes) => send(index * 2, bytes) }, signal);
    } catch (error) {
      send(index * 2 + 1, Buffer.from((error as Error).message));
    }
  }));
  client.close(1000);
}

/** The bytes of a SPDY connection in messages. */
function tunnel(client: WebSocket, connection: Connection & { readonly kind: 'ports' }, signal: AbortController): void {
  const spdy = servePortStreams({ write: (bytes) => client.send(bytes), close: () => client.close(1000) }, connection, signal);
  client.on('message', (data) => spdy.receive(received(data, false)));
  client.on('close', () => spdy.close());
}

function channelSender(client: WebSocket, base64: boolean): (channel: number, bytes: Uint8Array) => void {
  return (channel, bytes) => {
    if (client.readyState !== client.OPEN) return;
    if (base64) client.send(`${channel}${Buffer.from(bytes).toString('base64')}`);
    else client.send(Buffer.concat([Uint8Array.of(channel), bytes]));
  };
}

function received(data: RawData, base64: boolean): Uint8Array {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  if (!base64) return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  return Buffer.concat([Uint8Array.of(Number(text[0])), Buffer.from(text.slice(1), 'base64')]);
}
