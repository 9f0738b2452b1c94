/** A value without the items and fields of a set. Follows structured-merge-diff typed/remove.go. */
import { isObject } from '../../api/json.ts';
import { elementOf } from './elements.ts';
import { hasElement, isEmpty, withPrefix, type FieldSet } from './field-set.ts';
import { fieldElement } from './path-element.ts';
import { childType, DEDUCED, formOf, type FieldType, type ListType, type MapType } from './schema.ts';

/** The value without them; null where nothing is left. Parts that stay are shared. */
export function removeItems(type: FieldType, value: unknown, items: FieldSet): unknown {
  if (isEmpty(items)) return value;
  const form = formOf(type, value);
  if (form === 'scalar') return value;
  return form === 'map' ? fromMap(type.map as MapType, value, items) : fromList(type.list as ListType, value, items);
}

function fromMap(type: MapType, value: unknown, items: FieldSet): unknown {
  if (!isObject(value) || type.atomic) return null;
  const result: Record<string, unknown> = {};
  let some = false;
  for (const [name, child] of Object.entries(value)) {
    const element = fieldElement(name);
    if (child === undefined || hasElement(items, element)) continue;
    const left = removeItems(childType(type, name) ?? DEDUCED, child, withPrefix(items, element));
    Object.defineProperty(result, name, { value: left, enumerable: true, configurable: true, writable: true });
    some = true;
  }
  return some ? result : null;
}

function fromList(type: ListType, value: unknown, items: FieldSet): unknown {
  if (!Array.isArray(value) || type.atomic) return null;
  const kept: unknown[] = [];
  for (const item of value as unknown[]) {
    const element = elementOf(type, item);
    if (hasElement(items, element)) continue;
    kept.push(removeItems(type.element, item, withPrefix(items, element)));
  }
  return kept.length > 0 ? kept : null;
}
