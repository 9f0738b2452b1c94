/** Replica sets (kubectl pkg/describe/describe.go: ReplicaSetDescriber). */
import { formatLabelSelector } from '../../api/labels.ts';
import { REPLICASETS } from '../../api/kinds.ts';
import { textOf } from '../errors.ts';
import { writeEvents } from './events.ts';
import { writeAnnotations, writeController, writeLabels } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import { selectorText, type Describe } from './reader.ts';
import { podCountsText, writeShortConditions } from './workload.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const set = await reader.get(REPLICASETS, namespace, name);
  const { metadata, spec, status } = set;
  const pods = await reader.podCounts(set, selectorText(spec?.selector)).then(podCountsText, (error: unknown) => `error in fetching pods: ${textOf(error)}`);
  const events = await reader.eventsOf(set, REPLICASETS);
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    w.field('Selector', formatLabelSelector(spec?.selector));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    writeController(w, metadata);
    w.field('Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`);
    w.field('Pods Status', pods);
    writePodTemplate(w, spec?.template ?? {});
    writeShortConditions(w, status?.conditions);
    await writeEvents(w, events, reader);
  });
};
