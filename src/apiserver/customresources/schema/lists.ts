/** Lists that are sets or maps: no item twice. Follows apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go. */
import { duplicate, type FieldError, type Path } from '../../validation/field.ts';
import { untyped } from '../../validation/go-value.ts';
import { child } from './object-meta.ts';
import { additionalOf, isFields, propertyOf, type Schema } from './schema.ts';

/** Repeated items of sets, and repeated keys of list maps, anywhere in a value. */
export function validateLists(value: unknown, schema: Schema | undefined, path?: Path): FieldError[] {
  if (!schema) return [];
  if (Array.isArray(value)) return path ? validateList(value, schema, path) : [];
  if (!isFields(value)) return [];
  const additional = additionalOf(schema);
  return Object.keys(value).flatMap((key) => {
    const property = propertyOf(schema, key);
    if (property) return validateLists(value[key], property, child(path, key));
    return additional && path ? validateLists(value[key], additional, path.key(key)) : [];
  });
}

function validateList(list: readonly unknown[], schema: Schema, path: Path): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  const keys = type === 'map' ? list.map((item) => keyOf(item, schema['x-kubernetes-list-map-keys'] ?? [])) : type === 'set' ? list : [];
  const errors = repeated(keys).map((i) => duplicate(path.index(i), untyped(keys[i])));
  if (schema.items) for (const [i, item] of list.entries()) errors.push(...validateLists(item, schema.items, path.index(i)));
  return errors;
}

function keyOf(item: unknown, names: readonly string[]): unknown {
  const key: Record<string, unknown> = {};
  if (isFields(item)) for (const name of names) if (Object.hasOwn(item, name)) key[name] = item[name];
  return key;
}

/** The places at which a value comes for the second time. */
function repeated(values: readonly unknown[]): number[] {
  const times = new Map<string, number>();
  return values.flatMap((value, i) => {
    const text = JSON.stringify(value, (_key, each: unknown) => (isFields(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each));
    const count = (times.get(text) ?? 0) + 1;
    times.set(text, count);
    return count === 2 ? [i] : [];
  });
}
