/** What a schema of a definition may say. Follows apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go: ValidateCustomResourceDefinitionOpenAPISchema. */
import { goQuote } from '../../../api/quote.ts';
import { forbidden, internal, invalid, notSupported, required, type FieldError, type Path } from '../../validation/field.ts';
import { GoValue, goStrings } from '../../validation/go-value.ts';
import { rulesModule } from '../rules-loader.ts';
import { findField } from './field-path.ts';
import { additionalOf, META_FIELDS, propertyOf, type Schema, type ValidationRule } from './schema.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

export interface SchemaRuleOptions {
  readonly requireValidType: boolean;
  readonly requireAtomicSet: boolean;
  readonly requireKeys: boolean;
  /** Whether the schema is structural, so that its rules can be compiled. */
  readonly checkRules: boolean;
}

/** What holds at a place of the schema because of what is around it. */
interface Context {
  readonly root: boolean;
  readonly insideMeta: boolean;
  /** Why defaults are forbidden here. */
  readonly noDefaults?: string;
  /** Within which part of the schema old and new values cannot be told together. */
  readonly uncorrelatable?: Path;
  /** Whether rules are compiled here: not within conditions. */
  readonly rules: boolean;
  /** How often values of this place may stand in an object; undefined where nothing limits that. */
  readonly cardinality: number | undefined;
  readonly costs: RuleCosts;
}

interface Faults {
  readonly schema: FieldError[];
  readonly rules: FieldError[];
}

/** All faults: first those of the schema, then those of its rules. */
export function validateSchemaDefinition(schema: Schema, path: Path, options: SchemaRuleOptions): FieldError[] {
  const costs = new RuleCosts();
  const faults = check(schema, path, options, { root: true, insideMeta: false, rules: options.checkRules, cardinality: 1, costs });
  return [...faults.schema, ...faults.rules, ...costs.faults(path)];
}

function check(schema: Schema | undefined, path: Path, options: SchemaRuleOptions, context: Context): Faults {
  const faults: Faults = { schema: [], rules: [] };
  if (!schema) return faults;
  const errors = faults.schema;
  errors.push(...standardFaults(schema, path, options, context));
  if (schema.uniqueItems) errors.push(forbidden(path.child('uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  const below = (part: Schema | undefined, at: Path, change: Partial<Context> = {}) => {
    const found = check(part, at, options, { ...context, root: false, cardinality: cardinalityBelow(schema, context.cardinality), ...change });
    errors.push(...found.schema);
    faults.rules.push(...found.rules);
  };
  const { additionalProperties, properties = {}, items } = schema;
  if (additionalProperties !== undefined) {
    if (Object.keys(properties).length > 0 && additionalProperties !== true) errors.push(forbidden(path.child('additionalProperties'), 'additionalProperties and properties are mutual exclusive'));
    below(additionalOf(schema), path.child('additionalProperties'), context.insideMeta ? { noDefaults: 'inside additionalProperties applying to object metadata' } : {});
  }
  const isObject = context.root || (schema['x-kubernetes-embedded-resource'] ?? false);
  for (const [name, property] of Object.entries(properties)) {
    const meta = isObject && META_FIELDS.has(name);
    below(property, path.child('properties').key(name), { ...(meta ? { insideMeta: true } : {}), ...(meta && context.root ? { noDefaults: `in top-level ${name}` } : {}) });
  }
  below(schema.not, path.child('not'), { rules: false });
  for (const key of ['allOf', 'oneOf', 'anyOf'] as const) for (const [i, branch] of (schema[key] ?? []).entries()) below(branch, path.child(key).index(i), { rules: false });
  if (items && !Array.isArray(items)) below(items, path.child('items'), schema['x-kubernetes-list-type'] === 'map' || context.uncorrelatable ? {} : { uncorrelatable: path });
  errors.push(...extensionFaults(schema, path, options));
  const rules = schema['x-kubernetes-validations'] ?? [];
  for (const [i, rule] of rules.entries()) errors.push(...ruleFormFaults(rule, schema, path.child('x-kubernetes-validations').index(i)));
  if (rules.length > 0 && errors.length === 0 && context.rules) faults.rules.push(...ruleFaults(schema, path.child('x-kubernetes-validations'), context));
  return faults;
}

/** What OpenAPI knows and this server doesn't. */
function standardFaults(schema: Schema, path: Path, options: SchemaRuleOptions, { noDefaults, insideMeta }: Context): FieldError[] {
  const errors: FieldError[] = [];
  if (options.requireValidType && schema.type && !TYPES.includes(schema.type)) errors.push(notSupported(path.child('type'), schema.type, TYPES));
  if (schema.default !== undefined && schema.default !== null && noDefaults !== undefined) errors.push(forbidden(path.child('default'), `must not be set ${noDefaults}`));
  for (const key of ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const) if (schema[key] !== undefined) errors.push(forbidden(path.child(key), `${key} is not supported`));
  if (schema.type === 'null') errors.push(forbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items)) errors.push(forbidden(path.child('items'), 'items must be a schema object and not an array'));
  if (insideMeta && schema['x-kubernetes-embedded-resource']) errors.push(forbidden(path.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'));
  return errors;
}

function extensionFaults(schema: Schema, path: Path, options: SchemaRuleOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '', items } = schema;
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const listKeys = schema['x-kubernetes-list-map-keys'] ?? [];
  const needs = (wanted: string, why: string) => errors.push(type === '' ? required(path.child('type'), `must be ${wanted} if ${why} is specified`) : invalid(path.child('type'), type, `must be ${wanted} if ${why} is specified`));
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  if (mapType !== undefined && type !== 'object') needs('object', 'x-kubernetes-map-type');
  if (mapType !== undefined && mapType !== 'atomic' && mapType !== 'granular') errors.push(notSupported(path.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  if (listType !== undefined && type !== 'array') needs('array', 'x-kubernetes-list-type');
  else if (options.requireAtomicSet && isOpenSet(schema)) errors.push(openSetFault(items as Schema, path));
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) errors.push(notSupported(path.child('x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']));
  if (listKeys.length > 0 && listType !== 'map') {
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(listType === undefined ? required(path.child('x-kubernetes-list-type'), text) : invalid(path.child('x-kubernetes-list-type'), listType, text));
  }
  if (listType === 'map') errors.push(...listMapFaults(schema, path, listKeys));
  if (options.requireKeys) errors.push(...keyFaults(schema, path));
  return errors;
}

/** Whether a set's items are no values that can be compared as one. */
export function isOpenSet(schema: Schema): boolean {
  const { items } = schema;
  if (schema['x-kubernetes-list-type'] !== 'set' || !items) return false;
  if (items.type === 'array') return (items['x-kubernetes-list-type'] ?? 'atomic') !== 'atomic';
  return items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic';
}

function openSetFault(items: Schema, path: Path): FieldError {
  const key = items.type === 'array' ? 'x-kubernetes-list-type' : 'x-kubernetes-map-type';
  return invalid(path.child('items').child(key), items['x-kubernetes-list-type'] ?? null, 'must be atomic as item of a list with x-kubernetes-list-type=set');
}

function listMapFaults({ items }: Schema, path: Path, keys: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  if (keys.length === 0) errors.push(required(path.child('x-kubernetes-list-map-keys'), 'must not be empty if x-kubernetes-list-type is map'));
  if (!items) return [...errors, required(path.child('items'), 'must have a schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object') return [...errors, invalid(path.child('items').child('type'), items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")];
  const at = path.child('x-kubernetes-list-map-keys');
  const shown = new GoValue(goStrings(keys));
  for (const [i, key] of keys.entries()) {
    const property = propertyOf(items, key);
    if (!property) errors.push(invalid(at, shown, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') errors.push(invalid(path.child('items').child('properties').key(key).child('type'), items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    if (keys.indexOf(key) < i) errors.push(invalid(at, shown, 'must not contain duplicate entries'));
  }
  return errors;
}

/** Keys of list maps are always there, and items of sets and maps are something. */
export function keyFaults(schema: Schema, path: Path): FieldError[] {
  const { items } = schema;
  const listType = schema['x-kubernetes-list-type'];
  if (!items || (listType !== 'set' && listType !== 'map')) return [];
  const errors: FieldError[] = [];
  if (items.nullable) errors.push(forbidden(path.child('items').child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === 'set') return errors;
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = propertyOf(items, key);
    if (!property) continue;
    const at = path.child('items').child('properties').key(key);
    if (!items.required?.includes(key) && (property.default ?? null) === null) errors.push(required(at.child('default'), 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
    if (property.nullable) errors.push(forbidden(at.child('nullable'), 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
  }
  return errors;
}

const hasNewlines = (text: string): boolean => /[\n\r]/.test(text);

/** A rule's texts by themselves. */
function ruleFormFaults({ rule = '', message = '', messageExpression = '', reason, fieldPath = '' }: ValidationRule, schema: Schema, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  const text = message.trim();
  if (rule.trim() === '') errors.push(required(path.child('rule'), 'rule is not specified'));
  else if (message !== '' && text === '') errors.push(invalid(path.child('message'), message, 'message must be non-empty if specified'));
  else if (hasNewlines(text)) errors.push(invalid(path.child('message'), message, 'message must not contain line breaks'));
  else if (hasNewlines(rule.trim()) && text === '') errors.push(required(path.child('message'), 'message must be specified if rule contains line breaks'));
  if (messageExpression !== '' && messageExpression.trim() === '') errors.push(required(path.child('messageExpression'), 'messageExpression must be non-empty if specified'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(path.child('reason'), reason, REASONS));
  if (fieldPath === '') return errors;
  if (fieldPath.trim() === '') errors.push(invalid(path.child('fieldPath'), fieldPath, 'fieldPath must be non-empty if specified'));
  if (hasNewlines(fieldPath)) errors.push(invalid(path.child('fieldPath'), fieldPath, 'fieldPath must not contain line breaks'));
  try {
    findField(fieldPath, schema);
  } catch {
    errors.push(invalid(path.child('fieldPath'), fieldPath, 'fieldPath must be a valid path'));
  }
  return errors;
}

/** Whether rules compile. */
function ruleFaults(schema: Schema, path: Path, { root, uncorrelatable, cardinality, costs }: Context): FieldError[] {
  const { compiledRules, ruleCosts } = rulesModule();
  const whole = root || (schema['x-kubernetes-embedded-resource'] ?? false);
  const compiled = compiledRules(schema, whole);
  if (!compiled) return [internal(path, 'internal error: failed to retrieve type information for x-kubernetes-validations')];
  const priced = ruleCosts(compiled, schema, whole, cardinality);
  return compiled.flatMap(({ rule, fault, messageFault, usesOldSelf }, i) => {
    const at = path.index(i);
    const errors: FieldError[] = [];
    for (const { field, cost, fault: tooMuch } of priced[i] ?? []) {
      if (tooMuch !== undefined) errors.push(forbidden(at.child(field), tooMuch));
      costs.add(at.child(field), cost);
    }
    if (fault !== undefined) errors.push(invalid(at.child('rule'), goRule(rule), fault));
    if (messageFault !== undefined) errors.push(invalid(at.child('messageExpression'), goRule(rule), messageFault));
    if (usesOldSelf && uncorrelatable) errors.push(invalid(at.child('rule'), rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable.toString()}`));
    else if (!usesOldSelf && rule.optionalOldSelf !== undefined) errors.push(invalid(at.child('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    return errors;
  });
}

/** Maps and lists with limits multiply what is in them; those without have no bounds. */
function cardinalityBelow(schema: Schema, own: number | undefined): number | undefined {
  if (own === undefined) return undefined;
  const most = schema.type === 'array' ? schema.maxItems : schema.type === 'object' && schema.additionalProperties !== undefined ? schema.maxProperties : 1;
  return most === undefined ? undefined : own * Math.max(0, most);
}

/** What all rules of a schema may cost together. */
class RuleCosts {
  #total = 0;
  readonly #highest: { readonly path: Path; readonly cost: number }[] = [];

  add(path: Path, cost: number): void {
    this.#total += cost;
    this.#highest.push({ path, cost });
  }

  faults(path: Path): FieldError[] {
    if (this.#highest.length === 0) return [];
    const { totalFault } = rulesModule();
    const fault = totalFault(this.#total, this.#highest.map(({ cost }) => cost));
    if (!fault) return [];
    return [...fault.highest.map((i) => forbidden(this.#highest[i]!.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')), forbidden(path, fault.text)];
  }
}

function goRule({ rule, message = '', messageExpression = '', fieldPath = '' }: ValidationRule): GoValue {
  return new GoValue(`apiextensions.ValidationRule{Rule:${goQuote(rule)}, Message:${goQuote(message)}, MessageExpression:${goQuote(messageExpression)}, Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:${goQuote(fieldPath)}, OptionalOldSelf:(*bool)(nil)}`);
}
