/**
 * Which part of the old object a part of the new one comes from: what has not changed may stay as it is even where the
 * schema has become stricter. Follows apiserver pkg/cel/common/equality.go.
 */
import { equal } from '../../../api/json.ts';
import { isFields, fieldOf, type Schema } from './schema.ts';

/** The old value of something. */
export interface Correlation {
  readonly value: unknown;
}

export const correlated = {
  /** An object's field, unless the object counts as one value. */
  field(old: Correlation, schema: Schema, key: string): Correlation | undefined {
    if (schema['x-kubernetes-map-type'] === 'atomic' || !isFields(old.value) || !Object.hasOwn(old.value, key)) return undefined;
    return fieldOf(schema, key) || schema['x-kubernetes-preserve-unknown-fields'] ? { value: old.value[key] } : undefined;
  },

  /** A list's item: only lists with keys say which one it was. */
  item(old: Correlation, schema: Schema, item: unknown): Correlation | undefined {
    if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old.value) || !isFields(item)) return undefined;
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const keyed = (value: unknown, key: string): unknown => (isFields(value) && Object.hasOwn(value, key) ? value[key] : schema.items?.properties?.[key]?.default);
    const found = (old.value as unknown[]).find((other) => keys.every((key) => equal(keyed(other, key), keyed(item, key))));
    return found === undefined ? undefined : { value: found };
  },
};
