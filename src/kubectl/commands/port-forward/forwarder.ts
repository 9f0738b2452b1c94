/** Listens on local ports and carries each connection to the pod (client-go tools/portforward/portforward.go). */
import { createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Connection } from '../../../api/node-connection.ts';
import { goQuote } from '../../../api/quote.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { klogLine } from '../../klog.ts';
import { bindMessage } from '../../shared/bind-message.ts';
import { parsePorts, type PortPair } from './ports.ts';

interface Address {
  readonly family: 4 | 6;
  readonly address: string;
  /** Of localhost's two addresses one is enough. */
  readonly optional: boolean;
}

type Ports = Connection & { readonly kind: 'ports' };

/** Forwards until it is interrupted. Throws when the pod is lost, and where nothing can be listened on. */
export async function forwardPorts(ctx: CommandContext, { namespace, pod }: { readonly namespace: string; readonly pod: string }, wanted: readonly string[], listenOn: readonly string[]): Promise<void> {
  const addresses = parseAddresses(listenOn);
  const ports = parsePorts(wanted);
  const connection = await dial(ctx, namespace, pod, ports);
  const lost = new AbortController();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const stop = AbortSignal.any([ctx.signal, lost.signal]);
  const accept = (pair: PortPair) => (socket: Socket): void => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    void carry(ctx, connection, pair, socket, stop).catch((error: unknown) => lost.abort(error));
  };
  void connection.link?.lost.then(() => lost.abort(new CommandError('lost connection to pod')));
  try {
    await listenOnAll(ctx, ports, addresses, servers, accept);
    await new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      stop.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
    connection.link?.close();
  }
  if (lost.signal.aborted && !ctx.signal.aborted) throw lost.signal.reason;
}

async function dial(ctx: CommandContext, namespace: string, pod: string, ports: readonly PortPair[]): Promise<Ports> {
  const client = await ctx.client();
  try {
    const connection = await client.transport.connect({
      ...client.identity, verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'portforward', namespace, name: pod, options: { query: { ports: ports.map(({ remote }) => String(remote)) } },
    });
    if (connection.kind !== 'ports') throw new Error('the server opened another connection than was asked for');
    return connection;
  } catch (error) {
    throw new CommandError(`error upgrading connection: ${textOf(error)}`);
  }
}

/** One connection. What goes wrong at the other side is told, and is the end of it all. */
async function carry(ctx: CommandContext, connection: Ports, { local, remote }: PortPair, socket: Socket, signal: AbortSignal): Promise<void> {
  ctx.streams.stdout.write(`Handling connection for ${local}\n`);
  // A client that goes away is no fault.
  socket.on('error', () => socket.destroy());
  try {
    await connection.forward(remote, { incoming: bytesOf(socket), write: (bytes) => void (socket.writable && socket.write(bytes)) }, signal);
  } catch (error) {
    if (signal.aborted) return;
    const text = `an error occurred forwarding ${local} -> ${remote}: ${textOf(error)}`;
    ctx.streams.stderr.write(klogLine('E', 'portforward.go:424', `"Unhandled Error" err=${goQuote(text)}`));
    socket.destroy();
    throw new CommandError('lost connection to pod');
  }
  socket.end();
}

/** What a socket says, until it ends or breaks. */
async function* bytesOf(socket: Socket): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of socket.iterator({ destroyOnReturn: false })) yield part as Buffer;
  } catch {
    // It broke: that is its end, too.
  }
}

async function listenOnAll(ctx: CommandContext, ports: readonly PortPair[], addresses: readonly Address[], servers: Server[], accept: (pair: PortPair) => (socket: Socket) => void): Promise<void> {
  let listening = false;
  for (const pair of ports) {
    const failures: { readonly text: string; readonly optional: boolean }[] = [];
    let optionalOnes = 0;
    for (const address of addresses) {
      try {
        servers.push(await listen(pair, address, accept(pair)));
        if (address.optional) optionalOnes++;
        const host = address.family === 6 ? `[${address.address}]` : address.address;
        ctx.streams.stdout.write(`Forwarding from ${host}:${pair.local} -> ${pair.remote}\n`);
      } catch (error) {
        failures.push({ text: textOf(error), optional: address.optional });
      }
    }
    const failed = failures.some(({ optional }) => !optional || optionalOnes === 0);
    if (failed) ctx.streams.stderr.write(`Unable to listen on port ${pair.local}: Listeners failed to create with the following errors: [${failures.map(({ text }) => text).join(' ')}]\n`);
    else listening = true;
  }
  if (!listening) throw new CommandError(`unable to listen on any of the requested ports: [${ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`);
}

/** Opens one port; the pair keeps the one that was chosen. */
function listen(pair: PortPair, { family, address }: Address, onConnection: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, onConnection);
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(`unable to create listener: Error ${bindMessage(error, `tcp${family}`, family === 6 ? `[${address}]:${pair.local}` : `${address}:${pair.local}`)}`)));
    server.listen({ host: address, port: pair.local, ipv6Only: family === 6 }, () => {
      pair.local = (server.address() as AddressInfo).port;
      resolve(server);
    });
  });
}

function parseAddresses(addresses: readonly string[]): Address[] {
  if (addresses.length === 0) throw new CommandError('you must specify at least 1 address');
  const parsed = new Map<string, Address>();
  for (const address of addresses) {
    const family = isIP(address);
    if (address === 'localhost') for (const each of ['127.0.0.1', '::1']) if (!parsed.has(each)) parsed.set(each, { family: each === '::1' ? 6 : 4, address: each, optional: true });
    if (address === 'localhost') continue;
    if (family !== 4 && family !== 6) throw new CommandError(`${address} is not a valid IP`);
    parsed.set(address, { family, address, optional: false });
  }
  return [...parsed.values()];
}
