/**
 * An applied configuration merged into an object: nothing is removed, the configuration's values win, and lists are in
 * the order of the configuration where it says something of it. Follows structured-merge-diff typed/merge.go.
 */
import { isObject } from '../../api/json.ts';
import { elementOf } from './elements.ts';
import { childType, formOf, type FieldType, type ListType, type MapType } from './schema.ts';

/** The merged value; it may share parts with both. undefined where nothing is left. Throws ElementError for repeated items of the configuration. */
export function merge(type: FieldType, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  const form = formOf(type, config === null ? live : config);
  if (form === 'map') return mergeMaps(type.map as MapType, live, config);
  if (form === 'list') return mergeLists(type.list as ListType, live, config);
  return config;
}

function mergeMaps(type: MapType, live: unknown, config: unknown): unknown {
  const left = isObject(live) ? live : {};
  const right = isObject(config) ? config : {};
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  if (type.atomic || names.size === 0) return config;
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const child = childType(type, name);
    const value = child ? merge(child, left[name], right[name]) : (right[name] ?? left[name]);
    if (value !== undefined) Object.defineProperty(result, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

/** A list's items by element, with the order of elements; repeated ones are nobody's to merge. */
function indexed(type: ListType, items: readonly unknown[]): { readonly elements: string[]; readonly values: Map<string, unknown> } {
  const elements: string[] = [];
  const values = new Map<string, unknown>();
  for (const item of items) {
    const element = elementOf(type, item);
    values.set(element, values.has(element) ? undefined : item);
    elements.push(element);
  }
  return { elements, values };
}

function mergeLists(type: ListType, live: unknown, config: unknown): unknown {
  const left = Array.isArray(live) ? (live as unknown[]) : [];
  const right = Array.isArray(config) ? (config as unknown[]) : [];
  if (type.atomic || (left.length === 0 && right.length === 0)) return config;
  const old = indexed(type, left);
  const now = indexed(type, right);
  const shared = now.elements.filter((element) => old.values.has(element));
  const merged = new Set<string>();
  const out: unknown[] = [];
  const take = (value: unknown) => value !== undefined && out.push(value);
  let nextShared = 0;
  let l = 0;
  let r = 0;
  while (l < old.elements.length || r < now.elements.length) {
    const leftElement = old.elements[l];
    const rightElement = now.elements[r];
    if (leftElement !== undefined && rightElement !== undefined) {
      if (leftElement === rightElement) {
        merged.add(leftElement);
        take(merge(type.element, old.values.get(leftElement), now.values.get(leftElement)));
        l++;
        r++;
        nextShared++;
        continue;
      }
      // An item of both, but not the one whose turn it is: the configuration has it elsewhere.
      if (now.values.has(leftElement) && shared[nextShared] !== undefined && shared[nextShared] !== leftElement) {
        l++;
        continue;
      }
    }
    if (leftElement !== undefined) {
      if (!now.values.has(leftElement)) {
        take(merge(type.element, left[l], undefined));
        l++;
        continue;
      }
      if (merged.has(leftElement)) l++;
    }
    if (rightElement !== undefined) {
      merged.add(rightElement);
      take(merge(type.element, old.values.get(rightElement), now.values.get(rightElement)));
      r++;
      if (shared[nextShared] === rightElement) nextShared++;
    }
  }
  return out.length > 0 ? out : undefined;
}
