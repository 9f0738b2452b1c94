/** The events below a description (kubectl pkg/describe/describe.go: DescribeEvents). */
import type { Event } from '../../api/generated/types.ts';
import { parseTime } from '../../api/time.ts';
import { since } from './format.ts';
import { goSort } from './go-sort.ts';
import type { ClusterReader } from './reader.ts';
import type { DescriptionWriter } from './writer.ts';

/** Writes the list; nothing where no events were asked for. */
export async function writeEvents(w: DescriptionWriter, events: readonly Event[] | undefined, reader: ClusterReader): Promise<void> {
  if (!events) return;
  if (events.length === 0) return w.field('Events', '<none>');
  const nowMs = await reader.now();
  const lastSeen = ({ lastTimestamp }: Event): number => parseTime(lastTimestamp || undefined) ?? -Infinity;
  w.flush();
  w.heading('Events');
  w.row(1, 'Type', 'Reason', 'Age', 'From', 'Message');
  w.row(1, '----', '------', '----', '----', '-------');
  for (const event of goSort(events, (a, b) => lastSeen(a) < lastSeen(b))) {
    const source = event.source?.component || event.reportingComponent || '';
    w.row(1, event.type ?? '', event.reason ?? '', interval(event, nowMs), source, (event.message ?? '').trim());
  }
}

function interval({ eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: Event, nowMs: number): string {
  const first = since(eventTime || firstTimestamp, nowMs);
  if (series) return `${since(series.lastObservedTime, nowMs)} (x${series.count ?? 0} over ${first})`;
  return count > 1 ? `${since(lastTimestamp, nowMs)} (x${count} over ${first})` : first;
}
