/**
 * What an expression may cost at most, before anything is evaluated: from the sizes that a schema allows. Follows cel-go
 * checker/cost.go and apiserver pkg/cel/library/cost.go, which count macros as what they are made of.
 */
import type { Call, Comprehension, Expr, Select } from './ast.ts';
import type { Checked } from './checker.ts';
import type { Overload } from './library/library.ts';
import { isOptional, type CelType } from './types.ts';

/** The most elements (or characters) that the value at a path may have; undefined where nothing is known. Steps are names of fields, '@items', '@keys' and '@values'. */
export type SizeLookup = (path: readonly string[]) => number | undefined;

export interface Range {
  readonly min: number;
  readonly max: number;
}

const MOST = 2 ** 64;
const TRAVERSAL = 0.1;
const REGEX = 0.25;
const UNKNOWN: Range = { min: 0, max: MOST };
const NOTHING: Range = { min: 0, max: 0 };

const fixed = (value: number): Range => ({ min: value, max: value });
const cap = (value: number): number => (value > MOST || Number.isNaN(value) ? MOST : value);
const add = (...ranges: readonly Range[]): Range => ({ min: cap(ranges.reduce((sum, { min }) => sum + min, 0)), max: cap(ranges.reduce((sum, { max }) => sum + max, 0)) });
const times = (a: Range, b: Range): Range => ({ min: a.min === 0 || b.min === 0 ? 0 : cap(a.min * b.min), max: a.max === 0 || b.max === 0 ? 0 : cap(a.max * b.max) });
const scale = ({ min, max }: Range, factor: number): Range => ({ min: cap(Math.ceil(min * factor)), max: cap(Math.ceil(max * factor)) });
const union = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });

export function estimateCost(root: Expr, checked: Checked, sizeOf: SizeLookup): Range {
  return new Estimator(checked, sizeOf).cost(root);
}

/** A call's own cost, without that of its arguments, and the size of what it gives. */
interface Estimate {
  readonly cost: Range;
  readonly size?: Range;
}

class Estimator {
  readonly #paths = new Map<Expr, readonly string[]>();
  readonly #sizes = new Map<Expr, Range>();
  readonly #locals: { readonly name: string; readonly path: readonly string[] }[] = [];

  constructor(
    private readonly checked: Checked,
    private readonly sizeOf: SizeLookup,
  ) {}

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal':
        return NOTHING;
      case 'ident':
        this.#paths.set(expr, this.#locals.findLast(({ name }) => name === expr.name)?.path ?? [expr.name]);
        return fixed(1);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return add(fixed(10), ...expr.items.map((item) => this.cost(item)));
      case 'map':
        return add(fixed(30), ...expr.entries.flat().map((part) => this.cost(part)));
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind': {
        const value = this.cost(expr.value);
        return add(value, fixed(1), this.#with(expr.name, this.#path(expr.value), () => this.cost(expr.body)));
      }
    }
  }

  #with<T>(name: string, path: readonly string[], inside: () => T): T {
    this.#locals.push({ name, path });
    const result = inside();
    this.#locals.pop();
    return result;
  }

  #path = (expr: Expr): readonly string[] => this.#paths.get(expr) ?? [];

  #select(expr: Select): Range {
    const operand = this.cost(expr.operand);
    // Whether something is there costs no more than finding where it would be.
    if (expr.test) return operand;
    this.#paths.set(expr, this.#path(expr.operand).length > 0 ? [...this.#path(expr.operand), expr.field] : []);
    return ['map', 'object', 'param'].includes(this.checked.typeOf(expr.operand).kind) ? add(operand, fixed(1)) : operand;
  }

  #size(expr: Expr): Range {
    const known = this.#sizes.get(expr);
    if (known) return known;
    if (expr.kind === 'literal') return fixed(typeof expr.value === 'string' ? [...expr.value].length : expr.value instanceof Uint8Array ? expr.value.length : 1);
    if (expr.kind === 'list') return fixed(expr.items.length);
    if (expr.kind === 'map') return fixed(expr.entries.length);
    const path = this.#path(expr);
    const max = path.length > 0 ? this.sizeOf(path) : undefined;
    if (max !== undefined) return { min: 0, max };
    return isScalar(this.checked.typeOf(expr)) ? fixed(1) : UNKNOWN;
  }

  #comprehension(expr: Comprehension): Range {
    const range = this.cost(expr.range);
    const type = this.checked.typeOf(expr.range);
    const path = this.#path(expr.range);
    const at = (step: string): readonly string[] => (path.length > 0 ? [...path, step] : []);
    const [first = '', second] = expr.vars;
    const items = type.kind === 'map' ? ['@keys', '@values'] : second === undefined ? ['@items'] : ['@indices', '@items'];
    const step = this.#with(first, at(items[0] ?? ''), () => (second === undefined ? this.#step(expr) : this.#with(second, at(items[1] ?? ''), () => this.#step(expr))));
    const count = this.#size(expr.range);
    const makes = expr.macro === 'all' || expr.macro === 'exists' || expr.macro === 'existsOne' ? undefined : expr.macro.startsWith('transformMap') ? 30 : 10;
    this.#sizes.set(expr, makes === undefined ? fixed(1) : count);
    const result = expr.macro === 'existsOne' ? 2 : 1;
    return add(range, fixed((makes ?? 0) + result), times(count, step));
  }

  /** One round of a loop: of the condition to go on, and of what is done. */
  #step({ macro, condition, transform }: Comprehension): Range {
    const test = condition ? this.cost(condition) : undefined;
    switch (macro) {
      case 'all':
        return { min: 3, max: cap(3 + (test?.max ?? 0)) };
      case 'exists':
        return { min: 4, max: cap(4 + (test?.max ?? 0)) };
      case 'existsOne':
        return add(test ?? NOTHING, { min: 1, max: 2 });
      case 'filter':
        return add(test ?? NOTHING, { min: 1, max: 13 });
      default: {
        const made = add(transform ? this.cost(transform) : NOTHING, fixed(macro.startsWith('transformMap') ? 3 : 12));
        return test ? add(test, union(made, fixed(1))) : made;
      }
    }
  }

  #call(expr: Call): Range {
    const args = expr.args.map((arg) => this.cost(arg));
    const [first = NOTHING, second = NOTHING, third = NOTHING] = args;
    if (expr.name === '_&&_' || expr.name === '_||_') return { min: first.min, max: add(first, second).max };
    if (expr.name === '_?_:_') {
      this.#sizes.set(expr, union(this.#size(expr.args[1]!), this.#size(expr.args[2]!)));
      return add(first, union(second, third));
    }
    const target = expr.target && !this.checked.names.has(expr) ? this.cost(expr.target) : NOTHING;
    if (expr.name === 'dyn' && expr.args[0]) {
      this.#sizes.set(expr, this.#size(expr.args[0]));
      return add(first, fixed(1));
    }
    const overloads = this.checked.overloadsOf(expr);
    if (overloads.length === 0) return add(target, ...args);
    const [collection] = expr.args;
    if (expr.name === '_[_]' && collection && this.#path(collection).length > 0) this.#paths.set(expr, [...this.#path(collection), this.checked.typeOf(collection).kind === 'map' ? '@values' : '@items']);
    const estimates = overloads.map((overload) => this.#estimate(expr, overload));
    const sizes = estimates.flatMap(({ size }) => size ?? []);
    if (sizes.length > 0) this.#sizes.set(expr, sizes.reduce(union));
    return add(target, ...args, estimates.map(({ cost }) => cost).reduce(union));
  }

  #estimate(expr: Call, { args: types }: Overload): Estimate {
    const target = expr.target && !this.checked.names.has(expr) ? expr.target : undefined;
    const values = target ? [target, ...expr.args] : expr.args;
    const size = (i: number): Range => (values[i] ? this.#size(values[i]) : UNKNOWN);
    const own = size(0);
    const isText = ['string', 'bytes'].includes(types[0]?.kind ?? '');
    switch (expr.name) {
      case 'startsWith':
      case 'endsWith':
        return { cost: scale(size(1), TRAVERSAL) };
      case 'format':
      case 'url':
      case 'cidr':
      case 'isIP':
      case 'isCIDR':
      case 'quantity':
      case 'isQuantity':
      case 'semver':
      case 'isSemver':
        return { cost: scale(own, TRAVERSAL) };
      case 'ip':
        return { cost: isText ? scale(own, TRAVERSAL) : fixed(1) };
      case 'ip.isCanonical':
        return { cost: scale(own, 2 * TRAVERSAL) };
      case 'bytes':
        return types[0]?.kind === 'string' ? { cost: scale(own, TRAVERSAL), size: { min: own.min, max: cap(own.max * 4) } } : { cost: fixed(1) };
      case 'string':
        return types[0]?.kind === 'bytes' ? { cost: scale(own, TRAVERSAL), size: { min: Math.floor(own.min / 4), max: own.max } } : { cost: fixed(1) };
      case 'strings.quote':
        return { cost: scale(own, TRAVERSAL), size: { min: own.min + 2, max: cap(own.max * 2 + 2) } };
      case '@in':
        return { cost: types[1]?.kind === 'list' ? scale(size(1), 1) : fixed(1) };
      case 'matches':
      case 'find':
      case 'findAll': {
        const cost = times(scale(add(own, fixed(1)), TRAVERSAL), scale(size(1), REGEX));
        return expr.name === 'matches' ? { cost } : { cost, size: { min: 0, max: own.max } };
      }
      case 'contains':
        return { cost: times(scale(own, TRAVERSAL), scale(size(1), TRAVERSAL)) };
      case '_+_': {
        if (!isText && types[0]?.kind !== 'list') return { cost: fixed(1) };
        const sum = add(own, size(1));
        return { cost: isText ? scale(sum, TRAVERSAL) : fixed(1), size: sum };
      }
      case '_<_':
      case '_<=_':
      case '_>_':
      case '_>=_':
      case '_==_':
      case '_!=_': {
        if (!isText && expr.name !== '_==_' && expr.name !== '_!=_') return { cost: fixed(1) };
        const max = Math.min(own.max, size(1).max);
        return { cost: scale({ min: max > 0 ? 1 : 0, max }, TRAVERSAL) };
      }
      case 'lowerAscii':
      case 'upperAscii':
      case 'substring':
      case 'trim':
        return { cost: scale(own, TRAVERSAL), size: own };
      case 'replace':
        return { cost: scale(own, 2 * TRAVERSAL), size: replaced(own, size(1), size(2)) };
      case 'split':
        return { cost: scale(own, 2 * TRAVERSAL), size: { min: 0, max: own.max } };
      case 'join':
        return this.#join(values);
      case 'isSorted':
      case 'sum':
      case 'max':
      case 'min':
      case 'indexOf':
      case 'lastIndexOf':
        return { cost: isText ? scale(own, TRAVERSAL) : times(own, this.#itemCost(values[0])) };
      case 'validate':
        return { cost: scale(scale(size(1), TRAVERSAL), 128 * REGEX) };
      case 'check':
        return { cost: fixed(350_000) };
      default:
        return { cost: fixed(1) };
    }
  }

  /** The most that an item of a list may be long. */
  #itemSize(list: Expr | undefined): Range {
    const path = list ? this.#path(list) : [];
    const max = path.length > 0 ? this.sizeOf([...path, '@items']) : undefined;
    return max === undefined ? UNKNOWN : { min: 0, max };
  }

  #itemCost(list: Expr | undefined): Range {
    const kind = list && this.checked.typeOf(list).params[0]?.kind;
    return kind === 'string' || kind === 'bytes' ? add(fixed(1), scale(this.#itemSize(list), TRAVERSAL)) : fixed(1);
  }

  #join([list, separator]: readonly Expr[]): Estimate {
    const count = list ? this.#size(list) : UNKNOWN;
    const between = separator ? times(this.#size(separator), { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) }) : NOTHING;
    const size = add(times(count, this.#itemSize(list)), between);
    return { cost: scale(size, TRAVERSAL), size };
  }
}

/** How long a text may be in which parts were replaced. */
function replaced(text: Range, from: Range, to: Range): Range {
  const most = from.min === 0 ? add(text, times({ min: 0, max: cap(text.max + 1) }, to)).max : to.max <= from.min ? text.max : cap(Math.ceil(text.max / from.min) * to.max);
  const least = from.max === 0 ? text.min + (text.min + 1) * to.min : from.max <= to.min ? text.min : Math.ceil(text.min / from.max) * to.min;
  return { min: cap(least), max: most };
}

const SCALARS: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);
const isScalar = (type: CelType): boolean => SCALARS.has(type.kind) || (isOptional(type) && type.params[0] !== undefined && isScalar(type.params[0]));
