/**
 * Checks a value against its schema. Follows kube-openapi pkg/validation/validate (schema.go, type.go, schema_props.go,
 * object_validator.go, slice_validator.go, validator.go) with the texts of pkg/validation/errors/schema.go, and
 * apiextensions-apiserver pkg/apiserver/validation/{validation,ratcheting}.go.
 */
import { equal } from '../../../api/json.ts';
import { goFloat, goText } from '../../../api/go-value.ts';
import { goQuote } from '../../../api/quote.ts';
import { invalid, NO_PATH, notSupported, required, tooLong, tooMany, typeInvalid, type FieldError } from '../../validation/field.ts';
import { untyped } from '../../validation/go-value.ts';
import { correlated, type Correlation } from './correlation.ts';
import { formatCheck } from './formats.ts';
import { matcher } from '../../../api/go-regexp.ts';
import { isFields, type Fields, type Schema } from './schema.ts';

/** A fault: where, and how it becomes a field error once the way there is known. Those without a place are composite ones (oneOf …). */
interface Fault {
  readonly text: string;
  readonly field?: (path: string) => FieldError;
  /** The dotted path within the value. */
  readonly name?: string;
}

/** What came of a check; how much of the schema matched decides which branch of oneOf and anyOf is reported. */
interface Result {
  faults: Fault[];
  matches: number;
}

/** Faults of a value; `path` is where it stands ('' for the whole object). With `old` the parts that have not changed are let be. */
export function validateSchema(value: unknown, schema: Schema | undefined, path = '', old?: Correlation): FieldError[] {
  if (!schema) return [];
  const seen = new Set<string>();
  return check(value, schema, '', old).faults
    .filter(({ text }) => !seen.has(text) && seen.add(text))
    .map(({ text, field, name = '' }) => {
      if (!field) return invalid(path === '' ? NO_PATH : path, '', text);
      const below = name === '' || name === '.' ? '' : name.replace(/^\./, '');
      return field(below === '' ? (path === '' ? NO_PATH : path) : path === '' ? below : `${path}.${below}`);
    });
}

function merge(into: Result, ...others: readonly Result[]): void {
  for (const { faults, matches } of others) {
    into.faults.push(...faults);
    into.matches += matches;
  }
}

const fine = (matches = 0): Result => ({ faults: [], matches });
const fault = (single: Fault): Result => ({ faults: [single], matches: 0 });

/** A value, with faults dropped where nothing has changed (ratcheting). */
function check(value: unknown, schema: Schema, name: string, old: Correlation | undefined): Result {
  const result = checkOnce(value, schema, name, old);
  return old && result.faults.length > 0 && equal(value, old.value) ? fine(result.matches) : result;
}

function checkOnce(value: unknown, schema: Schema, name: string, old: Correlation | undefined): Result {
  const result = fine();
  if (value === null || value === undefined) {
    merge(result, checkType(null, schema, name), checkEnum(value, schema, name));
    return result;
  }
  const apply = (part: Result) => {
    merge(result, part);
    result.matches++;
  };
  if (typesOf(schema).length > 0 || formatCheck(schema.format)) apply(checkType(value, schema, name));
  apply(checkCombined(value, schema, name, old));
  if (typeof value === 'string') {
    apply(checkString(value, schema, name));
    const format = formatCheck(schema.format);
    if (format) apply(format(value) ? fine() : fault(typeFault(name, schema.format ?? '', value)));
  }
  if (typeof value === 'number') apply(checkNumber(value, schema, name));
  if (Array.isArray(value)) apply(checkList(value, schema, name, old));
  apply(checkEnum(value, schema, name));
  if (isFields(value)) apply(checkObject(value, schema, name, old));
  result.matches++;
  return result;
}

const INT_OR_STRING = ['integer', 'string'];
const typesOf = (schema: Schema): readonly string[] => (schema['x-kubernetes-int-or-string'] ? INT_OR_STRING : schema.type ? [schema.type] : []);

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** "spec.replicas in body must be of type integer: "string"": the value named is the type that was found. */
function typeFault(name: string, expected: string, found: string): Fault {
  const text = `${name} in body must be of type ${expected}: ${goQuote(found)}`;
  return { text, name, field: (path) => typeInvalid(path, found, text) };
}

function checkType(value: unknown, schema: Schema, name: string): Result {
  const types = typesOf(schema);
  if (value === null) return types.length > 0 && !schema.nullable ? fault(typeFault(name, types.join(','), 'null')) : fine(1);
  const found = jsonType(value);
  const format = formatCheck(schema.format) ? schema.format : undefined;
  const fits = types.includes(found) || (found === 'integer' && types.includes('number'));
  if (format !== undefined && typeof value !== 'string' && !Array.isArray(value) && !fits) return fault(typeFault(name, format, typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : ''));
  if (format !== undefined && !types.includes('number') && !types.includes('integer') && (typeof value === 'string' || Array.isArray(value))) return fine(1);
  return fits ? fine(1) : fault(typeFault(name, types.join(','), found));
}

function checkEnum(value: unknown, schema: Schema, name: string): Result {
  const { enum: allowed } = schema;
  if (!allowed || allowed.length === 0 || allowed.some((each) => each !== null && equal(each, value))) return fine();
  const words = allowed.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  return fault({ text: `${name} in body should be one of ${goText(allowed, 'float64')}`, name, field: (path) => notSupported(path, untyped(value), words) });
}

const plain = (name: string, value: unknown, text: string): Fault => ({ text, name, field: (path) => invalid(path, value, text) });

function checkString(value: string, schema: Schema, name: string): Result {
  const { maxLength, minLength, pattern } = schema;
  const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length;
  if (maxLength !== undefined && length > maxLength) return fault({ text: `${name} in body should be at most ${maxLength} chars long`, name, field: (path) => tooLong(path, maxLength) });
  if (minLength !== undefined && length < minLength) return fault(plain(name, value, `${name} in body should be at least ${minLength} chars long`));
  if (!pattern) return fine();
  let shown = pattern;
  try {
    if (matcher(pattern).test(value)) return fine();
  } catch (error) {
    shown = `${pattern}, but pattern is invalid: ${(error as Error).message}`;
  }
  return fault(plain(name, value, `${name} in body should match '${shown}'`));
}

function checkNumber(value: number, schema: Schema, name: string): Result {
  const result = fine(1);
  const { maximum, minimum, multipleOf } = schema;
  const whole = Number.isInteger(value);
  const bound = (limit: number) => (whole ? String(Math.trunc(limit)) : goFloat(limit));
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) result.faults.push(plain(name, value, multipleOf <= 0 ? `factor MultipleOf declared for ${name} must be positive: ${bound(multipleOf)}` : `${name} in body should be a multiple of ${bound(multipleOf)}`));
  const least = whole && minimum !== undefined ? Math.trunc(minimum) : minimum;
  if (least !== undefined && (schema.exclusiveMinimum ? value <= least : value < least)) result.faults.push(plain(name, value, `${name} in body should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${bound(least)}`));
  const most = whole && maximum !== undefined ? Math.trunc(maximum) : maximum;
  if (most !== undefined && (schema.exclusiveMaximum ? value >= most : value > most)) result.faults.push(plain(name, value, `${name} in body should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${bound(most)}`));
  return result;
}

function isMultiple(value: number, factor: number): boolean {
  if (factor <= 0) return false;
  const quotient = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

function checkList(value: readonly unknown[], schema: Schema, name: string, old: Correlation | undefined): Result {
  const result = fine(1);
  const { items, maxItems, minItems } = schema;
  if (items) for (const [i, item] of value.entries()) merge(result, check(item, items, `${name}[${i}]`, old && correlated.item(old, schema, item)));
  if (minItems !== undefined && value.length < minItems) result.faults.push(plain(name, value.length, `${name} in body should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) result.faults.push({ text: `${name} in body should have at most ${maxItems} items`, name, field: (path) => tooMany(path, value.length, maxItems) });
  if (schema.uniqueItems && value.some((item, i) => value.slice(0, i).some((other) => equal(item, other)))) result.faults.push(plain(name, '', `${name} in body shouldn't contain duplicates`));
  return result;
}

function checkObject(value: Fields, schema: Schema, name: string, old: Correlation | undefined): Result {
  const result = fine();
  const keys = Object.keys(value);
  const { minProperties, maxProperties, additionalProperties, properties = {} } = schema;
  if (minProperties !== undefined && keys.length < minProperties) result.faults.push(plain(name, keys.length, `${name} in body should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && keys.length > maxProperties) result.faults.push({ text: `${name} in body should have at most ${maxProperties} properties`, name, field: (path) => tooMany(path, keys.length, maxProperties) });
  const below = (key: string) => old && !(name === '' && (key === 'kind' || key === 'apiVersion')) ? correlated.field(old, schema, key) : undefined;
  for (const key of keys) {
    if (Object.hasOwn(properties, key)) continue;
    if (additionalProperties === false) result.faults.push(plain(name, key, `${name}.${key} in body is a forbidden property`));
    else if (typeof additionalProperties === 'object') merge(result, check(value[key], additionalProperties, `${name}.${key}`, below(key)));
  }
  for (const [key, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, key)) merge(result, check(value[key], property, name === '' ? key : `${name}.${key}`, below(key)));
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) result.faults.push({ text: `${name}.${key} in body is required`, name: `${name}.${key}`, field: (path) => required(path) });
  }
  return result;
}

/** anyOf, oneOf, allOf, not. Of branches that fail, the one that matches most is told. */
function checkCombined(value: unknown, schema: Schema, name: string, old: Correlation | undefined): Result {
  const result = fine();
  const composite = (text: string) => result.faults.push({ text: `${goQuote(name)} ${text}` });
  const best = (results: readonly Result[]) => results.reduce((most, next) => (next.matches > most.matches ? next : most));
  if (schema.anyOf?.length) {
    const failed: Result[] = [];
    let success: Result | undefined;
    for (const branch of schema.anyOf) {
      const tried = checkOnce(value, branch, name, old);
      if (tried.faults.length === 0) {
        success = tried;
        break;
      }
      failed.push(tried);
    }
    if (!success) composite('must validate at least one schema (anyOf)');
    merge(result, success ?? best(failed));
  }
  if (schema.oneOf?.length) {
    const tried = schema.oneOf.map((branch) => checkOnce(value, branch, name, old));
    const valid = tried.filter(({ faults }) => faults.length === 0);
    if (valid.length === 1) merge(result, valid[0] as Result);
    else {
      composite(`must validate one and only one schema (oneOf). ${valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`}`);
      if (valid.length === 0) merge(result, best(tried));
    }
  }
  if (schema.allOf?.length) {
    const tried = schema.allOf.map((branch) => checkOnce(value, branch, name, old));
    const valid = tried.filter(({ faults }) => faults.length === 0).length;
    merge(result, ...tried);
    if (valid !== tried.length) composite(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  }
  if (schema.not && checkOnce(value, schema.not, name, old).faults.length === 0) composite('must not validate the schema (not)');
  result.matches++;
  return result;
}
