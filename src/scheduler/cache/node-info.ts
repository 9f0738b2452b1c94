/** What is known of a node, kept up to date pod by pod. Follows kubernetes pkg/scheduler/framework/types.go: NodeInfo. */
import type { Node } from '../../api/generated/types.ts';
import type { Labels } from '../../api/labels.ts';
import type { Stored } from '../../api/object.ts';
import { HostPorts } from './host-ports.ts';
import type { PodInfo } from './pod-info.ts';
import { amount, Resources } from './resources.ts';

const NO_LABELS: NonNullable<Labels> = {};

export class NodeInfo {
  #node: Stored<Node> | undefined;
  #labels: NonNullable<Labels> = NO_LABELS;
  allocatable = new Resources();
  /** How many pods the node takes. */
  allowedPods = 0;
  /** Cordoned. Beside the numbers, as hundreds of nodes are looked at for each pod. */
  unschedulable = false;
  /** The images on the node by name, with their size in bytes. */
  images: ReadonlyMap<string, number> = new Map();

  readonly pods = new Map<string, PodInfo>();
  #ports = new HostPorts();
  requested = new Resources();
  /** CPU and memory with the defaults for containers that ask for none. */
  nonZeroRequested = new Resources();

  constructor(readonly name: string) {}

  /** Undefined while only pods that name the node are known. */
  get node(): Stored<Node> | undefined {
    return this.#node;
  }
  get labels(): NonNullable<Labels> {
    return this.#labels;
  }
  get ports(): HostPorts {
    return this.#ports;
  }

  setNode(node: Stored<Node> | undefined): void {
    this.#node = node;
    this.#labels = node?.metadata.labels ?? NO_LABELS;
    const allocatable = node?.status?.allocatable;
    this.unschedulable = node?.spec?.unschedulable === true;
    this.allocatable = Resources.of(allocatable);
    this.allowedPods = allocatable?.pods === undefined ? 0 : amount('pods', allocatable.pods);
    const images = new Map<string, number>();
    for (const { names, sizeBytes } of node?.status?.images ?? []) for (const name of names ?? []) images.set(name, sizeBytes ?? 0);
    this.images = images;
  }

  addPod(pod: PodInfo): void {
    this.pods.set(pod.uid, pod);
    this.#count(pod, 1);
    for (const port of pod.hostPorts) this.#ports.add(port);
  }

  removePod(uid: string): PodInfo | undefined {
    const pod = this.pods.get(uid);
    if (!pod) return undefined;
    this.pods.delete(uid);
    this.#count(pod, -1);
    for (const port of pod.hostPorts) this.#ports.remove(port);
    return pod;
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    this.requested.add(pod.requests, sign);
    this.nonZeroRequested.milliCPU += sign * pod.nonZeroRequests.milliCPU;
    this.nonZeroRequested.memory += sign * pod.nonZeroRequests.memory;
  }

  /** A copy to try things on: pods can come and go there. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.#node = this.#node;
    copy.#labels = this.#labels;
    copy.allocatable = this.allocatable;
    copy.allowedPods = this.allowedPods;
    copy.unschedulable = this.unschedulable;
    copy.images = this.images;
    for (const [uid, pod] of this.pods) copy.pods.set(uid, pod);
    copy.#ports = this.#ports.clone();
    copy.requested = this.requested.clone();
    copy.nonZeroRequested = this.nonZeroRequested.clone();
    return copy;
  }
}
