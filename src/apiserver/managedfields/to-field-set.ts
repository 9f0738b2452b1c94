/** The paths that a value sets. Follows structured-merge-diff typed/tofieldset.go. */
import { isObject } from '../../api/json.ts';
import { elementOf } from './elements.ts';
import { EMPTY, type FieldSet } from './field-set.ts';
import { SELF, fieldElement } from './path-element.ts';
import { childType, formOf, type FieldType } from './schema.ts';

export function fieldSetOf(type: FieldType, value: unknown): FieldSet {
  const node = nodeOf(type, value, false) ?? EMPTY;
  if (!(SELF in node)) return node;
  const { [SELF]: _, ...set } = node;
  return set;
}

/** The node of a value: undefined where nothing of it is owned. `member`: its own path is, whatever it holds. */
function nodeOf(type: FieldType, value: unknown, member: boolean): FieldSet | undefined {
  const form = formOf(type, value);
  if (form === 'scalar' || type[form]?.atomic) return EMPTY;
  const children: Record<string, FieldSet> = {};
  let some = false;
  const add = (element: string, node: FieldSet | undefined): void => {
    if (!node) return;
    children[element] = node;
    some = true;
  };
  if (form === 'map' && isObject(value)) {
    const map = type.map as NonNullable<FieldType['map']>;
    for (const name in value) {
      const child = value[name];
      const own = map.field(name);
      const known = own ?? childType(map, name);
      if (known) add(fieldElement(name), nodeOf(known, child, !own || child === null || (isObject(child) && Object.keys(child).length === 0)));
    }
  } else if (form === 'list' && Array.isArray(value)) {
    const list = type.list as NonNullable<FieldType['list']>;
    for (const [element, items] of byElement(list, value)) add(element, items.length > 1 ? EMPTY : nodeOf(list.element, items[0], true));
  }
  if (!some) return member ? EMPTY : undefined;
  if (member) children[SELF] = EMPTY;
  return children;
}

/** A list's items by their elements; repeated ones share theirs. */
export function byElement(list: NonNullable<FieldType['list']>, items: readonly unknown[]): Map<string, unknown[]> {
  const result = new Map<string, unknown[]>();
  for (const item of items) {
    const element = elementOf(list, item);
    const others = result.get(element);
    if (others) others.push(item);
    else result.set(element, [item]);
  }
  return result;
}
