/** Starts the components of a cluster over one set of informers, and stops them together. */
import { setMaxListeners } from 'node:events';
import type { UserInfo } from '../api/request.ts';
import { Client, type Transport } from '../client/client.ts';
import type { Component, ComponentContext, ComponentFactory } from '../client/component.ts';
import { CorrelatingRecorder } from '../client/event-recorder.ts';
import { InformerFactory } from '../client/informer.ts';
import type { ClusterClock } from '../simulation/cluster-clock.ts';
import type { Journal, Log } from '../simulation/log.ts';
import type { Random } from '../simulation/random.ts';

export interface NamedComponent {
  /** As events and `trace` call it: "deployment-controller". */
  readonly name: string;
  readonly factory: ComponentFactory;
  readonly user: UserInfo;
  /** The program that it is a part of: the manager of the fields that it writes. */
  readonly program?: string;
}

export interface ManagerOptions {
  readonly transport: Transport;
  readonly clock: ClusterClock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
}

/** The shared informers are the controller manager's. */
const INFORMERS_USER: UserInfo = { username: 'system:kube-controller-manager', groups: ['system:authenticated'] };

/** A component that failed is started again after this long, ms of cluster time. */
const RESTART_DELAY_MS = 1000;

export class ComponentManager {
  readonly #stop = new AbortController();
  readonly #informers: InformerFactory;
  readonly #running: Promise<void>[] = [];

  constructor(private readonly options: ManagerOptions) {
    // Every cache and queue listens for the end; that is no leak.
    setMaxListeners(0, this.#stop.signal);
    const client = new Client(options.transport, { userAgent: 'informers', user: INFORMERS_USER });
    this.#informers = new InformerFactory(client, options.clock, options.log.named('informers'));
  }

  /** Builds all components, fills the caches that they asked for, and lets them run. */
  async start(components: readonly NamedComponent[]): Promise<void> {
    const built = components.map((component) => component.factory(this.#context(component)));
    await this.#informers.start(this.#stop.signal);
    for (const component of built) this.#running.push(this.#keepRunning(component));
  }

  /** Ends every component and watch; resolves when the last has stopped. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the cluster is stopping'));
    await Promise.all(this.#running);
    await this.#informers.stopped();
  }

  #context({ name, user, program }: NamedComponent): ComponentContext {
    const { transport, clock, random, journal } = this.options;
    const log = this.options.log.named(name);
    const client = new Client(transport, { userAgent: program === undefined ? name : `${program}/v1.33.0 (linux/amd64) kubernetes/60a317e/${name}`, user });
    return { client, informers: this.#informers, clock, random: random.stream(name), log, journal, events: new CorrelatingRecorder({ client, clock, log, component: name }) };
  }

  async #keepRunning(component: Component): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await component.run(signal);
        if (!signal.aborted) throw new Error('ended by itself');
      } catch (error) {
        if (signal.aborted) return;
        this.options.log.named(component.name).error(`failed, will be started again: ${(error as Error).stack ?? String(error)}`);
        await this.options.clock.sleep(RESTART_DELAY_MS, signal, 'background').catch(() => undefined);
      }
    }
  }
}
