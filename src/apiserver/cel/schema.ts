/** Structural OpenAPI schemas as CEL's types. Follows apiserver pkg/cel/common/schemas.go and pkg/cel/escaping.go. */
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, objectType, STRING, TIMESTAMP, type CelType } from './types.ts';

/** What of a schema matters to CEL; a JSONSchemaProps is one. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

const TEXT: Schema = { type: 'string' };

/** A resource's schema: what every object has is there even where the schema doesn't say so. */
export function withTypeMeta(schema: Schema): Schema {
  const { kind, apiVersion, metadata: own } = schema.properties ?? {};
  if ([kind, apiVersion, own?.properties?.name, own?.properties?.generateName].every((property) => property?.type === 'string') && own?.type === 'object') return schema;
  const metadata: Schema = { type: 'object', properties: { name: TEXT, generateName: TEXT } };
  return { ...schema, type: 'object', properties: { ...schema.properties, kind: TEXT, apiVersion: TEXT, metadata } };
}

/**
 * The type of values of a schema; undefined where expressions can't look into them.
 * @param root whether it is the schema of a whole resource
 * @param name what errors call the object: its fields' objects are called by their paths from there
 */
export function schemaType(schema: Schema, root = false, name = 'object'): CelType | undefined {
  if (schema['x-kubernetes-int-or-string']) return DYN;
  const whole = root ? withTypeMeta(schema) : schema;
  const embedded = (child: Schema): boolean => child['x-kubernetes-embedded-resource'] ?? false;
  switch (whole.type) {
    case 'array': {
      const items = whole.items && schemaType(whole.items, embedded(whole.items), `${name}.@idx`);
      return items && listOf(items);
    }
    case 'object': {
      const { additionalProperties, properties = {} } = whole;
      if (typeof additionalProperties === 'object') {
        const values = schemaType(additionalProperties, embedded(additionalProperties), `${name}.@elem`);
        return values && mapOf(STRING, values);
      }
      return objectType(name, memoized((field) => {
        const key = unescapeProperty(field);
        const child = key !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
        return child && schemaType(child, embedded(child), `${name}.${field}`);
      }));
    }
    case 'string':
      return stringType(whole.format);
    case 'boolean':
      return BOOL;
    case 'number':
      return DOUBLE;
    case 'integer':
      return INT;
    default:
      return undefined;
  }
}

function stringType(format: string | undefined): CelType {
  if (format === 'byte') return BYTES;
  if (format === 'duration') return DURATION;
  return format === 'date' || format === 'date-time' ? TIMESTAMP : STRING;
}

export function memoized<T>(find: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key)!;
  };
}

const RESERVED = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while']);
const ESCAPES: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };
const UNESCAPES: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** A property's name as expressions write it: "namespace" is "__namespace__", "a-b" is "a__dash__b"; undefined where they can't. */
export function escapeProperty(name: string): string | undefined {
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__|[-./]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** The name of the property that an expression means; undefined for a name that means none. */
export function unescapeProperty(escaped: string): string | undefined {
  let valid = true;
  const name = escaped.replace(/__([^_]+)__/g, (whole, content: string) => {
    const sign = UNESCAPES[content];
    if (sign !== undefined) return sign;
    if (!RESERVED.has(content) || whole.length !== escaped.length) valid = false;
    return content;
  });
  // A reserved word can't be written as it is.
  return valid && !RESERVED.has(escaped) ? name : undefined;
}
