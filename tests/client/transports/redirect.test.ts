/** Who reads a path and is sent to another on the same server goes there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SocketTransport } from '../../../src/client/transports/unix-socket.ts';

test('redirects are followed by who reads, and not for ever', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redirect-'));
  const asked: string[] = [];
  const server = createServer(({ url = '', method = '' }, response) => {
    asked.push(`${method} ${url}`);
    const to = ({ '/a': '/a/', '/loop': '/loop', '/away': 'http://example.com/' } as Record<string, string>)[url];
    response.writeHead(to === undefined ? 200 : 301, to === undefined ? {} : { Location: to }).end(url);
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  const transport = new SocketTransport({ socketPath: join(folder, 's') });
  try {
    expect(await transport.raw('GET', '/a')).toMatchObject({ code: 200, body: '/a/' });
    expect((await transport.raw('DELETE', '/a')).code).toBe(301);
    expect((await transport.raw('GET', '/away')).code).toBe(301);
    expect(asked).toEqual(['GET /a', 'GET /a/', 'DELETE /a', 'GET /away']);
    expect((await transport.raw('GET', '/loop')).code).toBe(301);
    expect(asked).toHaveLength(4 + 11);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
