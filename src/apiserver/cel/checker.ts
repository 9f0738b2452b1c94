/** Finds out the types of an expression and all that is wrong with it. Follows cel-go checker/checker.go. */
import type { Bind, Call, Comprehension, Expr, Select } from './ast.ts';
import { Bindings, freshen, mostGeneral, unwrapped } from './assignable.ts';
import type { Issue } from './errors.ts';
import { FUNCTIONS } from './library/index.ts';
import { compiled } from './library/regexp.ts';
import type { Overload } from './library/library.ts';
import { readDuration, readTimestamp } from './library/time.ts';
import { BOOL, BYTES, DOUBLE, DURATION, DYN, ERROR, formatType, INT, isOptional, listOf, mapOf, NULL, optionalOf, STRING, TIMESTAMP, typeOf, UINT, type CelType } from './types.ts';
import { typeOfValue } from './values.ts';

/** Types that expressions may name. */
export const TYPE_NAMES: ReadonlyMap<string, CelType> = new Map([
  ['bool', BOOL], ['bytes', BYTES], ['double', DOUBLE], ['int', INT], ['uint', UINT], ['string', STRING], ['null_type', NULL], ['dyn', DYN], ['type', typeOf(DYN)], ['list', listOf(DYN)], ['map', mapOf(DYN, DYN)],
  ['google.protobuf.Timestamp', TIMESTAMP], ['google.protobuf.Duration', DURATION], ['optional_type', optionalOf(DYN)],
]);

export interface Checked {
  readonly type: CelType;
  readonly issues: readonly Issue[];
  /** Selections that are names with dots: `authorizer.requestResource`. */
  readonly names: ReadonlyMap<Expr, string>;
  /** The variables that are used. */
  readonly used: ReadonlySet<string>;
  /** The type of every part. */
  typeOf(expr: Expr): CelType;
  /** The functions that a call may come to. */
  overloadsOf(call: Call): readonly Overload[];
}

/** @param declared the types of variables; their names may have dots */
export function check(root: Expr, declared: ReadonlyMap<string, CelType>): Checked {
  const checker = new Checker(declared);
  const type = checker.check(root);
  return { type: checker.bindings.resolve(type, true), issues: checker.issues, names: checker.names, used: checker.used, typeOf: (expr) => checker.bindings.resolve(checker.types.get(expr) ?? DYN, true), overloadsOf: (call) => checker.overloads.get(call) ?? [] };
}

/** "a.b.c" of a selection that begins with a name. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined;
  const operand = qualifiedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

class Checker {
  readonly issues: Issue[] = [];
  readonly bindings = new Bindings();
  readonly names = new Map<Expr, string>();
  readonly used = new Set<string>();
  readonly types = new Map<Expr, CelType>();
  readonly overloads = new Map<Call, readonly Overload[]>();
  readonly #locals: { name: string; type: CelType }[] = [];

  constructor(private readonly declared: ReadonlyMap<string, CelType>) {}

  check(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    this.types.set(expr, type);
    return type;
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return typeOfValue(expr.value);
      case 'ident':
        return this.#named(expr.name) ?? this.#wrong(expr.at, `undeclared reference to '${expr.name}' (in container '')`);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return listOf(this.#join(expr.items));
      case 'map':
        return mapOf(this.#join(expr.entries.map(([key]) => key)), this.#join(expr.entries.map(([, value]) => value)));
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind':
        return this.#bind(expr);
    }
  }

  #named(name: string): CelType | undefined {
    const local = this.#locals.findLast((each) => each.name === name)?.type;
    if (local) return local;
    const declared = this.declared.get(name);
    if (declared) {
      this.used.add(name);
      return declared;
    }
    const type = TYPE_NAMES.get(name);
    return type && typeOf(type);
  }

  #wrong(at: number, message: string): CelType {
    this.issues.push({ at, message });
    return ERROR;
  }

  #select(expr: Select): CelType {
    const name = qualifiedName(expr);
    const known = name === undefined || this.#locals.some((each) => name.startsWith(`${each.name}.`)) ? undefined : this.#named(name);
    if (known && name !== undefined) {
      this.names.set(expr, name);
      return known;
    }
    const operand = this.bindings.resolve(this.check(expr.operand));
    const found = this.#field(expr, unwrapped(operand));
    if (expr.test) return BOOL;
    return this.bindings.resolve(isOptional(operand) || expr.optional ? optionalOf(found) : found);
  }

  #field({ at, field }: Select, target: CelType): CelType {
    switch (target.kind) {
      case 'map':
        return target.params[1] ?? DYN;
      case 'object':
        return target.field?.(field) ?? this.#wrong(at, `undefined field '${field}'`);
      case 'param':
        this.bindings.assignable([DYN], [target]);
        return DYN;
      case 'dyn':
      case 'error':
        return DYN;
      default:
        this.#wrong(at, `type '${formatType(target)}' does not support field selection`);
        return DYN;
    }
  }

  #call(expr: Call): CelType {
    const args = expr.args.map((arg) => this.check(arg));
    const namespaced = expr.target && qualifiedName(expr.target);
    const qualified = namespaced === undefined ? undefined : `${namespaced}.${expr.name}`;
    if (qualified !== undefined && FUNCTIONS.has(qualified)) {
      this.names.set(expr, qualified);
      return this.#resolve(expr, qualified, args, false);
    }
    const target = expr.target && this.check(expr.target);
    if (!FUNCTIONS.has(expr.name)) return this.#wrong(expr.at, `undeclared reference to '${expr.name}' (in container '')`);
    const type = this.#resolve(expr, expr.name, target ? [target, ...args] : args, target !== undefined);
    this.#checkLiterals(expr);
    return type;
  }

  #resolve(expr: Call, name: string, given: readonly CelType[], member: boolean): CelType {
    if (name === '_&&_' || name === '_||_') return this.#booleans(expr, given);
    let result: CelType | undefined;
    const fitting: Overload[] = [];
    for (const overload of FUNCTIONS.get(name) ?? []) {
      if (overload.member !== member) continue;
      const found = this.#match(overload, given);
      if (!found) continue;
      fitting.push(overload);
      if (!result) result = found;
      else if (result.kind !== 'dyn' && formatType(found) !== formatType(result)) result = DYN;
    }
    this.overloads.set(expr, fitting);
    return result ?? this.#noOverload(expr.at, name, given, member);
  }

  #match(overload: Overload, given: readonly CelType[]): CelType | undefined {
    const [result = DYN, ...wanted] = freshen([overload.result, ...overload.args], this.bindings);
    return this.bindings.assignable(given, wanted) ? this.bindings.resolve(result) : undefined;
  }

  #booleans(expr: Call, given: readonly CelType[]): CelType {
    let fine = true;
    for (const [i, type] of given.entries()) {
      if (this.bindings.assignable([type], [BOOL])) continue;
      this.#mismatch(expr.args[i]!.at, BOOL, type);
      fine = false;
    }
    return fine ? BOOL : ERROR;
  }

  #noOverload(at: number, name: string, given: readonly CelType[], member: boolean): CelType {
    const shown = given.map((type) => formatType(this.bindings.resolve(type, true)));
    const signature = member ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    return this.#wrong(at, `found no matching overload for '${name}' applied to '${signature}'`);
  }

  #mismatch(at: number, expected: CelType, found: CelType): CelType {
    return this.#wrong(at, `expected type '${formatType(this.bindings.resolve(expected))}' but found '${formatType(this.bindings.resolve(found))}'`);
  }

  /** The common type of a literal's parts; there must be one. */
  #join(parts: readonly Expr[]): CelType {
    let joined: CelType | undefined;
    for (const part of parts) {
      const type = this.check(part);
      if (!joined) joined = type;
      else if (this.bindings.assignable([joined], [type])) joined = mostGeneral(joined, type);
      else joined = this.#mismatch(part.at, joined, type);
    }
    return joined ?? this.bindings.unknown();
  }

  #comprehension(expr: Comprehension): CelType {
    const range = this.bindings.resolve(this.check(expr.range));
    const types = this.#variables(expr, range);
    const depth = this.#locals.length;
    for (const [i, name] of expr.vars.entries()) this.#locals.push({ name, type: types[i] ?? DYN });
    const type = this.#folded(expr, types);
    this.#locals.length = depth;
    return this.bindings.resolve(type);
  }

  /** The types of the loop's one or two variables. */
  #variables({ range, vars }: Comprehension, type: CelType): readonly CelType[] {
    const two = vars.length === 2;
    switch (type.kind) {
      case 'list':
        return two ? [INT, type.params[0] ?? DYN] : type.params;
      case 'map':
        return type.params;
      case 'dyn':
      case 'error':
      case 'param':
        this.bindings.assignable([DYN], [type]);
        return [DYN, DYN];
      default:
        this.#wrong(range.at, `expression of type '${formatType(type)}' cannot be range of a comprehension (must be list, map, or dynamic)`);
        return [ERROR, ERROR];
    }
  }

  #folded(expr: Comprehension, vars: readonly CelType[]): CelType {
    const { macro, condition, transform } = expr;
    if (macro === 'all' || macro === 'exists') {
      const type = condition ? this.check(condition) : BOOL;
      if (condition && !this.bindings.assignable([type], [BOOL])) this.#mismatch(condition.at, BOOL, type);
      return BOOL;
    }
    if (macro === 'existsOne') {
      this.#conditional(expr, condition, INT);
      return BOOL;
    }
    if (macro === 'filter') {
      const list = listOf(vars[0] ?? DYN);
      this.#conditional(expr, condition, list);
      return list;
    }
    const made = transform ? this.check(transform) : DYN;
    const key = vars[0] ?? DYN;
    const result = macro === 'transformMap' ? mapOf(key, made) : macro === 'transformMapEntry' ? made : listOf(made);
    this.#conditional(expr, condition, result);
    return result;
  }

  #conditional(expr: Comprehension, condition: Expr | undefined, branches: CelType): void {
    if (!condition) return;
    const type = this.check(condition);
    if (!this.bindings.assignable([type], [BOOL])) this.#noOverload(expr.at, '_?_:_', [type, branches, branches], false);
  }

  #bind(expr: Bind): CelType {
    const value = this.bindings.resolve(this.check(expr.value));
    if (!isOptional(value) && value.kind !== 'dyn' && value.kind !== 'error') this.#noOverload(expr.at, 'hasValue', [value], true);
    this.#locals.push({ name: expr.name, type: unwrapped(value) });
    const body = this.check(expr.body);
    this.#locals.pop();
    return expr.form === 'optMap' ? optionalOf(body) : body;
  }

  /** What can be seen of literals before anything runs (cel-go cel/validator.go). */
  #checkLiterals({ name, args, target }: Call): void {
    const literal = target && name === 'matches' ? args[0] : args.at(-1);
    if (literal?.kind !== 'literal' || typeof literal.value !== 'string') return;
    const { value, at } = literal;
    if (name === 'duration' && readDuration(value) === undefined) this.#wrong(at, 'invalid duration argument');
    if (name === 'timestamp' && readTimestamp(value) === undefined) this.#wrong(at, 'invalid timestamp argument');
    if (name === 'matches' && !compiles(value)) this.#wrong(at, 'invalid matches argument');
  }
}

function compiles(pattern: string): boolean {
  try {
    compiled(pattern);
    return true;
  } catch {
    return false;
  }
}
