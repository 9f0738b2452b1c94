/** Two values of one Go type, compared down to their leaves. Follows go-cmp v0.7 cmp/compare.go and cmp/report_value.go. */
import { sortedEntries, typedFields } from '../go-typed.ts';
import { goKind, type GoKind } from '../go-types.ts';
import { quantityOf } from '../resources.ts';
import { editsBetween, type Likeness } from './edits.ts';

/** A value, or that there is none: an element or entry which the other side alone has. */
export type Side = { readonly value: unknown } | undefined;

export interface Node {
  readonly type: string;
  readonly x: Side;
  readonly y: Side;
  readonly parent: GoKind['kind'] | undefined;
  /** Fields, elements or entries; '' for elements. */
  readonly records: readonly { readonly key: string; readonly node: Node }[];
  /** What a pointer points to. */
  readonly target?: Node;
  readonly same: number;
  readonly differing: number;
  /** Nodes below this one, and the longest way down. */
  readonly children: number;
  readonly depth: number;
}

type Parent = Node['parent'];

function leaf(type: string, x: Side, y: Side, parent: Parent, isEqual: boolean): Node {
  return { type, x, y, parent, records: [], same: isEqual ? 1 : 0, differing: isEqual ? 0 : 1, children: 0, depth: 0 };
}

function inner(type: string, x: Side, y: Side, parent: Parent, records: Node['records'], target?: Node): Node {
  const below = target ? [target] : records.map((record) => record.node);
  const sum = (count: (node: Node) => number): number => below.reduce((total, node) => total + count(node), 0);
  return {
    type,
    x,
    y,
    parent,
    records,
    ...(target ? { target } : {}),
    same: sum((node) => node.same),
    differing: sum((node) => node.differing),
    children: sum((node) => node.children + 1),
    depth: below.reduce((deepest, node) => Math.max(deepest, node.depth + 1), 0),
  };
}

export function compareValues(type: string, x: Side, y: Side, parent?: Parent): Node {
  if (!x || !y) return leaf(type, x, y, parent, false);
  // Quantities say themselves whether they are equal.
  if (type === 'resource.Quantity') return leaf(type, x, y, parent, quantityOf(x.value as string | undefined).compare(quantityOf(y.value as string | undefined)) === 0);
  const known = goKind(type);
  const bothOrNone = x.value === undefined || y.value === undefined;
  switch (known.kind) {
    case 'pointer':
      if (bothOrNone) return leaf(type, x, y, parent, x.value === y.value);
      return inner(type, x, y, parent, [], compareValues(known.item, x, y, 'pointer'));
    case 'slice':
      if (bothOrNone) return leaf(type, x, y, parent, x.value === y.value);
      return inner(type, x, y, parent, compareElements(known.item, x.value as readonly unknown[], y.value as readonly unknown[]));
    case 'map': {
      if (bothOrNone) return leaf(type, x, y, parent, x.value === y.value);
      const [before, after] = [x.value as Readonly<Record<string, unknown>>, y.value as Readonly<Record<string, unknown>>];
      const side = (map: typeof before, key: string): Side => (Object.hasOwn(map, key) ? { value: map[key] } : undefined);
      return inner(type, x, y, parent, sortedEntries({ ...before, ...after }).map(([key]) => ({ key, node: compareValues(known.item, side(before, key), side(after, key), 'map') })));
    }
    case 'struct': {
      const after = typedFields(type, known.fields, y.value);
      return inner(type, x, y, parent, typedFields(type, known.fields, x.value).map((field, i) => ({ key: field.name, node: compareValues(field.type, { value: field.value }, { value: after[i]?.value }, 'struct') })));
    }
    default: {
      const zero = known.kind === 'string' ? '' : known.kind === 'int' ? 0 : false;
      return leaf(type, x, y, parent, (x.value ?? zero) === (y.value ?? zero));
    }
  }
}

function compareElements(item: string, before: readonly unknown[], after: readonly unknown[]): Node['records'] {
  const compare = (x: number, y: number): Likeness => {
    const { same, differing } = compareValues(item, { value: before[x] }, { value: after[y] });
    return differing === 0 ? 'equal' : same + 1 >= differing ? 'similar' : 'different';
  };
  let x = 0;
  let y = 0;
  return editsBetween(before.length, after.length, compare).map((edit) => {
    const left = edit === '+' ? undefined : { value: before[x++] };
    const right = edit === '-' ? undefined : { value: after[y++] };
    return { key: '', node: compareValues(item, left, right, 'slice') };
  });
}
