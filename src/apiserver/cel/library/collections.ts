/** Lists, sets and optionals: Kubernetes' lists library, ext.Sets, cel.OptionalTypes. */
import { CelError } from '../errors.ts';
import { CelDuration, CelList, CelOptional, CelUint, checkInt, compare, equals, isMap, type CelValue } from '../values.ts';
import { overload, type Overload } from './library.ts';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const length = (list: CelList): number => list.size;

function extreme(list: CelList, name: string, sign: 1 | -1): CelValue {
  const [first, ...others] = list.items;
  if (first === undefined) throw new CelError(`${name} called on empty list`);
  return others.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best), first);
}

const isSorted = (list: CelList): boolean => list.items.every((item, i) => i === 0 || compare(list.items[i - 1]!, item) <= 0);

function lastIndex(list: CelList, item: CelValue): bigint {
  for (let i = list.size - 1; i >= 0; i--) if (equals(list.items[i]!, item)) return BigInt(i);
  return -1n;
}

const sum = <T>(list: CelList, zero: T, add: (a: T, b: T) => T): T => (list.items as readonly unknown[] as readonly T[]).reduce(add, zero);

const contains = (list: CelList, sub: CelList): boolean => sub.items.every((item) => list.items.some((each) => equals(each, item)));
const product = (a: CelList, b: CelList): number => 1 + a.size * b.size;

/** Whether a value is one that nothing was put into: 0, "", an empty list. */
function isZero(value: CelValue): boolean {
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof CelDuration) return value.nanos === 0n;
  if (value instanceof CelList || isMap(value)) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === null || value === false || value === 0 || value === 0n || value === '' || (value instanceof CelOptional && !value.present);
}

export const COLLECTIONS: readonly Overload[] = [
  ...COMPARABLE.flatMap((type) => [
    overload(`list(${type}).isSorted(): bool`, isSorted, length),
    overload(`list(${type}).max(): ${type}`, (list: CelList) => extreme(list, 'max', 1), length),
    overload(`list(${type}).min(): ${type}`, (list: CelList) => extreme(list, 'min', -1), length),
  ]),
  overload('list(int).sum(): int', (list: CelList) => sum(list, 0n, (a, b) => checkInt(a + b)), length),
  overload('list(uint).sum(): uint', (list: CelList) => sum(list, new CelUint(0n), (a, b) => new CelUint(a.value + b.value)), length),
  overload('list(double).sum(): double', (list: CelList) => sum(list, 0, (a, b) => a + b), length),
  overload('list(duration).sum(): duration', (list: CelList) => sum(list, new CelDuration(0n), (a, b) => new CelDuration(a.nanos + b.nanos)), length),
  overload('list(A).indexOf(A): int', (list: CelList, item: CelValue) => BigInt(list.items.findIndex((each) => equals(each, item))), length),
  overload('list(A).lastIndexOf(A): int', lastIndex, length),
  overload('sets.contains(list(A), list(A)): bool', contains, product),
  overload('sets.equivalent(list(A), list(A)): bool', (a: CelList, b: CelList) => contains(a, b) && contains(b, a), product),
  overload('sets.intersects(list(A), list(A)): bool', (a: CelList, b: CelList) => a.items.some((item) => b.items.some((each) => equals(each, item))), product),
  overload('optional.of(V): optional(V)', (value: CelValue) => CelOptional.of(value)),
  overload('optional.ofNonZeroValue(V): optional(V)', (value: CelValue) => (isZero(value) ? CelOptional.none : CelOptional.of(value))),
  overload('optional.none(): optional(V)', () => CelOptional.none),
  overload('optional(V).value(): V', (optional: CelOptional) => optional.value),
  overload('optional(V).hasValue(): bool', (optional: CelOptional) => optional.present),
  overload('optional(V).or(optional(V)): optional(V)', (a: CelOptional, b: CelOptional) => (a.present ? a : b)),
  overload('optional(V).orValue(V): V', (optional: CelOptional, other: CelValue) => (optional.present ? optional.value : other)),
];
