/** The conditions of a Deployment. Follows kubernetes pkg/controller/deployment/util/deployment_util.go. */
import { findCondition } from '../../api/conditions.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../api/generated/types.ts';
import { formatTime, parseTime } from '../../api/time.ts';

export const PROGRESSING = 'Progressing';
export const AVAILABLE = 'Available';
export const REPLICA_FAILURE = 'ReplicaFailure';

/** Why a rollout progresses or does not. */
export const REASONS = {
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  createError: 'ReplicaSetCreateError',
  updated: 'ReplicaSetUpdated',
  available: 'NewReplicaSetAvailable',
  timedOut: 'ProgressDeadlineExceeded',
  paused: 'DeploymentPaused',
  resumed: 'DeploymentResumed',
} as const;

/** progressDeadlineSeconds at its highest means none. */
const NO_LIMIT = 2 ** 31 - 1;

export function progressing(status: DeploymentStatus | undefined): DeploymentCondition | undefined {
  return findCondition(status?.conditions, PROGRESSING);
}

/** A condition that begins now. */
export function newCondition(type: string, status: 'True' | 'False' | 'Unknown', reason: string, message: string, nowMs: number): DeploymentCondition {
  const now = formatTime(nowMs);
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/**
 * The conditions with one set, at the end. Nothing changes where status and reason are those already there; the time of
 * transition stays while the status does.
 */
export function withCondition(conditions: readonly DeploymentCondition[] | undefined, condition: DeploymentCondition): readonly DeploymentCondition[] {
  const known = findCondition(conditions, condition.type);
  if (known && known.status === condition.status && known.reason === condition.reason) return conditions ?? [];
  const since = known?.status === condition.status ? known.lastTransitionTime : condition.lastTransitionTime;
  const rest = (conditions ?? []).filter(({ type }) => type !== condition.type);
  return [...rest, { ...condition, ...(since ? { lastTransitionTime: since } : {}) }];
}

/** The status with a condition set. */
export function statusWith(status: DeploymentStatus | undefined, condition: DeploymentCondition): DeploymentStatus {
  return { ...status, conditions: withCondition(status?.conditions, condition) };
}

export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec?.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== NO_LIMIT;
}

export function hasRevisionHistoryLimit({ spec }: Deployment): boolean {
  return spec?.revisionHistoryLimit !== undefined && spec.revisionHistoryLimit !== NO_LIMIT;
}

/** When the deadline of the condition's last progress is over, ms since the epoch. */
export function deadlineMs(deployment: Deployment, condition: DeploymentCondition): number {
  return (parseTime(condition.lastUpdateTime) ?? 0) + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000;
}
