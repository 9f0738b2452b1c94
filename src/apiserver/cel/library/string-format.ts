/** "%s has %d items".format([name, 3]) (cel-go ext/formatting.go). */
import { goQuote } from '../../../api/quote.ts';
import { CelError } from '../errors.ts';
import { CelDuration, CelList, CelTimestamp, CelTypeValue, CelUint, isMap, typeName, type CelValue } from '../values.ts';
import { formatType } from '../types.ts';
import { formatDouble } from './standard.ts';
import { writeDuration, writeTimestamp } from './time.ts';

const PRECISION = 6;

export function formatText(format: string, list: CelList): string {
  let index = 0;
  let result = '';
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      result += format[i];
      continue;
    }
    if (format[i + 1] === '%') {
      result += '%';
      i++;
      continue;
    }
    const clause = /^%(?:\.(\d+))?(.)?/.exec(format.slice(i));
    const verb = clause?.[2];
    if (verb === undefined) throw new CelError('unexpected end of string');
    const argument = list.items[index];
    if (argument === undefined) throw new CelError(`index ${index} out of range`);
    index++;
    result += write(verb, argument, clause?.[1] === undefined ? PRECISION : Number(clause[1]));
    i += (clause?.[0].length ?? 1) - 1;
  }
  return result;
}

const wrong = (verb: string, takes: string, value: CelValue): CelError => new CelError(`error during formatting: ${verb} clause can only be used on ${takes}, was given ${typeName(value)}`);

function write(verb: string, value: CelValue, precision: number): string {
  switch (verb) {
    case 's':
      return plain(value);
    case 'd': {
      const whole = integer(value);
      if (whole === undefined) throw wrong('decimal', 'integers', value);
      return String(whole);
    }
    case 'f':
      return floating(value, 'fixed-point').toFixed(precision);
    case 'e':
      return floating(value, 'scientific').toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'b': {
      const whole = typeof value === 'boolean' ? BigInt(value) : integer(value);
      if (whole === undefined) throw wrong('binary', 'integers and bools', value);
      return whole.toString(2);
    }
    case 'o': {
      const whole = integer(value);
      if (whole === undefined) throw wrong('octal', 'integers', value);
      return whole.toString(8);
    }
    case 'x':
    case 'X': {
      const text = hex(value);
      return verb === 'X' ? text.toUpperCase() : text;
    }
    default:
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

const integer = (value: CelValue): bigint | undefined => (typeof value === 'bigint' ? value : value instanceof CelUint ? value.value : undefined);

function floating(value: CelValue, verb: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw wrong(verb, 'doubles', value);
}

function hex(value: CelValue): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const whole = integer(value);
  if (whole === undefined) throw wrong('hex', 'integers, byte buffers, and strings', value);
  return whole.toString(16);
}

/** What %s makes of a value. */
function plain(value: CelValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatDouble(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (value instanceof CelTimestamp) return writeTimestamp(value);
  if (value instanceof CelDuration) return writeDuration(value);
  if (value instanceof CelTypeValue) return formatType(value.type);
  if (value instanceof CelList) return `[${value.items.map(quoted).join(', ')}]`;
  if (isMap(value)) {
    const entries = value.keys().map((key) => [quoted(key), quoted(value.find(key) ?? null)] as const);
    return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, held]) => `${key}:${held}`).join(', ')}}`;
  }
  throw wrong('string', 'strings, bools, integers, doubles, maps, lists, types, durations, and timestamps', value);
}

/** What stands within lists and maps. */
function quoted(value: CelValue): string {
  if (typeof value === 'string') return goQuote(value);
  if (value instanceof Uint8Array) return `b${goQuote(plain(value))}`;
  if (value instanceof CelTimestamp) return `timestamp(${goQuote(plain(value))})`;
  if (value instanceof CelDuration) return `duration(${goQuote(plain(value))})`;
  if (typeof value === 'number') return Number.isFinite(value) ? value.toFixed(PRECISION) : goQuote(plain(value));
  return plain(value);
}
