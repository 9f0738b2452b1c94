/** A cluster without a daemon, as HTTP that never leaves this process: for who passes requests on (kubectl proxy). */
import type { Socket } from 'node:net';
import type { RestBackend } from '../apiserver/http/handler.ts';
import { HttpServer } from '../apiserver/http/server.ts';
import type { ServerReach, Transport } from '../client/client.ts';
import { Activity } from '../simulation/activity.ts';
import type { Now } from '../simulation/clock.ts';

/** What the transports of commands lack. */
type ServerOnly = Pick<RestBackend, 'authenticate' | 'proxy' | 'raw'>;

/** @param server answers what `transport` is never asked by commands */
export function localReach(transport: Transport, server: ServerOnly, clock: Now): ServerReach {
  const backend: RestBackend = {
    ...server,
    handle: (request) => transport.request(request),
    watch: (request, onEvent) => transport.watch(request, onEvent),
    stream: (request, onText, signal) => transport.stream(request, onText, signal),
    connect: (request) => transport.connect(request),
  };
  const http = new HttpServer(backend, { clock, activity: new Activity() });
  return { dial: () => http.dial() as Socket, host: 'localhost', prefix: '', headers: {} };
}
