/** Validation of the statuses that controllers write for workloads. Follows kubernetes pkg/apis/{apps,core}/validation/validation.go. */
import type { DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet } from '../../api/generated/types.ts';
import { invalid, Path, type FieldError } from './field.ts';
import { checkNonnegative } from './formats.ts';

const STATUS = Path.of('status');

/** Counts of which none is negative. */
function checkCounts<S extends object>(status: S, names: readonly (keyof S & string)[], errors: FieldError[]): void {
  for (const name of names) checkNonnegative(status[name] as number | undefined, STATUS.child(name), errors);
}

interface Replicas {
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
}

/** No part is more than the whole, and what is available is ready. */
function checkParts<S extends Replicas>(status: S, names: readonly (keyof S & string)[], readyField: string, errors: FieldError[]): void {
  for (const name of names) {
    const value = (status[name] as number | undefined) ?? 0;
    if (value > (status.replicas ?? 0)) errors.push(invalid(STATUS.child(name), value, 'cannot be greater than status.replicas'));
  }
  const available = status.availableReplicas ?? 0;
  if (available > (status.readyReplicas ?? 0)) errors.push(invalid(STATUS.child('availableReplicas'), available, `cannot be greater than ${readyField}`));
}

/** How often a name was taken already only grows. */
function checkCollisions(now: number | undefined, old: number | undefined, errors: FieldError[]): void {
  if (old !== undefined && (now === undefined || now < old)) errors.push(invalid(STATUS.child('collisionCount'), now ?? 0, 'cannot be decremented'));
}

export function validateDeploymentStatus(deployment: Deployment, old: Deployment): FieldError[] {
  const errors: FieldError[] = [];
  const status = deployment.status ?? {};
  checkCounts(status, ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas', 'collisionCount'], errors);
  checkParts(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], 'readyReplicas', errors);
  checkCollisions(status.collisionCount, old.status?.collisionCount, errors);
  return errors;
}

export function validateReplicaSetStatus({ status = { replicas: 0 } }: ReplicaSet | ReplicationController): FieldError[] {
  const errors: FieldError[] = [];
  checkCounts(status, ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'], errors);
  checkParts(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], 'readyReplicas', errors);
  return errors;
}

export function validateStatefulSetStatus(statefulSet: StatefulSet, old: StatefulSet): FieldError[] {
  const errors: FieldError[] = [];
  const status = statefulSet.status ?? { replicas: 0 };
  checkCounts(status, ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration', 'collisionCount'], errors);
  checkParts(status, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'], 'status.readyReplicas', errors);
  checkCollisions(status.collisionCount, old.status?.collisionCount, errors);
  return errors;
}

export function validateDaemonSetStatus(daemonSet: DaemonSet, old: DaemonSet): FieldError[] {
  const errors: FieldError[] = [];
  const status: Partial<NonNullable<DaemonSet['status']>> = daemonSet.status ?? {};
  checkCounts(status, ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration', 'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'collisionCount'], errors);
  checkCollisions(status.collisionCount, old.status?.collisionCount, errors);
  return errors;
}
