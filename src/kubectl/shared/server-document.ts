/** What a server tells of itself: discovery and OpenAPI (client-go discovery/discovery_client.go, openapi/client.go). */
import { StatusError } from '../../api/status.ts';
import { bareAnswer } from '../../client/bare-answer.ts';
import type { Transport } from '../../client/client.ts';

/** How long kubectl waits for such an answer, and asks the server to take, unless --request-timeout says otherwise. */
const TIMEOUT = 'timeout=32s';

/** A path as kubectl's client of discovery asks for it. */
export const documentPath = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}${TIMEOUT}`;

/** The JSON at a path. Throws a StatusError where there is none, made of the answer's code: a Status in it is not read. */
export async function readServerDocument(transport: Transport, path: string, accept?: string): Promise<unknown> {
  const { code, contentType, body } = await transport.raw('GET', documentPath(path), undefined, accept);
  if (code < 400) return JSON.parse(body) as unknown;
  const { reason, message } = bareAnswer(code, contentType.startsWith('text/') ? body.trim() : '');
  throw new StatusError(code, reason, message);
}
