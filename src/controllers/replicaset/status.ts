/** The status of a ReplicaSet. Follows kubernetes pkg/controller/replicaset/replica_set_utils.go. */
import { findCondition } from '../../api/conditions.ts';
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/generated/types.ts';
import { selectorFromMap } from '../../api/labels.ts';
import type { Stored } from '../../api/object.ts';
import { isPodAvailable, isPodReady } from '../../api/pods.ts';
import { formatTime } from '../../api/time.ts';
import { withoutCondition, withoutZeros } from '../shared/status.ts';

const REPLICA_FAILURE = 'ReplicaFailure';

/** How many pods a ReplicaSet is to have. */
export function replicasWanted(rs: ReplicaSet): number {
  return rs.spec?.replicas ?? 1;
}

/** The status that follows from the pods a ReplicaSet has (active ones only) and from what went wrong in managing them. */
export function calculateStatus(rs: Stored<ReplicaSet>, pods: readonly Stored<Pod>[], failure: Error | undefined, nowMs: number): ReplicaSetStatus {
  const templateLabels = selectorFromMap(rs.spec?.template?.metadata?.labels);
  const minReadySeconds = rs.spec?.minReadySeconds ?? 0;
  let fullyLabeledReplicas = 0;
  let readyReplicas = 0;
  let availableReplicas = 0;
  for (const pod of pods) {
    if (templateLabels.matches(pod.metadata.labels)) fullyLabeledReplicas++;
    if (!isPodReady(pod)) continue;
    readyReplicas++;
    if (isPodAvailable(pod, minReadySeconds, nowMs)) availableReplicas++;
  }
  const conditions = calculateConditions(rs, pods.length, failure, nowMs);
  return {
    replicas: pods.length,
    ...withoutZeros({ fullyLabeledReplicas, readyReplicas, availableReplicas, observedGeneration: rs.metadata.generation, conditions }),
  };
}

function calculateConditions(rs: Stored<ReplicaSet>, podCount: number, failure: Error | undefined, nowMs: number): readonly ReplicaSetCondition[] | undefined {
  const conditions = rs.status?.conditions;
  const known = findCondition(conditions, REPLICA_FAILURE);
  if (!failure) return known ? withoutCondition(conditions, REPLICA_FAILURE) : conditions;
  if (known) return conditions;
  const missing = replicasWanted(rs) - podCount;
  const reason = missing > 0 ? 'FailedCreate' : missing < 0 ? 'FailedDelete' : '';
  return [
    ...(conditions ?? []),
    { type: REPLICA_FAILURE, status: 'True', lastTransitionTime: formatTime(nowMs), ...(reason ? { reason } : {}), message: failure.message },
  ];
}
