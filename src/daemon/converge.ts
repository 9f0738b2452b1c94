/** "Until converged": jumps from timer to timer until nothing is left to do, then says what is stuck. */
import { NODES, PODS, DEPLOYMENTS } from '../api/kinds.ts';
import { findCondition, isConditionTrue } from '../api/conditions.ts';
import type { Pod } from '../api/generated/types.ts';
import { isPodReady, isPodTerminal } from '../api/pods.ts';
import { Client } from '../client/client.ts';
import type { Cluster } from './cluster.ts';

/** A cluster that is still busy after this much of its own time counts as one that never settles, ms. */
export const CONVERGE_LIMIT_MS = 24 * 3600 * 1000;

/** Runs until nothing is left to do. Returns a line for each thing that is stuck; none when all is as it should be. */
export async function converge(cluster: Cluster, signal?: AbortSignal): Promise<readonly string[]> {
  const settled = await cluster.clock.converge(CONVERGE_LIMIT_MS, signal);
  const stuck = await stuckObjects(new Client(cluster.transport, { userAgent: 'daemon', user: { username: 'system:apiserver', groups: ['system:masters'] } }));
  return settled ? stuck : [...stuck, 'the cluster is still changing after 24 hours of its own time'];
}

async function stuckObjects(client: Client): Promise<string[]> {
  const lines: string[] = [];
  const [nodes, pods, deployments] = await Promise.all([client.of(NODES).list(), client.of(PODS).list(), client.of(DEPLOYMENTS).list()]);
  for (const node of nodes.items) if (!isConditionTrue(node.status?.conditions, 'Ready')) lines.push(`node/${node.metadata.name}: not Ready`);
  for (const pod of pods.items) {
    const why = whyStuck(pod);
    if (why) lines.push(`pod/${pod.metadata.name} -n ${pod.metadata.namespace}: ${why}`);
  }
  for (const deployment of deployments.items) {
    const progressing = findCondition(deployment.status?.conditions, 'Progressing');
    if (progressing?.status === 'False') lines.push(`deployment.apps/${deployment.metadata.name} -n ${deployment.metadata.namespace}: ${progressing.message ?? progressing.reason ?? 'not progressing'}`);
  }
  return lines;
}

/** Why a pod is not where it should be: neither ready nor done nor gated on purpose. */
function whyStuck(pod: Pod): string | undefined {
  if (isPodTerminal(pod) || isPodReady(pod)) return undefined;
  if (pod.metadata?.deletionTimestamp) return 'waits for its finalizers or its node to be deleted';
  const scheduled = findCondition(pod.status?.conditions, 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.message ?? scheduled.reason;
  for (const status of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
    const { waiting } = status.state ?? {};
    if (waiting) return `container ${status.name}: ${waiting.message ?? waiting.reason}`;
  }
  return 'not Ready';
}
