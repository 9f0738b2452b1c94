/**
 * Removes what the schema does not know. Follows apiextensions-apiserver pkg/apiserver/schema/pruning/algorithm.go and
 * defaulting/prunenulls.go.
 */
import { additionalOf, fieldOf, isFields, META_FIELDS, propertyOf, type Schema } from './schema.ts';

type Report = (path: string) => void;

/** Removes unknown fields in place, and tells where they were ("spec.foo", "spec.list[0].bar"). */
export function prune(value: unknown, schema: Schema | undefined, report: Report = () => undefined): void {
  pruneValue(value, schema, '', report);
}

function pruneValue(value: unknown, schema: Schema | undefined, path: string, report: Report): void {
  if (schema?.['x-kubernetes-preserve-unknown-fields']) return skip(value, schema, path, report);
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) pruneValue(item, schema?.items, `${path}[${i}]`, report);
    return;
  }
  if (!isFields(value)) return;
  for (const key of Object.keys(value)) {
    if (schema?.['x-kubernetes-embedded-resource'] && META_FIELDS.has(key)) continue;
    const property = propertyOf(schema, key);
    if (property) pruneValue(value[key], property, below(path, key), report);
    else if (schema && schema.additionalProperties !== undefined) pruneValue(value[key], additionalOf(schema), below(path, key), report);
    else {
      if (!META_FIELDS.has(key) || path !== '') report(below(path, key));
      delete value[key];
    }
  }
}

/** What keeps unknown fields still prunes below the fields that it knows. */
function skip(value: unknown, schema: Schema | undefined, path: string, report: Report): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) skip(item, schema.items, `${path}[${i}]`, report);
    return;
  }
  if (!isFields(value)) return;
  for (const key of Object.keys(value)) {
    if (schema['x-kubernetes-embedded-resource'] && META_FIELDS.has(key)) continue;
    const property = propertyOf(schema, key);
    if (property) pruneValue(value[key], property, below(path, key), report);
    else if (schema.additionalProperties !== undefined) pruneValue(value[key], additionalOf(schema), below(path, key), report);
  }
}

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Removes nulls that the schema neither allows nor replaces by a default. */
export function pruneNulls(value: unknown, schema: Schema | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) pruneNulls(item, schema?.items);
    return;
  }
  if (!isFields(value)) return;
  for (const key of Object.keys(value)) {
    const field = fieldOf(schema, key);
    if (value[key] === null && field && !field.nullable && (field.default ?? null) === null) delete value[key];
    else pruneNulls(value[key], field);
  }
}
