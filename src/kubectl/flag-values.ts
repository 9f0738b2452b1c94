/** What the values of flags are, by their types, and how Go reads them (spf13/pflag, component-base cli/flag). */
import { parseGoDuration } from '../api/duration.ts';
import { goQuote as quote } from '../api/quote.ts';
import { readCsvRecord } from './csv.ts';

/** The types of flags, and what their values are here. */
export interface FlagTypes {
  readonly string: string;
  readonly bool: boolean;
  /** 64 bits. */
  readonly int: number;
  readonly int32: number;
  readonly int16: number;
  /** Go's notation ("1m30s"); the value is in milliseconds. */
  readonly duration: number;
  /** May be repeated, and each value is a comma-separated list (pflag's StringSlice). */
  readonly strings: readonly string[];
  /** May be repeated, values are taken as they are (pflag's StringArray). */
  readonly array: readonly string[];
  /** May be repeated, "a=b,c=d" (pflag's StringToString). */
  readonly stringToString: ReadonlyMap<string, string>;
  /** The same with fewer words for what is wrong, and no quotes (component-base's MapStringString). */
  readonly mapStringString: ReadonlyMap<string, string>;
}
export type FlagType = keyof FlagTypes;

const BOUNDS = { int: [-(2n ** 63n), 2n ** 63n - 1n], int32: [-(2n ** 31n), 2n ** 31n - 1n], int16: [-(2n ** 15n), 2n ** 15n - 1n] } as const;

/** strconv.ParseInt(text, 0, bits): decimal, 0x, 0o, 0b, leading 0 for octal, underscores between digits. */
function parseInteger(text: string, type: 'int' | 'int32' | 'int16'): number {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/.exec(text.replace(/(?<=[0-9a-fA-FxXbBoO])_(?=[0-9a-fA-F])/g, ''));
  if (!match) throw new Error(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  const digits = match[2] as string;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = match[1] === '-' ? -magnitude : magnitude;
  const [low, high] = BOUNDS[type];
  if (value < low || value > high) throw new Error(`strconv.ParseInt: parsing ${quote(text)}: value out of range`);
  return Number(value);
}

function parseBool(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
}

/** The pairs of texts such as "a=b"; the first one without "=" ends it with an Error. */
function* pairs(texts: readonly string[], problem: (text: string) => string): Generator<[string, string]> {
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 0) throw new Error(problem(text));
    yield [text.slice(0, at), text.slice(at + 1)];
  }
}

/** One pair may hold commas, and quotes around it are lost; several are a record (pflag string_to_string.go). */
function parseStringToString(text: string): Iterable<[string, string]> {
  const problem = (pair: string): string => `${pair} must be formatted as key=value`;
  return pairs(text.split('=').length > 2 ? readCsvRecord(text) : text.includes('=') ? [text.replace(/^"+|"+$/g, '')] : [text], problem);
}

/** component-base cli/flag/map_string_string.go */
function* parseMapStringString(text: string): Generator<[string, string]> {
  for (const [name, value] of pairs(text.split(',').filter((pair) => pair !== ''), () => 'malformed pair, expect string=string')) yield [name.trim(), value.trim()];
}

/** The value of a flag that is given this text, after it had that value. Throws an Error with what is wrong with the text. */
export function parseFlagValue(type: FlagType, text: string, before: unknown): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'bool':
      return parseBool(text);
    case 'int':
    case 'int32':
    case 'int16':
      return parseInteger(text, type);
    case 'duration':
      return parseGoDuration(text);
    case 'strings':
      return [...((before as readonly string[] | undefined) ?? []), ...(text === '' ? [] : readCsvRecord(text))];
    case 'array':
      return [...((before as readonly string[] | undefined) ?? []), text];
    case 'stringToString':
      return new Map([...((before as ReadonlyMap<string, string> | undefined) ?? []), ...parseStringToString(text)]);
    case 'mapStringString':
      return new Map([...((before as ReadonlyMap<string, string> | undefined) ?? []), ...parseMapStringString(text)]);
  }
}
