/** Priority classes (kubectl pkg/describe/describe.go: PriorityClassDescriber). */
import { PRIORITYCLASSES } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { labelsOnOneLine } from './format.ts';
import type { Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, _namespace, name) => {
  const priorityClass = await reader.get(PRIORITYCLASSES, '', name);
  const events = await reader.eventsOf(priorityClass, PRIORITYCLASSES);
  return page(async (w) => {
    w.field('Name', priorityClass.metadata.name);
    w.field('Value', priorityClass.value);
    w.field('GlobalDefault', priorityClass.globalDefault ?? false);
    w.field('PreemptionPolicy', priorityClass.preemptionPolicy ?? '');
    w.field('Description', priorityClass.description ?? '');
    w.field('Annotations', labelsOnOneLine(priorityClass.metadata.annotations));
    await writeEvents(w, events, reader);
  });
};
