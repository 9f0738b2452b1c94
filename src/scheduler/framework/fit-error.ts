/** Why no node fits a pod, in upstream's words. Follows kubernetes pkg/scheduler/framework/types.go: FitError. */
import type { NodeStatuses } from './status.ts';

export interface Diagnosis {
  readonly statuses: NodeStatuses;
  /** The plugins whose rejections may be resolved by something that happens in the cluster. */
  readonly plugins: Set<string>;
  /** Set when a PreFilter plugin has rejected the pod as such. */
  preFilterMessage: string;
  postFilterMessage: string;
}

/** Nobody has registered a node yet. */
export const NO_NODES_MESSAGE = 'no nodes available to schedule pods';

/** "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu. preemption: …" */
export function fitErrorMessage(nodeCount: number, { statuses, preFilterMessage, postFilterMessage }: Diagnosis): string {
  let message = `0/${nodeCount} nodes are available:`;
  if (preFilterMessage !== '') message += ` ${preFilterMessage}.`;
  else {
    const counts = new Map<string, number>();
    const count = (reason: string, nodes: number) => counts.set(reason, (counts.get(reason) ?? 0) + nodes);
    for (const [, status] of statuses.entries()) for (const reason of status.reasons) count(reason, 1);
    if (statuses.size < nodeCount) for (const reason of statuses.absent.reasons) count(reason, nodeCount - statuses.size);
    // Sorted as texts, so "10 …" comes before "2 …".
    const reasons = [...counts].map(([reason, nodes]) => `${nodes} ${reason}`).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    if (reasons.length > 0) message += ` ${reasons.join(', ')}.`;
  }
  return postFilterMessage === '' ? message : `${message} ${postFilterMessage}`;
}
