/** What a pod worker gets from its node's kubelet. */
import type { Node, Pod, Service } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import type { Client, ResourceClient } from '../client/client.ts';
import type { EventType } from '../client/event-recorder.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import type { Random } from '../simulation/random.ts';
import type { NodeUsage } from './admission.ts';
import type { HostLocalNetwork } from './cni/pod-network.ts';
import type { SimulatedRuntime } from './cri/simulated-runtime.ts';
import type { Ticker } from './probes/ticker.ts';
import type { References } from './references.ts';

export interface PodHost {
  readonly nodeName: string;
  readonly hostIp: string;
  /** Pulls and starts take their time. */
  readonly realistic: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ticker: Ticker;
  readonly runtime: SimulatedRuntime;
  readonly network: HostLocalNetwork;
  readonly references: References;
  readonly usage: NodeUsage;
  /** The node's own. */
  readonly client: Client;
  readonly pods: ResourceClient<Pod>;
  node(): Stored<Node> | undefined;
  services(namespace: string): readonly Stored<Service>[];
  event(pod: Stored<Pod>, type: EventType, reason: string, message: string, fieldPath?: string): void;
  /** For `trace`: what was done in the runtime or network. */
  step(pod: Stored<Pod>, action: string, reason: string): void;
  /** The image is new on this node. */
  imagesChanged(): void;
}
