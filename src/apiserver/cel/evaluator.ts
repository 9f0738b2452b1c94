/**
 * Turns a checked expression into functions that evaluate it. Costs are counted as cel-go's interpreter counts them
 * (interpreter/runtimecost.go), so that an expression which would run away is ended.
 */
import type { Bind, Call, Comprehension, Expr, ListExpr, MapExpr, Select } from './ast.ts';
import { TYPE_NAMES } from './checker.ts';
import { CelCostError, CelError, noSuchOverload } from './errors.ts';
import { Suspended } from './library/authorizer.ts';
import { FUNCTIONS } from './library/index.ts';
import { accepts, type Overload } from './library/library.ts';
import { insertAll } from './library/operators.ts';
import { CelList, CelOptional, CelTypeValue, isMap, LiteralMap, typeName, type CelMap, type CelValue } from './values.ts';

/** One evaluation under way. */
export class Frame {
  cost = 0;
  readonly locals: CelValue[] = [];
  constructor(
    readonly variable: (name: string) => CelValue | undefined,
    private readonly limit: number,
  ) {}
  pay(cost: number): void {
    this.cost += cost;
    if (this.cost > this.limit) throw new CelCostError();
  }
}

export type Evaluator = (frame: Frame) => CelValue;

const LIST_COST = 10;
const MAP_COST = 30;

/** @param names the selections and calls that are names with dots, as the checker found them */
export function plan(root: Expr, names: ReadonlyMap<Expr, string>): Evaluator {
  return new Planner(names).plan(root);
}

class Planner {
  /** Where the values of the loops' variables are kept, the innermost last. */
  readonly #scope: { name: string; slot: number }[] = [];
  #slots = 0;

  constructor(private readonly names: ReadonlyMap<Expr, string>) {}

  plan(expr: Expr): Evaluator {
    switch (expr.kind) {
      case 'literal':
        return () => expr.value;
      case 'ident':
        return this.#ident(expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind':
        return this.#bind(expr);
    }
  }

  #ident(name: string): Evaluator {
    const slot = this.#scope.findLast((each) => each.name === name)?.slot;
    if (slot !== undefined) {
      return (frame) => {
        frame.pay(1);
        return frame.locals[slot]!;
      };
    }
    const type = TYPE_NAMES.get(name);
    return (frame) => {
      frame.pay(1);
      const value = frame.variable(name);
      if (value !== undefined) return value;
      if (type) return new CelTypeValue(type);
      throw new CelError(`no such attribute(s): ${name}`);
    };
  }

  #select(expr: Select): Evaluator {
    const name = this.names.get(expr);
    if (name !== undefined) return this.#ident(name);
    const operand = this.plan(expr.operand);
    const { field, test, optional } = expr;
    if (test) return (frame) => hasField(operand(frame), field);
    return (frame) => {
      const target = operand(frame);
      frame.pay(1);
      if (target instanceof CelOptional) return target.present ? CelOptional.from(findField(target.value, field)) : CelOptional.none;
      const value = findField(target, field);
      if (optional) return CelOptional.from(value);
      if (value === undefined) throw new CelError(`no such key: ${field}`);
      return value;
    };
  }

  #call(expr: Call): Evaluator {
    const name = this.names.get(expr) ?? expr.name;
    const member = expr.target !== undefined && !this.names.has(expr);
    const args = [...(member && expr.target ? [expr.target] : []), ...expr.args].map((arg) => this.plan(arg));
    const [first, second, third] = args;
    if (first && second && name === '_&&_') return logical(first, second, false);
    if (first && second && name === '_||_') return logical(first, second, true);
    if (first && second && third && name === '_?_:_') return (frame) => (boolean(first(frame)) ? second(frame) : third(frame));
    if (name === 'orValue' || name === 'or') {
      if (member && first && second) return (frame) => alternative(first(frame), () => second(frame), name);
    }
    const overloads = (FUNCTIONS.get(name) ?? []).filter((each) => each.member === member && each.args.length === args.length);
    return (frame) => invoke(frame, name, overloads, args.map((arg) => arg(frame)));
  }

  #list({ items }: ListExpr): Evaluator {
    const plans = items.map((item) => this.plan(item));
    return (frame) => {
      const values = plans.map((item) => item(frame));
      frame.pay(LIST_COST);
      return new CelList(values);
    };
  }

  #map({ entries }: MapExpr): Evaluator {
    const plans = entries.map(([key, value]) => [this.plan(key), this.plan(value)] as const);
    return (frame) => {
      const map = LiteralMap.of(plans.map(([key, value]) => [key(frame), value(frame)] as const));
      frame.pay(MAP_COST);
      return map;
    };
  }

  #bind(expr: Bind): Evaluator {
    const value = this.plan(expr.value);
    const slot = this.#enter(expr.name);
    const body = this.plan(expr.body);
    this.#leave(1);
    return (frame) => {
      const optional = value(frame);
      if (!(optional instanceof CelOptional)) throw noSuchOverload();
      if (!optional.present) return CelOptional.none;
      frame.locals[slot] = optional.value;
      return expr.form === 'optMap' ? CelOptional.of(body(frame)) : body(frame);
    };
  }

  #enter(name: string): number {
    const slot = this.#slots++;
    this.#scope.push({ name, slot });
    return slot;
  }
  #leave(count: number): void {
    this.#scope.length -= count;
  }

  #comprehension(expr: Comprehension): Evaluator {
    const range = this.plan(expr.range);
    const slots = expr.vars.map((name) => this.#enter(name));
    const condition = expr.condition && this.plan(expr.condition);
    const transform = expr.transform && this.plan(expr.transform);
    this.#leave(slots.length);
    const [first = 0, second] = slots;
    const loop: Loop = (frame, step) => {
      const collection = range(frame);
      const pairs = second !== undefined;
      for (const [key, value] of entriesOf(collection, pairs)) {
        frame.locals[first] = key;
        if (second !== undefined) frame.locals[second] = value;
        frame.pay(3);
        if (!step(key)) return;
      }
    };
    switch (expr.macro) {
      case 'all':
        return quantifier(loop, condition ?? (() => true), false);
      case 'exists':
        return quantifier(loop, condition ?? (() => true), true);
      case 'existsOne':
        return existsOne(loop, condition ?? (() => true));
      case 'filter':
        return collect(loop, condition, (frame) => frame.locals[first]!);
      case 'map':
      case 'transformList':
        return collect(loop, condition, transform ?? (() => null));
      default:
        return collectMap(loop, condition, transform ?? (() => null), expr.macro === 'transformMapEntry');
    }
  }
}

/** Goes through a collection as long as the step says so. */
type Loop = (frame: Frame, step: (key: CelValue) => boolean) => void;

function* entriesOf(collection: CelValue, pairs: boolean): Generator<readonly [CelValue, CelValue]> {
  if (collection instanceof CelList) {
    let index = 0n;
    for (const item of collection.items) yield pairs ? [index++, item] : [item, item];
    return;
  }
  if (collection === null || typeof collection !== 'object' || !isMap(collection)) throw noSuchOverload();
  for (const key of collection.keys()) yield [key, collection.find(key) ?? null];
}

/** An error counts only where nothing else decides. */
function quantifier(loop: Loop, condition: Evaluator, wanted: boolean): Evaluator {
  return (frame) => {
    let result: CelValue = !wanted;
    let failure: unknown;
    loop(frame, () => {
      const value = attempt(condition, frame);
      if (value instanceof Failure) failure ??= value.error;
      else if (value === wanted) {
        result = wanted;
        return false;
      }
      return true;
    });
    if (result !== wanted && failure !== undefined) throw failure;
    return result;
  };
}

function existsOne(loop: Loop, condition: Evaluator): Evaluator {
  return (frame) => {
    let count = 0;
    loop(frame, () => {
      if (boolean(condition(frame))) count++;
      return true;
    });
    return count === 1;
  };
}

function collect(loop: Loop, condition: Evaluator | undefined, transform: Evaluator): Evaluator {
  return (frame) => {
    const items: CelValue[] = [];
    loop(frame, () => {
      if (!condition || boolean(condition(frame))) {
        items.push(transform(frame));
        frame.pay(LIST_COST);
      }
      return true;
    });
    return new CelList(items);
  };
}

function collectMap(loop: Loop, condition: Evaluator | undefined, transform: Evaluator, entries: boolean): Evaluator {
  return (frame) => {
    const map = new LiteralMap();
    loop(frame, (key) => {
      if (condition && !boolean(condition(frame))) return true;
      const value = transform(frame);
      frame.pay(1);
      if (entries) insertAll(map, value as CelMap);
      else map.add(key, value);
      return true;
    });
    return map;
  };
}

class Failure {
  constructor(readonly error: unknown) {}
}

/** What an evaluation gives, an error included, but for those that end everything. */
function attempt(evaluate: Evaluator, frame: Frame): CelValue | Failure {
  try {
    const value = evaluate(frame);
    return typeof value === 'boolean' ? value : new Failure(noSuchOverload());
  } catch (error) {
    if (error instanceof CelCostError || error instanceof Suspended || !(error instanceof CelError)) throw error;
    return new Failure(error);
  }
}

/** && and ||: either side may decide, whatever is wrong with the other. */
function logical(left: Evaluator, right: Evaluator, decisive: boolean): Evaluator {
  return (frame) => {
    const first = attempt(left, frame);
    if (first === decisive) return decisive;
    const second = attempt(right, frame);
    if (second === decisive) return decisive;
    if (first instanceof Failure) throw first.error;
    if (second instanceof Failure) throw second.error;
    return !decisive;
  };
}

/** optional.or and optional.orValue look at the other only where there is nothing. */
function alternative(optional: CelValue, other: () => CelValue, name: string): CelValue {
  if (!(optional instanceof CelOptional)) throw noSuchOverload();
  if (!optional.present) return other();
  return name === 'or' ? optional : optional.value;
}

function boolean(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

function findField(target: CelValue, field: string): CelValue | undefined {
  if (target !== null && typeof target === 'object' && isMap(target)) return target.find(field);
  throw noSuchOverload();
}

function hasField(target: CelValue, field: string): boolean {
  if (target instanceof CelOptional) return target.present && findField(target.value, field) !== undefined;
  return findField(target, field) !== undefined;
}

function invoke(frame: Frame, name: string, overloads: readonly Overload[], args: readonly CelValue[]): CelValue {
  for (const overload of overloads) {
    if (!overload.args.every((type, i) => accepts(type, args[i]!))) continue;
    const result = overload.run(args);
    frame.pay(overload.cost?.(args, result) ?? 1);
    return result;
  }
  throw new CelError(name.startsWith('_') || name.startsWith('@') ? 'no such overload' : `no such overload: ${name}(${args.map(typeName).join(', ')})`);
}
