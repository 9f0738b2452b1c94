/** Stateful sets (kubectl pkg/describe/describe.go: StatefulSetDescriber). */
import { STATEFULSETS } from '../../api/kinds.ts';
import { writeClaimTemplates } from './claim.ts';
import { writeEvents } from './events.ts';
import { rfc1123 } from './format.ts';
import { writeAnnotations, writeLabels } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import { selectorText, type Describe } from './reader.ts';
import { podCountsText } from './workload.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const set = await reader.get(STATEFULSETS, namespace, name);
  const { metadata, spec, status } = set;
  const selector = selectorText(spec?.selector);
  const pods = await reader.podCounts(set, selector);
  const events = await reader.eventsOf(set, STATEFULSETS);
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    w.field('CreationTimestamp', rfc1123(metadata.creationTimestamp));
    w.field('Selector', selector);
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('Replicas', `${spec?.replicas ?? 0} desired | ${status?.replicas ?? 0} total`);
    w.field('Update Strategy', spec?.updateStrategy?.type ?? '');
    const { partition, maxUnavailable } = spec?.updateStrategy?.rollingUpdate ?? {};
    if (partition !== undefined) {
      w.field('Partition', partition, 1);
      if (maxUnavailable !== undefined) w.field('MaxUnavailable', maxUnavailable, 1);
    }
    w.field('Pods Status', podCountsText(pods));
    writePodTemplate(w, spec?.template ?? {});
    writeClaimTemplates(w, spec?.volumeClaimTemplates);
    await writeEvents(w, events, reader);
  });
};
