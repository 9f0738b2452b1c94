/**
 * How many pods each ReplicaSet of a Deployment is to have: the arithmetic of rolling updates and of scaling.
 * Follows kubernetes pkg/controller/deployment/util/deployment_util.go (ResolveFenceposts, NewRSNewReplicas,
 * GetReplicaSetProportion), sync.go (scale) and rolling.go.
 */
import type { Deployment } from '../../api/generated/types.ts';
import { resolveIntOrPercent } from '../../api/intstr.ts';
import { desiredReplicas, maxReplicas } from './annotations.ts';
import { active, byCreation, bySizeNewer, bySizeOlder, replicasOf, sum, type StoredDeployment, type StoredReplicaSet } from './replica-sets.ts';

/** What a Deployment has where it says nothing. */
const DEFAULT_ROLLING = '25%';

export function isRollingUpdate(deployment: Deployment): boolean {
  return (deployment.spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

/** maxSurge (rounded up) and maxUnavailable (rounded down) as numbers of pods; not both 0, or nothing could ever move. */
function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const { maxSurge = DEFAULT_ROLLING, maxUnavailable = DEFAULT_ROLLING } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const surge = resolveIntOrPercent(maxSurge, replicasOf(deployment), true);
  const unavailable = resolveIntOrPercent(maxUnavailable, replicasOf(deployment), false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** How many pods there may be beyond the replicas asked for. */
export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;
}

/** How many of the replicas asked for may be unavailable. */
export function maxUnavailable(deployment: Deployment): number {
  if (!isRollingUpdate(deployment) || replicasOf(deployment) === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, replicasOf(deployment));
}

/** How large the new ReplicaSet may now be, given all ReplicaSets of the Deployment. */
export function newReplicaSetSize(deployment: Deployment, all: readonly StoredReplicaSet[], newSize: number): number {
  const wanted = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return wanted;
  const allowed = wanted + maxSurge(deployment);
  const current = sum(all, replicasOf);
  return current >= allowed ? newSize : newSize + Math.min(allowed - current, wanted - newSize);
}

/** Whether the new ReplicaSet has all the Deployment's pods and knows it. */
export function isSaturated(deployment: StoredDeployment, rs: StoredReplicaSet | undefined): boolean {
  const wanted = replicasOf(deployment);
  return rs !== undefined && desiredReplicas(rs) === wanted && replicasOf(rs) === wanted && (rs.status?.availableReplicas ?? 0) === wanted;
}

/** integer.RoundToInt32: halves go away from zero. */
const round = (value: number): number => (value < 0 ? Math.trunc(value - 0.5) : Math.trunc(value + 0.5));

/** The share of `toAdd` pods (negative: to remove) that falls to one ReplicaSet, after `added` of them were given out. */
export function proportion(deployment: StoredDeployment, rs: StoredReplicaSet, toAdd: number, added: number): number {
  if (replicasOf(rs) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(deployment, rs);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function fractionOf(deployment: StoredDeployment, rs: StoredReplicaSet): number {
  const size = replicasOf(rs);
  if (replicasOf(deployment) === 0) return -size;
  const before = maxReplicas(rs) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return round((size * (replicasOf(deployment) + maxSurge(deployment))) / before) - size;
}

/** The sizes of all active ReplicaSets when a Deployment in the middle of a rollout is scaled: all grow or shrink alike. */
export function proportionalSizes(deployment: StoredDeployment, all: readonly StoredReplicaSet[]): readonly (readonly [StoredReplicaSet, number])[] {
  const allowed = replicasOf(deployment) > 0 ? replicasOf(deployment) + maxSurge(deployment) : 0;
  const toAdd = allowed - sum(active(all), replicasOf);
  const ordered = active(all);
  if (toAdd > 0) ordered.sort(bySizeNewer);
  if (toAdd < 0) ordered.sort(bySizeOlder);
  let added = 0;
  const sizes = ordered.map((rs) => {
    const share = proportion(deployment, rs, toAdd, added);
    added += share;
    return replicasOf(rs) + share;
  });
  // What rounding left over goes to the largest.
  return ordered.map((rs, i) => [rs, i === 0 ? Math.max(0, (sizes[i] ?? 0) + toAdd - added) : (sizes[i] ?? 0)]);
}

/** A step down of one old ReplicaSet. */
export type ScaleDown = readonly [rs: StoredReplicaSet, size: number];

/** How many old pods may go at once without falling below the minimum, counting the new pods that are not yet available as lost. */
export function maxScaledDown(deployment: StoredDeployment, all: readonly StoredReplicaSet[], newRS: StoredReplicaSet): number {
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(newRS) - (newRS.status?.availableReplicas ?? 0);
  return sum(all, replicasOf) - minAvailable - newUnavailable;
}

/** First the old pods that are unavailable anyway, `limit` at most: they would only hold up the rollout. */
export function unhealthyScaleDowns(old: readonly StoredReplicaSet[], limit: number): ScaleDown[] {
  return scaleDowns(old, limit, (rs) => replicasOf(rs) - (rs.status?.availableReplicas ?? 0));
}

/** Then as many old pods as there are available ones beyond the minimum. */
export function availableScaleDowns(deployment: StoredDeployment, all: readonly StoredReplicaSet[], old: readonly StoredReplicaSet[]): ScaleDown[] {
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  return scaleDowns(old, sum(all, (rs) => rs.status?.availableReplicas) - minAvailable, replicasOf);
}

function scaleDowns(old: readonly StoredReplicaSet[], limit: number, most: (rs: StoredReplicaSet) => number): ScaleDown[] {
  const steps: ScaleDown[] = [];
  let left = limit;
  for (const rs of [...old].sort(byCreation)) {
    if (left <= 0) break;
    const count = Math.min(left, replicasOf(rs) === 0 ? 0 : most(rs));
    if (count <= 0) continue;
    steps.push([rs, replicasOf(rs) - count]);
    left -= count;
  }
  return steps;
}
