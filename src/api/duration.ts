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

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, 'µs': 1e-3, 'μs': 1e-3, ms: 1, s: SECOND, m: 60 * SECOND, h: 3600 * SECOND };

const MAX_MS = 2 ** 63 / 1e6;

/** Reads "1h30m", "5m", "1.5s", "0". Throws an Error with Go's text. */
export function parseGoDuration(text: string): number {
  const quoted = JSON.stringify(text);
  const match = /^([+-]?)(.*)$/s.exec(text);
  const body = match?.[2] ?? '';
  if (body === '0') return 0;
  if (body === '') throw new Error(`time: invalid duration ${quoted}`);
  let ms = 0;
  let rest = body;
  while (rest !== '') {
    const part = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest);
    if (!part) throw new Error(`time: invalid duration ${quoted}`);
    const unit = part[2] ?? '';
    if (unit === '') throw new Error(`time: missing unit in duration ${quoted}`);
    const factor = UNIT_MS[unit];
    if (factor === undefined) throw new Error(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    ms += Number(part[1]) * factor;
    rest = rest.slice(part[0].length);
  }
  // 64 bits of nanoseconds.
  if (ms > MAX_MS) throw new Error(`time: invalid duration ${quoted}`);
  return match?.[1] === '-' ? -ms : ms;
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
  const hours = Math.floor(amount / UNIT_MS.h!);
  const minutes = Math.floor((amount % UNIT_MS.h!) / UNIT_MS.m!);
  const seconds = trim((amount % UNIT_MS.m!) / SECOND);
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
