/** Values as Go prints them with %v and %#v: what templates and their errors show. */
import { goQuote } from './quote.ts';
import { compareBytes } from './go-json.ts';

/** Whether whole numbers are Go's int64 (objects from a server) or float64 (objects that were built from types). */
export type Numbers = 'int64' | 'float64';

/** What an int64 cannot hold is decoded as a float64. */
const isInt64 = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;

/** %v of a number. */
export function goNumber(value: number, numbers: Numbers): string {
  return numbers === 'int64' && isInt64(value) ? BigInt(value).toString() : goFloat(value);
}

/** strconv.FormatFloat(value, 'g', -1, 64). */
export function goFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 21 && power < 6) return expanded(value);
  return power >= -4 && power < 6 ? expanded(value) : `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** strconv.FormatFloat(value, 'g', -1, 32). */
export function goFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return goFloat(short);
  }
  return goFloat(Number(value.toPrecision(9)));
}

const expanded = (value: number): string => (String(value).includes('e') ? value.toFixed(20).replace(/0+$/, '') : String(value));

/** %v */
export function goText(value: unknown, numbers: Numbers): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return goNumber(value, numbers);
  if (Array.isArray(value)) return `[${value.map((item) => goText(item, numbers)).join(' ')}]`;
  if (typeof value === 'object') return `map[${sortedKeys(value).map((key) => `${key}:${goText((value as Record<string, unknown>)[key], numbers)}`).join(' ')}]`;
  return String(value);
}

/** %#v */
export function goSyntax(value: unknown, numbers: Numbers): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return goNumber(value, numbers);
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item, numbers)).join(', ')}}`;
  if (typeof value === 'object') return `map[string]interface {}{${sortedKeys(value).map((key) => `${goQuote(key)}:${goSyntax((value as Record<string, unknown>)[key], numbers)}`).join(', ')}}`;
  return String(value);
}

/** The name of a value's type in Go's decoding of JSON. */
export function goType(value: unknown, numbers: Numbers): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return numbers === 'int64' && isInt64(value) ? 'int64' : 'float64';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** Keys of a map in the order in which Go prints them. */
export function sortedKeys(map: object): string[] {
  return Object.keys(map).filter((key) => (map as Record<string, unknown>)[key] !== undefined).sort(compareBytes);
}
