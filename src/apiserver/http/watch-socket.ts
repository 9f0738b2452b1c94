/** A watch over a WebSocket: one text frame for each event. Follows apiserver pkg/endpoints/handlers/watch.go: HandleWS. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { WatchEvent, WatchHandle } from '../../api/request.ts';
import { TOKEN_PROTOCOL } from '../authentication/credentials.ts';
import { eventText } from './watch-stream.ts';

/** Begins a watch; events come to the callback. */
export type BeginWatch = (onEvent: (event: WatchEvent) => void) => Promise<WatchHandle>;

/** What a watcher may send: nothing that is read. */
const MAX_INCOMING_BYTES = 64 * 1024;

const server = new WebSocketServer({
  noServer: true, clientTracking: false, maxPayload: MAX_INCOMING_BYTES,
  // The one that carries a token is no protocol.
  handleProtocols: (protocols) => [...protocols].find((protocol) => !protocol.startsWith(TOKEN_PROTOCOL)) ?? false,
});

/** Resolves when the watch has ended. Throws what the server has against it, before anything is said to the client. */
export async function serveWatchSocket(request: IncomingMessage, socket: Duplex, head: Buffer, begin: BeginWatch, started: () => void): Promise<void> {
  const early: WatchEvent[] = [];
  let open: WebSocket | undefined;
  const handle = await begin((event) => (open ? open.send(eventText(event)) : early.push(event)));
  started();
  server.handleUpgrade(request, socket, head, (client) => {
    open = client;
    client.on('close', () => handle.stop());
    client.on('error', () => handle.stop());
    for (const event of early.splice(0)) client.send(eventText(event));
  });
  socket.once('close', () => handle.stop());
  await handle.closed;
  open?.close();
}
