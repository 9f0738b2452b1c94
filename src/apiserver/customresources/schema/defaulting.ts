/** Fills in the schema's defaults. Follows apiextensions-apiserver pkg/apiserver/schema/defaulting/algorithm.go. */
import { draft } from '../../../api/json.ts';
import { additionalOf, isFields, propertyOf, type Schema } from './schema.ts';

/** Sets what is missing, and what is null where null is not allowed, to its default; in place. */
export function applyDefaults(value: unknown, schema: Schema | undefined): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (isForbiddenNull(value[i], schema.items)) value[i] = defaultOf(schema.items);
      applyDefaults(value[i], schema.items);
    }
    return;
  }
  if (!isFields(value)) return;
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (hasDefault(property) && (!Object.hasOwn(value, key) || isForbiddenNull(value[key], property))) value[key] = defaultOf(property);
  }
  const additional = additionalOf(schema);
  for (const key of Object.keys(value)) {
    const property = propertyOf(schema, key);
    if (property) applyDefaults(value[key], property);
    else if (additional) {
      if (isForbiddenNull(value[key], additional)) value[key] = defaultOf(additional);
      applyDefaults(value[key], additional);
    }
  }
}

const hasDefault = (schema: Schema): boolean => schema.default !== undefined && schema.default !== null;
const defaultOf = (schema: Schema | undefined): unknown => draft(schema?.default ?? null);
const isForbiddenNull = (value: unknown, schema: Schema | undefined): boolean => value === null && schema !== undefined && !schema.nullable;
