/** What no part of a request's path may be: found before anything is sent (client-go rest/request.go: IsValidPathSegmentName). */
import { goQuote } from '../../api/quote.ts';
import type { ApiRequest } from '../../api/request.ts';
import { CommandError } from '../errors.ts';

/** Throws "invalid namespace …" or "invalid resource name …". */
export function checkPathSegments({ namespace = '', name = '' }: Pick<ApiRequest, 'namespace' | 'name'>): void {
  for (const [what, segment] of [['namespace', namespace], ['resource name', name]] as const) {
    const faults = faultsOf(segment);
    if (faults.length > 0) throw new CommandError(`invalid ${what} ${goQuote(segment)}: [${faults.join(' ')}]`);
  }
}

function faultsOf(segment: string): readonly string[] {
  if (segment === '.' || segment === '..') return [`may not be '${segment}'`];
  return ['/', '%'].filter((letter) => segment.includes(letter)).map((letter) => `may not contain '${letter}'`);
}
