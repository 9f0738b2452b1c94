/** The functions of Go's templates (text/template/funcs.go) and kubectl's two: exists and base64decode. */
import { base64Fault } from '../../../api/base64.ts';
import { isPrintable } from '../../../api/quote.ts';
import { compareFunctions } from './comparisons.ts';
import { sprint, sprintf, sprintln } from './format.ts';
import { fail } from './call-error.ts';
import { Complex, Float, Int, boxed, isMap, typeOf, unboxed } from './values.ts';

export { CallError } from './call-error.ts';

/** Template truth: false for the zero value of any kind. */
export function truth(given: unknown): boolean {
  const value = unboxed(given);
  if (value === null || value === undefined || value === false || value === '') return false;
  if (value instanceof Int || value instanceof Float) return value.value !== 0;
  if (value instanceof Complex) return value.imaginary !== 0;
  if (typeof value === 'number') return value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : true;
}

const PANIC_OF_NONE = 'reflect: call of reflect.Value.Type on zero Value';

/** The number that an index is; `most` is the largest that counts as one. */
function position(given: unknown, most: number): number {
  const key = unboxed(given);
  if (key === null || key === undefined) return fail('cannot index slice/array with nil');
  const type = typeOf(key);
  if (type !== 'int' && type !== 'int64' && type !== 'uint8') return fail(`cannot index slice/array with type ${type}`);
  const at = key instanceof Int ? key.value : (key as number);
  return at < 0 || at > most ? fail(`index out of range: ${at}`) : at;
}

function index(item: unknown, ...keys: readonly unknown[]): unknown {
  let value = unboxed(item);
  if (value === undefined || value === null) return fail('index of untyped nil');
  let result: unknown = item;
  for (const key of keys) {
    value = unboxed(result);
    if (value === undefined || value === null) return fail('index of nil pointer');
    if (typeof value === 'string' || Array.isArray(value)) {
      const bytes = typeof value === 'string' ? Buffer.from(value) : undefined;
      const length = bytes ? bytes.length : value.length;
      const at = position(key, length);
      if (at >= length) fail(`reflect: ${bytes ? 'string' : 'slice'} index out of range`);
      result = bytes ? new Int(bytes[at] as number, 'uint8') : boxed((value as readonly unknown[])[at]);
    } else if (isMap(value)) {
      const name = unboxed(key);
      if (name === undefined || name === null) return fail('value is nil; should be of type string');
      if (typeof name !== 'string') return fail(`value has type ${typeOf(name)}; should be string`);
      result = boxed(Object.hasOwn(value, name) ? value[name] : null);
    } else return fail(`can't index item of type ${typeOf(value)}`);
  }
  return keys.length === 0 ? value : result;
}

function slice(item: unknown, ...bounds: readonly unknown[]): unknown {
  const value = unboxed(item);
  if (value === undefined || value === null) return fail('slice of untyped nil');
  if (bounds.length > 3) fail(`too many slice indexes: ${bounds.length}`);
  if (typeof value === 'string' && bounds.length === 3) fail('cannot 3-index slice a string');
  if (typeof value !== 'string' && !Array.isArray(value)) return fail(`can't slice item of type ${typeOf(value)}`);
  const bytes = typeof value === 'string' ? Buffer.from(value) : undefined;
  const length = bytes ? bytes.length : value.length;
  const [from = 0, until = length, most = length] = bounds.map((bound) => position(bound, length));
  if (from > until) fail(`invalid slice index: ${from} > ${until}`);
  if (until > most) fail(`invalid slice index: ${until} > ${most}`);
  return bytes ? bytes.subarray(from, until).toString() : (value as readonly unknown[]).slice(from, until);
}

function length(item: unknown): Int {
  if (item === undefined) return fail(PANIC_OF_NONE);
  const value = unboxed(item);
  if (value === undefined || value === null) return fail('len of nil pointer');
  if (typeof value === 'string') return new Int(Buffer.byteLength(value));
  if (Array.isArray(value)) return new Int(value.length);
  return isMap(value) ? new Int(Object.keys(value).length) : fail(`len of type ${typeOf(value)}`);
}

/** kubectl's: whether the keys lead to something (cli-runtime pkg/printers/template.go). */
function exists(item: unknown, ...keys: readonly unknown[]): boolean {
  let value = unboxed(item);
  for (const given of keys) {
    const key = unboxed(given);
    if (typeof value === 'string' || Array.isArray(value)) {
      const at = key instanceof Int ? key.value : typeof key === 'number' && Number.isInteger(key) ? key : -1;
      const elements: readonly unknown[] = typeof value === 'string' ? [...Buffer.from(value)] : value;
      if (at < 0 || at >= elements.length) return false;
      value = elements[at];
    } else if (isMap(value) && typeof key === 'string') value = Object.hasOwn(value, key) ? value[key] : undefined;
    else return false;
  }
  return value !== undefined && value !== null;
}

function base64decode(text: unknown): string {
  const fault = base64Fault(String(text));
  if (fault !== undefined) fail(`base64 decode failed: ${fault}`);
  return Buffer.from(String(text), 'base64').toString('utf8');
}

const HTML: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' };
const JS: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"', '<': '\\u003C', '>': '\\u003E', '&': '\\u0026', '=': '\\u003D' };

/** The text of the arguments; no value is told as such. */
const joined = (values: readonly unknown[]): string => (values.length === 1 && typeof values[0] === 'string' ? values[0] : sprint(values.map((value) => value ?? '<no value>')));
const escapeHtml = (text: string): string => text.replace(/["'&<>\0]/g, (char) => HTML[char] as string);
const escapeJs = (text: string): string =>
  text.replace(/[\\'"<>&=]|[\x00-\x1f]|[^\x00-\x7f]/gu, (char) => JS[char] ?? (isPrintable(char) ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`));
const escapeQuery = (text: string): string => encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Stands in the message of "call" for the words of what is called. */
export const NAME_OF_CALLED = '\0called\0';

/** How Go declares a parameter: as reflect.Value, which may be no value at all; as interface {}, where that is a nil; as a string. */
export type Parameter = 'value' | 'any' | 'string';

/** A function: its parameters, the last one for all that follow where there is a `rest`. */
export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  readonly rest?: Parameter;
  call(...args: readonly unknown[]): unknown;
}

const define = (parameters: readonly Parameter[], rest: Parameter | undefined, call: TemplateFunction['call']): TemplateFunction => ({ parameters, ...(rest ? { rest } : {}), call });

/** All; "and" and "or" stop early, so the engine runs them itself, and tells "call" the name of what it calls. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ['and', define(['value'], 'value', (value) => value)],
  ['or', define(['value'], 'value', (value) => value)],
  ['not', define(['value'], undefined, (value) => !truth(value))],
  ['len', define(['value'], undefined, length)],
  ['index', define(['value'], 'value', index)],
  ['slice', define(['value'], 'value', slice)],
  ['print', define([], 'any', (...values) => sprint(values))],
  ['println', define([], 'any', (...values) => sprintln(values))],
  ['printf', define(['string'], 'any', (format, ...values) => sprintf(String(format), values))],
  ['html', define([], 'any', (...values) => escapeHtml(joined(values)))],
  ['js', define([], 'any', (...values) => escapeJs(joined(values)))],
  ['urlquery', define([], 'any', (...values) => escapeQuery(joined(values)))],
  ['call', define(['value'], 'value', (value) => {
    const called = unboxed(value);
    return fail(called === undefined || called === null ? 'call of nil' : `non-function ${NAME_OF_CALLED} of type ${typeOf(called)}`);
  })],
  ...compareFunctions,
  ['exists', define(['any'], 'any', exists)],
  ['base64decode', define(['string'], undefined, base64decode)],
]);
