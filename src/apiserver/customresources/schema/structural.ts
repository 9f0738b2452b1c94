/** Whether a schema is structural: every value has one place that says what it is. Follows apiextensions-apiserver pkg/apiserver/schema/{convert,validation,complete}.go. */
import { equal } from '../../../api/json.ts';
import { forbidden, invalid, required, type FieldError, type Path } from '../../validation/field.ts';
import { matcher } from '../../../api/go-regexp.ts';
import { additionalOf, propertyOf, type Schema } from './schema.ts';

type Level = 'root' | 'item' | 'field';

const UNSUPPORTED: readonly (readonly [keyof Schema, string])[] = [
  ['id', 'id'], ['$schema', 'schema'], ['$ref', '$ref'], ['patternProperties', 'patternProperties'], ['dependencies', 'dependencies'], ['additionalItems', 'additionalItems'], ['definitions', 'definitions'],
];

/** What a schema has that no structural one can have; undefined where it is one at least in form. */
export function notStructural(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  for (const [key, name] of UNSUPPORTED) if (schema[key] !== undefined) return `OpenAPIV3Schema '${name}' is not supported`;
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  const parts = [schema.items, additionalOf(schema), schema.not, ...Object.values(schema.properties ?? {}), ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  for (const part of parts) {
    const why = notStructural(part);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Faults of a structural schema, in alphabetical order. */
export function validateStructural(schema: Schema, path: Path): FieldError[] {
  const errors = [...invariants(schema, 'root', path), ...completeness(schema, schema, path, path)];
  return errors.map((error) => [`${error.field}: ${error.message}`, error] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, error]) => error);
}

function invariants(schema: Schema | undefined, level: Level, path: Path): FieldError[] {
  if (!schema) return [];
  const { type = '', items, properties = {}, additionalProperties } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] ?? false;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] ?? false;
  const intOrString = schema['x-kubernetes-int-or-string'] ?? false;
  const errors: FieldError[] = [];
  if (type === 'array' && !items) errors.push(required(path.child('items'), 'must be specified'));
  errors.push(...invariants(items, 'item', path.child('items')));
  for (const [name, property] of Object.entries(properties)) errors.push(...invariants(property, 'field', path.child('properties').key(name)));
  if (additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbidden(path.child('additionalProperties'), 'must not be used at the root'));
    errors.push(...invariants(additionalOf(schema), 'field', path.child('additionalProperties')));
  }
  if (intOrString && keepsUnknown) errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), true, 'must be false if x-kubernetes-int-or-string is true'));
  if (intOrString && embedded) errors.push(invalid(path.child('x-kubernetes-embedded-resource'), true, 'must be false if x-kubernetes-int-or-string is true'));
  errors.push(...nestedValues(schema, isEither(schema.anyOf), isEither(schema.allOf?.[0]?.anyOf), level, path));
  errors.push(...typeFaults(schema, level, path));
  if (embedded && additionalProperties !== undefined) errors.push(forbidden(path.child('additionalProperties'), 'must not be used if x-kubernetes-embedded-resource is set'));
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalid(path.child('type'), type, 'must be object at the root'));
  errors.push(...metaFaults(schema, level, path));
  if (embedded && !keepsUnknown && Object.keys(properties).length === 0) errors.push(required(path.child('properties'), 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'));
  return errors;
}

const NEEDS_TYPE: Readonly<Record<Level, string>> = { root: 'must not be empty at the root', item: 'must not be empty for specified array items', field: 'must not be empty for specified object fields' };

function typeFaults(schema: Schema, level: Level, path: Path): FieldError[] {
  const { type = '' } = schema;
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true';
    return [type === '' ? required(path.child('type'), text) : invalid(path.child('type'), type, text)];
  }
  if (type !== '' || schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']) return [];
  return [required(path.child('type'), NEEDS_TYPE[level])];
}

/** Kind, apiVersion and metadata of an object are what they are everywhere. */
function metaFaults(schema: Schema, level: Level, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  const isObject = level === 'root' || (schema['x-kubernetes-embedded-resource'] ?? false);
  for (const name of ['kind', 'apiVersion']) {
    const property = propertyOf(schema, name);
    if (property && isObject && property.type !== 'string') errors.push(invalid(path.child('properties').key(name).child('type'), property.type ?? '', 'must be string'));
  }
  const metadata = propertyOf(schema, 'metadata');
  if (!metadata) return errors;
  const at = path.child('properties').key('metadata');
  if (isObject && metadata.type !== 'object') errors.push(invalid(at.child('type'), metadata.type ?? '', 'must be object'));
  if (level === 'root' && !onlyNames(metadata)) errors.push(forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
  return errors;
}

function onlyNames({ type: _type, default: _default, properties = {}, ...rest }: Schema): boolean {
  return equal(rest, {}) && Object.keys(properties).every((name) => name === 'name' || name === 'generateName');
}

const isEither = (branches: readonly Schema[] | undefined): boolean => equal(branches, [{ type: 'integer' }, { type: 'string' }]);

/** What stands in anyOf, allOf, oneOf and not: conditions on values alone. */
function nestedValues(schema: Schema, skipAnyOf: boolean, skipFirstAllOf: boolean, level: Level, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!skipAnyOf) for (const [i, branch] of (schema.anyOf ?? []).entries()) errors.push(...nested(branch, false, level, path.child('anyOf').index(i)));
  for (const [i, branch] of (schema.allOf ?? []).entries()) errors.push(...nested(branch, skipFirstAllOf && i === 0, level, path.child('allOf').index(i)));
  for (const [i, branch] of (schema.oneOf ?? []).entries()) errors.push(...nested(branch, false, level, path.child('oneOf').index(i)));
  errors.push(...nested(schema.not, false, level, path.child('not')));
  if (schema.pattern) {
    try {
      matcher(schema.pattern);
    } catch (error) {
      errors.push(invalid(path.child('pattern'), schema.pattern, `must be a valid regular expression, but isn't: ${(error as Error).message}`));
    }
  }
  return errors;
}

const FORBIDDEN: readonly (readonly [keyof Schema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function nested(schema: Schema | undefined, skipAnyOf: boolean, level: Level, path: Path): FieldError[] {
  if (!schema) return [];
  const errors = nestedValues(schema, skipAnyOf, false, level, path);
  errors.push(...nested(schema.items, false, level, path.child('items')));
  for (const [name, property] of Object.entries(schema.properties ?? {})) errors.push(...nested(property, false, 'field', path.child('properties').key(name)));
  for (const [key, text] of FORBIDDEN) {
    const value = schema[key];
    // additionalProperties: false says nothing about values.
    if (value !== undefined && value !== null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0)) errors.push(forbidden(path.child(key), text));
  }
  if (propertyOf(schema, 'metadata')) errors.push(forbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'));
  return errors;
}

/** Whether what nested conditions are about is there outside of them. */
function completeness(conditions: Schema, schema: Schema, schemaPath: Path, path: Path): FieldError[] {
  const branches: (readonly [Schema, Path])[] = [
    ...(conditions.not ? [[conditions.not, path.child('not')] as const] : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((key) => (conditions[key] ?? []).map((branch, i) => [branch, path.child(key).index(i)] as const)),
  ];
  return branches.flatMap(([branch, at]) => nestedCompleteness(branch, schema, schemaPath, at));
}

function nestedCompleteness(conditions: Schema | undefined, schema: Schema | undefined, schemaPath: Path, path: Path): FieldError[] {
  if (!conditions) return [];
  if (!schema) return [required(schemaPath, `because it is defined in ${path.toString()}`)];
  const errors = completeness(conditions, schema, schemaPath, path);
  errors.push(...nestedCompleteness(conditions.items, schema.items, schemaPath.child('items'), path.child('items')));
  for (const [name, property] of Object.entries(conditions.properties ?? {})) {
    errors.push(...nestedCompleteness(property, propertyOf(schema, name), schemaPath.child('properties').key(name), path.child('properties').key(name)));
  }
  return errors;
}
