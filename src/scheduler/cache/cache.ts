/**
 * The scheduler's picture of the cluster: nodes, the pods on them, and pods that are assumed to be on them while their
 * binding is on its way. Each event costs what it concerns. A scheduling cycle runs in one go, so nothing changes under it
 * and the cache itself is the snapshot that upstream copies. Follows kubernetes pkg/scheduler/backend/cache/cache.go.
 */
import type { Node, Pod } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import { AffinityIndex } from './affinity-index.ts';
import { NodeInfo } from './node-info.ts';
import { interleaveZones, zoneKey } from './node-list.ts';
import { PodIndex } from './pod-index.ts';
import { PodInfo } from './pod-info.ts';

interface PodState {
  readonly info: PodInfo;
  readonly nodeName: string;
  assumed: boolean;
}

/** An image's size in bytes and on how many nodes it is. */
export interface ImageState {
  readonly sizeBytes: number;
  readonly nodes: number;
}

export class Cache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, PodState>();
  readonly #images = new Map<string, ImageState>();
  #list: readonly NodeInfo[] | undefined;
  #domains = new Map<string, ReadonlyMap<string, number>[]>();
  readonly index = new PodIndex();
  readonly affinityTerms = new AffinityIndex();

  /** The nodes, zones in turn. */
  nodes(): readonly NodeInfo[] {
    return (this.#list ??= interleaveZones([...this.#nodes.values()].filter(({ node }) => node !== undefined)));
  }

  /** The node of a name; undefined as long as there is no such node object. */
  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.node ? info : undefined;
  }

  image(name: string): ImageState | undefined {
    return this.#images.get(name);
  }

  /**
   * For each topology key its values and how many nodes have them, counting only nodes that have all the keys.
   * Remembered until a node comes, goes or changes its labels.
   */
  topologyDomains(keys: readonly string[]): readonly ReadonlyMap<string, number>[] {
    const id = keys.join('\u0000');
    let domains = this.#domains.get(id);
    if (!domains) {
      const counts = keys.map(() => new Map<string, number>());
      for (const { labels } of this.nodes()) {
        if (!keys.every((key) => labels[key] !== undefined)) continue;
        keys.forEach((key, i) => {
          const value = labels[key] as string;
          counts[i]?.set(value, (counts[i].get(value) ?? 0) + 1);
        });
      }
      domains = counts;
      this.#domains.set(id, domains);
    }
    return domains;
  }

  setNode(node: Stored<Node>): NodeInfo {
    const info = this.#info(node.metadata.name);
    const before = info.node;
    const zone = before ? zoneKey(info) : undefined;
    this.#countImages(info, -1);
    info.setNode(node);
    this.#countImages(info, 1);
    if (!before || zone !== zoneKey(info)) this.#list = undefined;
    if (!before || before.metadata.labels !== node.metadata.labels) this.#domains.clear();
    return info;
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (!info) return;
    this.#countImages(info, -1);
    info.setNode(undefined);
    if (info.pods.size === 0) this.#nodes.delete(name);
    this.#list = undefined;
    this.#domains.clear();
  }

  /** The pod is taken to be on the node from now on; its binding follows. */
  assume(info: PodInfo, nodeName: string): void {
    this.#place({ info, nodeName, assumed: true });
  }

  /** The pod is on its node for sure. */
  setPod(pod: Stored<Pod>): void {
    const nodeName = pod.spec?.nodeName ?? '';
    const known = this.#pods.get(pod.metadata.uid);
    if (known && known.nodeName === nodeName && known.info.refresh(pod)) {
      known.assumed = false;
      return;
    }
    if (known) this.#displace(known);
    this.#place({ info: new PodInfo(pod), nodeName, assumed: false });
  }

  /** The pod is gone, or its binding has failed. */
  removePod(uid: string): boolean {
    const known = this.#pods.get(uid);
    if (known) this.#displace(known);
    return known !== undefined;
  }

  isAssumed(uid: string): boolean {
    return this.#pods.get(uid)?.assumed ?? false;
  }

  has(uid: string): boolean {
    return this.#pods.has(uid);
  }

  #place(state: PodState): void {
    const node = this.#info(state.nodeName);
    this.#pods.set(state.info.uid, state);
    node.addPod(state.info);
    this.index.add(state.info, node);
    this.affinityTerms.count(state.info, node, 1);
  }

  #displace({ info, nodeName }: PodState): void {
    const node = this.#info(nodeName);
    this.#pods.delete(info.uid);
    node.removePod(info.uid);
    this.index.remove(info);
    this.affinityTerms.count(info, node, -1);
    if (!node.node && node.pods.size === 0) this.#nodes.delete(nodeName);
  }

  #info(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (!info) this.#nodes.set(name, (info = new NodeInfo(name)));
    return info;
  }

  #countImages(info: NodeInfo, sign: 1 | -1): void {
    for (const [name, sizeBytes] of info.images) {
      const nodes = (this.#images.get(name)?.nodes ?? 0) + sign;
      if (nodes === 0) this.#images.delete(name);
      else this.#images.set(name, { sizeBytes: sign > 0 ? sizeBytes : (this.#images.get(name)?.sizeBytes ?? sizeBytes), nodes });
    }
  }
}
