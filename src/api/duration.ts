/** Durations as kubectl prints ages, and as Go reads and writes them. All in milliseconds. */

const SECOND = 1000;

/** An age as tables show it: "5s", "2m10s", "3h5m", "2d4h", "10d", "1y30d" (apimachinery util/duration.HumanDuration). */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60 * 2) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 60 * 3) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  if (hours < 24 * 8) return hours % 24 === 0 ? `${hours / 24}d` : `${Math.trunc(hours / 24)}d${hours % 24}h`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24)}d`;
  const years = Math.trunc(hours / 24 / 365);
  if (hours < 24 * 365 * 8) {
    const days = Math.trunc(hours / 24) % 365;
    return days === 0 ? `${years}y` : `${years}y${days}d`;
  }
  return `${years}y`;
}

/** An age in one unit: "59s", "2m", "3h", "4d", "5y" (util/duration.ShortHumanDuration). */
export function shortHumanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 24) return `${hours}h`;
  if (hours < 24 * 365) return `${Math.trunc(hours / 24)}d`;
  return `${Math.trunc(hours / 24 / 365)}y`;
}

const UNITS_NS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, 'µs': 1000n, 'μs': 1000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n };
const NS_PER_MS = 1e6;
const HOUR = 3600 * SECOND;
const MINUTE = 60 * SECOND;
/** One more than a time.Duration holds: the negative one is one longer. */
const LIMIT_NS = 2n ** 63n;

/** Reads "1h30m", "5m", "1.5s", "0" (Go's time.ParseDuration). Throws an Error with Go's text. */
export function parseGoDuration(text: string): number {
  const fail = (what: string): never => {
    throw new Error(`time: ${what}duration ${quote(text)}`);
  };
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0;
  if (body === '') fail('invalid ');
  let sum = 0n;
  for (let rest = body; rest !== ''; ) {
    const [part = '', whole = '', fraction = '', unit = ''] = /^(?=\d|\.\d)(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest) ?? [];
    if (part === '') fail('invalid ');
    rest = rest.slice(part.length);
    // So many digits are wrong before their unit is.
    if (BigInt(whole) > LIMIT_NS) fail('invalid ');
    if (unit === '') fail('missing unit in ');
    const factor = Object.hasOwn(UNITS_NS, unit) ? (UNITS_NS[unit] as bigint) : fail(`unknown unit ${quote(unit)} in `);
    sum += BigInt(whole) * factor + BigInt(Math.trunc(Number(`0.${fraction}`) * Number(factor)));
    if (sum > LIMIT_NS) fail('invalid ');
  }
  if (sum === LIMIT_NS && sign !== '-') fail('invalid ');
  return Number(sign === '-' ? -sum : sum) / NS_PER_MS;
}

/** Go's time package quotes bytes that are no printable ASCII one by one (time/format.go: quote). */
function quote(text: string): string {
  const shown = [...Buffer.from(text)].map((byte) => (byte < 0x20 || byte >= 0x80 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte).replace(/["\\]/, '\\$&')));
  return `"${shown.join('')}"`;
}

/** Writes as Go's time.Duration.String: "0s", "1.5s", "250ms", "1h0m5s". */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const amount = Math.abs(ms);
  const trim = (value: number): string => String(Number(value.toFixed(9)));
  if (amount < 1e-3) return `${sign}${trim(amount * 1e6)}ns`;
  if (amount < 1) return `${sign}${trim(amount * 1e3)}µs`;
  if (amount < SECOND) return `${sign}${trim(amount)}ms`;
  const hours = Math.floor(amount / HOUR);
  const minutes = Math.floor((amount % HOUR) / MINUTE);
  const seconds = trim((amount % MINUTE) / SECOND);
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
