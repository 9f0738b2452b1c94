/** --request-timeout. Follows client-go tools/clientcmd: ParseTimeout. */
import { parseGoDuration } from '../../api/duration.ts';
import { CommandError } from '../errors.ts';

/** Milliseconds; 0 for none. Throws CommandError. */
export function timeoutMs(text: string): number {
  if (text === '') return 0;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  try {
    return Math.ceil(parseGoDuration(text));
  } catch {
    throw new CommandError('Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)');
  }
}
