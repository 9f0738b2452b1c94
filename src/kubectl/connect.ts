/**
 * Where a command finds its API server: the daemon's socket in the cluster's home, and where no daemon answers, the
 * same server code over the home's directory in this process. Where kubeconfig or flags name another server or another
 * user than the home's own, it is HTTPS.
 */
import { existsSync } from 'node:fs';
import type { Connection as PodConnection } from '../api/node-connection.ts';
import type { ApiRequest } from '../api/request.ts';
import { StatusError } from '../api/status.ts';
import { ConnectionError, type RawResponse, type ServerReach, type Transport, type VirtualTime } from '../client/client.ts';
import type { Home } from '../client/home.ts';
import type { Headers } from '../client/transports/http1.ts';
import type { WireLog } from '../client/transports/wire-log.ts';
import { SocketTransport } from '../client/transports/unix-socket.ts';
import { impersonationHeaders, type Impersonation } from './client-config/impersonation.ts';
import type { namedAccess, usableAccess } from './client-config/load.ts';
import { checkPathSegments } from './client-config/path-segments.ts';
import { timeoutMs } from './client-config/timeout.ts';
import { NoClusterError } from './errors.ts';
import { isDisabled } from './feature-gates.ts';
import type { Flags } from './flags.ts';
import type { GlobalFlags } from './global-flags.ts';
import { isOwnContext } from './kubeconfig.ts';

/** An open connection. `close` first lets the cluster converge where that was asked for (MOCK_KUBECTL_CONVERGE). */
export interface Connection {
  readonly transport: Transport;
  /** Throws where what the configuration names is not there, without asking anybody. */
  check?(): Promise<void>;
  /** The same for what no client can be made of. */
  checkClient?(): Promise<void>;
  close(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Flags that may lead to another server, or make somebody else of the user. */
const ACCESS_FLAGS = ['kubeconfig', 'server', 'cluster', 'user', 'token', 'username', 'password', 'certificate-authority', 'client-certificate', 'client-key', 'insecure-skip-tls-verify', 'tls-server-name'] as const;

/** What a connection has to tell the person who waits for it. */
export interface Told {
  warn(text: string): void;
  /** Asks the person who they are, where nothing else says it. */
  askWho(): Promise<{ readonly username: string; readonly password: string }>;
  /** Runs a request after which the cluster may have a lot to do (MOCK_KUBECTL_CONVERGE). */
  converging<R>(request: () => Promise<R>): Promise<R>;
  /** Where -v asks for it. */
  readonly requests?: WireLog | undefined;
}

/** Opens the connection that the global flags and the environment ask for. @param command "kubectl rollout status": errors and servers tell of it */
export function connect(home: Home, env: Env, globals: Flags<GlobalFlags>, command: string, told: Told): Connection {
  const { values } = globals;
  const timeout = timeoutMs(values['request-timeout']);
  if (ACCESS_FLAGS.some((name) => globals.changed(name)) || !isOwnContext(home.kubeconfig, values.context)) return new NetworkTransport(home, env, globals, command, told);
  const asked = { as: values.as, groups: values['as-group'], uid: values['as-uid'] };
  const headers = impersonationHeaders(asked, 'kubernetes-admin');
  return new LocalTransport(home, env, told, { ...(values.as === '' ? {} : { impersonation: { ...asked, headers }, headers }), ...(timeout > 0 ? { timeoutMs: timeout } : {}), spdyFor: spdyConnections(env) });
}

/** Connections that the environment wants over SPDY. */
const spdyConnections = (env: Env): readonly string[] => [...(isDisabled('KUBECTL_REMOTE_COMMAND_WEBSOCKETS', env) ? ['exec', 'attach'] : []), ...(isDisabled('KUBECTL_PORT_FORWARD_WEBSOCKETS', env) ? ['portforward'] : [])];

/** A transport that is opened at the first request. */
abstract class LateTransport implements Transport, Connection {
  constructor(protected readonly told: Told) {}

  get transport(): Transport {
    return this;
  }

  async request(request: ApiRequest): ReturnType<Transport['request']> {
    const say = (warnings: readonly string[] = []) => {
      for (const warning of warnings) this.told.warn(warning);
    };
    checkPathSegments(request);
    try {
      const response = await this.first((transport) => transport.request(request));
      say(response.warnings);
      return response;
    } catch (error) {
      if (error instanceof StatusError) say(error.warnings);
      throw error;
    }
  }

  async watch(request: ApiRequest, onEvent: Parameters<Transport['watch']>[1]): ReturnType<Transport['watch']> {
    checkPathSegments(request);
    return this.first((transport) => transport.watch(request, onEvent));
  }

  raw(method: Parameters<Transport['raw']>[0], path: string, body?: unknown, accept?: string): Promise<RawResponse> {
    return this.first((transport) => transport.raw(method, path, body, accept));
  }

  async stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
    checkPathSegments(request);
    return this.first((transport) => transport.stream(request, onText, signal));
  }

  async connect(request: ApiRequest): Promise<PodConnection> {
    checkPathSegments(request);
    return this.first((transport) => transport.connect(request));
  }

  serverTime(): Promise<number> {
    return this.first(async (transport) => transport.serverTime?.() ?? Date.now());
  }

  reach(): Promise<ServerReach | undefined> {
    return this.first(async (transport) => transport.reach?.());
  }

  get virtualTime(): VirtualTime | undefined {
    return undefined;
  }

  async close(): Promise<void> {}

  /** Runs a request over the transport, which the very first one opens. */
  protected abstract first<R>(send: (transport: Transport) => Promise<R>): Promise<R>;
}

/** Another server, or another user, than the home's own. */
class NetworkTransport extends LateTransport {
  readonly remote = true;
  #named: ReturnType<typeof namedAccess> | undefined;
  #usable: ReturnType<typeof usableAccess> | undefined;
  #opened: Promise<Transport> | undefined;

  constructor(
    private readonly home: Home,
    private readonly env: Env,
    private readonly globals: Flags<GlobalFlags>,
    private readonly command: string,
    told: Told,
  ) {
    super(told);
  }

  async check(): Promise<void> {
    await this.#name();
    const { makesClientEarly } = await import('./client-config/load.ts');
    if (makesClientEarly(this.command)) await this.checkClient();
  }

  async checkClient(): Promise<void> {
    await this.#use();
  }

  protected async first<R>(send: (transport: Transport) => Promise<R>): Promise<R> {
    this.#opened ??= this.#open();
    return send(await this.#opened);
  }

  async #open(): Promise<Transport> {
    const { loadAccess } = await import('./client-config/load.ts');
    const access = await loadAccess(this.globals, await this.#use(), this.env);
    const { networkTransport } = await import('../client/transports/network.ts');
    const { commandHeaders } = await import('./client-config/command-headers.ts');
    return networkTransport({ ...access, commandHeaders: commandHeaders(this.command, this.env), spdyFor: spdyConnections(this.env), log: this.told.requests });
  }

  /** One question to the person, whoever needs the answer. */
  #use(): ReturnType<typeof usableAccess> {
    return (this.#usable ??= Promise.all([import('./client-config/load.ts'), this.#name()]).then(([{ usableAccess }, named]) => usableAccess(named, () => this.told.askWho())));
  }

  async #name() {
    const { kubeconfig } = this.globals.values;
    const { namedAccess } = await import('./client-config/load.ts');
    return (this.#named ??= namedAccess(this.globals, kubeconfig || this.home.kubeconfig, kubeconfig !== '', this.command));
  }
}

/** What a request to the home's own cluster may ask for beside. */
interface LocalOptions {
  readonly impersonation?: Impersonation & { readonly headers: Headers };
  /** The same as headers. */
  readonly headers?: Headers;
  readonly timeoutMs?: number;
  readonly spdyFor: readonly string[];
}

/**
 * Asks the daemon, and opens the directory in this process when the first request finds nobody there. The choice is
 * made once: a daemon that dies in between is an error, as a lost server is.
 */
class LocalTransport extends LateTransport {
  #chosen: Promise<Transport> | undefined;
  #local: { readonly transport: Transport; close(): Promise<void> } | undefined;

  constructor(
    private readonly home: Home,
    private readonly env: Env,
    told: Told,
    private readonly options: LocalOptions,
  ) {
    super(told);
  }

  override request(request: ApiRequest): ReturnType<Transport['request']> {
    return this.env.MOCK_KUBECTL_CONVERGE === '1' ? this.told.converging(() => super.request(request)) : super.request(request);
  }

  override get virtualTime(): VirtualTime | undefined {
    return this.#local?.transport.virtualTime;
  }

  /** Only a request tells who answers. */
  override async reach(): Promise<ServerReach | undefined> {
    await this.raw('GET', '/version');
    return super.reach();
  }

  override async close(): Promise<void> {
    await this.#local?.close();
  }

  /** The very first request finds out who answers, without a question of its own. */
  protected async first<R>(send: (transport: Transport) => Promise<R>): Promise<R> {
    if (this.#chosen) return send(await this.#chosen);
    const { socket } = this.home;
    if (process.platform !== 'win32' && !existsSync(socket)) return send(await (this.#chosen = this.#openLocal()));
    const daemon = new SocketTransport({ socketPath: socket, ...this.options, log: this.told.requests });
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
    const local = await openLocalCluster(this.env, this.options.impersonation).catch((error: unknown) => {
      throw new NoClusterError(error);
    });
    this.#local = local;
    const { requests } = this.told;
    return requests ? (await import('./request-log.ts')).loggedTransport(local.transport, requests) : local.transport;
  }
}

/** Whether no request can have been sent: the socket is missing, or left over from a daemon that died. */
function isNobody(error: ConnectionError): boolean {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK';
}
