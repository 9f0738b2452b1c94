import { Resources } from '../cache/resources.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { MAX_NODE_SCORE, type Plugin } from '../framework/plugin.ts';
import { unschedulable } from '../framework/status.ts';

/** What a node lacks for the pod, in the order in which upstream looks. */
function insufficient(pod: PodInfo, node: Pick<NodeInfo, 'allocatable' | 'requested' | 'allowedPods'>, podsOnNode: number): string[] {
  const reasons: string[] = [];
  if (podsOnNode + 1 > node.allowedPods) reasons.push('Too many pods');
  const { requests } = pod;
  if (requests.none) return reasons;
  const { allocatable, requested } = node;
  if (requests.milliCPU > 0 && requests.milliCPU > allocatable.milliCPU - requested.milliCPU) reasons.push('Insufficient cpu');
  if (requests.memory > 0 && requests.memory > allocatable.memory - requested.memory) reasons.push('Insufficient memory');
  if (requests.ephemeralStorage > 0 && requests.ephemeralStorage > allocatable.ephemeralStorage - requested.ephemeralStorage) reasons.push('Insufficient ephemeral-storage');
  if (requests.scalar) {
    for (const [name, value] of requests.scalar) if (value > 0 && value > allocatable.get(name) - requested.get(name)) reasons.push(`Insufficient ${name}`);
  }
  return reasons;
}

/** The share of a resource that stays free, 0 to 100 (leastRequestedScore). */
function freeShare(requested: number, allocatable: number): number {
  return allocatable === 0 || requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * MAX_NODE_SCORE) / allocatable);
}

/** Keeps nodes that have room, and prefers the emptier ones (LeastAllocated over CPU and memory). Follows plugins/noderesources/fit.go and least_allocated.go. */
export const nodeResourcesFit = (): Plugin => ({
  name: 'NodeResourcesFit',
  filter(_state, pod, node) {
    const podsOnNode = node.pods.size;
    // Asked for hundreds of nodes for each pod of a large cluster: most of them have room for one that asks for nothing.
    if (pod.requests.none && podsOnNode < node.allowedPods) return undefined;
    const reasons = insufficient(pod, node, podsOnNode);
    return reasons.length === 0 ? undefined : unschedulable(...reasons);
  },
  score(_state, { nonZeroRequests }, { allocatable, nonZeroRequested }) {
    const { milliCPU, memory } = allocatable;
    const cpuShare = freeShare(nonZeroRequested.milliCPU + nonZeroRequests.milliCPU, milliCPU);
    const memoryShare = freeShare(nonZeroRequested.memory + nonZeroRequests.memory, memory);
    const weights = (milliCPU === 0 ? 0 : 1) + (memory === 0 ? 0 : 1);
    return weights === 0 ? 0 : Math.trunc((cpuShare + memoryShare) / weights);
  },
  isWorthRequeuing(event, pod) {
    switch (event.kind) {
      case 'NodeAdd':
        return fitsEmpty(pod, event.node.status?.allocatable);
      case 'NodeUpdate':
        return event.change === 'allocatable' && fitsEmpty(pod, event.node.status?.allocatable) && grown(pod, event.old.status?.allocatable, event.node.status?.allocatable);
      case 'AssignedPodDelete':
        return true;
      case 'AssignedPodUpdate':
        return event.change === 'scaledDown';
      case 'UnscheduledPodUpdate':
        return event.change === 'scaledDown' && event.pod.metadata.uid === pod.uid;
      default:
        return false;
    }
  },
});

type Allocatable = Readonly<Record<string, string>> | undefined;

/** Whether the pod would fit if it were alone there; more is not known at the time of the event. */
function fitsEmpty(pod: PodInfo, allocatable: Allocatable): boolean {
  const total = Resources.of(allocatable);
  return insufficient(pod, { allocatable: total, requested: new Resources(), allowedPods: total.get('pods') }, 0).length === 0;
}

/** Whether the node has more than before of something that the pod asks for. */
function grown({ requests }: PodInfo, before: Allocatable, after: Allocatable): boolean {
  const [old, now] = [Resources.of(before), Resources.of(after)];
  const names = ['cpu', 'memory', 'ephemeral-storage', ...(requests.scalar?.keys() ?? [])];
  return now.get('pods') > old.get('pods') || names.some((name) => requests.get(name) > 0 && now.get(name) > old.get(name));
}
