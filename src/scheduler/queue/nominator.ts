/** The pods that wait for room that preemption makes for them, by node. Follows kubernetes pkg/scheduler/backend/queue/nominator.go. */
import type { PodInfo } from '../cache/pod-info.ts';

const NONE: readonly PodInfo[] = [];

export class Nominator {
  readonly #byNode = new Map<string, PodInfo[]>();
  readonly #nodeOf = new Map<string, string>();

  on(nodeName: string): readonly PodInfo[] {
    return this.#byNode.get(nodeName) ?? NONE;
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid);
  }

  /** Nominates the pod to the node, in place of an earlier nomination. */
  add(pod: PodInfo, nodeName: string): void {
    this.remove(pod.uid);
    this.#nodeOf.set(pod.uid, nodeName);
    const pods = this.#byNode.get(nodeName);
    if (pods) pods.push(pod);
    else this.#byNode.set(nodeName, [pod]);
  }

  remove(uid: string): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const rest = (this.#byNode.get(nodeName) ?? []).filter((pod) => pod.uid !== uid);
    if (rest.length === 0) this.#byNode.delete(nodeName);
    else this.#byNode.set(nodeName, rest);
  }

  /** A newer version of a waiting pod: its status says where it is nominated, unless the scheduler knows better by now. */
  update(pod: PodInfo, before: string | undefined): void {
    const now = pod.pod.status?.nominatedNodeName;
    const known = this.#nodeOf.get(pod.uid);
    // A nomination made in memory stays until its patch has come back.
    const nodeName = now || (before ? undefined : known);
    if (nodeName) this.add(pod, nodeName);
    else this.remove(pod.uid);
  }
}
