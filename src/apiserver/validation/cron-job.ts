/** Validation of CronJobs. Follows kubernetes pkg/apis/batch/validation/validation.go. */
import type { CronJob } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { cronError } from './cron.ts';
import { invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkNonnegative } from './formats.ts';
import { goLabelSelector } from './go-value.ts';
import { checkJobSpec } from './job.ts';

const SPEC = Path.of('spec');
/** The controller appends 11 characters to the names of its jobs, and labels end at 63. */
const MAX_NAME = 52;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

function checkTimeZone(zone: string | undefined, errors: FieldError[]): void {
  if (zone === undefined) return;
  const path = SPEC.child('timeZone');
  if (zone === '') return void errors.push(invalid(path, zone, 'timeZone must be nil or non-empty string'));
  if (zone.split('/').some((part) => part === '.' || part === '..' || !/^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/.test(part))) return void errors.push(invalid(path, zone, `unknown time zone ${zone}`));
  if (zone.toLowerCase() === 'local') errors.push(invalid(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  if (zone !== 'Local' && !isTimeZone(zone)) errors.push(invalid(path, zone, `unknown time zone ${zone}`));
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function checkSchedule(cronJob: CronJob, old: CronJob | undefined, errors: FieldError[]): void {
  const { schedule = '', timeZone } = cronJob.spec ?? {};
  const path = SPEC.child('schedule');
  if (!schedule) return void errors.push(required(path));
  const error = cronError(schedule.replace(/^(CRON_)?TZ=\S+\s+/, ''));
  if (error) errors.push(invalid(path, schedule, error));
  if (!schedule.includes('TZ')) return;
  if (!old?.spec?.schedule.includes('TZ')) errors.push(invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (timeZone !== undefined) errors.push(invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
}

function checkCronJobSpec(cronJob: CronJob, old: CronJob | undefined, errors: FieldError[]): void {
  const spec: Partial<NonNullable<CronJob['spec']>> = cronJob.spec ?? {};
  checkSchedule(cronJob, old, errors);
  checkNonnegative(spec.startingDeadlineSeconds, SPEC.child('startingDeadlineSeconds'), errors);
  if (!old || old.spec?.timeZone !== spec.timeZone) checkTimeZone(spec.timeZone, errors);
  if (!spec.concurrencyPolicy) errors.push(required(SPEC.child('concurrencyPolicy')));
  else if (!POLICIES.includes(spec.concurrencyPolicy)) errors.push(notSupported(SPEC.child('concurrencyPolicy'), spec.concurrencyPolicy, POLICIES));
  const path = SPEC.child('jobTemplate', 'spec');
  const job = spec.jobTemplate?.spec ?? { template: {} };
  checkJobSpec(job, path, errors);
  // Jobs made from the template get selectors of their own.
  if (job.selector) errors.push(invalid(path.child('selector'), goLabelSelector(job.selector), '`selector` will be auto-generated'));
  if (job.manualSelector) errors.push(notSupported(path.child('manualSelector'), true, ['nil', 'false']));
  checkNonnegative(spec.successfulJobsHistoryLimit, SPEC.child('successfulJobsHistoryLimit'), errors);
  checkNonnegative(spec.failedJobsHistoryLimit, SPEC.child('failedJobsHistoryLimit'), errors);
}

export function validateCronJob(cronJob: CronJob): FieldError[] {
  const errors: FieldError[] = [];
  checkCronJobSpec(cronJob, undefined, errors);
  const name = cronJob.metadata?.name ?? '';
  if (name.length > MAX_NAME) errors.push(invalid('metadata.name', name, `must be no more than ${MAX_NAME} characters`));
  return errors;
}

/** Names that are too long by now stay. */
export function validateCronJobUpdate(cronJob: CronJob, old: CronJob): FieldError[] {
  const errors: FieldError[] = [];
  if (!equal(cronJob.spec, old.spec)) checkCronJobSpec(cronJob, old, errors);
  return errors;
}
