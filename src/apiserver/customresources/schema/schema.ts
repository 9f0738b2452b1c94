/**
 * Structural schemas: the schema of a version of a custom resource, with what hides behind `any` in its type made
 * explicit. Follows apiextensions-apiserver pkg/apiserver/schema/structural.go.
 */
import type { JSONSchemaProps, ValidationRule } from '../../../api/generated/types.ts';
import type { JsonObject, JsonValue } from '../../../api/json.ts';

export interface Schema extends Omit<JSONSchemaProps, 'items' | 'properties' | 'additionalProperties' | 'allOf' | 'anyOf' | 'oneOf' | 'not'> {
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
}

export type { ValidationRule };

/** A JSON object that is being changed in place. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema of a property that the object may have. */
export function propertyOf(schema: Schema | undefined, key: string): Schema | undefined {
  return schema?.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
}

/** The schema of properties that have no name in the schema; undefined where anything or nothing is allowed. */
export function additionalOf(schema: Schema | undefined): Schema | undefined {
  return typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** The schema of whatever stands under a key. */
export function fieldOf(schema: Schema | undefined, key: string): Schema | undefined {
  return propertyOf(schema, key) ?? additionalOf(schema);
}

/** Whether objects of this schema are Kubernetes objects inside another one; the root is one whatever its schema says. */
export function asResource(schema: Schema | undefined): Schema {
  return schema?.['x-kubernetes-embedded-resource'] ? schema : { ...schema, 'x-kubernetes-embedded-resource': true };
}

/** The fields that every Kubernetes object has and that no schema has to name. */
export const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Whether the schema or a part of it has a property. */
export function someSchema(schema: Schema | undefined, holds: (schema: Schema) => boolean): boolean {
  if (!schema) return false;
  if (holds(schema)) return true;
  const parts = [schema.items, additionalOf(schema), schema.not, ...Object.values(schema.properties ?? {}), ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return parts.some((part) => someSchema(part, holds));
}

export type { JsonObject, JsonValue };
