/**
 * The processes of a control plane beside its API server, within this one: kube-controller-manager (with the nodes, which
 * stand where the controllers run) and kube-scheduler. Where several daemons serve one cluster each process runs with the
 * daemon that leads it. A cluster of one daemon has no election: its lock has decided, and the Leases only say so.
 */
import type { UserInfo } from '../api/request.ts';
import { Client, type Transport } from '../client/client.ts';
import { CorrelatingRecorder } from '../client/event-recorder.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { ComponentManager, type ManagerOptions, type NamedComponent } from './component-manager.ts';

/** A process of upstream's, and the Lease through which it is led. */
export interface ControlPlaneProcess {
  readonly name: 'kube-controller-manager' | 'kube-scheduler';
  /** As which its events are recorded. */
  readonly recorder: string;
  readonly user: UserInfo;
  readonly components: readonly NamedComponent[];
}

export interface ControlPlaneOptions extends ManagerOptions {
  readonly transport: Transport;
  /** Of the Leases' holder, before the underscore. */
  readonly host: string;
}

export class ControlPlane {
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];
  #manager: ComponentManager | undefined;

  constructor(
    private readonly options: ControlPlaneOptions,
    private readonly processes: readonly ControlPlaneProcess[],
  ) {}

  /** Runs all of it, over one set of caches. */
  async runAll(): Promise<void> {
    this.#manager = new ComponentManager(this.options);
    await this.#manager.start(this.processes.flatMap(({ components }) => components));
  }

  /** Writes into the Leases that this daemon leads: nobody else can, since it has the home's lock. */
  async claim(): Promise<void> {
    for (const process of this.processes) await this.#elector(process).take();
  }

  /** Runs each process whenever this daemon leads it. Resolves when that is decided for the first time, and what it leads runs. */
  async campaign(): Promise<void> {
    await Promise.all(this.processes.map((process) => new Promise<void>((decided, failed) => {
      const lead = async (signal: AbortSignal): Promise<void> => {
        const manager = new ComponentManager(this.options);
        // The lead may be lost before the caches are full.
        manager.start(process.components).then(decided, failed);
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        await manager.stop();
      };
      const running = this.#elector(process).run(lead, this.#stop.signal, decided);
      running.catch(failed);
      this.#running.push(running);
    })));
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the cluster is stopping'));
    await this.#manager?.stop();
    await Promise.all(this.#running);
  }

  #elector({ name, recorder, user }: ControlPlaneProcess): LeaderElector {
    const { transport, clock, host } = this.options;
    const log = this.options.log.named(name);
    const random = this.options.random.stream(`leader election of ${name}`);
    const client = new Client(transport, { userAgent: name, user });
    const events = new CorrelatingRecorder({ client, clock, log, component: recorder });
    return new LeaderElector({ client, clock, random, log, events, lease: name, identity: `${host}_${random.uuid()}` });
  }
}
