/** How values look in a description: times, ages, quantities, lists, as Go prints them. */
import { humanDuration } from '../../api/duration.ts';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import { parseTime } from '../../api/time.ts';
import { compareBytes } from '../../api/go-json.ts';

type Time = string | null | undefined;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const amount = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(amount / 60))}${two(amount % 60)}`;
}

const clock = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

/** A time in the reader's zone: "Thu, 02 Jan 2025 03:04:05 +0000". A time that was never set is Go's year 1. */
export function rfc1123(time: Time): string {
  const ms = parseTime(time || undefined);
  if (ms === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const date = new Date(ms);
  return `${DAYS[date.getDay()]}, ${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ${clock(date)} ${offset(date)}`;
}

/** A time as Go's own String shows it: "2025-01-02 03:04:05 +0000 UTC". */
export function goTime(time: Time): string {
  const ms = parseTime(time || undefined);
  if (ms === undefined) return '0001-01-01 00:00:00 +0000 UTC';
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(date)} ${offset(date)} ${zoneName(date)}`;
}

/** "CET", "EST"; no one locale knows the short names of all zones. */
function zoneName(date: Date): string {
  for (const locale of ['en-US', 'en-GB', 'en-AU', 'en-IN']) {
    const name = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && /^[A-Z]+$/.test(name)) return name;
  }
  return offset(date).replace(/00$/, '');
}

/** How long ago a time was. */
export function since(time: Time, nowMs: number): string {
  const ms = parseTime(time || undefined);
  return ms === undefined ? '<unknown>' : humanDuration(nowMs - ms);
}

export const ZERO_QUANTITY: Quantity = parseQuantity('0');

export type Quantities = Readonly<Record<string, string>> | undefined;

/** A quantity of a list; zero where it has none. */
export function quantityOf(list: Quantities, name: string): Quantity {
  const text = list && Object.hasOwn(list, name) ? list[name] : undefined;
  return text === undefined ? ZERO_QUANTITY : parseQuantity(text);
}

/** A quantity in its canonical form; Go's nil pointer where there is none. */
export const quantityText = (text: string | undefined): string => (text === undefined ? '<nil>' : parseQuantity(text).toString());

/** Keys in Go's order. */
export const sorted = (keys: Iterable<string>): string[] => [...keys].sort(compareBytes);
export const sortedKeys = (map: object | undefined): string[] => sorted(Object.keys(map ?? {}));

/** %v of a list of strings. */
export const goList = (items: readonly string[] | undefined): string => `[${(items ?? []).join(' ')}]`;

/** Go's conversion of a float to an integer; what has none becomes the least one. */
export const goInteger = (value: number): string => (Number.isFinite(value) ? String(Math.trunc(value)) : '-9223372036854775808');

/** A number or percentage; Go's nil pointer where there is none. */
export const intOrString = (value: number | string | undefined): string => String(value ?? '<nil>');

export const title = (value: boolean | undefined): string => (value ? 'True' : 'False');
export const titleOrUnset = (value: boolean | undefined): string => (value === undefined ? '<unset>' : title(value));
export const orUnset = (value: string | number | undefined): string => String(value ?? '<unset>');

/** Labels on one line: "a=b,c=d" (labels.FormatLabels). */
export function labelsOnOneLine(labels: Readonly<Record<string, string>> | undefined): string {
  return sorted(Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)).join(',') || '<none>';
}

/** Cuts a text to a number of bytes, as Go does. */
export function shorten(text: string, bytes: number): string {
  return Buffer.byteLength(text) > bytes ? `${Buffer.from(text).subarray(0, bytes).toString()}...` : text;
}
