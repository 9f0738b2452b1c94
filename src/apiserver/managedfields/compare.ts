/** What differs between two values of a type, as sets of paths. Follows structured-merge-diff typed/compare.go. */
import { equal, isObject } from '../../api/json.ts';
import { EMPTY, blank, canonical, canonicalNode, union, type FieldSet } from './field-set.ts';
import { SELF, fieldElement } from './path-element.ts';
import { childType, formOf, type FieldType, type ListType, type MapType } from './schema.ts';
import { byElement } from './to-field-set.ts';

/** Canonical sets. No path is in both; both are empty where the values are equal. */
export interface Comparison {
  readonly removed: FieldSet;
  /** What is new or different. */
  readonly changed: FieldSet;
}

/** A comparison of parts: nodes, undefined where there is nothing. */
interface Difference {
  readonly removed: FieldSet | undefined;
  readonly changed: FieldSet | undefined;
}

const SAME: Difference = { removed: undefined, changed: undefined };
const MODIFIED: Difference = { removed: undefined, changed: EMPTY };

/** Compares two objects. Parts that both share are known to be equal. Throws ElementError for lists whose items cannot be told apart. */
export function compare(type: FieldType, before: unknown, after: unknown): Comparison {
  const { removed, changed } = differ(type, before, after);
  return { removed: canonical(removed ?? EMPTY), changed: canonical(changed ?? EMPTY) };
}

/** undefined: not there. */
function differ(type: FieldType, before: unknown, after: unknown): Difference {
  if (before === after) return SAME;
  if (before === undefined) return { removed: undefined, changed: everything(type, after) };
  if (after === undefined) return { removed: everything(type, before), changed: undefined };
  const old = formOf(type, before);
  const now = formOf(type, after);
  const second = differIn(type, now, before, after);
  if (old === now) return second;
  const first = differIn(type, old, before, after);
  return { removed: both(first.removed, second.removed), changed: both(first.changed, second.changed) };
}

/** The union of two nodes of one path. */
function both(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  return a && b ? union({ x: a }, { x: b }).x : (a ?? b);
}

function differIn(type: FieldType, form: 'map' | 'list' | 'scalar', before: unknown, after: unknown): Difference {
  if (form === 'map') return differInMaps(type.map as MapType, before, after);
  if (form === 'list') return differInLists(type.list as ListType, before, after);
  return differAsOne(before, after);
}

const differAsOne = (before: unknown, after: unknown): Difference => (equal(before, after) ? SAME : MODIFIED);

/** Collects the differences of a value's parts. */
class Parts {
  #removed: Record<string, FieldSet> | undefined;
  #changed: Record<string, FieldSet> | undefined;

  add(element: string, { removed, changed }: Difference): void {
    if (removed) (this.#removed ??= blank())[element] = removed;
    if (changed) (this.#changed ??= blank())[element] = changed;
  }

  get difference(): Difference {
    return this.#removed || this.#changed ? { removed: this.#removed, changed: this.#changed } : SAME;
  }
}

function differInMaps(type: MapType, before: unknown, after: unknown): Difference {
  const left = isObject(before) ? before : undefined;
  const right = isObject(after) ? after : undefined;
  if (type.atomic || (!hasEntries(left) && !hasEntries(right))) return differAsOne(before, after);
  const parts = new Parts();
  const add = (name: string, old: unknown, now: unknown): void => {
    if (old === now) return;
    const child = childType(type, name);
    if (child) parts.add(fieldElement(name), differ(child, old, now));
  };
  for (const name in left) add(name, left[name], right?.[name]);
  for (const name in right) if (left?.[name] === undefined) add(name, undefined, right[name]);
  return parts.difference;
}

function differInLists(type: ListType, before: unknown, after: unknown): Difference {
  const left = Array.isArray(before) ? (before as unknown[]) : [];
  const right = Array.isArray(after) ? (after as unknown[]) : [];
  if (type.atomic || (left.length === 0 && right.length === 0)) return differAsOne(before, after);
  const old = byElement(type, left);
  const now = byElement(type, right);
  const parts = new Parts();
  for (const [element, items] of old) parts.add(element, differInItems(type, items, now.get(element) ?? []));
  for (const [element, items] of now) if (!old.has(element)) parts.add(element, differInItems(type, [], items));
  return parts.difference;
}

/** Items of one element: usually one and one; repeated ones count as one value. */
function differInItems(type: ListType, before: readonly unknown[], after: readonly unknown[]): Difference {
  if (before.length <= 1 && after.length <= 1) return differ(type.element, before[0], after[0]);
  if (before.length >= 2 && after.length >= 2) return differAsOne(before, after);
  if (before.length >= 2) return { removed: EMPTY, changed: after.length > 0 ? everything(type.element, after[0]) : undefined };
  return { removed: before.length > 0 ? everything(type.element, before[0]) : undefined, changed: EMPTY };
}

/** The canonical node of a value that is there on one side only: its own path and all below. */
function everything(type: FieldType, value: unknown): FieldSet {
  const form = formOf(type, value);
  if (form === 'scalar' || type[form]?.atomic) return EMPTY;
  const elements: string[] = [SELF];
  const nodes: FieldSet[] = [EMPTY];
  if (form === 'map' && isObject(value)) {
    for (const name in value) {
      const child = value[name] === undefined ? undefined : childType(type.map as MapType, name);
      if (!child) continue;
      elements.push(fieldElement(name));
      nodes.push(everything(child, value[name]));
    }
  } else if (form === 'list' && Array.isArray(value)) {
    const list = type.list as ListType;
    for (const [element, items] of byElement(list, value)) {
      elements.push(element);
      nodes.push(items.length > 1 ? EMPTY : everything(list.element, items[0]));
    }
  }
  return elements.length === 1 ? EMPTY : canonicalNode(elements, nodes);
}

function hasEntries(object: object | undefined): boolean {
  for (const _ in object) return true;
  return false;
}
