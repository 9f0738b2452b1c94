/** The types of custom resources, from their structural schemas. Follows kube-openapi pkg/schemaconv/openapi.go. */
import type { JsonPrimitive } from '../../api/json.ts';
import { typeOfModel } from './builtin-schema.ts';
import { DEDUCED, type FieldType, type ListType, type MapType, type Scalar } from './schema.ts';

/** What is asked of a schema. */
export interface StructuralSchema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly items?: StructuralSchema;
  readonly default?: unknown;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
}

const UNTYPED: FieldType = { scalar: 'untyped' };
const META_FIELDS = new Map<string, () => FieldType>([
  ['apiVersion', () => ({ scalar: 'string' })],
  ['kind', () => ({ scalar: 'string' })],
  ['metadata', () => typeOfModel('ObjectMeta')],
]);

/** The type of a version's objects; without a schema it is deduced from them. */
export function typeOfSchema(schema: StructuralSchema | undefined, preserveUnknownFields = false): FieldType {
  return schema ? typeOf({ ...schema, type: 'object', 'x-kubernetes-embedded-resource': true }, preserveUnknownFields) : DEDUCED;
}

function typeOf(schema: StructuralSchema, preserved: boolean): FieldType {
  const preserve = preserved || schema['x-kubernetes-preserve-unknown-fields'] === true;
  switch (schema.type) {
    case 'object': return { map: mapOf(schema, preserve) };
    case 'array': return { list: listOf(schema, preserve) };
    case 'integer': case 'number': return { scalar: 'numeric' };
    case 'boolean': return { scalar: 'boolean' };
    case 'string': return { scalar: (!schema.format || schema.format === 'byte' ? 'string' : 'untyped') satisfies Scalar };
    default: return { ...UNTYPED, list: listOf(schema, preserve), map: mapOf(schema, preserve) };
  }
}

function mapOf(schema: StructuralSchema, preserve: boolean): MapType {
  const { properties = {}, additionalProperties } = schema;
  const fields = new Map<string, FieldType>();
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    field(name) {
      const known = fields.get(name);
      if (known) return known;
      const meta = embedded ? META_FIELDS.get(name)?.() : undefined;
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const type = meta ?? (property && typeOf(property, preserve));
      if (type) fields.set(name, type);
      return type;
    },
    get element() {
      if (typeof additionalProperties === 'object') return typeOf(additionalProperties, preserve);
      if (additionalProperties === true) return DEDUCED;
      return additionalProperties === undefined && (preserve || Object.keys(properties).length === 0) ? DEDUCED : undefined;
    },
  };
}

function listOf(schema: StructuralSchema, preserve: boolean): ListType {
  const type = schema['x-kubernetes-list-type'];
  const { items } = schema;
  return {
    atomic: type !== 'set' && type !== 'map',
    keys: type === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [],
    get element() {
      return items ? typeOf(items, preserve) : UNTYPED;
    },
    keyDefault: (key) => items?.properties?.[key]?.default as JsonPrimitive | undefined,
  };
}
