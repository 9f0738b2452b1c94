/**
 * What ownership and merging must know of a type: which lists are sets or maps and which parts are owned as one. A type
 * may allow several forms, the value decides. Follows structured-merge-diff schema/elements.go.
 */
import type { JsonPrimitive } from '../../api/json.ts';

export type Scalar = 'numeric' | 'string' | 'boolean' | 'untyped';

export interface ListType {
  /** Owned as one; otherwise its items are told apart by keys or, where it has none, by value. */
  readonly atomic: boolean;
  readonly keys: readonly string[];
  readonly element: FieldType;
  /** The value that a missing key has; undefined where it has none. */
  keyDefault(key: string): JsonPrimitive | undefined;
}

export interface MapType {
  readonly atomic: boolean;
  /** A field by its name; undefined for a map's keys. */
  field(name: string): FieldType | undefined;
  /** The type of what has no field of its own; undefined where there may be nothing else. */
  readonly element: FieldType | undefined;
}

/** The forms that a value may have. */
export interface FieldType {
  readonly scalar?: Scalar;
  readonly list?: ListType;
  readonly map?: MapType;
}

/** A value whose type nobody knows: its maps are merged, its lists are owned as one. */
export const DEDUCED: FieldType = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], get element(): FieldType { return DEDUCED; }, keyDefault: () => undefined },
  map: { atomic: false, field: () => undefined, get element(): FieldType { return DEDUCED; } },
};

export function childType(map: MapType, name: string): FieldType | undefined {
  return map.field(name) ?? map.element;
}

/** The one form that a type has for a value: a map, a list or a scalar. Values that do not fit get the first. */
export type Form =
  | { readonly form: 'map'; readonly type: MapType }
  | { readonly form: 'list'; readonly type: ListType }
  | { readonly form: 'scalar'; readonly type: Scalar };

export function formOf({ scalar, list, map }: FieldType, value: unknown): Form['form'] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    if (scalar) return 'scalar';
  } else if (Array.isArray(value)) {
    if (list) return 'list';
  } else if (typeof value === 'object' && value !== null && map) return 'map';
  return map ? 'map' : scalar ? 'scalar' : 'list';
}
