/** Labels and annotations for all resources (kustomize LabelTransformer, AnnotationsTransformer). */
import { mergeSpecs, visitFields, type FieldSpec } from '../field-spec.ts';
import type { TransformerConfig } from '../field-specs.ts';
import { prefixed } from '../errors.ts';
import type { Kustomization, Label } from '../kustomization.ts';
import { isFields } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';

export function addLabels(list: ResourceList, { labels, commonLabels }: Pick<Kustomization, 'labels' | 'commonLabels'>, config: TransformerConfig): void {
  for (const label of labels) setEntries(list, label.pairs ?? {}, labelSpecs(label, config));
  setEntries(list, commonLabels, config.commonLabels);
}

function labelSpecs({ fields = [], includeSelectors, includeTemplates }: Label, config: TransformerConfig): readonly FieldSpec[] {
  return prefixed('failed to merge labels', () => {
    const specs = mergeSpecs(fields, config.labels);
    if (includeSelectors) return mergeSpecs(specs, config.commonLabels);
    const templates = includeTemplates ? prefixed('failed to merge template fieldSpec', () => mergeSpecs(specs, config.templateLabels)) : specs;
    return mergeSpecs(templates, [{ path: 'metadata/labels', create: true }]);
  });
}

/** Puts each entry into the maps that the paths lead to. */
export function setEntries(list: ResourceList, entries: Readonly<Record<string, unknown>>, specs: readonly FieldSpec[]): void {
  for (const resource of list.resources) {
    for (const key of Object.keys(entries).sort()) {
      for (const spec of specs) {
        visitFields(resource, spec, (slot) => {
          if (isFields(slot.value)) slot.value[key] = String(entries[key]);
          else slot.set({ [key]: String(entries[key]) });
        }, 'map');
      }
    }
  }
}
