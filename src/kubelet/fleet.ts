/** The nodes of a cluster: one kubelet for each, over one cache of pods, so that an event costs the same with 3 nodes as with 5,000. */
import { NODES, PODS, SERVICES } from '../api/kinds.ts';
import type { Pod } from '../api/generated/types.ts';
import type { NodeConnection } from '../api/node-connection.ts';
import type { Stored } from '../api/object.ts';
import type { Component, ComponentContext, ComponentFactory } from '../client/component.ts';
import { ClusterView } from './cluster-view.ts';
import { Kubelet, type KubeletShared } from './kubelet.ts';
import { Ticker } from './probes/ticker.ts';
import { References } from './references.ts';
import { nodeServer } from './server/node-server.ts';

export interface FleetOptions {
  /** How many: node-1 … node-N. */
  readonly nodes: number;
  /** 'realistic': pulls and starts take their time. */
  readonly timing: 'fast' | 'realistic';
}

/** The running fleet: what the API server dials. */
export interface Fleet extends Component {
  /** The way to a node's kubelet; undefined for nodes that are not of this fleet. */
  dial(nodeName: string): NodeConnection | undefined;
}

export type FleetFactory = (context: ComponentContext) => Fleet;

/** Runs a kubelet for each of `node-1` … `node-N`. */
export function nodeFleet(options: FleetOptions): FleetFactory {
  return (context) => new NodeFleet(context, Array.from({ length: options.nodes }, (_, index) => ({ nodeName: `node-${index + 1}`, index })), options.timing === 'realistic');
}

/** Runs the kubelet of one node. */
export function kubelet(options: { readonly nodeName: string; readonly index: number; readonly timing?: 'fast' | 'realistic' }): ComponentFactory {
  return (context) => new NodeFleet(context, [options], options.timing === 'realistic');
}

class NodeFleet implements Fleet {
  readonly name = 'kubelet';
  readonly #context: ComponentContext;
  readonly #kubelets = new Map<string, Kubelet>();
  /** Pods that have changed, newest version each, and those that are gone. */
  readonly #changed = new Map<string, { readonly kubelet: Kubelet; readonly pod: Stored<Pod>; readonly deleted: boolean }>();
  #draining = false;
  #stopped = false;

  constructor(context: ComponentContext, nodes: readonly { readonly nodeName: string; readonly index: number }[], realistic: boolean) {
    this.#context = context;
    const { informers, clock } = context;
    const pods = informers.of(PODS);
    pods.addIndex('node', (pod) => pod.spec?.nodeName);
    informers.of(SERVICES);
    const view = new ClusterView(context, (name) => this.#kubelets.get(name));
    const shared: KubeletShared = { context, references: new References(context), ticker: new Ticker(clock), realistic, network: (namespace) => view.in(namespace) };
    for (const { nodeName, index } of nodes) this.#kubelets.set(nodeName, new Kubelet(nodeName, index, shared));
    pods.onChange({ added: (pod) => this.#podChanged(pod, false), updated: (_, pod) => this.#podChanged(pod, false), deleted: (pod) => this.#podChanged(pod, true) });
    informers.of(NODES).onChange({ added: (node) => this.#kubelets.get(node.metadata.name)?.nodeChanged(node), updated: (_, node) => this.#kubelets.get(node.metadata.name)?.nodeChanged(node) });
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#kubelets.values()].map((each) => each.start()));
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#stopped = true;
    for (const each of this.#kubelets.values()) each.stop();
  }

  dial(nodeName: string): NodeConnection | undefined {
    const target = this.#kubelets.get(nodeName);
    return target && nodeServer(target);
  }

  /** Only notes the pod: the work is done once the delivery of the event is over. */
  #podChanged(pod: Stored<Pod>, deleted: boolean): void {
    const { nodeName } = pod.spec ?? {};
    const target = nodeName === undefined ? undefined : this.#kubelets.get(nodeName);
    if (!target || this.#stopped) return;
    this.#changed.set(pod.metadata.uid, { kubelet: target, pod, deleted });
    if (this.#draining) return;
    this.#draining = true;
    queueMicrotask(() => this.#drain());
  }

  #drain(): void {
    for (const [uid, { kubelet: target, pod, deleted }] of this.#changed) {
      this.#changed.delete(uid);
      if (this.#stopped) continue;
      try {
        if (deleted) target.podDeleted(pod);
        else target.podChanged(pod);
      } catch (error) {
        this.#context.log.error(`pod ${pod.metadata.namespace}/${pod.metadata.name}: ${(error as Error).message}`);
      }
    }
    this.#draining = false;
  }
}
