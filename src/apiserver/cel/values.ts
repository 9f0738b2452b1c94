/**
 * CEL's values. null, booleans, strings and bytes are JavaScript's own; an int is a bigint, a double a number. What
 * JavaScript has no type for is a class here.
 */
import { BOOL, BYTES, DOUBLE, DURATION, DYN, formatType, INT, listOf, mapOf, NULL, optionalOf, STRING, TIMESTAMP, typeOf, UINT, type CelType } from './types.ts';
import { CelError, noSuchOverload } from './errors.ts';

export type CelValue = null | boolean | bigint | number | string | Uint8Array | CelUint | CelTimestamp | CelDuration | CelList | CelMap | CelOptional | CelTypeValue | CelOpaque;

const NANOS = 1_000_000_000n;
const LEAST_INT = -(2n ** 63n);
const MOST_INT = 2n ** 63n - 1n;
const MOST_UINT = 2n ** 64n - 1n;
/** The first and the last second that a timestamp can tell: the years 1 to 9999. */
const FIRST_SECOND = -62135596800n;
const LAST_SECOND = 253402300799n;

export class CelUint {
  constructor(readonly value: bigint) {
    if (value < 0n || value > MOST_UINT) throw new CelError('unsigned integer overflow');
  }
}

export class CelDuration {
  /** @param nanos the length in nanoseconds; what int64 can't hold is an error */
  constructor(readonly nanos: bigint) {
    if (nanos < LEAST_INT || nanos > MOST_INT) throw new CelError('duration overflow');
  }
}

export class CelTimestamp {
  /** @param nanos nanoseconds since 1970 */
  constructor(readonly nanos: bigint) {
    const second = nanos / NANOS;
    if (second < FIRST_SECOND || second > LAST_SECOND) throw new CelError('timestamp overflow');
  }
  /** Milliseconds since 1970, rounded down. */
  get ms(): number {
    return Number((this.nanos - (((this.nanos % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  }
}

/** How lists of custom resources are compared and added: as a set, or as a map by some keys of each item. */
export interface ListSemantics {
  readonly kind: 'set' | 'map';
  readonly keys: readonly string[];
}

/** A list; its items may be found out as late as they are asked for. */
export class CelList {
  #items: readonly CelValue[] | undefined;
  readonly #make: () => readonly CelValue[];
  constructor(
    items: readonly CelValue[] | (() => readonly CelValue[]),
    readonly semantics?: ListSemantics,
  ) {
    this.#make = typeof items === 'function' ? items : () => items;
  }
  get items(): readonly CelValue[] {
    return (this.#items ??= this.#make());
  }
  get size(): number {
    return this.items.length;
  }
}

/** A map or an object. */
export interface CelMap {
  readonly isCelMap: true;
  readonly size: number;
  /** The value of a key; undefined where it has none. */
  find(key: CelValue): CelValue | undefined;
  keys(): readonly CelValue[];
}

/** A map of the expression's own. */
export class LiteralMap implements CelMap {
  readonly isCelMap = true;
  readonly #entries = new Map<string, readonly [CelValue, CelValue]>();

  static of(entries: Iterable<readonly [CelValue, CelValue]>): LiteralMap {
    const map = new LiteralMap();
    for (const [key, value] of entries) map.add(key, value);
    return map;
  }
  /** For building only. A key that is there already is an error. */
  add(key: CelValue, value: CelValue): void {
    const text = keyText(key);
    if (text === undefined) throw new CelError(`unsupported key type: ${typeName(key)}`);
    if (this.#entries.has(text)) throw new CelError(`Failed with repeated key ${display(key)}`);
    this.#entries.set(text, [key, value]);
  }
  get size(): number {
    return this.#entries.size;
  }
  find(key: CelValue): CelValue | undefined {
    const text = keyText(key);
    return text === undefined ? undefined : this.#entries.get(text)?.[1];
  }
  keys(): readonly CelValue[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
}

/** One text for keys that are equal: 1, 1u and 1.0 are. */
function keyText(key: CelValue): string | undefined {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'bigint' || typeof key === 'boolean') return String(key);
  if (key instanceof CelUint) return String(key.value);
  return typeof key === 'number' && Number.isInteger(key) ? String(BigInt(key)) : undefined;
}

export class CelOptional {
  static readonly none = new CelOptional(undefined);
  private constructor(private readonly held: CelValue | undefined) {}
  static of(value: CelValue): CelOptional {
    return new CelOptional(value);
  }
  static from(value: CelValue | undefined): CelOptional {
    return value === undefined ? CelOptional.none : new CelOptional(value);
  }
  get present(): boolean {
    return this.held !== undefined;
  }
  get value(): CelValue {
    if (this.held === undefined) throw new CelError('optional.none() dereference');
    return this.held;
  }
}

export class CelTypeValue {
  constructor(readonly type: CelType) {}
}

/** A value of Kubernetes' libraries: a quantity, an address. */
export abstract class CelOpaque {
  abstract readonly type: CelType;
  abstract equals(other: CelOpaque): boolean;
}

export const isMap = (value: unknown): value is CelMap => typeof value === 'object' && value !== null && 'isCelMap' in value;

/** An int; what 64 bits can't hold is an error. */
export function checkInt(value: bigint): bigint {
  if (value < LEAST_INT || value > MOST_INT) throw new CelError('integer overflow');
  return value;
}

/** The type of a value, as type(value) tells it; of what lists and maps hold nothing is said. */
export function typeOfValue(value: CelValue): CelType {
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
    default:
  }
  if (value === null) return NULL;
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof CelUint) return UINT;
  if (value instanceof CelTimestamp) return TIMESTAMP;
  if (value instanceof CelDuration) return DURATION;
  if (value instanceof CelList) return listOf(DYN);
  if (value instanceof CelOptional) return optionalOf(DYN);
  if (value instanceof CelTypeValue) return typeOf(DYN);
  return isMap(value) ? mapOf(DYN, DYN) : value.type;
}

const RUNTIME_NAMES: Readonly<Record<string, string>> = { null: 'null_type', timestamp: 'google.protobuf.Timestamp', duration: 'google.protobuf.Duration' };

/** A value's type as errors at run time name it. */
export function typeName(value: CelValue): string {
  const { name } = typeOfValue(value);
  return RUNTIME_NAMES[name] ?? name;
}

/** Equality across types: numbers by their value, what can't be compared is not equal. */
export function equals(a: CelValue, b: CelValue): boolean {
  if (a === b) return true;
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) return left == right; // eslint-disable-line eqeqeq -- a bigint and a number of the same value are ==
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.nanos === b.nanos;
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos;
  if (a instanceof CelList) return b instanceof CelList && equalLists(a, b);
  if (a instanceof CelOptional) return b instanceof CelOptional && a.present === b.present && (!a.present || equals(a.value, b.value));
  if (a instanceof CelTypeValue) return b instanceof CelTypeValue && a.type.kind === b.type.kind && a.type.name === b.type.name;
  if (a instanceof CelOpaque) return b instanceof CelOpaque && a.type.name === b.type.name && a.equals(b);
  return isMap(a) && isMap(b) && equalMaps(a, b);
}

const numeric = (value: CelValue): bigint | number | undefined => (typeof value === 'bigint' || typeof value === 'number' ? value : value instanceof CelUint ? value.value : undefined);

function equalLists(a: CelList, b: CelList): boolean {
  if (a.size !== b.size) return false;
  const semantics = a.semantics ?? b.semantics;
  if (!semantics) return a.items.every((item, i) => equals(item, b.items[i]!));
  if (semantics.kind === 'set') return a.items.every((item) => b.items.some((other) => equals(item, other)));
  return a.items.every((item) => {
    const same = b.items.find((other) => sameKeys(item, other, semantics.keys));
    return same !== undefined && equals(item, same);
  });
}

/** Whether two items of a list that is a map have the same keys. */
export function sameKeys(a: CelValue, b: CelValue, keys: readonly string[]): boolean {
  if (!isMap(a) || !isMap(b)) return false;
  return keys.every((key) => {
    const left = a.find(key);
    const right = b.find(key);
    return left === undefined || right === undefined ? left === right : equals(left, right);
  });
}

function equalMaps(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => {
    const other = b.find(key);
    return other !== undefined && equals(a.find(key)!, other);
  });
}

/** Less than 0, 0, or more; numbers compare across their types. Throws where there is no order. */
export function compare(a: CelValue, b: CelValue): number {
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) {
    if (Number.isNaN(left) || Number.isNaN(right)) throw new CelError('NaN values cannot be ordered');
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : compareBytes(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if ((a instanceof CelTimestamp && b instanceof CelTimestamp) || (a instanceof CelDuration && b instanceof CelDuration)) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  throw noSuchOverload();
}

const compareBytes = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b);

/** A key or a short value as errors at run time show it. */
export function display(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof CelUint) return String(value.value);
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : formatType(typeOfValue(value));
}
