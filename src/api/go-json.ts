/** `-o json`: encoding/json's text with four spaces (cli-runtime pkg/printers/json.go). */
import { isObject, type JsonValue } from './json.ts';

const ESCAPES = /[<>&\u2028\u2029]/g;

/** JSON text as Go writes it: what HTML knows, and JavaScript's line ends, are escaped in strings. */
export const escapeHtml = (json: string): string => json.replace(ESCAPES, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A JSON string as Go writes it. */
export const jsonString = (text: string): string => escapeHtml(JSON.stringify(text));

/** Whether objects' keys are sorted (maps in Go: all that comes from a server) or keep their order (structs). */
export type KeyOrder = 'sorted' | 'given';

/** A value as indented JSON without a newline at the end. */
export function toJson(value: unknown, order: KeyOrder = 'sorted', indent = '    ', prefix = ''): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return jsonString(value);
  // Exponents from 1e21 on and below 1e-6, as Go's encoding/json.
  if (typeof value !== 'object') return String(value);
  const deeper = prefix + indent;
  const separator = indent === '' ? '' : `\n${deeper}`;
  const end = indent === '' ? '' : `\n${prefix}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${separator}${value.map((item) => toJson(item, order, indent, deeper)).join(`,${separator}`)}${end}]`;
  }
  const object = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  if (keys.length === 0) return '{}';
  if (order === 'sorted') keys.sort(compareBytes);
  const colon = indent === '' ? ':' : ': ';
  return `{${separator}${keys.map((key) => `${jsonString(key)}${colon}${toJson(object[key], order, indent, deeper)}`).join(`,${separator}`)}${end}}`;
}

/** Go's order of strings: by bytes of UTF-8, which is by code points. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const plain = a < b ? -1 : 1;
  return /[\ud800-\udfff]/.test(a) || /[\ud800-\udfff]/.test(b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : plain;
}

/** A value with the keys of its objects in the order in which Go writes maps. */
export function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareBytes(a, b)).map(([key, child]) => [key, sortKeys(child as JsonValue)]));
}
