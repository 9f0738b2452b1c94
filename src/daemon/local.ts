/**
 * A command without a daemon: opens the home in this process for the moment that the command needs. What needs a
 * controller stays as it is, unless MOCK_KUBECTL_CONVERGE=1: then the loops run here, in virtual time, before the
 * command returns.
 */
import type { ApiRequest } from '../api/request.ts';
import type { Transport } from '../client/client.ts';
import { homeFrom } from '../client/home.ts';
import { Cluster, type ComponentOptions } from './cluster.ts';
import { converge } from './converge.ts';

export interface LocalCluster {
  readonly transport: Transport;
  /** Lets what follows from the command's writes happen (converge on return), and gives the home back. */
  close(): Promise<void>;
}

/** How long a command waits for others that have the home open, ms. */
const LOCK_WAIT_MS = 30_000;
const READING = new Set<ApiRequest['verb']>(['get', 'list', 'watch']);

/** Opens the home that the environment names. Throws an Error with one clear line when it is not to be had. */
export async function openLocalCluster(env: Readonly<Record<string, string | undefined>>): Promise<LocalCluster> {
  const converging = env.MOCK_KUBECTL_CONVERGE === '1';
  const seed = env.MOCK_KUBECTL_SEED === undefined || env.MOCK_KUBECTL_SEED === '' ? undefined : Number(env.MOCK_KUBECTL_SEED);
  const cluster = await Cluster.open({
    home: homeFrom(env),
    speed: converging ? 0 : 1,
    ...(converging ? { virtual: true, seed: seed ?? 0 } : seed === undefined ? {} : { seed }),
    lockWaitMs: LOCK_WAIT_MS,
    holder: 'a command',
    writeLog: () => undefined,
  });
  if (!converging) return { transport: cluster.transport, close: () => cluster.close() };
  return new ConvergingCluster(cluster, { nodes: Number(env.MOCK_KUBECTL_NODES || 3), timing: 'fast' });
}

/** After each write everything that follows from it happens before the answer is returned. Commands that only read start no component. */
class ConvergingCluster implements LocalCluster {
  readonly transport: Transport;
  #started: Promise<void> | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly components: ComponentOptions,
  ) {
    const { transport } = cluster;
    const ready = async () => {
      if (cluster.fresh) await this.#converge();
    };
    this.transport = {
      request: async (request) => {
        await ready();
        if (READING.has(request.verb)) return transport.request(request);
        await this.#start();
        const response = await transport.request(request);
        await this.#converge();
        return response;
      },
      watch: async (request, onEvent) => {
        await ready();
        return transport.watch(request, onEvent);
      },
      raw: async (method, path, body) => {
        await this.#start();
        return transport.raw(method, path, body);
      },
      stream: async (request, onText, signal) => {
        await this.#start();
        return transport.stream(request, onText, signal);
      },
    };
  }

  close(): Promise<void> {
    return this.cluster.close();
  }

  #start(): Promise<void> {
    this.#started ??= this.cluster.startComponents(this.components).then(async () => void (await converge(this.cluster)));
    return this.#started;
  }

  async #converge(): Promise<void> {
    await this.#start();
    await converge(this.cluster);
  }
}
