/** Converge on return: after each write everything that follows from it happens before the answer is given. Commands that only read start no component. */
import type { Connection, ContainerStreams } from '../api/node-connection.ts';
import type { ApiRequest, WatchHandle } from '../api/request.ts';
import { isProxied, parseRest } from '../api/rest.ts';
import type { Transport, VirtualTime } from '../client/client.ts';
import type { Cluster, ComponentOptions } from './cluster.ts';
import { CONVERGE_LIMIT_MS } from './converge.ts';
import type { LocalCluster } from './local.ts';

const READING = new Set<ApiRequest['verb']>(['get', 'list', 'watch']);
/**
 * The most that a command lets pass while it waits for something, ms of cluster time. Longer limits, and the week of
 * commands without one, stand for "until it happens": after an hour of retries it never will.
 */
const PATIENCE_MS = 3600 * 1000;

/** Whether a page is asked for that a node has to answer. */
function isProxyPath(path: string): boolean {
  const target = path.includes('/proxy') ? parseRest('GET', path.split('?', 1)[0] ?? '') : undefined;
  return target !== undefined && isProxied(target);
}

export class ConvergingCluster implements LocalCluster {
  readonly transport: Transport;
  #started: Promise<void> | undefined;
  #moved: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly components: ComponentOptions,
  ) {
    const { transport } = cluster;
    const ready = async () => {
      if (cluster.fresh) await this.#start();
    };
    this.transport = {
      virtualTime: this.#virtualTime(),
      request: async (request) => {
        await ready();
        if (READING.has(request.verb)) return transport.request(request);
        await this.#start();
        const response = await transport.request(request);
        await this.#converge();
        return response;
      },
      // Nothing changes any more while this process only watches, and no other has the home: what is there is told, and
      // then the watch ends as one does whose server has nothing to add.
      watch: async (request, onEvent) => {
        await ready();
        return endAfter(await transport.watch(request, onEvent), cluster.clock.activity.idle());
      },
      serverTime: () => Promise.resolve(cluster.clock.now()),
      raw: async (method, path, body, accept) => {
        await ready();
        if (method !== 'GET' || path.startsWith('/mock/clock') || isProxyPath(path)) await this.#start();
        const response = await transport.raw(method, path, body, accept);
        if (method !== 'GET') await this.#converge();
        return response;
      },
      stream: async (request, onText, signal) => {
        await this.#start();
        const stop = new AbortController();
        signal?.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
        const streaming = transport.stream(request, onText, stop.signal);
        // Nothing follows while time stands still.
        if (request.options?.query?.['follow'] === 'true') void cluster.clock.activity.idle().then(() => stop.abort());
        await streaming;
      },
      reach: async () => {
        const { localReach } = await import('./local-reach.ts');
        const { server, clock } = this.cluster;
        return localReach(this.transport, {
          authenticate: (credentials) => server.authenticate(credentials),
          proxy: (request) => this.#start().then(() => server.proxy(request)),
          raw: (method, path, body, caller) => ready().then(() => server.raw(method, path, body, caller)),
        }, clock);
      },
      connect: async (request) => {
        await this.#start();
        const connection = await transport.connect(request);
        return connection.kind === 'container' ? { ...connection, run: (streams, signal) => this.#run(connection, request.subresource === 'attach', streams, signal) } : connection;
      },
    };
  }

  /** Lets time pass for a command in a container: at its start and after all that it is told. */
  async #run(connection: Connection & { readonly kind: 'container' }, following: boolean, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
    const stop = new AbortController();
    const converge = (): void => void setImmediate(() => void this.#converge());
    // Whoever only follows sees no more once time stands still.
    const end = (): void => void setImmediate(() => void this.#converge().then(() => following && stop.abort()));
    const told = async function* (stdin: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const part of stdin) {
        converge();
        yield part;
      }
      end();
    };
    if (streams.stdin) converge();
    else end();
    return connection.run({ ...streams, stdin: streams.stdin && told(streams.stdin) }, AbortSignal.any([signal, stop.signal]));
  }

  async close(): Promise<void> {
    try {
      if (this.#started) await this.#converge();
    } finally {
      await this.cluster.close();
    }
  }

  #virtualTime(): VirtualTime {
    const { clock } = this.cluster;
    let passedMs = 0;
    const move = async (limitMs: number): Promise<boolean> => {
      const startMs = clock.now();
      const leftMs = Math.max(0, Math.min(limitMs, PATIENCE_MS - passedMs));
      const dueMs = clock.nextDueMs() ?? Infinity;
      const due = dueMs <= startMs + leftMs;
      if (due) await clock.step();
      else await clock.advance(leftMs);
      passedMs += clock.now() - startMs;
      return due;
    };
    return {
      get passedMs() {
        return passedMs;
      },
      pass: async (limitMs) => {
        await this.#start();
        return this.#inTurn(() => move(limitMs));
      },
    };
  }

  #start(): Promise<void> {
    this.#started ??= this.cluster.startComponents(this.components).then(() => this.#converge());
    return this.#started;
  }

  async #converge(): Promise<void> {
    await this.#inTurn(() => this.cluster.clock.converge(CONVERGE_LIMIT_MS));
  }

  /** One after the other: a command's requests may be several at once (the evictions of a drain), and each moves the clock. */
  #inTurn<T>(move: () => Promise<T>): Promise<T> {
    const turn = this.#moved.then(move);
    this.#moved = turn.catch(() => undefined);
    return turn;
  }
}

function endAfter(handle: WatchHandle, settled: Promise<void>): WatchHandle {
  void settled.then(() => handle.stop());
  return handle;
}
