/** A server that asks to come again later is asked again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SocketTransport } from '../../../src/client/transports/unix-socket.ts';

test.each([[429, '0', 3, 200, 4], [503, '0', 1, 200, 2], [429, '0', 99, 429, 11], [429, undefined, 99, 429, 1], [409, '0', 99, 409, 1]])('%i, Retry-After %s, %i times: %i after %i requests', async (code, retryAfter, times, outcome, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'retry-'));
  let requests = 0;
  const server = createServer((_, response) => {
    const busy = requests++ < times;
    response.writeHead(busy ? code : 200, busy && retryAfter !== undefined ? { 'Retry-After': retryAfter } : {}).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  try {
    expect((await new SocketTransport({ socketPath: join(folder, 's') }).raw('GET', '/version')).code).toBe(outcome);
    expect(requests).toBe(expected);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
