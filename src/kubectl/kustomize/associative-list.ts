/**
 * Lists whose elements are known by keys, as kustomize merges them, oddities included: an element without its key stands for
 * the whole list so far, and with several keys what is new comes first. Follows kyaml yaml/walk/associative_sequence.go and
 * ElementSetter of yaml/fns.go.
 */
import { plainScalar } from '../builder/yaml-reader.ts';
import { isFields, text, type Fields } from './resource.ts';

type Values = readonly string[];
type Merge = (before: Fields | undefined, patch: Fields | undefined) => Fields | undefined;

/** The list with the patch merged in; elements of `before` change where they are. */
export function mergeAssociative(before: unknown[], patch: readonly unknown[], keys: readonly string[], merge: Merge): unknown[] {
  const all = distinct([...patch, ...before].map((item) => keys.map((key) => (isFields(item) ? text(item[key]) : ''))));
  if (keys.length > 1) alignValues(all);
  const merged: unknown[] = [];
  let used: readonly string[] = keys;
  for (const values of all) {
    const [usedKeys, usedValues] = valuesInUse(all, values, keys);
    used = usedKeys;
    const [lookedKeys, lookedValues] = valuesInUse([usedValues], usedValues, usedKeys);
    const result = merge(find(before, lookedKeys, lookedValues), find(patch, lookedKeys, lookedValues));
    if (result === undefined || Object.keys(result).length === 0) {
      put(before, undefined, usedKeys, usedValues);
      continue;
    }
    usedKeys.forEach((key, index) => {
      if (!Object.hasOwn(result, key) && usedValues[index]) result[key] = plainScalar(usedValues[index], 'true-false');
    });
    put(merged, result, usedKeys, usedValues);
  }
  if (all.length === 0) return before;
  append(merged, before, used);
  return merged;
}

function distinct(all: readonly Values[]): Values[] {
  return all.filter((values, index) => all.findIndex((other) => other.join('\0') === values.join('\0')) === index);
}

/** Elements that agree in some keys and lack others are one (mergeValues). */
function alignValues(all: Values[]): void {
  for (let left = 0; left < all.length; left++) {
    const values = all[left] ?? [];
    for (let right = 0; right < all.length; right++) {
      const aligned = align(values, all[right] ?? []);
      if (aligned) all[left] = all[right] = aligned;
    }
  }
}

function align(a: Values, b: Values): Values | undefined {
  const alike = a.some((value, index) => value === b[index]);
  return alike && a.every((value, index) => value === b[index] || value === '' || b[index] === '') ? a.map((value, index) => value || (b[index] ?? '')) : undefined;
}

/** The keys that any element has, and the element's values for them (validateKeys). */
function valuesInUse(all: readonly Values[], values: Values, keys: readonly string[]): readonly [readonly string[], Values] {
  const used = keys.filter((_, index) => all.some((each) => each[index] !== undefined && each[index] !== ''));
  return used.length === 0 ? [keys, values] : [used, values.filter((value, index) => value !== '' || used.includes(keys[index] ?? ''))];
}

function find(list: readonly unknown[], keys: readonly string[], values: Values): Fields | undefined {
  return list.filter(isFields).find((item) => keys.every((key, index) => Object.hasOwn(item, key) && text(item[key]) === values[index]));
}

/** Puts an element in the place of those with its values, or at the end; without one, they go. */
function put(list: unknown[], element: unknown, keys: readonly string[], values: Values): void {
  const kept: unknown[] = [];
  let found = false;
  for (const item of list) {
    if (item === null || item === undefined || (isFields(item) && Object.keys(item).length === 0)) continue;
    if (!isFields(item)) kept.push(item);
    else if (values.length > 0 && keys.every((key, index) => index >= values.length || (Object.hasOwn(item, key) && (values[index] === '' || text(item[key]) === values[index])))) {
      found = true;
      if (element !== undefined) kept.push(element);
    } else if (values.length > 0) kept.push(item);
  }
  if (element !== undefined && !found) kept.push(element);
  list.splice(0, list.length, ...kept);
}

function append(list: unknown[], elements: readonly unknown[], keys: readonly string[]): void {
  for (const element of elements) {
    const values: string[] = [];
    for (const key of keys) {
      if (isFields(element) && Object.hasOwn(element, key)) values.push(text(element[key]));
      else list.push(element);
    }
    if (keys.length > 1) put(list, undefined, keys, values);
    put(list, element, keys, values);
  }
}
