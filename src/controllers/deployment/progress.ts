/**
 * The status of a Deployment: counts, availability, and whether its rollout gets on.
 * Follows kubernetes pkg/controller/deployment/progress.go and sync.go: calculateStatus.
 */
import { findCondition } from '../../api/conditions.ts';
import type { DeploymentCondition, DeploymentStatus } from '../../api/generated/types.ts';
import { withoutCondition, withoutZeros } from '../shared/status.ts';
import { AVAILABLE, deadlineMs, hasProgressDeadline, newCondition, PROGRESSING, progressing, REASONS, REPLICA_FAILURE, withCondition } from './conditions.ts';
import { replicasOf, sum, type StoredDeployment, type StoredReplicaSet } from './replica-sets.ts';
import { maxUnavailable } from './sizes.ts';

/** Counts and availability, as the ReplicaSets' statuses have them; the other conditions stay. */
export function calculateStatus(deployment: StoredDeployment, all: readonly StoredReplicaSet[], newRS: StoredReplicaSet | undefined, nowMs: number): DeploymentStatus {
  const availableReplicas = sum(all, ({ status }) => status?.availableReplicas);
  const enough = availableReplicas >= replicasOf(deployment) - maxUnavailable(deployment);
  const available = enough
    ? newCondition(AVAILABLE, 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
    : newCondition(AVAILABLE, 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', nowMs);
  const collisionCount = deployment.status?.collisionCount;
  return {
    ...withoutZeros({
      observedGeneration: deployment.metadata.generation,
      replicas: sum(all, ({ status }) => status?.replicas),
      updatedReplicas: newRS?.status?.replicas ?? 0,
      readyReplicas: sum(all, ({ status }) => status?.readyReplicas),
      availableReplicas,
      unavailableReplicas: Math.max(0, sum(all, replicasOf) - availableReplicas),
    }),
    ...(collisionCount !== undefined ? { collisionCount } : {}),
    conditions: withCondition(deployment.status?.conditions, available),
  };
}

/** Whether all the pods asked for are of the newest revision and available, and no others are there. */
export function isComplete(deployment: StoredDeployment, status: DeploymentStatus | undefined): boolean {
  const wanted = replicasOf(deployment);
  return (
    (status?.updatedReplicas ?? 0) === wanted && (status?.replicas ?? 0) === wanted && (status?.availableReplicas ?? 0) === wanted &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** Whether a new status shows progress against the old: more new pods, fewer old ones, or more that are ready or available. */
export function hasProgressed(before: DeploymentStatus = {}, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) || old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) || (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function hasTimedOut(deployment: StoredDeployment, condition: DeploymentCondition | undefined, nowMs: number): boolean {
  if (!condition || condition.reason === REASONS.available) return false;
  return condition.reason === REASONS.timedOut || deadlineMs(deployment, condition) < nowMs;
}

/** The status during a rollout: counts, availability, progress and failures of ReplicaSets. */
export function rolloutStatus(deployment: StoredDeployment, all: readonly StoredReplicaSet[], newRS: StoredReplicaSet | undefined, nowMs: number): DeploymentStatus {
  const status = calculateStatus(deployment, all, newRS, nowMs);
  let conditions: readonly DeploymentCondition[] | undefined = status.conditions;
  const current = progressing(deployment.status);
  const wasComplete = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === REASONS.available;
  const subject = newRS ? `ReplicaSet "${newRS.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const set = (value: 'True' | 'False', reason: string, message: string) => withCondition(conditions, newCondition(PROGRESSING, value, reason, message, nowMs));
  if (!hasProgressDeadline(deployment)) conditions = withoutCondition(conditions, PROGRESSING);
  else if (!wasComplete) {
    if (isComplete(deployment, status)) conditions = set('True', REASONS.available, `${subject} has successfully progressed.`);
    else if (hasProgressed(deployment.status, status)) {
      // Unlike other conditions this one is set anew with the same reason: its time of update is what the deadline counts from.
      const condition = newCondition(PROGRESSING, 'True', REASONS.updated, `${subject} is progressing.`, nowMs);
      const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
      conditions = [...(withoutCondition(conditions, PROGRESSING) ?? []), { ...condition, ...(since ? { lastTransitionTime: since } : {}) }];
    } else if (hasTimedOut(deployment, current, nowMs)) conditions = set('False', REASONS.timedOut, `${subject} has timed out progressing.`);
  }
  const failure = replicaFailure(all, newRS);
  conditions = failure ? withCondition(conditions, failure) : withoutCondition(conditions, REPLICA_FAILURE);
  return { ...status, conditions };
}

/** A ReplicaSet's failure as the Deployment's: the new one's before those of old ones. */
function replicaFailure(all: readonly StoredReplicaSet[], newRS: StoredReplicaSet | undefined): DeploymentCondition | undefined {
  for (const rs of newRS ? [newRS, ...all] : all) {
    const failure = findCondition(rs.status?.conditions, REPLICA_FAILURE);
    if (failure) return { ...failure, ...(failure.lastTransitionTime ? { lastUpdateTime: failure.lastTransitionTime } : {}) };
  }
  return undefined;
}
