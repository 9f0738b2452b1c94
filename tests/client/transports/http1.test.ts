import fc from '../../support/property.ts';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Connections } from '../../../src/client/transports/connections.ts';
import { ResponseReader, send } from '../../../src/client/transports/http1.ts';

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

describe('requests over connections that are kept', () => {
  const answer = (more = '') => `HTTP/1.1 200 OK\r\n${more}Content-Length: 2\r\n\r\nok`;
  let [connected, asked]: [number, string[]] = [0, []];
  let behave: (socket: Socket, request: string) => void = () => undefined;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    connected++;
    sockets.push(socket);
    socket.on('error', () => undefined).on('data', (text) => {
      asked.push(text.toString().split(' ')[0] as string);
      behave(socket, text.toString());
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  let connections: Connections;
  beforeEach(() => {
    [connected, asked] = [0, []];
    connections = new Connections(() => connect((server.address() as AddressInfo).port, '127.0.0.1'));
  });

  const ask = (method = 'GET'): Promise<string> => new Promise((resolve, reject) => {
    let text = '';
    send({ connections, host: 'x', method, path: '/', headers: {} }, { head: () => undefined, data: (chunk) => (text += chunk.toString()), end: () => resolve(text), error: reject });
  });

  test('one after the other over the same, at once over several', async () => {
    behave = (socket) => socket.write(answer());
    for (let i = 0; i < 3; i++) expect(await ask('POST')).toBe('ok');
    expect(connected).toBe(1);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['ok', 'ok', 'ok']);
    expect(connected).toBe(3);
  });

  test('not where the server says that it closes, nor where more has come than was asked for', async () => {
    for (const text of [answer('Connection: close\r\n'), `${answer()}${answer()}`]) {
      connected = 0;
      behave = (socket) => socket.write(text);
      expect([await ask(), await ask(), connected]).toEqual(['ok', 'ok', 2]);
    }
  });

  test('one that is closed instead of answered: what may come twice goes again, what may not fails', async () => {
    behave = (socket) => (asked.length % 2 === 1 ? socket.write(answer()) : socket.destroy());
    expect([await ask(), await ask(), connected]).toEqual(['ok', 'ok', 2]);
    await expect(ask('POST')).rejects.toThrow();
    expect(asked).toEqual(['GET', 'GET', 'GET', 'POST']);
  });
});
