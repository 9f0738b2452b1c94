import fc from '../../support/property.ts';
import { ResponseReader } from '../../../src/client/transports/http1.ts';

/** Feeds a response cut at the given places. */
function read(response: string, cuts: readonly number[] = []) {
  let body = '';
  let status = 0;
  const reader = new ResponseReader({ head: (head) => (status = head.status), data: (chunk) => (body += chunk.toString('latin1')) });
  const bytes = Buffer.from(response, 'latin1');
  const places = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
  let start = 0;
  let done = false;
  for (const end of places) {
    if (end > start) done = reader.push(bytes.subarray(start, end));
    start = end;
  }
  return { status, body, done, proper: reader.endOfStream() };
}

describe('HTTP/1.1 responses', () => {
  test('with a content length', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')).toEqual({ status: 200, body: 'hello', done: true, proper: true });
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel')).toEqual({ status: 200, body: 'hel', done: false, proper: false });
  });
  test('until the connection ends', () => {
    expect(read('HTTP/1.0 200 OK\r\n\r\nhello')).toEqual({ status: 200, body: 'hello', done: false, proper: true });
  });
  test('skips interim answers', () => {
    expect(read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n')).toMatchObject({ status: 204, done: true });
  });
  test('refuses what is not HTTP', () => {
    expect(() => read('SSH-2.0-OpenSSH\r\n\r\n')).toThrow('malformed HTTP response "SSH-2.0-OpenSSH"');
    expect(() => read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')).toThrow('malformed chunked encoding');
  });
  test('in chunks, however the bytes are cut', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z\r\n0-9]{1,30}$/), { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (chunks, cuts) => {
      const encoded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
      expect(read(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${encoded}0\r\nTrailer: x\r\n\r\n`, cuts)).toEqual({ status: 200, body: chunks.join(''), done: true, proper: true });
    }));
  });
});
