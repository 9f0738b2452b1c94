/** Watches over WebSockets, as browsers' clients have them, and other upgrades. */
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { WebSocket } from 'ws';
import { CONFIGMAPS } from '../../../src/api/kinds.ts';
import { HttpServer } from '../../../src/apiserver/http/server.ts';
import { servedCluster } from '../support/served-cluster.ts';
import { configMap } from '../support/objects.ts';

const { cluster, socketPath } = servedCluster({ tokenFile: { name: 'tokens', text: 'abc,joe,1,system:masters\n' } });

const open = (path: string, protocols: string[] = []) => new WebSocket(`ws+unix://${socketPath}:${path}`, protocols);
const tokenProtocol = (token: string) => `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;
const WATCH = '/api/v1/namespaces/default/configmaps?watch=true';

/** The code and body of an upgrade that is refused. */
function refused(socket: WebSocket): Promise<{ code: number; body: string }> {
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('it was accepted')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body }));
    });
  });
}

test('events come as text frames, and the watch ends with the socket', async () => {
  const socket = open(WATCH, [tokenProtocol('abc'), 'v1']);
  const events: { type: string; object: { metadata: { name: string } } }[] = [];
  let enough: () => void = () => undefined;
  const two = new Promise<void>((resolve) => (enough = resolve));
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(false);
    events.push(JSON.parse(data.toString()) as (typeof events)[number]);
    if (events.length === 2) enough();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  expect(socket.protocol).toBe('v1');
  await cluster.of(CONFIGMAPS).create(configMap('a'));
  await cluster.of(CONFIGMAPS).delete('default', 'a');
  await two;
  expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(['ADDED a', 'DELETED a']);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
});

test('what is wrong is said before the socket opens', async () => {
  expect(await refused(open(`${WATCH}&fieldSelector=x`))).toMatchObject({ code: 400, body: expect.stringContaining('"kind":"Status"') as string });
  expect(await refused(open(WATCH, [tokenProtocol('wrong')]))).toMatchObject({ code: 401 });
  expect(await refused(open('/api/v1/nonsense?watch=true'))).toEqual({ code: 404, body: '404 page not found\n' });
});

test('a server that closes ends them', async () => {
  const other = new HttpServer(cluster.server, { clock: cluster.clock, activity: cluster.clock.activity });
  const path = join(dirname(socketPath), 'other');
  await other.listen(path);
  const socket = new WebSocket(`ws+unix://${path}:${WATCH}`).on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await Promise.all([other.close(), closed]);
});

test('other upgrades are answered as if they had not been asked for', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const asked = request({ socketPath, path: '/healthz', agent: false, headers: { Connection: 'Upgrade', Upgrade: 'SPDY/3.1' } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve(body));
    });
    asked.on('error', reject);
    asked.end();
  });
  expect(answer).toBe('ok');
});
