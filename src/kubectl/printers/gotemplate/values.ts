/**
 * What Go's reflection tells apart and JSON does not: the numbers that a template itself wrote (int, float64 and
 * complex128 constants; an object's are int64 and float64), bytes of strings, and whether a value is held by an
 * interface {}, as the elements of maps and lists are. No value at all, such as that of a missing key, is undefined.
 */
import { goType } from '../../../api/go-value.ts';

export class Int {
  constructor(
    readonly value: number,
    readonly type: 'int' | 'uint8' = 'int',
  ) {}
}

export class Float {
  constructor(readonly value: number) {}
}

export class Complex {
  constructor(readonly imaginary: number) {}
}

/** An interface {} with a value in it; null for none. */
export class Boxed {
  constructor(readonly value: unknown) {}
}

/** What an interface {} holds; undefined for none. Other values as they are. */
export const unboxed = (value: unknown): unknown => (value instanceof Boxed ? (value.value ?? undefined) : value);

/** An element of a map or list, which Go holds in an interface {}. */
export const boxed = (value: unknown): unknown => new Boxed(value ?? null);

/** The name of the type. */
export function typeOf(value: unknown): string {
  if (value instanceof Boxed) return 'interface {}';
  if (value instanceof Int) return value.type;
  if (value instanceof Float) return 'float64';
  if (value instanceof Complex) return 'complex128';
  return goType(value, 'int64');
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Int) && !(value instanceof Float) && !(value instanceof Complex) && !(value instanceof Boxed);
