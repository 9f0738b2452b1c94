/** What a web server in a pod answers, as far as its image says what. */
import type { Page } from '../../api/node-connection.ts';
import type { PodHost } from '../pod-host.ts';

/** 'refused' where nothing listens, 'malformed' where what listens is no web server. */
export function pageOf({ runtime }: Pick<PodHost, 'runtime'>, sandbox: string, port: number, path: string): Page | 'refused' | 'malformed' {
  const code = runtime.httpGet(sandbox, port, path);
  if (typeof code !== 'number') return code;
  const body = runtime.page(sandbox, port, path);
  return { code, contentType: body.startsWith('<') ? 'text/html' : 'text/plain; charset=utf-8', body };
}
