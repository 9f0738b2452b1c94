/**
 * What happens in the cluster that may make a waiting pod schedulable. Follows kubernetes pkg/scheduler/framework/events.go.
 */
import { equal } from '../../api/json.ts';
import type { Node, PersistentVolumeClaim, Pod } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import { podResources } from '../cache/resources.ts';

export type NodeChange = 'allocatable' | 'labels' | 'taints' | 'conditions' | 'annotations';
export type PodChange = 'labels' | 'scaledDown' | 'tolerations' | 'gatesEliminated' | 'other';

export type ClusterEvent =
  | { readonly kind: 'NodeAdd'; readonly node: Stored<Node> }
  | { readonly kind: 'NodeUpdate'; readonly change: NodeChange; readonly old: Stored<Node>; readonly node: Stored<Node> }
  | { readonly kind: 'NodeDelete'; readonly node: Stored<Node> }
  | { readonly kind: 'AssignedPodAdd'; readonly pod: Stored<Pod> }
  | { readonly kind: 'AssignedPodUpdate'; readonly change: PodChange; readonly old: Stored<Pod>; readonly pod: Stored<Pod> }
  | { readonly kind: 'AssignedPodDelete'; readonly pod: Stored<Pod> }
  | { readonly kind: 'ClaimChange'; readonly claim: Stored<PersistentVolumeClaim> }
  | { readonly kind: 'VolumeChange' }
  | { readonly kind: 'StorageClassAdd' }
  /** The waiting pod itself has changed. */
  | { readonly kind: 'UnscheduledPodUpdate'; readonly change: PodChange; readonly old: Stored<Pod>; readonly pod: Stored<Pod> };

/** In which respects that matter a node has changed (framework.NodeSchedulingPropertiesChange). */
export function nodeChanges(old: Stored<Node>, node: Stored<Node>): NodeChange[] {
  const changes: NodeChange[] = [];
  if (!equal(old.status?.allocatable, node.status?.allocatable)) changes.push('allocatable');
  if (!equal(old.metadata.labels, node.metadata.labels)) changes.push('labels');
  if (old.spec?.unschedulable !== node.spec?.unschedulable && !node.spec?.unschedulable) changes.push('taints');
  else if (!equal(old.spec?.taints, node.spec?.taints)) changes.push('taints');
  if (!equal(conditionStatuses(old), conditionStatuses(node))) changes.push('conditions');
  if (!equal(old.metadata.annotations, node.metadata.annotations)) changes.push('annotations');
  return changes;
}

/** Heartbeats must not count as changes, so only what a condition says is compared. */
function conditionStatuses(node: Stored<Node>): Record<string, string> {
  return Object.fromEntries((node.status?.conditions ?? []).map(({ type, status }) => [type, status]));
}

/** In which respects that matter a pod has changed (framework.PodSchedulingPropertiesChange). */
export function podChanges(old: Stored<Pod>, pod: Stored<Pod>): PodChange[] {
  const changes: PodChange[] = [];
  if (!equal(old.metadata.labels, pod.metadata.labels)) changes.push('labels');
  if (old.spec !== pod.spec || old.status?.containerStatuses !== pod.status?.containerStatuses) {
    if (scaledDown(old, pod)) changes.push('scaledDown');
    if ((old.spec?.schedulingGates?.length ?? 0) > 0 && (pod.spec?.schedulingGates?.length ?? 0) === 0) changes.push('gatesEliminated');
    if (!equal(old.spec?.tolerations, pod.spec?.tolerations)) changes.push('tolerations');
  }
  return changes.length > 0 ? changes : ['other'];
}

function scaledDown(old: Stored<Pod>, pod: Stored<Pod>): boolean {
  if (equal(old.spec?.containers, pod.spec?.containers) && equal(old.status?.containerStatuses, pod.status?.containerStatuses)) return false;
  const before = podResources(old, false);
  const after = podResources(pod, false);
  if (after.milliCPU < before.milliCPU || after.memory < before.memory || after.ephemeralStorage < before.ephemeralStorage) return true;
  return [...(before.scalar ?? [])].some(([name, value]) => after.get(name) < value);
}
