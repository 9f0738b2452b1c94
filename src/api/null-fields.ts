/**
 * Fields that Go's encoder writes as null where nobody has set them: lists, maps and pointers without omitempty. Stored
 * objects leave them out, and so do those that components in this process see; whoever reads JSON gets them. Built-in
 * kinds are kept as protobuf upstream, which knows no empty list: that is null, too. Definitions are kept as JSON.
 */
import type { KubeObject } from './object.ts';
import type { ResourceFacts } from './resource.ts';
import { NULL_FIELDS, type NullFields } from './generated/null-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What was made of objects that do not change any more: all who watch get the same, so that its text is made once. */
const filledBefore = new WeakMap<object, KubeObject>();

/**
 * An object of the resource, or a list of such, as it is written; the given one where nothing of it is null.
 * @param keepsEmpty empty lists stay: of objects that are not stored yet, and of definitions
 */
export function withNulls<T extends KubeObject>(resource: Pick<ResourceFacts, 'group' | 'kind' | 'model' | 'listKind'>, object: T, keepsEmpty = resource.group === 'apiextensions.k8s.io'): T {
  const fields = NULL_FIELDS[resource.model];
  if (!fields) return object;
  if (object.kind === resource.kind) return written(fields, object, keepsEmpty) as T;
  const { items } = object as { items?: readonly KubeObject[] };
  if (!items || object.kind !== (resource.listKind ?? `${resource.kind}List`)) return object;
  let copy: KubeObject[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as KubeObject;
    const filled = written(fields, item, keepsEmpty);
    if (filled !== item) (copy ??= [...items])[index] = filled;
  }
  return copy ? { ...object, items: copy } : object;
}

function written(fields: NullFields, object: KubeObject, keepsEmpty: boolean): KubeObject {
  const filled = fill(fields, object as unknown as Fields, keepsEmpty) as unknown as KubeObject;
  if (filled === object || !Object.isFrozen(object)) return filled;
  let known = filledBefore.get(object);
  if (!known) filledBefore.set(object, (known = Object.freeze(filled)));
  return known;
}

/** Copies no more than what leads to a null. */
function fill({ nulls, children }: NullFields, object: Fields, keepsEmpty: boolean): Fields {
  let copy: Record<string, unknown> | undefined;
  for (const name of nulls) if (isNil(object[name], keepsEmpty)) (copy ??= { ...object })[name] = null;
  for (const [name, holds, model] of children) {
    const value = object[name] as Fields | readonly Fields[] | null | undefined;
    const fields = NULL_FIELDS[model];
    if (!value || !fields) continue;
    const filled = holds === 'list' ? fillEach(fields, value as readonly Fields[], keepsEmpty) : fill(fields, value as Fields, keepsEmpty);
    if (filled !== value) (copy ??= { ...object })[name] = filled;
  }
  return copy ?? object;
}

function fillEach(fields: NullFields, items: readonly Fields[], keepsEmpty: boolean): readonly Fields[] {
  let copy: Fields[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as Fields;
    const filled = fill(fields, item, keepsEmpty);
    if (filled !== item) (copy ??= [...items])[index] = filled;
  }
  return copy ?? items;
}

function isNil(value: unknown, keepsEmpty: boolean): boolean {
  return value === undefined || (!keepsEmpty && Array.isArray(value) && value.length === 0);
}
