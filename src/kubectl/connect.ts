/**
 * Where a command finds its API server: the daemon's socket in the cluster's home, and where no daemon answers, the
 * same server code over the home's directory in this process.
 */
import { existsSync } from 'node:fs';
import type { ApiRequest } from '../api/request.ts';
import { ConnectionError, type RawResponse, type Transport, type VirtualTime } from '../client/client.ts';
import type { Home } from '../client/home.ts';
import { SocketTransport } from '../client/transports/unix-socket.ts';
import { CommandError } from './errors.ts';
import type { Flags } from './flags.ts';
import type { GlobalFlags } from './global-flags.ts';

/** An open connection. `close` first lets the cluster converge where that was asked for (MOCK_KUBECTL_CONVERGE). */
export interface Connection {
  readonly transport: Transport;
  close(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Opens the connection that the global flags and the environment ask for. */
export function connect(home: Home, env: Env, globals: Flags<GlobalFlags>, warn: (text: string) => void): Connection {
  const { server } = globals.values;
  if (server !== '') throw new CommandError(`--server: only the cluster in ${home.path} can be reached; HTTPS is not supported`);
  const reach = new LazyTransport(home, env, warn);
  return { transport: reach, close: () => reach.close() };
}

/**
 * Asks the daemon, and opens the directory in this process when the first request finds nobody there. The choice is
 * made once: a daemon that dies in between is an error, as a lost server is.
 */
class LazyTransport implements Transport {
  #chosen: Promise<Transport> | undefined;
  #local: { readonly transport: Transport; close(): Promise<void> } | undefined;

  constructor(
    private readonly home: Home,
    private readonly env: Env,
    private readonly warn: (text: string) => void,
  ) {}

  async request(request: ApiRequest): ReturnType<Transport['request']> {
    const response = await this.#first((transport) => transport.request(request));
    for (const warning of response.warnings ?? []) this.warn(warning);
    return response;
  }

  watch(request: ApiRequest, onEvent: Parameters<Transport['watch']>[1]): ReturnType<Transport['watch']> {
    return this.#first((transport) => transport.watch(request, onEvent));
  }

  raw(method: Parameters<Transport['raw']>[0], path: string, body?: unknown): Promise<RawResponse> {
    return this.#first((transport) => transport.raw(method, path, body));
  }

  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
    return this.#first((transport) => transport.stream(request, onText, signal));
  }

  get virtualTime(): VirtualTime | undefined {
    return this.#local?.transport.virtualTime;
  }

  async close(): Promise<void> {
    await this.#local?.close();
  }

  /** Runs a request; the very first one finds out who answers, without a question of its own. */
  async #first<R>(send: (transport: Transport) => Promise<R>): Promise<R> {
    if (this.#chosen) return send(await this.#chosen);
    const { socket } = this.home;
    if (process.platform !== 'win32' && !existsSync(socket)) return send(await (this.#chosen = this.#openLocal()));
    const daemon = new SocketTransport({ socketPath: socket });
    let settle: (transport: Transport | Promise<Transport>) => void = () => {};
    this.#chosen = new Promise((resolve) => (settle = resolve));
    try {
      const answer = await send(daemon);
      settle(daemon);
      return answer;
    } catch (error) {
      const nobody = error instanceof ConnectionError && isNobody(error);
      settle(nobody ? this.#openLocal() : daemon);
      if (!nobody) throw error;
      return send(await this.#chosen);
    }
  }

  async #openLocal(): Promise<Transport> {
    const { openLocalCluster } = await import('../daemon/local.ts');
    const local = await openLocalCluster(this.env);
    this.#local = local;
    return local.transport;
  }
}

/** Whether no request can have been sent: the socket is missing, or left over from a daemon that died. */
function isNobody(error: ConnectionError): boolean {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK';
}
