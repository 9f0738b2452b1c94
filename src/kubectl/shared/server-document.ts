/** What a server tells of itself: discovery and OpenAPI (client-go discovery/discovery_client.go, openapi/client.go). */
import { StatusError } from '../../api/status.ts';
import { bareAnswer } from '../../client/bare-answer.ts';
import type { Transport } from '../../client/client.ts';

/** The JSON at a path. Throws a StatusError where there is none, made of the answer's code: a Status in it is not read. */
export async function readServerDocument(transport: Transport, path: string): Promise<unknown> {
  const { code, contentType, body } = await transport.raw('GET', path);
  if (code < 400) return JSON.parse(body) as unknown;
  const { reason, message } = bareAnswer(code, contentType.startsWith('text/') ? body.trim() : '');
  throw new StatusError(code, reason, message);
}
