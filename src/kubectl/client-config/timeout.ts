/** --request-timeout. Follows client-go tools/clientcmd: ParseTimeout. */
import { CommandError } from '../errors.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds; 0 for none. Throws CommandError. */
export function timeoutMs(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text)) {
    throw new CommandError('Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)');
  }
  let total = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)) total += Number(count) * (UNITS_MS[unit] ?? 0);
  return Math.ceil(total);
}
