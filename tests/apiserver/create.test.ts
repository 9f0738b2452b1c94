import type { LimitRange, Pod } from '../../src/api/generated/types.ts';
import { CONFIGMAPS, DEPLOYMENTS, NAMESPACES, PODS, SERVICES, SERVICEACCOUNTS, type Resource } from '../../src/api/kinds.ts';
import { resourceAt } from '../../src/api/resource.ts';
import { apiCluster, type ApiCluster, clusterOfEachTest, failure } from './support/api-cluster.ts';
import { deployment, pod } from './support/objects.ts';

const cluster = clusterOfEachTest();

test('an empty cluster has its system namespaces, default accounts and the kubernetes service', async () => {
  const namespaces = await cluster.of(NAMESPACES).list();
  expect(namespaces.items.map(({ metadata }) => metadata.name)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  expect(namespaces.items[0]).toMatchObject({ metadata: { labels: { 'kubernetes.io/metadata.name': 'default' } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  expect((await cluster.of(SERVICEACCOUNTS).list()).items).toHaveLength(4);
  expect(await cluster.of(SERVICES).get('default', 'kubernetes')).toMatchObject({ spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] } });
});

test('a new object gets uid, creationTimestamp and resourceVersion; the client cannot choose them', async () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default', uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z', deletionTimestamp: '2001-01-01T00:00:00Z' }, data: { key: 'value' } };
  const stored = await cluster.of(CONFIGMAPS).create(object);
  expect(stored.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(stored.metadata.creationTimestamp).toBe('2025-01-01T00:00:00Z');
  expect(stored.metadata).not.toHaveProperty('deletionTimestamp');
  expect(Object.isFrozen(stored.metadata)).toBe(true);
  expect(await cluster.of(CONFIGMAPS).get('default', 'a')).toEqual(stored);
  expect(object.metadata.uid).toBe('mine');
});

test('what is stored reads the same after a restart', async () => {
  const stored = await cluster.of(DEPLOYMENTS).create(deployment('web', 2));
  const again = await cluster.restart();
  const read = await again.handle({ verb: 'get', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'default', name: 'web' });
  expect(read.object).toEqual(stored);
});

test('a second object of the same name is refused', async () => {
  await cluster.of(PODS).create(pod('a'));
  const error = await failure(cluster.of(PODS).create(pod('a')));
  expect(error.message).toBe('pods "a" already exists');
  expect(error.code).toBe(409);
});

test('generateName makes a name of five letters without vowels', async () => {
  const names = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const { metadata } = await cluster.of(PODS).create({ ...pod(''), metadata: { generateName: 'web-', namespace: 'default' } });
    expect(metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    names.add(metadata.name);
  }
  expect(names.size).toBe(20);
});

test('a LimitRange without a name is called by a UUID', async () => {
  const range: LimitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { namespace: 'default' }, spec: { limits: [] } };
  const ranges = cluster.of(resourceAt('', 'v1', 'limitranges') as Resource<LimitRange>);
  const names = [(await ranges.create(range)).metadata.name, (await ranges.create(range)).metadata.name];
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(names).size).toBe(2);
  expect((await ranges.create({ ...range, metadata: { namespace: 'default', generateName: 'small-' } })).metadata.name).toMatch(/^small-.{5}$/);
});

test('the same seed gives the same names and uids', async () => {
  const other = await apiCluster();
  const make = (of: ApiCluster) => of.of(PODS).create({ ...pod(''), metadata: { generateName: 'web-', namespace: 'default' } });
  const [one, two] = [await make(cluster), await make(other)];
  expect([one.metadata.name, one.metadata.uid]).toEqual([two.metadata.name, two.metadata.uid]);
  await other.close();
});

test('an object that takes the place of a deleted one has another uid', async () => {
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } };
  const first = await cluster.of(CONFIGMAPS).create(config);
  await cluster.of(CONFIGMAPS).delete('default', 'a');
  const second = await cluster.of(CONFIGMAPS).create(config);
  expect(second.metadata.uid).not.toBe(first.metadata.uid);
});

test('dry run answers as if, and stores nothing', async () => {
  const answer = await cluster.of(CONFIGMAPS).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } }, { dryRun: true });
  expect(answer.metadata.uid).toBeTruthy();
  expect(answer.metadata.resourceVersion).toBeUndefined();
  expect((await failure(cluster.of(CONFIGMAPS).get('default', 'a'))).message).toBe('configmaps "a" not found');
});

test.each([
  ['a missing namespace', { ...pod('a'), metadata: { name: 'a', namespace: 'nowhere' } }, 404, 'namespaces "nowhere" not found'],
  ['a resourceVersion', { ...pod('a'), metadata: { name: 'a', namespace: 'default', resourceVersion: '7' } }, 500, 'resourceVersion should not be set on objects to be created'],
  ['a bad name', { ...pod('A_b'), metadata: { name: 'A_b', namespace: 'default' } }, 422, /^Pod "A_b" is invalid: metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain/],
  ['an unknown service account', { ...pod('a'), spec: { ...pod('a').spec, serviceAccountName: 'foo' } }, 403, 'pods "a" is forbidden: error looking up service account default/foo: serviceaccount "foo" not found'],
  ['an unknown priority class', { ...pod('a'), spec: { ...pod('a').spec, priorityClassName: 'urgent' } }, 403, 'pods "a" is forbidden: no PriorityClass with name urgent was found'],
])('%s is refused in upstream’s words', async (_, object, code, message) => {
  const error = await failure(cluster.of(PODS).create(object as Pod));
  expect(error.message).toMatch(message);
  if (typeof message === 'string') expect(error.message).toBe(message);
  expect(error.code).toBe(code);
});

test('the namespace of the object and of the request have to agree', async () => {
  const error = await failure(cluster.request({ verb: 'create', resource: 'pods', namespace: 'default', body: { ...pod('a'), metadata: { name: 'a', namespace: 'kube-system' } } }));
  expect(error.message).toBe('the namespace of the provided object does not match the namespace sent on the request');
});

test('admission completes a pod: account, token volume, tolerations, priority', async () => {
  const stored = await cluster.of(PODS).create(pod('a'));
  expect(stored.spec).toMatchObject({
    serviceAccountName: 'default', serviceAccount: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority',
    tolerations: [
      { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 },
      { effect: 'NoExecute', key: 'node.kubernetes.io/unreachable', operator: 'Exists', tolerationSeconds: 300 },
    ],
  });
  const volume = stored.spec?.volumes?.[0];
  expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
  expect(volume?.projected?.sources?.map((source) => Object.keys(source)[0])).toEqual(['serviceAccountToken', 'configMap', 'downwardAPI']);
  expect(stored.spec?.containers[0]?.volumeMounts).toEqual([{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: volume?.name, readOnly: true }]);
});
