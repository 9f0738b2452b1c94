/** Jobs (kubectl pkg/describe/describe.go: JobDescriber). */
import { humanDuration } from '../../api/duration.ts';
import { JOBS } from '../../api/kinds.ts';
import { parseTime } from '../../api/time.ts';
import { writeEvents } from './events.ts';
import { orUnset, rfc1123 } from './format.ts';
import { writeAnnotations, writeController, writeLabels } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import { selectorOrFault, type Describe } from './reader.ts';
import { page } from './writer.ts';

/** A list of finished indexes is cut at the first comma from here on. */
const INDEXES_SHOWN = 50;

export const describe: Describe = async (reader, namespace, name) => {
  const job = await reader.get(JOBS, namespace, name);
  const events = await reader.eventsOf(job, JOBS);
  const { metadata, spec, status = {} } = job;
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    w.field('Selector', selectorOrFault(spec?.selector));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    writeController(w, metadata);
    const given = (label: string, value: string | number | boolean | undefined): void => {
      if (value !== undefined) w.field(label, value);
    };
    given('Parallelism', spec?.parallelism);
    w.field('Completions', orUnset(spec?.completions));
    given('Completion Mode', spec?.completionMode);
    given('Suspend', spec?.suspend);
    given('Backoff Limit', spec?.backoffLimit);
    given('TTL Seconds After Finished', spec?.ttlSecondsAfterFinished);
    if (status.startTime) w.field('Start Time', rfc1123(status.startTime));
    if (status.completionTime) w.field('Completed At', rfc1123(status.completionTime));
    if (status.startTime && status.completionTime) w.field('Duration', humanDuration(parseTime(status.completionTime) - parseTime(status.startTime)));
    if (spec?.activeDeadlineSeconds !== undefined) w.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
    const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
    w.field('Pods Statuses', `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`);
    if (spec?.completionMode === 'Indexed') w.field('Completed Indexes', indexesText(status.completedIndexes ?? ''));
    writePodTemplate(w, spec?.template ?? {});
    await writeEvents(w, events, reader);
  });
};

function indexesText(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', INDEXES_SHOWN);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}
