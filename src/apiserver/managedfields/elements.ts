/** How lists' items are told apart. Follows structured-merge-diff typed/helpers.go. */
import { isObject } from '../../api/json.ts';
import { keyElement, valueElement } from './path-element.ts';
import type { ListType } from './schema.ts';

/** An item that cannot be told apart from others; the message says why. */
export class ElementError extends Error {}

/** The path element of an item of a set or keyed list. Throws ElementError where it has none. */
export function elementOf(list: ListType, item: unknown): string {
  return list.keys.length > 0 ? keyed(list, item) : byValue(item);
}

function keyed(list: ListType, item: unknown): string {
  if (item === null || item === undefined) throw new ElementError('associative list with keys may not have a null element');
  if (!isObject(item)) throw new ElementError('associative list with keys may not have non-map elements');
  const keys: [string, unknown][] = [];
  for (const name of list.keys) {
    const value = item[name] ?? (Object.hasOwn(item, name) ? null : list.keyDefault(name));
    if (value !== undefined) keys.push([name, value]);
  }
  if (keys.length === 0) throw new ElementError(`associative list with keys has an element that omits all key fields [${list.keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`);
  if (keys.length > 1) keys.sort(([a], [b]) => (a < b ? -1 : 1));
  return keyElement(keys);
}

function byValue(item: unknown): string {
  if (Array.isArray(item)) throw new ElementError('not supported: associative list with lists as elements');
  if (item === null || item === undefined) throw new ElementError("associative list without keys has an element that's an explicit null");
  if (typeof item === 'object') throw new ElementError("associative list without keys has an element that's a map type");
  return valueElement(item);
}
