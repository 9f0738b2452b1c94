/** Replication controllers (kubectl pkg/describe/describe.go: ReplicationControllerDescriber). */
import { REPLICATIONCONTROLLERS } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { labelsOnOneLine } from './format.ts';
import { writeAnnotations, writeLabels } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import { mapSelectorText, type Describe } from './reader.ts';
import { podCountsText, writeShortConditions } from './workload.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const controller = await reader.get(REPLICATIONCONTROLLERS, namespace, name);
  const { metadata, spec, status } = controller;
  const pods = await reader.podCounts(controller, mapSelectorText(spec?.selector));
  const events = await reader.eventsOf(controller, REPLICATIONCONTROLLERS);
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    w.field('Selector', labelsOnOneLine(spec?.selector));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`);
    w.field('Pods Status', podCountsText(pods));
    writePodTemplate(w, spec?.template);
    writeShortConditions(w, status?.conditions);
    await writeEvents(w, events, reader);
  });
};
