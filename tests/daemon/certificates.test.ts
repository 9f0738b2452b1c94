/** From a request to a certificate: who may approve, what is signed, and what becomes of requests. */
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { cryptoProvider, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import type { CertificateSigningRequest } from '../../src/api/generated/types.ts';
import { CERTIFICATESIGNINGREQUESTS, KUBE_APISERVER_CLIENT, KUBELET_CLIENT } from '../../src/api/certificates/signers.ts';
import { RBAC_GROUP } from '../../src/api/rbac/resources.ts';
import type { UserInfo } from '../../src/api/request.ts';
import { InProcessTransport } from '../../src/client/transports/in-process.ts';
import { csrApprovingController } from '../../src/controllers/certificates/approver.ts';
import { csrCleanerController } from '../../src/controllers/certificates/cleaner.ts';
import { csrSigningController } from '../../src/controllers/certificates/signer.ts';
import { ComponentManager } from '../../src/daemon/component-manager.ts';
import { readPki } from '../../src/daemon/pki/files.ts';
import { makePki } from '../../src/daemon/pki/make.ts';
import { signRequest } from '../../src/daemon/pki/sign-request.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { grant, JANE, node, rule } from '../apiserver/authorization/support.ts';
import { apiCluster, failure, START_MS, type ApiCluster } from '../apiserver/support/api-cluster.ts';

const HOUR_MS = 3_600_000;
const CONTROLLER: UserInfo = { username: 'system:serviceaccount:kube-system:certificate-controller', groups: ['system:authenticated'] };
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

let cluster: ApiCluster;
let manager: ComponentManager;
let ca: string;
const errors: string[] = [];

beforeAll(async () => {
  const disk = new MemoryDisk();
  disk.makeFolder('/pki');
  await makePki(disk, '/pki', { addresses: [], nowMs: START_MS });
  const pki = readPki(disk, '/pki');
  if (!pki) throw new Error('no keys');
  ca = pki.ca.cert;
  cluster = await apiCluster();
  const log = { info: () => undefined, error: (message: string) => void errors.push(message), named: () => log };
  manager = new ComponentManager({ transport: new InProcessTransport(cluster.server), clock: cluster.clock, random: seededRandom('x'), log, journal: cluster.audit });
  const sign = async (request: string, terms: { usages: readonly string[]; durationMs: number }) => {
    const release = cluster.clock.activity.begin();
    return signRequest(pki.ca, request, terms, START_MS).finally(release);
  };
  await manager.start([['csrapproving', csrApprovingController], ['csrsigning', csrSigningController(sign)], ['csrcleaner', csrCleanerController]].map(([name, factory]) => ({ name, factory, user: CONTROLLER })) as Parameters<ComponentManager['start']>[0]);
});
afterAll(async () => {
  await manager.stop();
  await cluster.close();
});

async function request(name: string, subject: string, spec: Partial<NonNullable<CertificateSigningRequest['spec']>> = {}, user?: UserInfo) {
  cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']) as webcrypto.CryptoKeyPair;
  const csr = await Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm: ALGORITHM });
  const object = { metadata: { name }, spec: { request: Buffer.from(`${csr.toString('pem')}\n`).toString('base64'), signerName: KUBE_APISERVER_CLIENT, usages: ['client auth'], ...spec } };
  return (user ? cluster.client.as({ userAgent: 'test', user }) : cluster.client).of(CERTIFICATESIGNINGREQUESTS).create(object);
}

const settle = () => cluster.clock.activity.idle();
const read = (name: string) => cluster.of(CERTIFICATESIGNINGREQUESTS).get(undefined, name);

async function approve(name: string, user?: UserInfo) {
  const before = await read(name);
  const status = { ...before.status, certificate: 'bm90aGluZw==', conditions: [{ type: 'Approved', status: 'True', reason: 'Test', message: 'yes' }] };
  return (user ? cluster.client.as({ userAgent: 'test', user }) : cluster.client).of(CERTIFICATESIGNINGREQUESTS).update({ ...before, status }, { subresource: 'approval' });
}

const conditions = (object: CertificateSigningRequest) => object.status?.conditions?.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

test('an approved request gets its certificate', async () => {
  await request('jane', 'CN=jane, O=dev', { expirationSeconds: 3600 });
  // Approval sets conditions and nothing else.
  expect((await approve('jane')).status).toEqual({ conditions: [{ type: 'Approved', status: 'True', reason: 'Test', message: 'yes', lastUpdateTime: '2025-01-01T00:00:00Z', lastTransitionTime: '2025-01-01T00:00:00Z' }] });
  await settle();
  const certificate = new X509Certificate(Buffer.from((await read('jane')).status?.certificate ?? '', 'base64'));
  expect(certificate.subject).toBe('CN=jane\nO=dev');
  expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
  expect([certificate.ca, certificate.keyUsage]).toEqual([false, ['1.3.6.1.5.5.7.3.2']]);
  expect([certificate.validFrom, certificate.validTo].map((time) => Date.parse(time))).toEqual([START_MS - 300_000, START_MS + HOUR_MS]);
});

test('what a signer does not sign fails', async () => {
  await request('server', 'CN=web', { usages: ['server auth'] });
  await approve('server');
  await settle();
  expect(conditions(await read('server'))).toEqual(['Approved Test: yes', 'Failed SignerValidationFailure: invalid usage for client certificate: server auth']);
});

test('the administrators’ group is not to be had', async () => {
  expect((await failure(request('root', 'CN=root, O=system:masters'))).message).toBe('certificatesigningrequests.certificates.k8s.io "root" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed');
});

test('who approves or signs may do so for that signer', async () => {
  await request('joe', 'CN=joe');
  const group = 'certificates.k8s.io';
  await grant(cluster, '', 'approvers', [rule('get,update', 'certificatesigningrequests,certificatesigningrequests/approval,certificatesigningrequests/status', { apiGroups: [group] })]);
  expect((await failure(approve('joe', JANE))).message).toBe('certificatesigningrequests.certificates.k8s.io "joe" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"');
  const before = await read('joe');
  const signing = cluster.client.as({ userAgent: 'test', user: JANE }).of(CERTIFICATESIGNINGREQUESTS).updateStatus({ ...before, status: { certificate: Buffer.from(ca).toString('base64') } });
  expect((await failure(signing)).message).toBe('certificatesigningrequests.certificates.k8s.io "joe" is forbidden: user not permitted to sign requests with signerName "kubernetes.io/kube-apiserver-client"');
  await grant(cluster, '', 'signers', [rule('approve', 'signers', { apiGroups: [group], resourceNames: ['kubernetes.io/*'] })]);
  await approve('joe', JANE);
});

test('kubelets are approved where they may be', async () => {
  const usages = ['client auth', 'digital signature'];
  await request('node-a', 'O=system:nodes, CN=system:node:a', { signerName: KUBELET_CLIENT, usages }, node('a'));
  await settle();
  expect(conditions(await read('node-a'))).toBeUndefined();
  await grant(cluster, '', 'renewal', [rule('create', 'certificatesigningrequests/selfnodeclient', { apiGroups: ['certificates.k8s.io'] })], { kind: 'Group', apiGroup: RBAC_GROUP, name: 'system:nodes' });
  await cluster.clock.advance(60_000);
  await settle();
  expect(conditions(await read('node-a'))).toEqual(['Approved AutoApproved: Auto approving self kubelet client certificate after SubjectAccessReview.']);
  expect((await read('node-a')).status?.certificate).toBeDefined();
});

test('requests go when nobody needs them any more', async () => {
  await request('pending', 'CN=joe');
  await cluster.clock.advance(HOUR_MS + 60_000);
  expect((await cluster.of(CERTIFICATESIGNINGREQUESTS).list()).items.map(({ metadata }) => metadata.name)).toEqual(['pending']);
  await cluster.clock.advance(23 * HOUR_MS);
  expect((await cluster.of(CERTIFICATESIGNINGREQUESTS).list()).items).toEqual([]);
  expect(errors).toEqual([]);
});
