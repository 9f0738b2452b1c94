/** The functions of Go's templates (text/template/funcs.go) and kubectl's two: exists and base64decode. */
import { goType } from '../../../api/go-value.ts';
import { show, sprint, sprintf, sprintln } from './format.ts';
import { Float, Int } from './values.ts';

/** What a function failed with; the engine says which one. */
export class CallError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CallError';
  }
}

const fail = (message: string): never => {
  throw new CallError(message);
};

/** Template truth: false for the zero value of any kind. */
export function truth(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return false;
  if (value instanceof Int || value instanceof Float) return value.value !== 0;
  if (typeof value === 'number') return value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object') return Object.keys(value).length > 0;
  return true;
}

const numberOf = (value: unknown): number | undefined => (value instanceof Int || value instanceof Float ? value.value : typeof value === 'number' ? value : undefined);
const typeOf = (value: unknown): string => (value instanceof Int ? 'int' : value instanceof Float ? 'float64' : goType(value, 'int64'));

function kindOf(value: unknown): 'int' | 'float' | 'string' | 'bool' | undefined {
  if (value instanceof Int) return 'int';
  if (value instanceof Float) return 'float';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : undefined;
}

const plain = (value: unknown): unknown => numberOf(value) ?? value;
const isNil = (value: unknown): boolean => value === null || value === undefined;

function equals(a: unknown, b: unknown): boolean {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === undefined) fail(`non-comparable type ${show(a)}: ${typeOf(a)}`);
  if (right === undefined) fail(`non-comparable type ${show(b)}: ${typeOf(b)}`);
  if (left !== right) fail('incompatible types for comparison');
  return plain(a) === plain(b);
}

function lessThan(a: unknown, b: unknown): boolean {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === undefined || right === undefined) fail('invalid type for comparison');
  if (left !== right) fail('incompatible types for comparison');
  if (left === 'bool') fail('invalid type for comparison');
  return (plain(a) as number | string) < (plain(b) as number | string);
}

function index(item: unknown, ...keys: readonly unknown[]): unknown {
  if (item === undefined) fail('index of untyped nil');
  let value = item;
  for (const key of keys) {
    if (isNil(value)) fail('index of nil pointer');
    if (typeof value === 'string' || Array.isArray(value)) {
      const at = numberOf(key);
      if (isNil(key)) fail('cannot index slice/array with nil');
      if (at === undefined) return fail(`cannot index slice/array with type ${typeOf(key)}`);
      const elements: readonly unknown[] = typeof value === 'string' ? [...Buffer.from(value)] : value;
      if (at < 0 || at >= elements.length) fail(`index out of range: ${at}`);
      value = elements[at];
    } else if (typeof value === 'object' && !(value instanceof Int) && !(value instanceof Float)) {
      if (typeof key !== 'string') return fail(isNil(key) ? 'value is nil; should be of type string' : `value has type ${typeOf(key)}; should be string`);
      value = Object.hasOwn(value as object, key) ? ((value as Record<string, unknown>)[key] ?? null) : null;
    } else return fail(`can't index item of type ${typeOf(value)}`);
  }
  return value;
}

function slice(item: unknown, ...bounds: readonly unknown[]): unknown {
  if (item === undefined) fail('slice of untyped nil');
  if (bounds.length > 3) fail(`too many slice indexes: ${bounds.length}`);
  if (typeof item !== 'string' && !Array.isArray(item)) return fail(`can't slice item of type ${typeOf(item)}`);
  const [from = 0, until = item.length] = bounds.map((bound) => {
    const at = numberOf(bound) ?? fail(`cannot index slice/array with type ${typeOf(bound)}`);
    if (at < 0 || at > item.length) fail(`index out of range: ${at}`);
    return at;
  });
  if (from > until) fail(`invalid slice index: ${from} > ${until}`);
  return item.slice(from, until);
}

function length(item: unknown): Int {
  if (isNil(item)) return fail('len of nil pointer');
  if (typeof item === 'string') return new Int(Buffer.byteLength(item));
  if (Array.isArray(item)) return new Int(item.length);
  if (typeof item === 'object' && !(item instanceof Int) && !(item instanceof Float)) return new Int(Object.keys(item as object).length);
  return fail(`len of type ${typeOf(item)}`);
}

function exists(item: unknown, ...keys: readonly unknown[]): boolean {
  let value = item;
  for (const key of keys) {
    if (isNil(value)) return false;
    if (typeof value === 'string' || Array.isArray(value)) {
      const at = numberOf(key);
      if (at === undefined || at < 0 || at >= value.length) return false;
      value = value[at];
    } else if (typeof value === 'object' && typeof key === 'string') value = Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : null;
    else return false;
  }
  return !isNil(value);
}

function base64decode(text: unknown): string {
  const given = typeof text === 'string' ? text : fail(`wrong type for value; expected string; got ${typeOf(text)}`);
  const stripped = given.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(stripped)) fail(`base64 decode failed: illegal base64 data at input byte ${badBase64(stripped)}`);
  return Buffer.from(stripped, 'base64').toString('utf8');
}

function badBase64(text: string): number {
  const bad = /[^A-Za-z0-9+/=]/.exec(text)?.index;
  if (bad !== undefined) return bad;
  const padding = text.indexOf('=');
  if (padding >= 0) return padding % 4 < 2 ? padding : text.length;
  // Cut short: Go names the start of the last, incomplete group.
  return text.length - (text.length % 4);
}

const HTML: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' };
const JS: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"', '<': '\\u003C', '>': '\\u003E', '&': '\\u0026', '=': '\\u003D' };

const joined = (values: readonly unknown[]): string => (values.length === 1 && typeof values[0] === 'string' ? values[0] : sprint(values));
const escapeHtml = (text: string): string => text.replace(/["'&<>\0]/g, (char) => HTML[char] as string);
const escapeJs = (text: string): string =>
  text.replace(/[\\'"<>&=]|[\x00-\x1f]/g, (char) => JS[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
const escapeQuery = (text: string): string => encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** What a function takes: at least `min`, at most `max` arguments. */
export interface TemplateFunction {
  readonly min: number;
  readonly max: number;
  call(...args: readonly unknown[]): unknown;
}

const fixed = (count: number, call: TemplateFunction['call']): TemplateFunction => ({ min: count, max: count, call });
const atLeast = (min: number, call: TemplateFunction['call']): TemplateFunction => ({ min, max: Infinity, call });

/** All but "and" and "or", which the engine calls itself as they stop early. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ['not', fixed(1, (value) => !truth(value))],
  ['len', fixed(1, length)],
  ['index', atLeast(1, index)],
  ['slice', atLeast(1, slice)],
  ['print', atLeast(0, (...values) => sprint(values))],
  ['println', atLeast(0, (...values) => sprintln(values))],
  ['printf', atLeast(1, (format, ...values) => sprintf(typeof format === 'string' ? format : fail(`wrong type for value; expected string; got ${typeOf(format)}`), values))],
  ['html', atLeast(0, (...values) => escapeHtml(joined(values)))],
  ['js', atLeast(0, (...values) => escapeJs(joined(values)))],
  ['urlquery', atLeast(0, (...values) => escapeQuery(joined(values)))],
  ['call', atLeast(1, (value) => fail(isNil(value) ? 'call of nil' : `non-function of type ${typeOf(value)}`))],
  ['eq', atLeast(1, (first, ...others) => (others.length === 0 ? fail('missing argument for comparison') : others.some((other) => equals(first, other))))],
  ['ne', fixed(2, (a, b) => !equals(a, b))],
  ['lt', fixed(2, lessThan)],
  ['le', fixed(2, (a, b) => lessThan(a, b) || equals(a, b))],
  ['gt', fixed(2, (a, b) => !(lessThan(a, b) || equals(a, b)))],
  ['ge', fixed(2, (a, b) => !lessThan(a, b))],
  ['exists', atLeast(1, exists)],
  ['base64decode', fixed(1, base64decode)],
]);
