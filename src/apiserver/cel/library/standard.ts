/** The functions of the language itself: sizes, conversions, tests of strings (cel-go common/stdlib/standard.go). */
import { CelError } from '../errors.ts';
import { type CelDuration, type CelTimestamp, CelTypeValue, CelUint, checkInt, typeOfValue, type CelList, type CelMap, type CelValue } from '../values.ts';
import { kept } from './regexp.ts';
import { overload, sizeOf, traversal, type Overload } from './library.ts';
import { writeDuration, writeTimestamp } from './time.ts';

const conversion = (from: string, to: string): CelError => new CelError(`type conversion error from '${from}' to '${to}'`);

/** Whole numbers of a double, towards zero. */
function truncate(value: number, overflow: string): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new CelError(overflow);
  return BigInt(Math.trunc(value));
}

/** strconv's FormatFloat(value, 'g', -1, 64). */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -5 && exponent < 21) return Object.is(value, -0) ? '-0' : String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

function readDouble(text: string): number {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (!special) throw conversion('string', 'double');
  return special[2]?.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity;
}

function readInt(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw conversion('string', 'int');
  const value = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, value) !== value) throw conversion('string', 'int');
  return value;
}

function readUint(text: string): CelUint {
  if (!/^\d+$/.test(text) || BigInt(text) > 2n ** 64n - 1n) throw conversion('string', 'uint');
  return new CelUint(BigInt(text));
}

function readBool(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw conversion('string', 'bool');
}

function readUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const asIs = (value: CelValue): CelValue => value;
const characters = (text: string): bigint => BigInt([...text].length);
const matches = (text: string, pattern: string): boolean => kept(pattern).test(text);
const matchCost = (text: string, pattern: string): number => traversal(1 + text.length) * Math.ceil(pattern.length * 0.25);
const own = (text: string): number => traversal(text.length);

export const STANDARD: readonly Overload[] = [
  overload('size(bytes): int', (bytes: Uint8Array) => BigInt(bytes.length)),
  overload('bytes.size(): int', (bytes: Uint8Array) => BigInt(bytes.length)),
  overload('size(list(A)): int', (list: CelList) => BigInt(list.size)),
  overload('list(A).size(): int', (list: CelList) => BigInt(list.size)),
  overload('size(map(A, B)): int', (map: CelMap) => BigInt(map.size)),
  overload('map(A, B).size(): int', (map: CelMap) => BigInt(map.size)),
  overload('size(string): int', characters),
  overload('string.size(): int', characters),
  overload('type(A): type(A)', (value: CelValue) => new CelTypeValue(typeOfValue(value))),
  overload('dyn(A): dyn', asIs),
  overload('bool(bool): bool', asIs),
  overload('bool(string): bool', readBool),
  overload('bytes(bytes): bytes', asIs),
  overload('bytes(string): bytes', (text: string) => new Uint8Array(Buffer.from(text)), own),
  overload('double(double): double', asIs),
  overload('double(int): double', (value: bigint) => Number(value)),
  overload('double(string): double', readDouble),
  overload('double(uint): double', ({ value }: CelUint) => Number(value)),
  overload('int(int): int', asIs),
  overload('int(double): int', (value: number) => truncate(value, 'integer overflow')),
  overload('int(duration): int', ({ nanos }: CelDuration) => nanos),
  overload('int(string): int', readInt),
  overload('int(timestamp): int', (timestamp: CelTimestamp) => BigInt(Math.floor(timestamp.ms / 1000))),
  overload('int(uint): int', ({ value }: CelUint) => checkInt(value)),
  overload('uint(uint): uint', asIs),
  overload('uint(double): uint', (value: number) => new CelUint(truncate(value, 'unsigned integer overflow'))),
  overload('uint(int): uint', (value: bigint) => new CelUint(value)),
  overload('uint(string): uint', readUint),
  overload('string(string): string', asIs),
  overload('string(bool): string', (value: boolean) => String(value)),
  overload('string(bytes): string', readUtf8, (bytes: Uint8Array) => traversal(sizeOf(bytes))),
  overload('string(double): string', formatDouble),
  overload('string(duration): string', writeDuration),
  overload('string(int): string', (value: bigint) => String(value)),
  overload('string(timestamp): string', writeTimestamp),
  overload('string(uint): string', ({ value }: CelUint) => String(value)),
  overload('matches(string, string): bool', matches, matchCost),
  overload('string.matches(string): bool', matches, matchCost),
  overload('string.contains(string): bool', (text: string, part: string) => text.includes(part), (text: string, part: string) => own(text) * own(part)),
  overload('string.endsWith(string): bool', (text: string, end: string) => text.endsWith(end), own),
  overload('string.startsWith(string): bool', (text: string, start: string) => text.startsWith(start), own),
];
