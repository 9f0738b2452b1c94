/** Labels and annotations for all resources (kustomize LabelTransformer, AnnotationsTransformer). */
import { mergeSpecs, visitFields, wrongKind, type FieldSpec } from '../field-spec.ts';
import type { TransformerConfig } from '../field-specs.ts';
import { prefixed } from '../errors.ts';
import type { Label } from '../kustomization.ts';
import { isFields, type Fields } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';

/** The fields that a kustomization's label goes to. */
export function labelSpecs({ fields = [], includeSelectors, includeTemplates }: Label, config: TransformerConfig): readonly FieldSpec[] {
  return prefixed('failed to merge labels', () => {
    const specs = mergeSpecs(fields, config.labels);
    if (includeSelectors) return mergeSpecs(specs, config.commonLabels);
    const templates = includeTemplates ? prefixed('failed to merge template fieldSpec', () => mergeSpecs(specs, config.templateLabels)) : specs;
    return mergeSpecs(templates, [{ path: 'metadata/labels', create: true }]);
  });
}

/**
 * Maps and keys whose values are one: kustomize puts the same YAML node wherever an entry is new, so that who changes it in
 * one place later changes it in all.
 */
const SHARED = new WeakMap<Fields, Map<string, readonly Fields[]>>();

function setEntry(map: Fields, key: string, value: string): void {
  for (const each of SHARED.get(map)?.get(key) ?? [map]) if (Object.hasOwn(each, key)) each[key] = value;
  map[key] = value;
}

function share(maps: readonly Fields[], key: string): void {
  if (maps.length < 2) return;
  for (const map of maps) {
    const keys = SHARED.get(map) ?? new Map<string, readonly Fields[]>();
    SHARED.set(map, keys.set(key, maps));
  }
}

/** Puts each entry into the maps that the paths lead to. */
export function setEntries(list: ResourceList, entries: Readonly<Record<string, unknown>>, specs: readonly FieldSpec[]): void {
  for (const resource of list.resources) {
    for (const key of Object.keys(entries).sort()) {
      const value = String(entries[key]);
      const fresh: Fields[] = [];
      for (const spec of specs) {
        visitFields(resource, spec, (slot) => {
          if (slot.value === null || slot.value === undefined) return slot.set({ [key]: value });
          if (!isFields(slot.value)) throw wrongKind('MappingNode', slot.value);
          if (!Object.hasOwn(slot.value, key)) fresh.push(slot.value);
          setEntry(slot.value, key, value);
        }, 'map');
      }
      share(fresh, key);
    }
  }
}
