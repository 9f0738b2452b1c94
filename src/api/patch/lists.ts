/** Order, search and comparison in lists that merge. Follows apimachinery pkg/util/strategicpatch/patch.go. */
import { goFormat, goTypeName } from './go-format.ts';
import { PatchError, has, isMap, typeOf, type JsonMap, type JsonType } from './json-map.ts';

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM_PRIMITIVE_LIST = '$deleteFromPrimitiveList';
export const SET_ELEMENT_ORDER = '$setElementOrder';

export const noMergeKey = (map: JsonMap, mergeKey: string): PatchError =>
  new PatchError(`map: ${goFormat(map)} does not contain declared merge key: ${mergeKey}`);
export const badArgument = (expected: 'map' | 'list', actual: unknown): PatchError =>
  new PatchError(`expected a ${expected === 'map' ? 'map[string]interface {}' : '[]interface {}'}, but received a ${goTypeName(actual)}`);

/** The one type of all elements of the lists. */
export function elementType(...lists: readonly (readonly unknown[])[]): JsonType {
  let type: JsonType | undefined;
  for (const list of lists) {
    for (const value of list) {
      const current = typeOf(value);
      if (type === undefined) {
        type = current;
        if (type === 'list') throw new PatchError('lists of lists are not supported');
      } else if (type !== current) throw new PatchError(`list element types are not identical: ${goFormat(lists)}`);
    }
  }
  if (type === undefined) throw new PatchError('no elements in any of the given slices');
  return type;
}

/** Whether two elements are the same one: equal merge keys, or equal primitives where there is no merge key. */
export function sameElement(left: unknown, right: unknown, mergeKey: string): boolean {
  if (mergeKey === '') return left === right;
  if (!isMap(left)) throw badArgument('map', left);
  if (!isMap(right)) throw badArgument('map', right);
  if (!has(left, mergeKey)) throw noMergeKey(left, mergeKey);
  if (!has(right, mergeKey)) throw noMergeKey(right, mergeKey);
  return left[mergeKey] === right[mergeKey];
}

/** The position of the map with this merge key value, or -1. */
export function findByKey(list: readonly unknown[], mergeKey: string, value: unknown): number {
  for (const [position, item] of list.entries()) {
    if (!isMap(item)) throw new PatchError(`value for key ${position} is not a map`);
    if (has(item, mergeKey) && item[mergeKey] === value) return position;
  }
  return -1;
}

function indexIn(list: readonly unknown[], value: unknown, mergeKey: string, type: JsonType): number {
  if (type !== 'map') return list.indexOf(value);
  const key = (item: unknown) => (isMap(item) ? item[mergeKey] : null);
  const wanted = key(value);
  return list.findIndex((item) => key(item) === wanted);
}

/** Splits off the elements that say `$patch: delete`. */
export function splitDeletions(list: readonly unknown[]): { readonly kept: unknown[]; readonly deleted: unknown[] } {
  const kept: unknown[] = [];
  const deleted: unknown[] = [];
  for (const item of list) {
    if (!isMap(item)) throw badArgument('map', item);
    (item[DIRECTIVE] === 'delete' ? deleted : kept).push(item);
  }
  return { kept, deleted };
}

/** Sorts a list in the order of another, deletions at the end. An element that the order lacks moves to the front, as upstream. */
export function sortByOrder(list: readonly unknown[], order: readonly unknown[], mergeKey: string, type: JsonType): unknown[] {
  let sorted = [...list];
  let deleted: unknown[] = [];
  if (type === 'map') {
    for (const each of [list, order]) {
      for (const item of each) {
        if (!isMap(item)) throw badArgument('map', item);
        if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
      }
    }
    ({ kept: sorted, deleted } = splitDeletions(sorted));
  }
  const indexes = new Map(sorted.map((item) => [item, indexIn(order, item, mergeKey, type)]));
  const less = (a: unknown, b: unknown): boolean => {
    const left = indexes.get(a) ?? -1;
    const right = indexes.get(b) ?? -1;
    return left >= 0 && right >= 0 ? left < right : true;
  };
  for (let i = 1; i < sorted.length; i++) {
    for (let j = i; j > 0 && less(sorted[j], sorted[j - 1]); j--) [sorted[j], sorted[j - 1]] = [sorted[j - 1], sorted[j]];
  }
  return [...sorted, ...deleted];
}

/**
 * Merges what the patch names with what only the server has: each part keeps its own order, and where both stand in the
 * server's order that decides which goes first.
 */
export function mergeInOrder(patch: readonly unknown[], serverOnly: readonly unknown[], patchOrder: readonly unknown[], serverOrder: readonly unknown[], mergeKey: string, type: JsonType): unknown[] {
  const right = sortByOrder(patch, patchOrder, mergeKey, type);
  const left = sortByOrder(serverOnly, serverOrder, mergeKey, type);
  const result: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i >= left.length) result.push(right[j++]);
    else if (j >= right.length) result.push(left[i++]);
    else {
      const leftIndex = indexIn(serverOrder, left[i], mergeKey, type);
      const rightIndex = indexIn(serverOrder, right[j], mergeKey, type);
      result.push(leftIndex >= 0 && rightIndex >= 0 && leftIndex < rightIndex ? left[i++] : right[j++]);
    }
  }
  return result;
}

/** Splits a list by whether an element is in another list too. */
export function partition(list: readonly unknown[], by: readonly unknown[], mergeKey: string): { readonly present: unknown[]; readonly absent: unknown[] } {
  const present: unknown[] = [];
  const absent: unknown[] = [];
  for (const item of list) {
    let found: boolean;
    if (mergeKey === '') found = by.includes(item);
    else {
      if (!isMap(item)) throw badArgument('map', item);
      if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
      found = findByKey(by, mergeKey, item[mergeKey]) >= 0;
    }
    (found ? present : absent).push(item);
  }
  return { present, absent };
}

const byText = (a: unknown, b: unknown): number => {
  const left = goFormat(a);
  const right = goFormat(b);
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Sorts primitives by their text, in place. */
export function sortScalars(list: unknown[]): unknown[] {
  return list.sort(byText);
}

/** A list of maps in the order of their merge key's text. */
export function sortMapsByKey(list: readonly unknown[], mergeKey: string): unknown[] {
  if (list.length === 0) return [];
  elementType(list);
  return [...list].sort((a, b) => byText((a as JsonMap)[mergeKey], (b as JsonMap)[mergeKey]));
}

/** Takes out what is there twice; the place of a removed element is filled from the end, as upstream. */
export function deduplicate(list: readonly unknown[]): unknown[] {
  const result = [...list];
  for (let i = 0; i < result.length - 1; i++) {
    for (let j = i + 1; j < result.length; j++) {
      if (result[i] !== result[j]) continue;
      const last = result.pop();
      if (j < result.length) result[j] = last;
      j--;
    }
  }
  return result;
}
