/**
 * x-kubernetes-validations: CEL rules in schemas. Loaded when a schema has some. Follows apiextensions-apiserver
 * pkg/apiserver/schema/cel/{compilation,validation}.go.
 */
import { equal } from '../../../api/json.ts';
import { goQuote } from '../../../api/quote.ts';
import { CelCompileError, CelCostError, CelError, CelOptional, compileCel, COST_BUDGET, costMessage, formatType, optionalOf, schemaSizes, schemaType, schemaValue, STATIC_COST_LIMIT, STATIC_CRD_COST_LIMIT, type CelProgram, type CelType, type CelValue } from '../../cel/index.ts';
import { duplicate, forbidden, invalid, NO_PATH, required, type FieldError, type Path } from '../../validation/field.ts';
import { correlated } from './correlation.ts';
import { findField } from './field-path.ts';
import { child } from './object-meta.ts';
import { needsRules as hasRules } from '../rules-loader.ts';
import { additionalOf, isFields, propertyOf, type Schema, type ValidationRule } from './schema.ts';

/** What became of a rule's expressions. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: CelProgram;
  readonly fault?: string;
  readonly usesOldSelf: boolean;
  readonly message?: CelProgram;
  readonly messageFault?: string;
  /** Where the rule says that its faults are, below the value. */
  readonly path?: string;
}

const MAX_MESSAGE_BYTES = 5 * 1024;

/** The rules of one schema, without those below it. */
function compileRules(schema: Schema, type: CelType): readonly CompiledRule[] {
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => compileRule(rule, schema, type));
}

/** The same with the schema's own type; undefined where it has none that rules could be about. */
export function compiledRules(schema: Schema, root: boolean): readonly CompiledRule[] | undefined {
  const type = schemaType(schema, root);
  return type && compileRules(schema, type);
}

/** What an expression of a rule may cost at worst, and what is wrong with that. */
export interface RuleCost {
  readonly field: 'rule' | 'messageExpression';
  readonly cost: number;
  readonly fault?: string;
}

/** @param cardinality how often such values may stand in an object; undefined where only the object's size limits that */
export function ruleCosts(rules: readonly CompiledRule[], schema: Schema, root: boolean, cardinality: number | undefined): RuleCost[][] {
  const sizes = schemaSizes(schema, root);
  const priced = (field: RuleCost['field'], cost: number, what: string): RuleCost => ({ field, cost, ...(cost > STATIC_COST_LIMIT ? { fault: costMessage(what, cost, STATIC_COST_LIMIT) } : {}) });
  return rules.map(({ program, message }) => [
    ...(program ? [priced('rule', program.maxCost(sizes.sizeOf) * (cardinality ?? sizes.cardinality), 'estimated rule cost')] : []),
    ...(message ? [priced('messageExpression', message.maxCost(sizes.sizeOf), 'estimated messageExpression cost')] : []),
  ]);
}

/** Whether all rules of a schema cost too much together, and which of them cost most. */
export function totalFault(total: number, costs: readonly number[]): { readonly text: string; readonly highest: readonly number[] } | undefined {
  if (total <= STATIC_CRD_COST_LIMIT) return undefined;
  const highest = [...costs.keys()].filter((i) => costs[i]! >= STATIC_CRD_COST_LIMIT / 100).sort((a, b) => costs[b]! - costs[a]!).slice(0, 4);
  return { text: costMessage('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', total, STATIC_CRD_COST_LIMIT), highest };
}

function compileRule(rule: ValidationRule, schema: Schema, type: CelType): CompiledRule {
  if (!rule.rule?.trim()) return { rule, usesOldSelf: false };
  const variables = { self: type, oldSelf: rule.optionalOldSelf ? optionalOf(type) : type };
  const program = compile(rule.rule, variables, 'compilation failed', 'bool', 'cel expression must evaluate to a bool');
  if (typeof program === 'string') return { rule, fault: program, usesOldSelf: false };
  const message = rule.messageExpression ? compile(rule.messageExpression, variables, 'messageExpression compilation failed', 'string', 'messageExpression must evaluate to a string') : undefined;
  const path = rule.fieldPath ? normalized(rule.fieldPath, schema) : undefined;
  return { rule, program, usesOldSelf: program.uses('oldSelf'), ...(typeof message === 'string' ? { messageFault: message } : message ? { message } : {}), ...(path === undefined ? {} : { path }) };
}

function compile(expression: string, variables: Readonly<Record<string, CelType>>, failure: string, wanted: string, otherwise: string): CelProgram | string {
  try {
    const program = compileCel(expression, { variables });
    return formatType(program.type) === wanted ? program : otherwise;
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    return `${failure}: ${error.message}`;
  }
}

function normalized(path: string, schema: Schema): string | undefined {
  try {
    return findField(path, schema).path;
  } catch {
    return undefined;
  }
}

/** A value and the one that it was before. */
interface Pair {
  readonly now: unknown;
  readonly old: unknown;
}

/** Whether anything has changed where this value comes from. */
interface Ratchet {
  readonly current?: Pair | undefined;
  readonly parent?: Pair | undefined;
}

/** The rules of a schema and of all that is below it, compiled when a value first comes to them. */
export class SchemaRules {
  readonly #nodes = new Map<Schema, Node | undefined>();

  /** @param root whether the schema is that of a whole resource */
  constructor(private readonly schema: Schema, private readonly root: boolean) {}

  /** Faults of a value; rules that compare need the value before. */
  validate(value: unknown, old?: unknown, path?: Path, ratcheting = true): FieldError[] {
    const run = new Run();
    this.#validate(run, this.#node(this.schema, this.root), path, value, old ?? undefined, ratcheting && old !== undefined && old !== null ? { current: { now: value, old } } : {});
    return run.errors;
  }

  #validate(run: Run, node: Node | undefined, path: Path | undefined, value: unknown, old: unknown, ratchet: Ratchet): void {
    if (!node || value === null || value === undefined || run.over) return;
    node.check(run, path, value, old, ratchet);
    for (const branch of node.schema.allOf ?? []) {
      if (hasRules(branch)) this.#validate(run, this.#branch(branch, node), path, value, old, { parent: ratchet.parent });
    }
    if (Array.isArray(value)) this.#items(run, node, path, value, old, ratchet);
    else if (isFields(value)) this.#fields(run, node, path, value, old, ratchet);
  }

  #items(run: Run, { schema }: Node, path: Path | undefined, value: readonly unknown[], old: unknown, ratchet: Ratchet): void {
    const { items } = schema;
    const node = items && this.#node(items, items['x-kubernetes-embedded-resource'] ?? false);
    if (!node) return;
    for (const [i, item] of value.entries()) {
      const before = correlated.item({ value: old }, schema, item)?.value;
      this.#validate(run, node, path?.index(i), item, before, below(ratchet, (pair) => pair(item, correlated.item({ value: ratchet.current?.old }, schema, item))));
    }
  }

  #fields(run: Run, { schema }: Node, path: Path | undefined, value: Readonly<Record<string, unknown>>, old: unknown, ratchet: Ratchet): void {
    for (const key of Object.keys(value)) {
      const property = propertyOf(schema, key);
      const field = property ?? additionalOf(schema);
      const node = field ? this.#node(field, field['x-kubernetes-embedded-resource'] ?? false) : undefined;
      if (!node) continue;
      const before = isFields(old) && Object.hasOwn(old, key) ? old[key] : undefined;
      const next = !ratchet.parent && (key === 'apiVersion' || key === 'kind') ? {} : below(ratchet, (pair) => pair(value[key], correlated.field({ value: ratchet.current?.old }, schema, key)));
      this.#validate(run, node, property || !path ? child(path, key) : path.key(key), value[key], before, next);
    }
  }

  #node(schema: Schema, root: boolean): Node | undefined {
    if (!this.#nodes.has(schema)) this.#nodes.set(schema, hasRules(schema) ? new Node(schema, root, () => schemaType(schema, root)) : undefined);
    return this.#nodes.get(schema);
  }

  /** A branch of allOf has rules of its own over the type of the schema that it stands in. */
  #branch(branch: Schema, { schema, root }: Node): Node {
    let node = this.#nodes.get(branch);
    if (!node) this.#nodes.set(branch, (node = new Node({ ...schema, ...branch, allOf: branch.allOf ?? [], 'x-kubernetes-validations': branch['x-kubernetes-validations'] ?? [] }, root, () => schemaType(schema, root))));
    return node;
  }
}

function below(ratchet: Ratchet, next: (pair: (now: unknown, found: { readonly value: unknown } | undefined) => Pair | undefined) => Pair | undefined): Ratchet {
  if (!ratchet.current) return ratchet;
  return { current: next((now, found) => found && { now, old: found.value }), parent: ratchet.current };
}

/** One validation: its faults, and what its rules may still cost. */
class Run {
  readonly errors: FieldError[] = [];
  budget = COST_BUDGET;
  over = false;
}

class Node {
  #rules: readonly CompiledRule[] | undefined;

  constructor(readonly schema: Schema, readonly root: boolean, private readonly type: () => CelType | undefined) {}

  check(run: Run, path: Path | undefined, value: unknown, old: unknown, ratchet: Ratchet): void {
    if (!this.schema['x-kubernetes-validations']?.length) return;
    const at = path ?? NO_PATH;
    const add = (detail: string): void => void run.errors.push(invalid(at, this.schema.type ?? '', detail));
    const type = this.type();
    if (!type) return add('rule compiler initialization error: failed to convert to declType for CEL validation rules');
    const shape = this.root ? { ...this.schema, 'x-kubernetes-embedded-resource': true } : this.schema;
    const self = (): CelValue => schemaValue(value, shape);
    const oldSelf = old === undefined || old === null ? undefined : (): CelValue => schemaValue(old, shape);
    for (const compiled of (this.#rules ??= compileRules(this.schema, type))) {
      if (run.over) return;
      const { rule, program, fault, usesOldSelf } = compiled;
      if (fault !== undefined) {
        add(`rule compile error: ${fault}`);
        continue;
      }
      if (!program || (usesOldSelf && !oldSelf && !rule.optionalOldSelf)) continue;
      const optional = rule.optionalOldSelf ? () => (oldSelf ? CelOptional.of(oldSelf()) : CelOptional.none) : oldSelf;
      const variables = { self, oldSelf: optional };
      try {
        const { value: holds, cost } = program.evaluate(variables);
        if (cost > run.budget) {
          run.over = true;
          return add('validation failed due to running out of cost budget, no further validation rules will be run');
        }
        run.budget -= cost;
        if (holds === true || (!usesOldSelf && unchanged(ratchet))) continue;
        run.errors.push(ruleError(compiled, at, this.schema.type ?? '', message(compiled, { self, oldSelf })));
      } catch (error) {
        if (!(error instanceof CelError)) throw error;
        const text = ruleText(rule);
        if (error instanceof CelCostError) {
          run.over = true;
          return add(`'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`);
        }
        add(error.message.startsWith('no such overload') ? `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${text}` : `${error.message} evaluating rule: ${text}`);
      }
    }
  }
}

/** Faults of what has not changed are let be. */
function unchanged({ current, parent }: Ratchet): boolean {
  const pair = current ?? parent;
  return pair !== undefined && equal(pair.now, pair.old);
}

function ruleError({ rule, path }: CompiledRule, at: Path | string, type: string, detail: string): FieldError {
  const where = path === undefined ? at : at === NO_PATH ? path : typeof at === 'string' ? at : at.child(path);
  switch (rule.reason) {
    case 'FieldValueForbidden': return forbidden(where, detail);
    case 'FieldValueRequired': return required(where, detail);
    case 'FieldValueDuplicate': return duplicate(where, type);
    default: return invalid(where, type, detail);
  }
}

const ruleText = ({ rule, message: text }: ValidationRule): string => (text ?? '' ? (text ?? '') : rule).trim();

/** What the rule says about a value that breaks it. */
function message({ rule, message: program }: CompiledRule, variables: Parameters<CelProgram['evaluate']>[0]): string {
  const fallback = rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`;
  if (!program) return fallback;
  try {
    const { value } = program.evaluate(variables);
    const text = typeof value === 'string' ? value.trim() : '';
    return text === '' || /\n/.test(text) || Buffer.byteLength(text) > MAX_MESSAGE_BYTES ? fallback : text;
  } catch (error) {
    if (error instanceof CelCostError) return `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuote(rule.messageExpression ?? '')}`;
    if (error instanceof CelError) return fallback;
    throw error;
  }
}
