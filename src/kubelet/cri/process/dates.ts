/** Times as programs in containers print them (UTC). */
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number): string => String(value).padStart(2, '0');

/** date(1), with an optional +FORMAT. */
export function formatDate(ms: number, format: string | undefined, tools: 'busybox' | 'posix' | 'none'): string {
  const date = new Date(ms);
  const fields: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()), m: two(date.getUTCMonth() + 1), d: two(date.getUTCDate()), e: String(date.getUTCDate()).padStart(2, ' '), H: two(date.getUTCHours()), M: two(date.getUTCMinutes()), S: two(date.getUTCSeconds()),
    s: String(Math.floor(ms / 1000)), N: `${String(ms % 1000).padStart(3, '0')}000000`, a: DAYS[date.getUTCDay()] ?? '', b: MONTHS[date.getUTCMonth()] ?? '', Z: 'UTC', y: two(date.getUTCFullYear() % 100), z: '+0000', '%': '%', n: '\n',
  };
  const text = (format ?? (tools === 'posix' ? '%a %b %e %H:%M:%S %Z %Y' : '%a %b %e %H:%M:%S %Z %Y')).replaceAll('%T', '%H:%M:%S').replaceAll('%F', '%Y-%m-%d').replaceAll('%D', '%m/%d/%y').replaceAll('%R', '%H:%M');
  return text.replace(/%(\w|%)/g, (whole, key: string) => fields[key] ?? whole);
}

/** The moment in the forms that the catalogue's log lines name: ${NOW_SLASHED} and so on. */
export function momentForms(ms: number): Readonly<Record<string, string>> {
  const iso = new Date(ms).toISOString();
  const date = new Date(ms);
  const time = iso.slice(11, 19);
  return {
    NOW: iso, NOW_SPACED: `${iso.slice(0, 10)} ${time}`, NOW_SLASHED: `${iso.slice(0, 10).replaceAll('-', '/')} ${time}`, NOW_LINE: `${iso.slice(0, 10).replaceAll('-', '/')} ${time}`,
    NOW_REDIS: `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()} ${iso.slice(11, 23)}`,
  };
}
