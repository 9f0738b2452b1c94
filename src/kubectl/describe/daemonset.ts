/** Daemon sets (kubectl pkg/describe/describe.go: DaemonSetDescriber). */
import { DAEMONSETS } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { labelsOnOneLine } from './format.ts';
import { writeAnnotations, writeLabels } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import { selectorText, type Describe } from './reader.ts';
import { podCountsText } from './workload.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const set = await reader.get(DAEMONSETS, namespace, name);
  const { metadata, spec, status } = set;
  const selector = selectorText(spec?.selector);
  const pods = await reader.podCounts(set, selector);
  const events = await reader.eventsOf(set, DAEMONSETS);
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    w.field('Selector', selector);
    w.field('Node-Selector', labelsOnOneLine(spec?.template.spec?.nodeSelector));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.write(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}\n`);
    w.write(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}\n`);
    w.write(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}\n`);
    w.write(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}\n`);
    w.write(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}\n`);
    w.field('Pods Status', podCountsText(pods));
    writePodTemplate(w, spec?.template ?? {});
    await writeEvents(w, events, reader);
  });
};
