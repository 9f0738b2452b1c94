/** Requests that turn into something else than HTTP: which protocol, and who serves it. Loaded when the first one comes. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection } from '../../../api/node-connection.ts';

/** Serves an allowed connection over the protocol that the client wants; undefined where it wants none that is known. */
export async function serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Connection): Promise<void> {
  const signal = new AbortController();
  socket.on('error', () => signal.abort());
  if (request.headers.upgrade?.toLowerCase() === 'websocket') (await import('./websocket.ts')).serveWebSocket(request, socket, head, connection, signal);
  else (await import('./spdy.ts')).serveSpdy(request, socket, head, connection, signal);
}
