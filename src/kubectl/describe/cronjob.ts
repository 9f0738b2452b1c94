/** Cron jobs (kubectl pkg/describe/describe.go: CronJobDescriber). */
import { CRONJOBS } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { orUnset, rfc1123, titleOrUnset } from './format.ts';
import { writeIdentity } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import { selectorOrFault, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const cronJob = await reader.get(CRONJOBS, namespace, name);
  const events = await reader.eventsOf(cronJob, CRONJOBS);
  const { metadata, spec, status } = cronJob;
  return page(async (w) => {
    writeIdentity(w, metadata, true);
    w.field('Schedule', spec?.schedule ?? '');
    w.field('Concurrency Policy', spec?.concurrencyPolicy ?? '');
    w.field('Suspend', titleOrUnset(spec?.suspend));
    w.field('Successful Job History Limit', orUnset(spec?.successfulJobsHistoryLimit));
    w.field('Failed Job History Limit', orUnset(spec?.failedJobsHistoryLimit));
    w.field('Starting Deadline Seconds', spec?.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`);
    const job = spec?.jobTemplate.spec;
    w.field('Selector', job?.selector ? selectorOrFault(job.selector) : '<unset>');
    w.field('Parallelism', orUnset(job?.parallelism));
    w.field('Completions', orUnset(job?.completions));
    if (job?.activeDeadlineSeconds !== undefined) w.field('Active Deadline Seconds', `${job.activeDeadlineSeconds}s`);
    writePodTemplate(w, job?.template ?? {});
    w.field('Last Schedule Time', status?.lastScheduleTime ? rfc1123(status.lastScheduleTime) : '<unset>');
    w.field('Active Jobs', status?.active?.length ? status.active.map((active) => active.name ?? '').join(', ') : '<none>');
    await writeEvents(w, events, reader);
  });
};
