/** A watcher that has stopped reading is let go, and holds nobody up. */
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WatchStream } from '../../../src/apiserver/http/watch-stream.ts';

const MEGABYTE = 1024 * 1024;

test('what piles up for it has a limit; then the connection ends', async () => {
  let stream: WatchStream | undefined;
  const server = createServer((_request, response) => {
    stream = new WatchStream(response, { 'Content-Type': 'application/json' }, 8 * MEGABYTE);
    stream.open();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const response = await new Promise<IncomingMessage>((resolve) => void get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, resolve));
  response.pause();
  const ended = new Promise<string>((resolve) => {
    response.on('error', () => resolve('cut off'));
    response.on('close', () => resolve(response.complete ? 'complete' : 'cut off'));
  });
  const object = Object.freeze({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' }, data: { text: 'x'.repeat(MEGABYTE) } });
  for (let i = 0; i < 60; i++) {
    const start = performance.now();
    stream?.write({ type: 'ADDED', object: object as never });
    expect(performance.now() - start).toBeLessThan(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.resume();
  expect(await ended).toBe('cut off');
  await new Promise((resolve) => server.close(resolve));
});
