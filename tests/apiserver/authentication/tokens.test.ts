/** Tokens: how they are asked for, whom they stand for, and when they stop doing so. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod, Secret, ServiceAccount } from '../../../src/api/generated/types.ts';
import { NODES, PODS, SECRETS, SERVICEACCOUNTS } from '../../../src/api/kinds.ts';
import type { UserInfo } from '../../../src/api/request.ts';
import { legacyClaims } from '../../../src/apiserver/authentication/service-account-claims.ts';
import { readPki } from '../../../src/daemon/pki/files.ts';
import { makePki } from '../../../src/daemon/pki/make.ts';
import { realDisk } from '../../../src/simulation/disk.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { pod } from '../support/objects.ts';

let cluster: ApiCluster;
beforeEach(async () => {
  cluster = await apiCluster({ tokenFile: { name: 'tokens.csv', text: 'secret-of-jane,jane,u-1,"admins, operators"\nsecret-of-joe,joe,u-2\n' } });
  await cluster.of(SERVICEACCOUNTS).create(account);
});
afterEach(() => cluster.close());

const account: ServiceAccount = { metadata: { name: 'robot', namespace: 'default' } };
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

const who = (token: string): Promise<UserInfo> => cluster.server.authenticate({ owner: false, authorization: `Bearer ${token}` });
const refused = async (token: string): Promise<number> => (await failure(who(token))).code;

interface TokenAnswer {
  readonly metadata: object;
  readonly spec: object;
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}
const ask = async (spec: object = {}, metadata?: object): Promise<TokenAnswer> =>
  (await cluster.client.of(SERVICEACCOUNTS).createSub('default', 'robot', 'token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [], ...spec }, ...(metadata ? { metadata } : {}) })) as unknown as TokenAnswer;
const review = async (token: string, audiences?: readonly string[]) =>
  (await cluster.request({ verb: 'create', group: 'authentication.k8s.io', version: 'v1', resource: 'tokenreviews', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, ...(audiences ? { audiences } : {}) } } })).object as unknown as { readonly status: { readonly error?: string } };
const claimsOf = (token: string): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('TokenRequest', () => {
  test('a token says who, for whom and until when', async () => {
    const { spec, status, metadata } = await ask();
    const { metadata: { uid } } = await cluster.of(SERVICEACCOUNTS).get('default', 'robot');
    expect(spec).toEqual({ audiences: [ISSUER], expirationSeconds: 3600, boundObjectRef: null });
    expect(metadata).toMatchObject({ name: 'robot', namespace: 'default', creationTimestamp: '2025-01-01T00:00:00Z' });
    expect(status.expirationTimestamp).toBe('2025-01-01T01:00:00Z');
    const now = Date.UTC(2025, 0, 1) / 1000;
    expect(claimsOf(status.token)).toEqual({
      aud: [ISSUER], exp: now + 3600, iat: now, nbf: now, iss: ISSUER, jti: expect.any(String) as string, sub: 'system:serviceaccount:default:robot',
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid } },
    });
    expect(await who(status.token)).toEqual({
      username: 'system:serviceaccount:default:robot', uid, groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${claimsOf(status.token)['jti'] as string}`] },
    });
  });

  test.each([
    [{ expirationSeconds: 599 }, 422, 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes'],
    [{ expirationSeconds: 2 ** 32 + 1 }, 422, 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds'],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'none' } }, 404, 'pods "none" not found'],
    [{ boundObjectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }, 400, 'cannot bind token for serviceaccount "robot" to object of type apps/v1, Kind=Deployment'],
  ])('%j is refused', async (spec, code, message) => {
    expect(await failure(ask(spec))).toMatchObject({ code, message });
  });

  test('the body must not name another account', async () => {
    expect((await failure(ask({}, { name: 'other' }))).message).toBe('TokenRequest.authentication.k8s.io "robot" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified');
  });

  test('of an account that is not there', async () => {
    const asked = cluster.client.of(SERVICEACCOUNTS).createSub('default', 'nobody', 'token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } });
    expect((await failure(asked)).message).toBe('serviceaccounts "nobody" not found');
  });
});

describe('a token is good no longer', () => {
  test('than its time, and a minute for clocks that differ', async () => {
    const { status } = await ask({ expirationSeconds: 600 });
    await cluster.clock.advance(659_000);
    expect((await who(status.token)).username).toBe('system:serviceaccount:default:robot');
    await cluster.clock.advance(2000);
    expect(await refused(status.token)).toBe(401);
    expect((await review(status.token)).status.error).toBe('[invalid bearer token, service account token has expired]');
  });

  test('than its account', async () => {
    const { status } = await ask();
    await cluster.of(SERVICEACCOUNTS).delete('default', 'robot');
    expect((await review(status.token)).status.error).toBe('[invalid bearer token, serviceaccounts "robot" not found]');
    await cluster.of(SERVICEACCOUNTS).create(account);
    expect((await review(status.token)).status.error).toMatch(/^\[invalid bearer token, service account UID \(.*\) does not match claim \(.*\)\]$/);
    expect(await refused(status.token)).toBe(401);
  });

  test('than the pod that it is bound to', async () => {
    const { metadata } = await cluster.of(NODES).create({ metadata: { name: 'node-1' } });
    const { metadata: { uid } } = await cluster.of(PODS).create({ ...pod('web'), spec: { ...pod('web').spec, serviceAccountName: 'robot', nodeName: 'node-1' } } as Pod);
    const { status } = await ask({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web', uid } });
    expect((await who(status.token)).extra).toMatchObject({
      'authentication.kubernetes.io/pod-name': ['web'], 'authentication.kubernetes.io/pod-uid': [uid],
      'authentication.kubernetes.io/node-name': ['node-1'], 'authentication.kubernetes.io/node-uid': [metadata.uid],
    });
    expect((await failure(ask({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'another' } }))).code).toBe(409);
    await cluster.of(PODS).delete('default', 'web', { gracePeriodSeconds: 0 });
    expect((await review(status.token)).status.error).toBe('[invalid bearer token, service account token has been invalidated]');
  });

  test('than the Secret that it lies in, which must hold the very same', async () => {
    const stored = await cluster.of(SERVICEACCOUNTS).get('default', 'robot');
    const token = await cluster.server.signLegacyToken(stored, 'robot-token');
    expect(claimsOf(token)).toEqual(legacyClaims(stored, 'robot-token'));
    expect(await refused(token)).toBe(401);
    const secret: Secret = { metadata: { name: 'robot-token', namespace: 'default', annotations: { 'kubernetes.io/service-account.name': 'robot' } }, type: 'kubernetes.io/service-account-token', data: { token: Buffer.from(token).toString('base64') } };
    await cluster.of(SECRETS).create(secret);
    expect((await who(token)).username).toBe('system:serviceaccount:default:robot');
    await cluster.of(SECRETS).patch('default', 'robot-token', { data: { token: 'eA==' } }, 'merge');
    expect((await review(token)).status.error).toBe("[invalid bearer token, Token does not match server's copy]");
    await cluster.of(SECRETS).delete('default', 'robot-token');
    expect((await review(token)).status.error).toBe('[invalid bearer token, Token has been invalidated]');
  });

  test('than it is whole, or for other audiences', async () => {
    const { status: { token } } = await ask();
    const [head = '', claims = '', signature = ''] = token.split('.');
    const forged = [head, Buffer.from(JSON.stringify({ ...claimsOf(token), sub: 'system:serviceaccount:kube-system:admin' })).toString('base64url'), signature].join('.');
    expect((await review(forged)).status.error).toBe('[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]');
    const none = [Buffer.from('{"alg":"none"}').toString('base64url'), claims, ''].join('.');
    for (const bad of [forged, none, `${head}.${claims}.`, `${head}.${claims}`, 'x', '..', `${head}..${signature}`]) expect([bad, await refused(bad)]).toEqual([bad, 401]);
    const foreign = (await ask({ audiences: ['vault'] })).status.token;
    expect((await review(foreign)).status.error).toBe(`[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["${ISSUER}"]]`);
    expect(await review(foreign, ['vault', 'other'])).toMatchObject({ status: { authenticated: true, audiences: ['vault'], user: { username: 'system:serviceaccount:default:robot' } } });
  });
});

test('tokens of a file', async () => {
  expect(await who('secret-of-jane')).toEqual({ username: 'jane', uid: 'u-1', groups: ['admins', 'operators', 'system:authenticated'] });
  expect(await who('secret-of-joe')).toEqual({ username: 'joe', uid: 'u-2', groups: ['system:authenticated'] });
  expect(await review('secret-of-joe')).toMatchObject({ status: { authenticated: true, audiences: [ISSUER], user: { username: 'joe', uid: 'u-2' } } });
  expect((await review('secret-of-joe', ['vault'])).status.error).toBe('invalid bearer token');
  expect(await refused('unknown')).toBe(401);
  await expect(apiCluster({ tokenFile: { name: 'tokens.csv', text: 'a,b\n' } })).rejects.toThrow("token file 'tokens.csv' must have at least 3 columns (token, user name, user uid), found 2");
});

test('bootstrap tokens', async () => {
  const data = (more: Record<string, string>) => Object.fromEntries(Object.entries({ 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true', ...more }).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  const secret = (more: Record<string, string> = {}): Secret => ({ metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' }, type: 'bootstrap.kubernetes.io/token', data: data(more) });
  const put = async (more?: Record<string, string>) => {
    await cluster.of(SECRETS).delete('kube-system', 'bootstrap-token-abcdef').catch(() => undefined);
    await cluster.of(SECRETS).create(secret(more));
  };
  const token = 'abcdef.0123456789abcdef';
  expect(await refused(token)).toBe(401);
  await put({ 'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token' });
  expect(await who(token)).toEqual({ username: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token', 'system:authenticated'] });
  const wrongs: readonly Record<string, string>[] = [{ expiration: '2024-12-31T00:00:00Z' }, { 'usage-bootstrap-authentication': 'false' }, { 'token-secret': 'ffffffffffffffff' }, { 'auth-extra-groups': 'system:masters' }];
  for (const wrong of wrongs) {
    await put(wrong);
    expect([wrong, await refused(token)]).toEqual([wrong, 401]);
  }
});

test('no token, an empty one and other schemes are anonymous; the socket is its owner’s', async () => {
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer  x', 'Basic eDp4', 'bearer']) expect([authorization, (await cluster.server.authenticate({ owner: false, authorization })).username]).toEqual([authorization, 'system:anonymous']);
  expect((await cluster.server.authenticate({ owner: true })).username).toBe('kubernetes-admin');
  expect((await cluster.server.authenticate({ owner: true, authorization: 'Bearer secret-of-joe' })).username).toBe('joe');
});

test('others can check the tokens: the documents of OpenID', async () => {
  const configuration = JSON.parse((await cluster.server.raw('GET', '/.well-known/openid-configuration')).body) as object;
  expect(configuration).toEqual({ issuer: ISSUER, jwks_uri: 'https://172.18.0.2:6443/openid/v1/jwks', response_types_supported: ['id_token'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['ES256'] });
  const { keys } = JSON.parse((await cluster.server.raw('GET', '/openid/v1/jwks')).body) as { keys: [Record<string, string>] };
  const { status: { token } } = await ask();
  const { createPublicKey, verify } = await import('node:crypto');
  const [head = '', claims = '', signature = ''] = token.split('.');
  expect((JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }).kid).toBe(keys[0]['kid']);
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
});

test('the socket’s owner is the user of the kubeconfig’s certificate', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'owner-'));
  try {
    await makePki(realDisk, folder, { addresses: [], nowMs: Date.now() });
    const { cert } = readPki(realDisk, folder)!.admin;
    cluster.server.identifyOwner(cert);
    const user = await cluster.server.authenticate({ owner: true });
    expect(user).toEqual({ username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'], extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()}`] } });
    const { object } = await cluster.request({ verb: 'create', group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } });
    expect(object).toMatchObject({ status: { userInfo: user } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
