/** /healthz, /livez, /readyz. Follows apiserver pkg/server/healthz/healthz.go. */

type Check = 'healthz' | 'livez' | 'readyz';

const CHECKS: Readonly<Record<Check, readonly string[]>> = {
  healthz: ['ping', 'log', 'etcd'],
  livez: ['ping', 'log', 'etcd'],
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', 'shutdown'],
};

/**
 * The answer to a check or to one part of it; undefined for a part that is not there. A server that answers at all has
 * opened its store: there is nothing else in it that could be unwell.
 */
export function healthAnswer(check: Check, part: string, query: URLSearchParams): { readonly code: number; readonly contentType: string; readonly body: string } | undefined {
  const contentType = 'text/plain; charset=utf-8';
  if (part !== '') return CHECKS[check].includes(part) ? { code: 200, contentType, body: 'ok' } : undefined;
  if (!query.has('verbose')) return { code: 200, contentType, body: 'ok' };
  const excluded = new Set(query.getAll('exclude'));
  const lines = CHECKS[check].map((name) => (excluded.has(name) ? `[+]${name} excluded: ok\n` : `[+]${name} ok\n`));
  return { code: 200, contentType, body: `${lines.join('')}${check} check passed\n` };
}
