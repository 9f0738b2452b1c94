/** The pods that a workload makes (kubectl pkg/describe/describe.go: DescribePodTemplate). */
import type { PodTemplateSpec } from '../../api/generated/types.ts';
import { writeContainers } from './containers.ts';
import { writeAnnotations, writeLabels, writeSpreadConstraints, writeTolerations } from './metadata.ts';
import { writeVolumes } from './volumes.ts';
import { unaligned, type DescriptionWriter } from './writer.ts';

const INDENT = '  ';

/** A template by itself, as rollout shows revisions: tabs are left as they are. */
export function podTemplateText(template: PodTemplateSpec | undefined): string {
  return unaligned((w) => writePodTemplate(w, template));
}

export function writePodTemplate(w: DescriptionWriter, template: PodTemplateSpec | undefined): void {
  w.heading('Pod Template');
  if (!template) return w.write(1, '<unset>');
  const { metadata = {}, spec } = template;
  writeLabels(w, '  Labels', metadata.labels);
  if (Object.keys(metadata.annotations ?? {}).length > 0) writeAnnotations(w, '  Annotations', metadata.annotations);
  if (spec?.serviceAccountName) w.field('Service Account', spec.serviceAccountName, 1);
  if (spec?.initContainers?.length) writeContainers(w, 'Init Containers', spec.initContainers, { indent: INDENT });
  writeContainers(w, 'Containers', spec?.containers ?? [], { indent: INDENT });
  writeVolumes(w, spec?.volumes, INDENT);
  writeSpreadConstraints(w, spec?.topologySpreadConstraints, INDENT);
  if (spec?.priorityClassName) w.field('Priority Class Name', spec.priorityClassName, 1);
  writeLabels(w, '  Node-Selectors', spec?.nodeSelector);
  writeTolerations(w, '  Tolerations', spec?.tolerations);
}
