/** JSON as CEL's values: with a schema as the schema says, without one as what it looks like. Follows apiserver pkg/cel/common/valuesunstructured.go. */
import { CelError } from './errors.ts';
import { readDuration, readTimestamp } from './library/time.ts';
import { escapeProperty, unescapeProperty, withTypeMeta, type Schema } from './schema.ts';
import { CelDuration, CelList, CelTimestamp, type CelMap, type CelValue } from './values.ts';

type Json = Readonly<Record<string, unknown>>;

/** A value of which nothing is declared: whole numbers are ints. */
export function dynamicValue(value: unknown): CelValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : value;
    case 'bigint':
      return value;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return new CelList(() => value.map(dynamicValue));
      return new JsonMap(value as Json, (_key, child) => dynamicValue(child));
    default:
      return null;
  }
}

/** An object of JSON; its values are looked at when they are asked for. */
class JsonMap implements CelMap {
  readonly isCelMap = true;
  constructor(
    private readonly json: Json,
    private readonly convert: (key: string, value: unknown) => CelValue | undefined,
    private readonly properties = false,
  ) {}

  get size(): number {
    return this.keys().length;
  }

  find(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string') return undefined;
    const name = this.properties ? unescapeProperty(key) : key;
    if (name === undefined || !Object.hasOwn(this.json, name)) return undefined;
    const value = this.json[name];
    // A property that is null is as good as absent; an entry of a map is not.
    if (value === undefined || (this.properties && value === null)) return undefined;
    return this.convert(name, value);
  }

  keys(): readonly CelValue[] {
    const names = Object.keys(this.json).filter((name) => this.json[name] !== undefined && !(this.properties && this.json[name] === null));
    return this.properties ? names.map((name) => escapeProperty(name) ?? name) : names;
  }
}

/** A value as its schema declares it. Throws CelError where it is none of that schema. */
export function schemaValue(value: unknown, schema: Schema): CelValue {
  if (value === null || value === undefined) {
    if (schema.nullable) return null;
    throw new CelError('invalid data, got null for schema with nullable=false');
  }
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return BigInt(Math.trunc(value));
    throw new CelError('invalid data, expected XIntOrString value to be either a string or integer');
  }
  switch (schema.type) {
    case 'object':
      return objectValue(value, schema);
    case 'array':
      return listValue(value, schema);
    case 'string':
      return stringValue(value, schema);
    case 'number':
      if (typeof value === 'number') return value;
      throw wrongData('float', value);
    case 'integer':
      if (typeof value === 'number') return BigInt(Math.trunc(value));
      throw wrongData('int', value);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw wrongData('bool', value);
    default:
      return dynamicValue(value);
  }
}

const GO_TYPES: Readonly<Record<string, string>> = { number: 'int64', string: 'string', boolean: 'bool', object: 'map[string]interface {}' };
const wrongData = (expected: string, value: unknown): CelError => new CelError(`invalid data, expected ${expected}, got ${Array.isArray(value) ? '[]interface {}' : (GO_TYPES[typeof value] ?? typeof value)}`);

function objectValue(value: unknown, schema: Schema): CelValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CelError('invalid data, expected a map for the provided schema with type=object');
  const { properties } = schema['x-kubernetes-embedded-resource'] ? withTypeMeta(schema) : schema;
  if (properties) {
    return new JsonMap(value as Json, (key, child) => {
      const declared = Object.hasOwn(properties, key) ? properties[key] : undefined;
      return declared ? schemaValue(child, declared) : dynamicValue(child);
    }, true);
  }
  const { additionalProperties } = schema;
  const items = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return new JsonMap(value as Json, (_key, child) => (items ? schemaValue(child, items) : dynamicValue(child)));
}

function listValue(value: unknown, schema: Schema): CelValue {
  if (!Array.isArray(value)) throw new CelError('invalid data, expected an array for the provided schema with type=array');
  const { items } = schema;
  const convert = (): CelValue[] => (value as unknown[]).map((item) => (items ? schemaValue(item, items) : dynamicValue(item)));
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return new CelList(convert, { kind: 'set', keys: [] });
    case 'map':
      return new CelList(convert, { kind: 'map', keys: (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeProperty(key) ?? key) });
    default:
      return new CelList(convert);
  }
}

function stringValue(value: unknown, { format }: Schema): CelValue {
  if (typeof value !== 'string') throw wrongData('string', value);
  switch (format) {
    case 'duration': {
      const nanos = readDuration(value);
      if (nanos === undefined) throw new CelError(`Invalid duration ${value}: unable to parse to duration`);
      return new CelDuration(nanos);
    }
    case 'date':
    case 'date-time': {
      const nanos = readTimestamp(format === 'date' ? `${value}T00:00:00Z` : value);
      if (nanos === undefined) throw new CelError(`Invalid ${format} formatted string ${value}`);
      return new CelTimestamp(nanos);
    }
    case 'byte':
      return new Uint8Array(Buffer.from(value, 'base64'));
    default:
      return value;
  }
}

/** Back to JSON: what an expression made. Ints become numbers; what JSON has no form for is undefined. */
export function toJson(value: CelValue): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof CelList) return value.items.map(toJson);
  if ('isCelMap' in value) return Object.fromEntries(value.keys().map((key) => [String(key), toJson(value.find(key) ?? null)]));
  return undefined;
}
