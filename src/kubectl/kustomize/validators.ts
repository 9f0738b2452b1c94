/** Validators look and change nothing (kustomize KustTarget.runValidators, ResMap.ErrorIfNotEqualSets). */
import { isDeepStrictEqual } from 'node:util';
import { KustomizeError, prefixed } from './errors.ts';
import type { Transformer } from './plugin.ts';
import { idText, sameId } from './resid.ts';
import type { Resource } from './resource.ts';
import type { ResourceList } from './resource-list.ts';

/** A validator may leave this label. */
const VALIDATED_BY = 'validated-by';

export function validate(list: ResourceList, validator: Transformer): void {
  const before = list.resources.map((resource) => resource.copy());
  validator.transform(list);
  const after = list.resources.map(withoutValidatedBy);
  prefixed("validator shouldn't modify the resource map", () => compare(before, after));
}

function withoutValidatedBy(resource: Resource): Resource {
  const copy = resource.copy();
  const { [VALIDATED_BY]: by, ...others } = copy.stringMap('labels');
  if (by !== undefined) copy.setStringMap('labels', others);
  return copy;
}

function compare(before: readonly Resource[], after: readonly Resource[]): void {
  const memory = (resources: readonly Resource[]): string => `[]*resource.Resource{${resources.map(() => `(*resource.Resource)(${ADDRESS})`).join(', ')}}`;
  if (before.length !== after.length) throw new KustomizeError(`lists have different number of entries: ${memory(before)} doesn't equal ${memory(after)}`);
  for (const resource of before) {
    const others = after.filter(({ id }) => sameId(id, resource.id));
    const [other] = others;
    if (!other) throw new KustomizeError(`id in self missing from other; id: ${idText(resource.id)}`);
    if (others.length > 1) throw new KustomizeError(`id in self matches ${others.length} in other; id: ${idText(resource.id)}`);
    if (!isDeepStrictEqual(resource.wholeText(), other.wholeText())) throw new KustomizeError(`nodes unequal: \n -- ${resource.wholeText()},\n -- ${other.wholeText()}\n\n--\n${IN_GO}\n------\n${IN_GO}\n`);
  }
}

/** Go shows where something is in memory. */
const ADDRESS = '0xc000120000';
const IN_GO = `&resource.Resource{RNode:yaml.RNode{fieldPath:[]string(nil), value:(*yaml.Node)(${ADDRESS}), ShouldKeep:false, Match:[]string(nil)}, refVarNames:[]string(nil)}`;
