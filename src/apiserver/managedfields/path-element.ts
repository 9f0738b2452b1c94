/**
 * One step of a field's path, as fieldsV1 writes it: "f:name" a field, "k:{…}" a list's item by its keys, "v:…" a set's
 * item by its value, "i:0" an item by its place. Follows structured-merge-diff fieldpath/serialize-pe.go and element.go.
 */
import { goQuote } from '../../api/quote.ts';
import type { JsonPrimitive } from '../../api/json.ts';

/** The key that says of a path that it is in the set itself, beside those below it. */
export const SELF = '.';

/** Elements that have been made: most fields and keys come again. */
const CACHED = 10_000;
const fields = new Map<string, string>();
const singles = new Map<string, string>();

function remember(cache: Map<string, string>, key: string, element: string): string {
  if (cache.size >= CACHED) cache.clear();
  cache.set(key, element);
  return element;
}

export const fieldElement = (name: string): string => fields.get(name) ?? remember(fields, name, `f:${name}`);

/** The element of a list's item with these keys, in the order of their names. */
export function keyElement(keys: readonly (readonly [name: string, value: unknown])[]): string {
  const [first] = keys;
  if (keys.length === 1 && first && typeof first[1] === 'string') {
    const key = `${first[0]}\0${first[1]}`;
    return singles.get(key) ?? remember(singles, key, keysAsJson(keys));
  }
  return keysAsJson(keys);
}

function keysAsJson(keys: readonly (readonly [name: string, value: unknown])[]): string {
  return `k:{${keys.map(([name, value]) => `${goJson(name)}:${goJson(value)}`).join(',')}}`;
}

export const valueElement = (value: unknown): string => `v:${goJson(value)}`;

/** JSON as Go writes it: what could be HTML is escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether the text is an element; undefined for kinds of elements that a later version may know. Throws where it is neither. */
export function checkElement(text: string): true | undefined {
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  switch (text[0]) {
    case 'f': return true;
    case 'k':
    case 'v':
      JSON.parse(text.slice(2));
      return true;
    case 'i':
      if (!/^[+-]?\d+$/.test(text.slice(2))) throw new Error(`strconv.Atoi: parsing ${goQuote(text.slice(2))}: invalid syntax`);
      return true;
    default: return undefined;
  }
}

const RANK: Readonly<Record<string, number>> = { '.': 0, f: 1, k: 2, v: 3, i: 4 };

/** The order in which elements are written: fields by name, items by their keys' values. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  const kind = a[0] ?? '';
  if (kind !== b[0]) return (RANK[kind] ?? 5) - (RANK[b[0] ?? ''] ?? 5);
  if (kind === 'f' || kind === '.') return a < b ? -1 : 1;
  const left = JSON.parse(a.slice(2)) as unknown;
  const right = JSON.parse(b.slice(2)) as unknown;
  return kind === 'k' ? compareKeys(left as object, right as object) : compareValues(left, right);
}

function compareKeys(a: object, b: object): number {
  const left = Object.entries(a) as [string, unknown][];
  const right = Object.entries(b) as [string, unknown][];
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i];
    if (!other) return 1;
    if (name !== other[0]) return name < other[0] ? -1 : 1;
    const order = compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const TYPES = ['number', 'string', 'boolean', 'object'];

function compareValues(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return TYPES.indexOf(typeof a) - TYPES.indexOf(typeof b);
  if (a === b) return 0;
  if (typeof a === 'object') {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return (a as JsonPrimitive as string) < (b as JsonPrimitive as string) ? -1 : 1;
}

/** A path as errors show it: .spec.template.spec.containers[name="nginx"].image */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join('');
}

export function printElement(text: string): string {
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f': return `.${rest}`;
    case 'k': return `[${Object.entries(JSON.parse(rest) as object).map(([name, value]) => `${name}=${printValue(value)}`).join(',')}]`;
    case 'v': return `[=${printValue(JSON.parse(rest))}]`;
    default: return `[${rest}]`;
  }
}

function printValue(value: unknown): string {
  return typeof value === 'string' ? goQuote(value) : JSON.stringify(value);
}
