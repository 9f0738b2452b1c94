import type { RawResponse, Transport } from '../../src/client/client.ts';
import { readServerDocument } from '../../src/kubectl/shared/server-document.ts';

const answering = (answer: RawResponse): Transport => ({ raw: () => Promise.resolve(answer) }) as unknown as Transport;
const status = JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'no', code: 403 });

describe('readServerDocument', () => {
  it('reads JSON', async () => {
    expect(await readServerDocument(answering({ code: 200, contentType: 'application/json', body: '{"a":1}' }), '/api')).toEqual({ a: 1 });
  });

  it.each([
    [404, 'text/plain; charset=utf-8', '404 page not found\n', 'NotFound', 'the server could not find the requested resource'],
    [403, 'text/plain', 'not you\n', 'Forbidden', 'not you'],
    [403, 'application/json', status, 'Forbidden', 'unknown'],
    [406, 'application/json', status, 'NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
    [500, 'text/plain', 'oh "no"', 'InternalError', 'an error on the server ("oh \\"no\\"") has prevented the request from succeeding'],
    [418, 'text/plain', 'tea', '', 'the server responded with the status code 418 but did not return more information'],
  ])('says of %d (%s) what its code says', async (code, contentType, body, reason, message) => {
    await expect(readServerDocument(answering({ code, contentType, body }), '/api')).rejects.toMatchObject({ code, reason, message });
  });
});
