/**
 * A cluster without a daemon, opened for as long as somebody asks it something. Between questions the home is free for
 * other commands, so that one that waits (`wait`, `get -w`, a prompt) keeps nobody out. A daemon that was started in the
 * meantime is asked instead.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiRequest, WatchEvent, WatchHandle } from '../api/request.ts';
import { StatusError } from '../api/status.ts';
import type { ServerReach, Transport } from '../client/client.ts';
import type { Home } from '../client/home.ts';
import type { Now } from '../simulation/clock.ts';
import { Cluster } from './cluster.ts';
import type { LocalCluster } from './local.ts';
import { logState, LOOK_EVERY_MS } from './log-state.ts';

/** The home is let go when nobody has asked for that long, ms. */
const IDLE_MS = 20;

export class MomentaryCluster implements LocalCluster {
  readonly transport: Transport;
  #reached: Promise<Cluster | Transport> | undefined;
  #users = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #letGo: Promise<void> = Promise.resolve();

  /** @param open opens the home, or finds the way to the daemon that has it by now */
  constructor(
    private readonly home: Home,
    private readonly open: () => Promise<Cluster | Transport>,
    first: Cluster,
  ) {
    this.#reached = Promise.resolve(first);
    this.transport = {
      request: (request) => this.#use((reached) => transportOf(reached).request(request)),
      raw: (method, path, body, accept) => this.#use((reached) => transportOf(reached).raw(method, path, body, accept)),
      stream: (request, onText, signal) => this.#use((reached) => transportOf(reached).stream(request, onText, signal)),
      watch: (request, onEvent) => this.#watch(request, onEvent),
      serverTime: () => this.#use((reached) => (reached instanceof Cluster ? Promise.resolve(reached.clock.now()) : (reached.serverTime?.() ?? Promise.resolve(Date.now())))),
      // Without kubelets there is nothing to connect to; a daemon that has come since lives on without us.
      connect: (request) => this.#use((reached) => transportOf(reached).connect(request)),
      reach: () => this.#use((reached) => (reached instanceof Cluster ? this.#reach(reached.clock) : (reached.reach?.() ?? Promise.resolve(undefined)))),
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#release();
    await this.#letGo;
  }

  async #reach(clock: Now): Promise<ServerReach> {
    const { localReach } = await import('./local-reach.ts');
    const server = <Result>(body: (server: Cluster['server']) => Promise<Result>): Promise<Result> => this.#use((reached) => (reached instanceof Cluster ? body(reached.server) : Promise.reject(new StatusError(503, 'ServiceUnavailable', 'a daemon has come: start again to reach it', {}))));
    return localReach(this.transport, {
      authenticate: (credentials) => server((it) => it.authenticate(credentials)),
      proxy: (request) => server((it) => it.proxy(request)),
      raw: (method, path, body, caller) => this.#use((reached) => (reached instanceof Cluster ? reached.server.raw(method, path, body, caller) : reached.raw(method, path, body, caller?.accept))),
    }, clock);
  }

  async #use<Result>(body: (reached: Cluster | Transport) => Promise<Result>): Promise<Result> {
    clearTimeout(this.#idleTimer);
    this.#users++;
    try {
      await this.#letGo;
      this.#reached ??= this.open();
      return await body(await this.#reached);
    } finally {
      if (--this.#users === 0) this.#idleTimer = setTimeout(() => this.#release(), IDLE_MS);
    }
  }

  #release(): void {
    const reached = this.#reached;
    this.#reached = undefined;
    if (reached) this.#letGo = reached.then((it) => (it instanceof Cluster ? it.close() : undefined), () => undefined);
  }

  /** Looks at what has come since, lets go of the home, and looks again when its log has changed. */
  async #watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> {
    const stop = new AbortController();
    const state: Following = { since: request.options?.resourceVersion, onEvent, ended: false };
    let written = logState(this.home);
    await this.#look(request, state, stop.signal);
    const closed = (async () => {
      while (!state.ended && !stop.signal.aborted) {
        await delay(LOOK_EVERY_MS, undefined, { signal: stop.signal });
        const now = logState(this.home);
        if (now === written) continue;
        written = now;
        await this.#look(request, state, stop.signal);
      }
    })().catch(() => undefined);
    return { stop: () => stop.abort(), closed };
  }

  #look(request: ApiRequest, state: Following, signal: AbortSignal): Promise<void> {
    const asked: ApiRequest = { ...request, options: { ...request.options, ...(state.since === undefined ? {} : { resourceVersion: state.since }) } };
    const take = (event: WatchEvent): void => {
      if (event.type === 'ERROR') state.ended = true;
      if (!signal.aborted) state.onEvent(event);
    };
    return this.#use(async (reached) => {
      const handle = await transportOf(reached).watch(asked, take);
      if (reached instanceof Cluster) {
        await reached.clock.activity.idle();
        state.since = String(reached.revision);
        handle.stop();
        return;
      }
      signal.addEventListener('abort', () => handle.stop(), { once: true });
      await handle.closed;
      state.ended = true;
    });
  }
}

/** How far a watch has come. */
interface Following {
  since: string | undefined;
  readonly onEvent: (event: WatchEvent) => void;
  ended: boolean;
}

const transportOf = (reached: Cluster | Transport): Transport => (reached instanceof Cluster ? reached.transport : reached);
