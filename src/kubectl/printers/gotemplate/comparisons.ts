/** eq, ne, lt, le, gt and ge (text/template/funcs.go). */
import { fail } from './call-error.ts';
import { show, sprintf } from './format.ts';
import type { TemplateFunction } from './functions.ts';
import { Complex, Float, Int, isMap, typeOf, unboxed } from './values.ts';

const BAD_COMPARISON = 'incompatible types for comparison';
const BAD_TYPE = 'invalid type for comparison';

type BasicKind = 'bool' | 'complex' | 'float' | 'int' | 'string' | 'uint';

/** Undefined where a value is none of them. */
function kindOf(value: unknown): BasicKind | undefined {
  if (value instanceof Int) return value.type === 'uint8' ? 'uint' : 'int';
  if (value instanceof Float) return 'float';
  if (value instanceof Complex) return 'complex';
  if (typeof value === 'number') return typeOf(value) === 'int64' ? 'int' : 'float';
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : undefined;
}

const plain = (value: unknown): unknown => (value instanceof Int || value instanceof Float ? value.value : value instanceof Complex ? value.imaginary : value);
const isInteger = (kind: BasicKind | undefined): boolean => kind === 'int' || kind === 'uint';
const isNone = (value: unknown): boolean => value === undefined || value === null;

function equalTo(a: unknown, b: unknown): boolean {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left !== right) {
    if (isInteger(left) && isInteger(right)) return plain(a) === plain(b);
    return isNone(a) || isNone(b) ? false : fail(BAD_COMPARISON);
  }
  if (left !== undefined) return plain(a) === plain(b);
  if (isNone(a) || isNone(b)) return isNone(a) && isNone(b);
  if (isMap(a) !== isMap(b)) return fail(`non-comparable types ${sprintf('%s', [a])}: ${typeOf(a)}, ${typeOf(b)}: ${show(b)}`);
  return fail(`non-comparable type ${sprintf('%s', [b])}: ${typeOf(b)}`);
}

function equals(first: unknown, ...others: readonly unknown[]): boolean {
  if (others.length === 0) fail('missing argument for comparison');
  const value = unboxed(first);
  return others.some((other) => equalTo(value, unboxed(other)));
}

function lessThan(first: unknown, second: unknown): boolean {
  const [a, b] = [unboxed(first), unboxed(second)];
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === undefined || right === undefined) return fail(BAD_TYPE);
  if (left !== right && !(isInteger(left) && isInteger(right))) return fail(BAD_COMPARISON);
  if (left === 'bool' || left === 'complex') return fail(BAD_TYPE);
  return typeof a === 'string' && typeof b === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 : (plain(a) as number) < (plain(b) as number);
}

const two = (call: (a: unknown, b: unknown) => boolean): TemplateFunction => ({ parameters: ['value', 'value'], call: (a, b) => call(a, b) });

export const compareFunctions: readonly (readonly [string, TemplateFunction])[] = [
  ['eq', { parameters: ['value'], rest: 'value', call: equals }],
  ['ne', two((a, b) => !equals(a, b))],
  ['lt', two(lessThan)],
  ['le', two((a, b) => lessThan(a, b) || equals(a, b))],
  ['gt', two((a, b) => !(lessThan(a, b) || equals(a, b)))],
  ['ge', two((a, b) => !lessThan(a, b))],
];
