/** What pods and old clients trust and are trusted by: the CA certificate in every namespace, and the tokens in Secrets. */
import { CONFIGMAPS, NAMESPACES, SECRETS, SERVICEACCOUNTS } from '../../../src/api/kinds.ts';
import { rootCACertPublisher } from '../../../src/controllers/rootcacertpublisher/controller.ts';
import { tokensController } from '../../../src/controllers/serviceaccount/tokens-controller.ts';
import { testContext, type TestContext } from '../../support/fake-api.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(() => test.stop());

const text = (value: string | undefined): string => Buffer.from(value ?? '', 'base64').toString();

describe('the root CA publisher', () => {
  const namespace = (name: string, phase: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, status: { phase } });

  beforeEach(async () => {
    test.api.put(namespace('team', 'Active'));
    await test.start(rootCACertPublisher('the certificate'));
  });
  const published = (name = 'team') => test.api.get(CONFIGMAPS, name, 'kube-root-ca.crt');

  it('writes the ConfigMap into old and new namespaces', async () => {
    test.api.put(namespace('later', 'Active'));
    await test.settle();
    for (const name of ['team', 'later']) {
      expect(published(name)?.data).toEqual({ 'ca.crt': 'the certificate' });
      expect(published(name)?.metadata.annotations?.['kubernetes.io/description']).toMatch(/^Contains a CA bundle /);
    }
  });

  it('writes it again when it is deleted or changed, and leaves what people add to its metadata', async () => {
    test.api.remove(CONFIGMAPS, 'team', 'kube-root-ca.crt');
    await test.settle();
    expect(published()).toBeDefined();
    test.api.change(CONFIGMAPS, 'team', 'kube-root-ca.crt', (changed) => Object.assign(changed, { data: { 'ca.crt': 'another', more: 'x' }, metadata: { ...changed.metadata, labels: { mine: 'yes' }, annotations: {} } }));
    await test.settle();
    expect(published()).toMatchObject({ data: { 'ca.crt': 'the certificate' }, metadata: { labels: { mine: 'yes' }, annotations: { 'kubernetes.io/description': expect.any(String) as string } } });
    expect(published()?.data).not.toHaveProperty('more');
    expect(test.errors).toEqual([]);
  });

  it('gives a namespace on its way out none', async () => {
    test.api.put(namespace('gone', 'Terminating'));
    await test.settle();
    expect(published('gone')).toBeUndefined();
    test.api.remove(NAMESPACES, undefined, 'team');
    test.api.remove(CONFIGMAPS, 'team', 'kube-root-ca.crt');
    await test.settle();
    expect(published()).toBeUndefined();
  });
});

describe('the tokens controller', () => {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'default', name: 'robot' } };
  const secret = (name: string, annotations: Record<string, string> = { 'kubernetes.io/service-account.name': 'robot' }) => ({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { namespace: 'default', name, annotations } });
  const read = (name: string) => test.api.get(SECRETS, 'default', name);

  beforeEach(async () => {
    test.api.put(account);
    await test.start(tokensController({ rootCA: 'the certificate', sign: ({ metadata }, secretName) => Promise.resolve(`${metadata.name}'s token in ${secretName}`) }));
  });

  it('fills a Secret of an account, once, and restores what is changed but not the token', async () => {
    test.api.put(secret('robot-token'));
    await test.settle();
    const filled = read('robot-token');
    expect([text(filled?.data?.['token']), text(filled?.data?.['ca.crt']), text(filled?.data?.['namespace'])]).toEqual(["robot's token in robot-token", 'the certificate', 'default']);
    expect(filled?.metadata.annotations?.['kubernetes.io/service-account.uid']).toBe(test.api.get(SERVICEACCOUNTS, 'default', 'robot')?.metadata.uid);
    test.api.change(SECRETS, 'default', 'robot-token', (changed) => Object.assign(changed, { data: { ...changed.data, token: 'b3du', 'ca.crt': 'eA==' } }));
    await test.settle();
    expect(read('robot-token')?.data).toMatchObject({ token: 'b3du', 'ca.crt': filled?.data?.['ca.crt'] });
    expect(test.errors).toEqual([]);
  });

  it('removes tokens of accounts that are not there, or not there any more', async () => {
    test.api.put(secret('nobodys', { 'kubernetes.io/service-account.name': 'nobody' }));
    test.api.put(secret('anothers', { 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': 'of one that was' }));
    test.api.put(secret('robot-token'));
    await test.settle();
    expect([read('nobodys'), read('anothers')]).toEqual([undefined, undefined]);
    test.api.remove(SERVICEACCOUNTS, 'default', 'robot');
    await test.settle();
    expect(read('robot-token')).toBeUndefined();
  });

  it('leaves other Secrets alone', async () => {
    test.api.put({ ...secret('opaque'), type: 'Opaque' });
    await test.settle();
    expect(read('opaque')?.data).toBeUndefined();
  });
});
