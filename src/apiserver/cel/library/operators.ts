/** The operators of the language (cel-go common/stdlib). && and || and ?: are the evaluator's own; here are their types. */
import { CelError, noSuchOverload } from '../errors.ts';
import { CelDuration, CelList, CelOptional, CelTimestamp, CelUint, checkInt, compare, display, equals, isMap, type LiteralMap, sameKeys, type CelMap, type CelValue } from '../values.ts';
import { overload, sizeOf, traversal, type Overload } from './library.ts';

const own = (): never => {
  throw noSuchOverload();
};

const smaller = (a: CelValue, b: CelValue): number => traversal(Math.min(sizeOf(a), sizeOf(b)));
const together = (a: CelValue, b: CelValue): number => traversal(sizeOf(a) + sizeOf(b));

/** a + b, or b added to a as sets and maps of items are. */
function concat(a: CelList, b: CelList): CelList {
  const { semantics } = a;
  if (!semantics) return new CelList(() => [...a.items, ...b.items]);
  if (semantics.kind === 'set') return new CelList(() => [...a.items, ...b.items.filter((item) => !a.items.some((known) => equals(known, item)))], semantics);
  const replaced = a.items.map((item) => b.items.find((other) => sameKeys(item, other, semantics.keys)) ?? item);
  return new CelList([...replaced, ...b.items.filter((item) => !a.items.some((known) => sameKeys(known, item, semantics.keys)))], semantics);
}

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new CelError('division by zero');
  return a / b;
}

function modulo(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new CelError('modulus by zero');
  return a % b;
}

export function indexList(list: CelList, index: CelValue): CelValue {
  const at = typeof index === 'bigint' ? Number(index) : index instanceof CelUint ? Number(index.value) : typeof index === 'number' && Number.isInteger(index) ? index : undefined;
  if (at === undefined) throw new CelError(`unsupported index type '${display(index)}' in list`);
  const item = list.items[at];
  if (item === undefined) throw new CelError(`index out of bounds: ${at}`);
  return item;
}

export function indexMap(map: CelMap, key: CelValue): CelValue {
  const value = map.find(key);
  if (value === undefined) throw new CelError(`no such key: ${display(key)}`);
  return value;
}

/** The item or the value at an index; nothing where there is none. */
function look(collection: CelValue, key: CelValue): CelOptional {
  if (collection instanceof CelOptional) return collection.present ? look(collection.value, key) : CelOptional.none;
  if (collection instanceof CelList) return CelOptional.from(typeof key === 'bigint' ? collection.items[Number(key)] : undefined);
  if (isMap(collection)) return CelOptional.from(collection.find(key));
  throw noSuchOverload();
}

const indexOptional = (optional: CelOptional, key: CelValue): CelOptional => look(optional, key);

const uint = (value: bigint): CelUint => new CelUint(value);
const bytes = (a: Uint8Array, b: Uint8Array): Uint8Array => new Uint8Array([...a, ...b]);

const ORDERED = ['bool, bool', 'int, int', 'int, double', 'int, uint', 'uint, uint', 'uint, double', 'uint, int', 'double, double', 'double, int', 'double, uint', 'string, string', 'bytes, bytes', 'timestamp, timestamp', 'duration, duration'];

const ordering = (name: string, holds: (order: number) => boolean): Overload[] =>
  ORDERED.map((types) => overload(`${name}(${types}): bool`, (a: CelValue, b: CelValue) => holds(compare(a, b)), types.startsWith('string') || types.startsWith('bytes') ? smaller : undefined));

export const OPERATORS: readonly Overload[] = [
  overload('_?_:_(bool, A, A): A', own),
  overload('_&&_(bool, bool): bool', own),
  overload('_||_(bool, bool): bool', own),
  overload('!_(bool): bool', (a: boolean) => !a),
  overload('_==_(A, A): bool', (a: CelValue, b: CelValue) => equals(a, b), smaller),
  overload('_!=_(A, A): bool', (a: CelValue, b: CelValue) => !equals(a, b), smaller),
  overload('_+_(bytes, bytes): bytes', bytes, together),
  overload('_+_(double, double): double', (a: number, b: number) => a + b),
  overload('_+_(duration, duration): duration', (a: CelDuration, b: CelDuration) => new CelDuration(a.nanos + b.nanos)),
  overload('_+_(duration, timestamp): timestamp', (a: CelDuration, b: CelTimestamp) => new CelTimestamp(a.nanos + b.nanos)),
  overload('_+_(timestamp, duration): timestamp', (a: CelTimestamp, b: CelDuration) => new CelTimestamp(a.nanos + b.nanos)),
  overload('_+_(int, int): int', (a: bigint, b: bigint) => checkInt(a + b)),
  overload('_+_(list(A), list(A)): list(A)', concat),
  overload('_+_(string, string): string', (a: string, b: string) => a + b, together),
  overload('_+_(uint, uint): uint', (a: CelUint, b: CelUint) => uint(a.value + b.value)),
  overload('_/_(double, double): double', (a: number, b: number) => a / b),
  overload('_/_(int, int): int', (a: bigint, b: bigint) => checkInt(divide(a, b))),
  overload('_/_(uint, uint): uint', (a: CelUint, b: CelUint) => uint(divide(a.value, b.value))),
  overload('_%_(int, int): int', (a: bigint, b: bigint) => modulo(a, b)),
  overload('_%_(uint, uint): uint', (a: CelUint, b: CelUint) => uint(modulo(a.value, b.value))),
  overload('_*_(double, double): double', (a: number, b: number) => a * b),
  overload('_*_(int, int): int', (a: bigint, b: bigint) => checkInt(a * b)),
  overload('_*_(uint, uint): uint', (a: CelUint, b: CelUint) => uint(a.value * b.value)),
  overload('-_(double): double', (a: number) => -a),
  overload('-_(int): int', (a: bigint) => checkInt(-a)),
  overload('_-_(double, double): double', (a: number, b: number) => a - b),
  overload('_-_(duration, duration): duration', (a: CelDuration, b: CelDuration) => new CelDuration(a.nanos - b.nanos)),
  overload('_-_(int, int): int', (a: bigint, b: bigint) => checkInt(a - b)),
  overload('_-_(timestamp, duration): timestamp', (a: CelTimestamp, b: CelDuration) => new CelTimestamp(a.nanos - b.nanos)),
  overload('_-_(timestamp, timestamp): duration', (a: CelTimestamp, b: CelTimestamp) => new CelDuration(a.nanos - b.nanos)),
  overload('_-_(uint, uint): uint', (a: CelUint, b: CelUint) => uint(a.value - b.value)),
  ...ordering('_<_', (order) => order < 0),
  ...ordering('_<=_', (order) => order <= 0),
  ...ordering('_>_', (order) => order > 0),
  ...ordering('_>=_', (order) => order >= 0),
  overload('_[_](list(A), int): A', indexList),
  overload('_[_](map(A, B), A): B', indexMap),
  overload('_[_](optional(list(A)), int): optional(A)', indexOptional),
  overload('_[_](optional(map(A, B)), A): optional(B)', indexOptional),
  overload('_[?_](list(A), int): optional(A)', look),
  overload('_[?_](optional(list(A)), int): optional(A)', look),
  overload('_[?_](map(A, B), A): optional(B)', look),
  overload('_[?_](optional(map(A, B)), A): optional(B)', look),
  overload('@in(A, list(A)): bool', (item: CelValue, list: CelList) => list.items.some((each) => equals(each, item)), (_item: CelValue, list: CelList) => sizeOf(list)),
  overload('@in(A, map(A, B)): bool', (key: CelValue, map: CelMap) => map.find(key) !== undefined),
];

/** Joins two maps; a key of both is an error. */
export function insertAll(into: LiteralMap, entries: CelMap): void {
  for (const key of entries.keys()) {
    if (into.find(key) !== undefined) throw new CelError(`insert failed: key ${display(key)} already exists`);
    into.add(key, indexMap(entries, key));
  }
}
