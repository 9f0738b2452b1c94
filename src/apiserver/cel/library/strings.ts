/** Texts: cel-go's ext.Strings version 2. */
import { goQuote } from '../../../api/quote.ts';
import { CelError } from '../errors.ts';
import { CelList, type CelValue } from '../values.ts';
import { formatText } from './string-format.ts';
import { overload, traversal, type Overload } from './library.ts';

const outOfRange = (index: bigint | number): CelError => new CelError(`index out of range: ${index}`);

function charAt(text: string, index: bigint): string {
  const all = [...text];
  if (index < 0n || index > BigInt(all.length)) throw outOfRange(index);
  return all[Number(index)] ?? '';
}

function indexOf(text: string, part: string, from = 0n): bigint {
  const all = [...text];
  if (from < 0n || from > BigInt(all.length)) throw outOfRange(from);
  const wanted = [...part];
  for (let at = Number(from); at <= all.length - wanted.length; at++) if (wanted.every((char, i) => all[at + i] === char)) return BigInt(at);
  return -1n;
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const all = [...text];
  const wanted = [...part];
  if (from !== undefined && (from < 0n || from > BigInt(all.length))) throw outOfRange(from);
  for (let at = Math.min(Number(from ?? all.length), all.length - wanted.length); at >= 0; at--) if (wanted.every((char, i) => all[at + i] === char)) return BigInt(at);
  return -1n;
}

function substring(text: string, start: bigint, end?: bigint): string {
  const all = [...text];
  const last = end ?? BigInt(all.length);
  if (end !== undefined && start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > BigInt(all.length)) throw outOfRange(start);
  if (last < 0n || last > BigInt(all.length)) throw outOfRange(last);
  return all.slice(Number(start), Number(last)).join('');
}

function replace(text: string, from: string, to: string, times = -1n): string {
  if (times < 0n) return text.replaceAll(from, () => to);
  let result = '';
  let rest = text;
  for (let i = 0n; i < times; i++) {
    const at = rest.indexOf(from);
    if (at < 0) break;
    result += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
  }
  return result + rest;
}

/** Go's strings.SplitN: the last piece holds what is left. */
function split(text: string, by: string, most = -1n): CelList {
  if (most === 0n) return new CelList([]);
  const pieces = by === '' ? [...text] : text.split(by);
  const limit = Number(most);
  if (limit < 0 || pieces.length <= limit) return new CelList(pieces);
  return new CelList([...pieces.slice(0, limit - 1), pieces.slice(limit - 1).join(by)]);
}

function join(list: CelList, by = ''): string {
  return list.items
    .map((item) => {
      if (typeof item !== 'string') throw new CelError(`join: invalid input: ${String(item)}`);
      return item;
    })
    .join(by);
}

const lower = (text: string): string => text.replace(/[A-Z]/g, (char) => char.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]/g, (char) => char.toUpperCase());
/** Go's unicode.IsSpace. */
const trim = (text: string): string => text.replace(/^[\t\n\v\f\r \u0085\u00a0\p{Z}]+|[\t\n\v\f\r \u0085\u00a0\p{Z}]+$/gu, '');

const once = (text: string): number => traversal(text.length);
const twice = (text: string): number => traversal(2 * text.length);
const joined = (...args: readonly CelValue[]): number => traversal(2 * String(args.at(-1)).length);

export const STRINGS: readonly Overload[] = [
  overload('string.charAt(int): string', charAt),
  overload('string.indexOf(string): int', indexOf, once),
  overload('string.indexOf(string, int): int', indexOf, once),
  overload('string.lastIndexOf(string): int', lastIndexOf, once),
  overload('string.lastIndexOf(string, int): int', lastIndexOf, once),
  overload('string.lowerAscii(): string', lower, once),
  overload('string.upperAscii(): string', upper, once),
  overload('string.replace(string, string): string', replace, twice),
  overload('string.replace(string, string, int): string', replace, twice),
  overload('string.split(string): list(string)', split, twice),
  overload('string.split(string, int): list(string)', split, twice),
  overload('string.substring(int): string', substring, once),
  overload('string.substring(int, int): string', substring, once),
  overload('string.trim(): string', trim, once),
  overload('string.format(list(dyn)): string', formatText, once),
  overload('strings.quote(string): string', (text: string) => goQuote(Buffer.from(text).toString()), once),
  overload('list(string).join(): string', join, joined),
  overload('list(string).join(string): string', join, joined),
];
