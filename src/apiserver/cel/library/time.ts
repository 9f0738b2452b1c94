/** Timestamps and durations: reading, writing, and their parts (cel-go common/types/timestamp.go, duration.go). */
import { CelError } from '../errors.ts';
import { CelDuration, CelTimestamp, type CelValue } from '../values.ts';
import { overload, type Overload } from './library.ts';

const MS = 1_000_000n;
const SECOND = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, 'µs': 1000n, 'μs': 1000n, ms: MS, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND };
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Go's time.ParseDuration, in nanoseconds; undefined where the text is none. */
export function readDuration(text: string): bigint | undefined {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let nanos = 0n;
  for (const [, number = '', unit = ''] of body.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    const [whole = '', fraction = ''] = number.split('.');
    const scale = UNITS[unit] ?? 0n;
    nanos += BigInt(whole || '0') * scale + (fraction ? (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length) : 0n);
  }
  return sign === '-' ? -nanos : nanos;
}

/** RFC 3339, in nanoseconds since 1970; undefined where the text is none. */
export function readTimestamp(text: string): bigint | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined;
  date.setUTCHours(hour, minute, second);
  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  const zone = BigInt(Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * (match[8] === '-' ? -60n : 60n);
  return BigInt(date.getTime()) * MS + fraction - zone * SECOND;
}

/** "1.5s" */
export function writeDuration({ nanos }: CelDuration): string {
  const size = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fractionOf(size % SECOND)}s`;
}

/** "2025-01-02T03:04:05.5Z" */
export function writeTimestamp(timestamp: CelTimestamp): string {
  const fraction = ((timestamp.nanos % SECOND) + SECOND) % SECOND;
  return `${new Date(timestamp.ms).toISOString().slice(0, 19)}${fractionOf(fraction)}Z`;
}

const fractionOf = (nanos: bigint): string => (nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`);

/** A timestamp's calendar in a zone: "02:00", "-08:30", "UTC" or a name such as "Europe/Berlin". */
function inZone(timestamp: CelTimestamp, zone?: string): Date {
  if (zone === undefined || zone === 'UTC' || zone === '') return new Date(timestamp.ms);
  const offset = /^([+-]?)(\d\d?):(\d\d)$/.exec(zone);
  if (offset) return new Date(timestamp.ms + (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000);
  return new Date(timestamp.ms + zoneOffset(timestamp.ms, zone));
}

function zoneOffset(ms: number, timeZone: string): number {
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(ms);
  } catch {
    throw new CelError(`unknown time zone ${timeZone}`);
  }
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value ?? 0);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - Math.floor(ms / 1000) * 1000;
}

const dayOfYear = (date: Date): number => Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);

const PARTS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: dayOfYear,
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const conversionError = (to: string): CelError => new CelError(`type conversion error from 'string' to '${to}'`);

export const TIME: readonly Overload[] = [
  overload('timestamp(timestamp): timestamp', (value: CelTimestamp) => value),
  overload('timestamp(int): timestamp', (seconds: bigint) => new CelTimestamp(seconds * SECOND)),
  overload('timestamp(string): timestamp', (text: string) => {
    const nanos = readTimestamp(text);
    if (nanos === undefined) throw conversionError('google.protobuf.Timestamp');
    return new CelTimestamp(nanos);
  }),
  overload('duration(duration): duration', (value: CelDuration) => value),
  overload('duration(int): duration', (nanos: bigint) => new CelDuration(nanos)),
  overload('duration(string): duration', (text: string) => {
    const nanos = readDuration(text);
    if (nanos === undefined) throw conversionError('google.protobuf.Duration');
    return new CelDuration(nanos);
  }),
  ...Object.entries(PARTS).flatMap(([name, part]) => [
    overload(`timestamp.${name}(): int`, (timestamp: CelTimestamp): CelValue => BigInt(part(inZone(timestamp)))),
    overload(`timestamp.${name}(string): int`, (timestamp: CelTimestamp, zone: string): CelValue => BigInt(part(inZone(timestamp, zone)))),
  ]),
  overload('duration.getHours(): int', ({ nanos }: CelDuration) => nanos / (3600n * SECOND)),
  overload('duration.getMinutes(): int', ({ nanos }: CelDuration) => nanos / (60n * SECOND)),
  overload('duration.getSeconds(): int', ({ nanos }: CelDuration) => nanos / SECOND),
  overload('duration.getMilliseconds(): int', ({ nanos }: CelDuration) => nanos / MS),
];
