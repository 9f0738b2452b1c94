/** HTTPS as its clients see it: who one is by which certificate, and what those get who are not believed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpServer } from '../../../src/apiserver/http/server.ts';
import { readPki, type Pki } from '../../../src/daemon/pki/files.ts';
import { makePki } from '../../../src/daemon/pki/make.ts';
import { realDisk } from '../../../src/simulation/disk.ts';
import { apiCluster, type ApiCluster } from '../support/api-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'https-'));
let cluster: ApiCluster;
let http: HttpServer;
let port: number;
const pkis: Record<'own' | 'foreign' | 'expired', Pki> = {} as never;

const YEARS_MS = 11 * 365 * 24 * 3600_000;

beforeAll(async () => {
  for (const [name, nowMs] of [['own', Date.now()], ['foreign', Date.now()], ['expired', Date.now() - YEARS_MS]] as const) {
    const path = join(folder, name);
    await makePki(realDisk, path, { addresses: ['10.96.0.1'], nowMs });
    pkis[name] = readPki(realDisk, path)!;
  }
  cluster = await apiCluster();
  http = new HttpServer(cluster.server, { clock: cluster.clock, activity: cluster.clock.activity });
  port = await http.listenSecurely([0], { ...pkis.own.apiserver, clientCa: pkis.own.ca.cert });
});

afterAll(async () => {
  await http.close();
  await cluster.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly code: number;
  readonly body: { readonly message?: string; readonly reason?: string; readonly status?: { readonly userInfo?: { readonly username: string; readonly groups: readonly string[]; readonly extra?: object } } };
}

function ask(method: string, path: string, options: { cert?: string; key?: string; body?: object } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...tls } = options;
    const asked = request({ host: '127.0.0.1', port, method, path, ca: pkis.own.ca.cert, agent: false, headers: { 'Content-Type': 'application/json' }, ...tls }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Answer['body'] }));
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

const WHO_AM_I = ['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews'] as const;
const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

test('a client certificate names its user, the groups and itself', async () => {
  const { body } = await ask(...WHO_AM_I, { ...pkis.own.admin, body: REVIEW });
  expect(body.status?.userInfo).toEqual({
    username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] },
  });
});

test('who shows nothing is anonymous', async () => {
  const { code, body } = await ask(...WHO_AM_I, { body: REVIEW });
  expect([code, body.message]).toEqual([403, 'selfsubjectreviews.authentication.k8s.io is forbidden: User "system:anonymous" cannot create resource "selfsubjectreviews" in API group "authentication.k8s.io" at the cluster scope']);
  expect((await ask('GET', '/version')).code).toBe(200);
  expect((await ask('GET', '/api')).body.message).toBe('forbidden: User "system:anonymous" cannot get path "/api"');
});

test.each(['foreign', 'expired'] as const)('a certificate of a %s authority is refused', async (name) => {
  expect(await ask(...WHO_AM_I, { ...pkis[name].admin, body: REVIEW })).toMatchObject({ code: 401, body: { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' } });
});

test('a certificate that is made for servers proves no user', async () => {
  expect((await ask(...WHO_AM_I, { ...pkis.own.apiserver, body: REVIEW })).code).toBe(401);
});

test("the project's own paths are for administrators", async () => {
  expect((await ask('GET', '/mock/clock')).body.message).toBe('forbidden: User "system:anonymous" cannot get path "/mock/clock"');
  expect((await ask('GET', '/mock/clock', pkis.own.admin)).code).toBe(404);
});

test('the first free port is taken, and none is an error', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const busy = (taken.address() as AddressInfo).port;
  const serving = { ...pkis.own.apiserver, clientCa: pkis.own.ca.cert };
  const other = new HttpServer(cluster.server, { clock: cluster.clock, activity: cluster.clock.activity });
  try {
    await expect(other.listenSecurely([busy], serving)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await other.listenSecurely([busy, 0], serving)).not.toBe(busy);
  } finally {
    await other.close();
    await new Promise((resolve) => taken.close(resolve));
  }
});

test('a server that closes waits for nobody who has said nothing yet', async () => {
  const other = new HttpServer(cluster.server, { clock: cluster.clock, activity: cluster.clock.activity });
  const socket = connect(await other.listenSecurely([0], { ...pkis.own.apiserver, clientCa: pkis.own.ca.cert }), '127.0.0.1').on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await Promise.all([other.close(), closed]);
});

test('what a PKI lacks is made anew under the same authority', async () => {
  const path = join(folder, 'own');
  realDisk.remove(join(path, 'admin.crt'));
  await makePki(realDisk, path, { addresses: [], nowMs: Date.now() });
  const repaired = readPki(realDisk, path)!;
  expect([repaired.ca, repaired.apiserver, repaired.serviceAccount]).toEqual([pkis.own.ca, pkis.own.apiserver, pkis.own.serviceAccount]);
  expect((await ask(...WHO_AM_I, { ...repaired.admin, body: REVIEW })).body.status?.userInfo?.username).toBe('kubernetes-admin');
});
