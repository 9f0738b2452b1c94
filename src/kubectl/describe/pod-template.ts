/** A pod template (kubectl pkg/describe/describe.go: DescribePodTemplate). */
import type { PodTemplateSpec } from '../../api/generated/types.ts';
import { formatLabelSelector } from '../../api/labels.ts';
import { compareBytes } from '../printers/json.ts';
import { writeContainers } from './containers.ts';
import { writeAnnotations, writeLabels, writeTolerations } from './multiline.ts';
import { PrefixWriter } from './prefix-writer.ts';
import { writeVolumes } from './volumes.ts';

type Constraints = NonNullable<NonNullable<PodTemplateSpec['spec']>['topologySpreadConstraints']>;

/** The template's text; tabs are left for the caller to lay out, or not. */
export function podTemplateText(template: PodTemplateSpec | undefined): string {
  const writer = new PrefixWriter();
  writePodTemplate(writer, template);
  return writer.toString();
}

export function writePodTemplate(writer: PrefixWriter, template: PodTemplateSpec | undefined): void {
  writer.write(0, 'Pod Template:\n');
  if (!template) return writer.write(1, '<unset>');
  const { metadata, spec } = template;
  writeLabels(writer, '  Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) writeAnnotations(writer, '  Annotations', metadata?.annotations);
  if (spec?.serviceAccountName) writer.write(1, `Service Account:\t${spec.serviceAccountName}\n`);
  if (spec?.initContainers?.length) writeContainers(writer, 'Init Containers', spec.initContainers, '  ');
  writeContainers(writer, 'Containers', spec?.containers, '  ');
  writeVolumes(writer, spec?.volumes, '  ');
  writeSpreadConstraints(writer, spec?.topologySpreadConstraints, '  ');
  if (spec?.priorityClassName) writer.write(1, `Priority Class Name:\t${spec.priorityClassName}\n`);
  writeLabels(writer, '  Node-Selectors', spec?.nodeSelector);
  writeTolerations(writer, '  Tolerations', spec?.tolerations);
}

export function writeSpreadConstraints(writer: PrefixWriter, constraints: Constraints = [], space: string): void {
  if (constraints.length === 0) return;
  writer.write(0, `${space}Topology Spread Constraints:\t`);
  for (const [index, { topologyKey, whenUnsatisfiable, maxSkew, labelSelector }] of [...constraints].sort((a, b) => compareBytes(a.topologyKey, b.topologyKey)).entries()) {
    writer.write(0, `${index > 0 ? `${space}\t` : ''}${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : ''}\n`);
  }
}
