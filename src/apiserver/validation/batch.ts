/** Validation of Jobs and CronJobs. Follows kubernetes pkg/apis/batch/validation/validation.go. */
import type { CronJob, Job, JobSpec, PodTemplateSpec } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { cronError } from './cron.ts';
import { forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkNonnegative } from './formats.ts';
import { goLabelSelector, goStringMap, goSyntax, GoValue } from './go-value.ts';
import { checkImmutable, checkLabelSelector, IMMUTABLE_TEXT, selectorMatcher } from './metadata.ts';
import { checkPodTemplate } from './pod-spec.ts';

const SPEC = Path.of('spec');
/** Most pods at a time of an Indexed job (100,000). */
const MAX_INDEXED_PARALLELISM = 100000;
const UID_LABEL = 'batch.kubernetes.io/controller-uid';
const NAME_LABEL = 'batch.kubernetes.io/job-name';

function checkJobSpec(spec: JobSpec, path: Path, errors: FieldError[]): void {
  checkNonnegative(spec.parallelism, path.child('parallelism'), errors);
  checkNonnegative(spec.completions, path.child('completions'), errors);
  checkNonnegative(spec.activeDeadlineSeconds, path.child('activeDeadlineSeconds'), errors);
  checkNonnegative(spec.backoffLimit, path.child('backoffLimit'), errors);
  checkNonnegative(spec.ttlSecondsAfterFinished, path.child('ttlSecondsAfterFinished'), errors);
  checkNonnegative(spec.backoffLimitPerIndex, path.child('backoffLimitPerIndex'), errors);
  checkNonnegative(spec.maxFailedIndexes, path.child('maxFailedIndexes'), errors);
  const indexed = spec.completionMode === 'Indexed';
  if (spec.completionMode !== undefined && !indexed && spec.completionMode !== 'NonIndexed') errors.push(notSupported(path.child('completionMode'), spec.completionMode, ['NonIndexed', 'Indexed']));
  if (indexed) {
    if (spec.completions === undefined) errors.push(required(path.child('completions'), 'when completion mode is Indexed'));
    if ((spec.parallelism ?? 0) > MAX_INDEXED_PARALLELISM) errors.push(invalid(path.child('parallelism'), spec.parallelism, `must be less than or equal to ${MAX_INDEXED_PARALLELISM} when completion mode is Indexed`));
  } else if (spec.backoffLimitPerIndex !== undefined) errors.push(invalid(path.child('backoffLimitPerIndex'), spec.backoffLimitPerIndex, 'requires indexed completion mode'));
  if (spec.podReplacementPolicy !== undefined && spec.podReplacementPolicy !== 'Failed' && spec.podReplacementPolicy !== 'TerminatingOrFailed')
    errors.push(notSupported(path.child('podReplacementPolicy'), spec.podReplacementPolicy, ['Failed', 'TerminatingOrFailed']));
  const template: PodTemplateSpec = spec.template ?? {};
  const templatePath = path.child('template');
  checkPodTemplate(template, templatePath, errors);
  const restart = template.spec?.restartPolicy ?? '';
  if (restart !== 'OnFailure' && restart !== 'Never') {
    const at = templatePath.child('spec', 'restartPolicy');
    if (restart === 'Always' || restart === '') errors.push(required(at, 'valid values: "OnFailure", "Never"'));
    else errors.push(notSupported(at, restart, ['OnFailure', 'Never']));
  }
  if (spec.podFailurePolicy && restart !== 'Never') errors.push(invalid(templatePath.child('spec', 'restartPolicy'), restart, 'only "Never" is supported when podFailurePolicy is specified'));
}

/** Jobs that let the server pick their selector have to keep it (ValidateGeneratedSelector). */
function checkGeneratedSelector(job: Job, errors: FieldError[]): void {
  const spec = job.spec;
  if (!spec || spec.manualSelector || !spec.selector || !job.metadata?.uid) return;
  const labels = spec.template?.metadata?.labels;
  const path = SPEC.child('template', 'metadata', 'labels');
  for (const [key, expected] of [[UID_LABEL, job.metadata.uid], [NAME_LABEL, job.metadata.name ?? '']] as const) {
    const value = labels?.[key];
    if (value === undefined) errors.push(required(path.key(key), `must be '${expected}'`));
    else if (value !== expected) errors.push(invalid(path.key(key), new GoValue(goStringMap(labels)), `must be '${expected}'`));
  }
  if (spec.selector.matchExpressions?.length || spec.selector.matchLabels?.[UID_LABEL] !== job.metadata.uid) errors.push(invalid(SPEC.child('selector'), goLabelSelector(spec.selector), '`selector` not auto-generated'));
}

export function validateJob(job: Job): FieldError[] {
  const errors: FieldError[] = [];
  const spec = job.spec;
  if (!spec) return [required(SPEC)];
  checkGeneratedSelector(job, errors);
  checkJobSpec(spec, SPEC, errors);
  if (!spec.selector) errors.push(required(SPEC.child('selector')));
  else {
    checkLabelSelector(spec.selector, SPEC.child('selector'), errors);
    if (selectorMatcher(spec.selector)?.matches(spec.template?.metadata?.labels) === false)
      errors.push(invalid(SPEC.child('template', 'metadata', 'labels'), new GoValue(goStringMap(spec.template?.metadata?.labels)), '`selector` does not match template `labels`'));
  }
  return errors;
}

export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const now = job.spec;
  const before = old.spec;
  if (!now || !before || equal(now, before)) return [];
  const errors = validateJob(job);
  // An Indexed job may change its size when both numbers change alike.
  const elastic = now.completionMode === 'Indexed' && now.completions === now.parallelism && before.completions !== undefined && now.completions !== undefined;
  if (!elastic) checkImmutable(now.completions, before.completions, SPEC.child('completions'), errors, now.completions ?? null);
  checkImmutable(now.selector, before.selector, SPEC.child('selector'), errors, goLabelSelector(now.selector));
  checkTemplateUpdate(job, old, errors);
  checkImmutable(now.completionMode, before.completionMode, SPEC.child('completionMode'), errors, now.completionMode ?? null);
  checkImmutable(now.podFailurePolicy, before.podFailurePolicy, SPEC.child('podFailurePolicy'), errors);
  checkImmutable(now.backoffLimitPerIndex, before.backoffLimitPerIndex, SPEC.child('backoffLimitPerIndex'), errors, now.backoffLimitPerIndex ?? null);
  checkImmutable(now.managedBy, before.managedBy, SPEC.child('managedBy'), errors, now.managedBy ?? null);
  checkImmutable(now.successPolicy, before.successPolicy, SPEC.child('successPolicy'), errors);
  return errors;
}

const SCHEDULING_FIELDS = ['nodeSelector', 'affinity', 'tolerations', 'schedulingGates'] as const;

/** A job that was suspended and never started may still be told where its pods go. */
function checkTemplateUpdate(job: Job, old: Job, errors: FieldError[]): void {
  const now: Record<string, unknown> = { ...job.spec?.template?.spec };
  const before: Record<string, unknown> = { ...old.spec?.template?.spec };
  const meta: Record<string, unknown> = { ...job.spec?.template?.metadata };
  const oldMeta: Record<string, unknown> = { ...old.spec?.template?.metadata };
  if (old.spec?.suspend && old.status?.startTime === undefined) {
    for (const field of SCHEDULING_FIELDS) {
      delete now[field];
      delete before[field];
    }
    for (const field of ['labels', 'annotations']) {
      delete meta[field];
      delete oldMeta[field];
    }
  }
  if (!equal(now, before) || !equal(meta, oldMeta)) errors.push(invalid(SPEC.child('template'), new GoValue(`core.PodTemplateSpec${goSyntax(job.spec?.template)}`), IMMUTABLE_TEXT));
}

function checkTimeZone(zone: string | undefined, errors: FieldError[]): void {
  if (zone === undefined) return;
  const path = SPEC.child('timeZone');
  if (zone === '') errors.push(invalid(path, zone, 'timeZone must be nil or non-empty string'));
  else if (zone.toLowerCase() === 'local') errors.push(invalid(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  else if (!isTimeZone(zone)) errors.push(invalid(path, zone, `unknown time zone ${zone}`));
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export function validateCronJob(cronJob: CronJob): FieldError[] {
  const errors: FieldError[] = [];
  const spec = cronJob.spec;
  // The controller appends 11 characters to the names of its jobs, and labels end at 63.
  const name = cronJob.metadata?.name ?? '';
  const tooLongName = name.length > 52 ? [invalid(Path.of('metadata', 'name'), name, 'must be no more than 52 characters')] : [];
  if (!spec) return [required(SPEC.child('schedule')), ...tooLongName];
  const schedulePath = SPEC.child('schedule');
  if (!spec.schedule) errors.push(required(schedulePath));
  else {
    const zoned = spec.schedule.includes('TZ');
    const error = cronError(spec.schedule.replace(/^(CRON_)?TZ=\S+\s+/, ''));
    if (error) errors.push(invalid(schedulePath, spec.schedule, error));
    if (zoned) errors.push(invalid(schedulePath, spec.schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  }
  checkNonnegative(spec.startingDeadlineSeconds, SPEC.child('startingDeadlineSeconds'), errors);
  checkTimeZone(spec.timeZone, errors);
  if (!spec.concurrencyPolicy) errors.push(required(SPEC.child('concurrencyPolicy')));
  else if (!['Allow', 'Forbid', 'Replace'].includes(spec.concurrencyPolicy)) errors.push(notSupported(SPEC.child('concurrencyPolicy'), spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
  const jobPath = SPEC.child('jobTemplate', 'spec');
  const jobSpec = spec.jobTemplate?.spec;
  if (jobSpec) {
    // Jobs made from the template get selectors of their own.
    if (jobSpec.selector) errors.push(forbidden(jobPath.child('selector'), '`selector` will be auto-generated'));
    if (jobSpec.manualSelector) errors.push(notSupported(jobPath.child('manualSelector'), true, ['nil', 'false']));
    checkJobSpec(jobSpec, jobPath, errors);
  }
  checkNonnegative(spec.successfulJobsHistoryLimit, SPEC.child('successfulJobsHistoryLimit'), errors);
  checkNonnegative(spec.failedJobsHistoryLimit, SPEC.child('failedJobsHistoryLimit'), errors);
  return [...errors, ...tooLongName];
}
