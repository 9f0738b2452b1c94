/** Our own client over HTTPS, against our own server: who one is, and how failures are told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpServer } from '../../../src/apiserver/http/server.ts';
import { Client, ConnectionError } from '../../../src/client/client.ts';
import { networkTransport, type ServerAccess } from '../../../src/client/transports/network.ts';
import { CONFIGMAPS } from '../../../src/api/kinds.ts';
import { readPki, type Pki } from '../../../src/daemon/pki/files.ts';
import { makePki } from '../../../src/daemon/pki/make.ts';
import { realDisk } from '../../../src/simulation/disk.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { configMap } from '../support/objects.ts';

const folder = mkdtempSync(join(tmpdir(), 'network-'));
let cluster: ApiCluster;
let http: HttpServer;
let pki: Pki;
let other: Pki;
let server: URL;

beforeAll(async () => {
  for (const name of ['own', 'other']) await makePki(realDisk, join(folder, name), { addresses: [], nowMs: Date.now() });
  [pki, other] = ['own', 'other'].map((name) => readPki(realDisk, join(folder, name))!) as [Pki, Pki];
  cluster = await apiCluster({ tokenFile: { name: 'tokens', text: 'abc,joe,1\n' } });
  http = new HttpServer(cluster.server, { clock: cluster.clock, activity: cluster.clock.activity });
  server = new URL(`https://127.0.0.1:${await http.listenSecurely([0], { ...pki.apiserver, clientCa: pki.ca.cert })}`);
});
afterAll(async () => {
  await http.close();
  await cluster.close();
  rmSync(folder, { recursive: true });
});

const reach = (access: Partial<ServerAccess> = {}) => networkTransport({ server, ca: pki.ca.cert, clientCertificate: pki.admin, ...access });
async function whoAmI(access: Partial<ServerAccess>): Promise<string> {
  const { object } = await reach(access).request({ verb: 'create', group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } });
  return (object as unknown as { status: { userInfo: { username: string } } }).status.userInfo.username;
}
async function problem(access: Partial<ServerAccess>): Promise<string> {
  const error = await reach(access).raw('GET', '/version').then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectionError);
  return (error as Error).message;
}

test('a certificate, a token, another user, nobody', async () => {
  const nobody = { server, ca: pki.ca.cert };
  const token = { Authorization: 'Bearer abc' };
  expect(await whoAmI({})).toBe('kubernetes-admin');
  expect(await whoAmI({ headers: { 'Impersonate-User': 'jane', 'Impersonate-Group': ['a', 'b'] } })).toBe('jane');
  const asked = async (access: ServerAccess) => {
    const { object } = await networkTransport(access).request({ verb: 'create', group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } });
    return (object as unknown as { status: { userInfo: { username: string } } }).status.userInfo.username;
  };
  expect(await asked({ ...nobody, headers: token })).toBe('joe');
  expect((await failure(asked(nobody))).message).toMatch(/User "system:anonymous" cannot create resource "selfsubjectreviews"/);
  expect(await failure(asked({ ...nobody, headers: { Authorization: 'Bearer wrong' } }))).toMatchObject({ code: 401, message: 'Unauthorized' });
});

test('watches stream', async () => {
  const client = new Client(reach(), { userAgent: 'test' });
  const events: string[] = [];
  let arrived: () => void = () => undefined;
  const three = new Promise<void>((resolve) => (arrived = resolve));
  const handle = await client.of(CONFIGMAPS).watch('default', {}, ({ type, object }) => {
    events.push(`${type} ${object.metadata.name}`);
    if (events.length === 3) arrived();
  });
  for (const name of ['a', 'b', 'c']) await client.of(CONFIGMAPS).create(configMap(name));
  await three;
  handle.stop();
  expect(events).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
});

test.each([
  ['another authority', () => ({ ca: other.ca.cert }), 'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority'],
  ['another name', () => ({ serverName: 'foo' }), 'Unable to connect to the server: tls: failed to verify certificate: x509: certificate is valid for kubernetes, kubernetes.default, kubernetes.default.svc, kubernetes.default.svc.cluster.local, localhost, not foo'],
  ['nobody there', () => ({ server: new URL('https://127.0.0.1:1') }), 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?'],
])('%s', async (_what, access, message) => {
  expect(await problem(access())).toBe(message);
});

test('--insecure-skip-tls-verify believes everybody, and the right name is found', async () => {
  expect(await whoAmI({ ca: other.ca.cert, insecureSkipVerify: true })).toBe('kubernetes-admin');
  expect(await whoAmI({ serverName: 'kubernetes.default.svc' })).toBe('kubernetes-admin');
});

test('a server that says nothing, or hangs up', async () => {
  const silent = createServer((socket) => void socket.on('error', () => undefined).resume());
  const rude = createServer((socket) => void socket.on('error', () => undefined).destroy());
  const plain = createServer((socket) => void socket.on('error', () => undefined).resume().end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  const listening = [silent, rude, plain];
  await Promise.all(listening.map((each) => new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))));
  const [quiet, closing, wrong] = listening.map((each) => new URL(`https://127.0.0.1:${(each.address() as AddressInfo).port}`));
  try {
    expect(await problem({ server: quiet!, timeoutMs: 20 })).toBe('Unable to connect to the server: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)');
    expect(await problem({ server: new URL(quiet!.href.replace('https', 'http')), timeoutMs: 20 })).toBe('Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
    expect(await problem({ server: closing! })).toBe('Unable to connect to the server: EOF');
    expect(await problem({ server: wrong! })).toBe('Unable to connect to the server: http: server gave HTTP response to HTTPS client');
  } finally {
    await Promise.all(listening.map((each) => new Promise((resolve) => each.close(resolve))));
  }
});
