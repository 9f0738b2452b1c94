/**
 * Validation of Jobs' statuses. Rules about what changed are looked at only where it changed, so that a status that is odd
 * already can be mended bit by bit. Follows kubernetes pkg/apis/batch/validation/validation.go and pkg/registry/batch/job/strategy.go.
 */
import { findCondition } from '../../api/conditions.ts';
import type { Job, JobStatus } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { parseTime } from '../../api/time.ts';
import { duplicate, invalid, invalidWithoutValue, Path, required, type FieldError } from './field.ts';
import { checkNonnegative } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { readIndexes } from './job-policies.ts';
import { goTime } from './metadata.ts';

const STATUS = Path.of('status');
const CONDITIONS = STATUS.child('conditions');
const CONDITION_TYPES = ['Complete', 'Failed', 'FailureTarget', 'SuccessCriteriaMet'] as const;

/** Which conditions are true. */
function read(status: JobStatus | undefined): Record<(typeof CONDITION_TYPES)[number] | 'finished', boolean> {
  const [complete, failed, failing, succeeded] = CONDITION_TYPES.map((type) => findCondition(status?.conditions, type)?.status === 'True');
  return { Complete: complete ?? false, Failed: failed ?? false, FailureTarget: failing ?? false, SuccessCriteriaMet: succeeded ?? false, finished: Boolean(complete || failed) };
}

function checkUncounted(status: JobStatus, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const)
    (status.uncountedTerminatedPods?.[list] ?? []).forEach((uid, i) => {
      const path = STATUS.child('uncountedTerminatedPods', list).index(i);
      if (uid === '') errors.push(invalid(path, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(duplicate(path, uid));
      seen.add(uid);
    });
}

function checkIndexes(job: Job, changed: { readonly completed: boolean; readonly failed: boolean }, errors: FieldError[]): void {
  const { completions, backoffLimitPerIndex, completionMode } = job.spec ?? {};
  const { completedIndexes = '', failedIndexes } = job.status ?? {};
  const completedPath = STATUS.child('completedIndexes');
  const failedPath = STATUS.child('failedIndexes');
  const completed = completions === undefined ? [] : readIndexes(completedIndexes, completions);
  const failed = completions === undefined || failedIndexes === undefined ? [] : readIndexes(failedIndexes, completions);
  if (changed.completed && typeof completed === 'string') errors.push(invalid(completedPath, completedIndexes, `error parsing completedIndexes: ${completed}`));
  if (changed.failed && backoffLimitPerIndex !== undefined && typeof failed === 'string') errors.push(invalid(failedPath, failedIndexes, `error parsing failedIndexes: ${failed}`));
  if (changed.completed && completedIndexes && completionMode !== 'Indexed') errors.push(invalid(completedPath, completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode'));
  if (changed.failed && backoffLimitPerIndex === undefined && failedIndexes !== undefined) errors.push(invalid(failedPath, failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  if ((!changed.failed && !changed.completed) || typeof completed === 'string' || typeof failed === 'string') return;
  for (const [first, last] of failed) {
    const both = completed.find((interval) => interval[0] <= last && first <= interval[1]);
    if (both) return void errors.push(invalid(failedPath, failedIndexes, `failedIndexes and completedIndexes overlap at index: ${Math.max(first, both[0])}`));
  }
}

export function validateJobStatus(job: Job, old: Job): FieldError[] {
  const errors: FieldError[] = [];
  const status = job.status ?? {};
  const before = old.status ?? {};
  const now = read(status);
  const was = read(before);
  const differs = (...fields: readonly (keyof JobStatus)[]): boolean => fields.some((field) => !equal(status[field], before[field]));
  const flipped = (...types: readonly (keyof typeof now)[]): boolean => types.some((type) => now[type] !== was[type]);
  for (const name of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) checkNonnegative(status[name], STATUS.child(name), errors);
  checkUncounted(status, errors);
  if (flipped('Complete', 'Failed') && now.Complete && now.Failed) errors.push(invalidWithoutValue(CONDITIONS, 'cannot set Complete=True and Failed=true conditions'));
  if (flipped('Complete', 'FailureTarget') && now.Complete && now.FailureTarget) errors.push(invalidWithoutValue(CONDITIONS, 'cannot set Complete=True and FailureTarget=true conditions'));
  checkTimes(job, { now, was }, differs, errors);
  if ((flipped('Failed') || differs('failedIndexes')) && now.Failed && !now.FailureTarget) errors.push(invalidWithoutValue(CONDITIONS, 'cannot set Failed=True condition without the FailureTarget=true condition'));
  if (flipped('Complete', 'SuccessCriteriaMet') && now.Complete && !now.SuccessCriteriaMet) errors.push(invalidWithoutValue(CONDITIONS, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition'));
  if (now.finished) checkFinished(status, (field) => flipped('finished') || differs(field), errors);
  checkIndexes(job, { completed: differs('completedIndexes'), failed: differs('failedIndexes') }, errors);
  if (now.finished && (flipped('finished') || differs('terminating')) && (status.terminating ?? 0) > 0) errors.push(invalid(STATUS.child('terminating'), status.terminating, 'terminating>0 is invalid for finished job'));
  if (differs('ready', 'active') && (status.ready ?? 0) > (status.active ?? 0)) errors.push(invalid(STATUS.child('ready'), status.ready, 'cannot set more ready pods than active'));
  for (const type of ['Failed', 'FailureTarget'] as const)
    if (now.SuccessCriteriaMet && now[type]) errors.push(invalidWithoutValue(CONDITIONS, `cannot set SuccessCriteriaMet=True and ${type}=true conditions`));
  if (job.spec?.successPolicy && !now.SuccessCriteriaMet && now.Complete) errors.push(invalidWithoutValue(CONDITIONS, 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'));
  checkHistory(job, before, { now, was }, errors);
  return errors;
}

type Flags = { readonly now: ReturnType<typeof read>; readonly was: ReturnType<typeof read> };

function checkTimes({ status = {} }: Job, { now, was }: Flags, differs: (...fields: readonly (keyof JobStatus)[]) => boolean, errors: FieldError[]): void {
  const path = STATUS.child('completionTime');
  const { startTime, completionTime } = status;
  const touched = now.Complete !== was.Complete || differs('completionTime');
  if (touched && completionTime !== undefined && !now.Complete) errors.push(invalid(path, goTime(completionTime), 'cannot set completionTime when there is no Complete=True condition'));
  if (touched && completionTime === undefined && now.Complete) errors.push(required(path, 'completionTime is required for Complete jobs'));
  const start = parseTime(startTime);
  const end = parseTime(completionTime);
  if (differs('startTime', 'completionTime') && start !== undefined && end !== undefined && end < start) errors.push(invalid(path, goTime(completionTime), 'must be equal to or after `startTime`'));
}

function checkFinished(status: JobStatus, touched: (field: keyof JobStatus) => boolean, errors: FieldError[]): void {
  if (touched('active') && (status.active ?? 0) > 0) errors.push(invalid(STATUS.child('active'), status.active, 'active>0 is invalid for finished job'));
  if (touched('startTime') && status.startTime === undefined) errors.push(required(STATUS.child('startTime'), 'startTime is required for finished job'));
  const pods = status.uncountedTerminatedPods;
  if (touched('uncountedTerminatedPods') && (pods?.failed?.length || pods?.succeeded?.length)) errors.push(invalid(STATUS.child('uncountedTerminatedPods'), goTyped('batch.UncountedTerminatedPods', pods), 'must be empty for finished job'));
}

/** What has happened to a job cannot be undone. */
function checkHistory(job: Job, before: JobStatus, { now, was }: Flags, errors: FieldError[]): void {
  const status = job.status ?? {};
  for (const type of ['Failed', 'Complete', 'FailureTarget'] as const) if (was[type] && !now[type]) errors.push(invalidWithoutValue(CONDITIONS, `cannot disable the terminal ${type}=True condition`));
  if ((status.failed ?? 0) < (before.failed ?? 0)) errors.push(invalid(STATUS.child('failed'), status.failed ?? 0, 'cannot decrease the failed counter'));
  // An Indexed job can be made smaller.
  const elastic = job.spec?.completionMode === 'Indexed' && job.spec.completions === job.spec.parallelism;
  if (!elastic && (status.succeeded ?? 0) < (before.succeeded ?? 0)) errors.push(invalid(STATUS.child('succeeded'), status.succeeded ?? 0, 'cannot decrease the succeeded counter'));
  const { completionTime, startTime } = status;
  if (completionTime !== undefined && before.completionTime !== undefined && completionTime !== before.completionTime) errors.push(invalid(STATUS.child('completionTime'), goTime(completionTime), 'field is immutable'));
  if (before.startTime !== undefined && startTime !== before.startTime && !job.spec?.suspend) errors.push(required(STATUS.child('startTime'), 'startTime cannot be removed for unsuspended job'));
  if (was.SuccessCriteriaMet && !now.SuccessCriteriaMet) errors.push(invalidWithoutValue(CONDITIONS, 'cannot disable the SuccessCriteriaMet=True condition'));
  if (was.Complete && !was.SuccessCriteriaMet && now.SuccessCriteriaMet) errors.push(invalidWithoutValue(CONDITIONS, 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'));
}
