/** What NodeRestriction keeps kubelets from, although they may write such objects. */
import { LEASES, NODES, PODS, SERVICEACCOUNTS } from '../../../src/api/kinds.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { node } from './support.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
  await cluster.of(NODES).create({ metadata: { name: 'a' } });
  for (const name of ['a', 'b']) await cluster.of(PODS).create({ metadata: { name, namespace: 'default' }, spec: { nodeName: name, containers: [{ name: 'c', image: 'nginx' }] } });
});
afterAll(() => cluster.close());

const kubelet = () => cluster.client.as({ userAgent: 'kubelet', user: node('a') });
const why = async (request: Promise<unknown>) => (await failure(request)).message.replace(/^.*? is forbidden: /, '');

test('its own node and what of it is its own', async () => {
  const nodes = kubelet().of(NODES);
  expect(await why(nodes.create({ metadata: { name: 'b' } }))).toBe('node "a" is not allowed to modify node "b"');
  expect(await why(nodes.patch(undefined, 'a', { spec: { taints: null } }, 'merge'))).toBe('node "a" is not allowed to modify taints');
  expect(await why(nodes.patch(undefined, 'a', { metadata: { labels: { 'node-restriction.kubernetes.io/x': '1', 'node-role.kubernetes.io/y': '', 'topology.kubernetes.io/zone': 'z', own: '1' } } }, 'merge'))).toBe('is not allowed to modify labels: node-restriction.kubernetes.io/x, node-role.kubernetes.io/y');
  await nodes.patch(undefined, 'a', { metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } }, 'merge');
});

test('its own pods', async () => {
  const pods = kubelet().of(PODS);
  const status = { status: { phase: 'Running' } };
  await pods.patch('default', 'a', status, 'merge', { subresource: 'status' });
  expect(await why(pods.patch('default', 'b', status, 'merge', { subresource: 'status' }))).toBe('node "a" can only update pod status for pods with spec.nodeName set to itself');
  expect(await why(pods.patch('default', 'a', { metadata: { labels: { a: 'b' } } }, 'merge', { subresource: 'status' }))).toBe('node "a" cannot update labels through pod status');
  expect(await why(pods.delete('default', 'b'))).toBe('node "a" can only delete pods with spec.nodeName set to itself');
  expect(await why(pods.createSub('default', 'b', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'b', namespace: 'default' } }))).toBe('node a can only evict pods with spec.nodeName set to itself');
});

test('new pods only as mirrors of its own', async () => {
  const create = (pod: KubeObject & { spec?: object }) => why(kubelet().of(PODS).create({ ...pod, metadata: { name: 'm', namespace: 'default', ...pod.metadata }, spec: { nodeName: 'a', containers: [{ name: 'c', image: 'nginx' }], ...pod.spec } }));
  const annotations = { 'kubernetes.io/config.mirror': 'x' };
  const { uid } = (await cluster.of(NODES).get(undefined, 'a')).metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'a', uid, controller: true }];
  expect(await create({})).toBe('pod does not have "kubernetes.io/config.mirror" annotation, node "a" can only create mirror pods');
  expect(await create({ metadata: { annotations } })).toBe('node "a" can only create pods with an owner reference set to itself');
  expect(await create({ metadata: { annotations, ownerReferences: [{ ...ownerReferences[0]!, uid: 'other' }] } })).toBe(`node a UID mismatch: expected other got ${uid}`);
  expect(await create({ metadata: { annotations, ownerReferences }, spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } })).toBe('node "a" can not create pods that reference secrets');
});

test('tokens for its own pods, its own lease', async () => {
  const token = (boundObjectRef?: object, audiences: string[] = []) => kubelet().of(SERVICEACCOUNTS).createSub('default', 'default', 'token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: { audiences, boundObjectRef } });
  const ref = async (name: string) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: (await cluster.of(PODS).get('default', name)).metadata.uid });
  expect(await why(token())).toBe('node requested token not bound to a pod');
  expect(await why(token(await ref('b')))).toBe('node requested token bound to a pod scheduled on a different node');
  expect(await why(token(await ref('a'), ['elsewhere']))).toBe('audience "elsewhere" not found in pod spec volume, system:node:a is not authorized to request tokens for this audience');
  expect(await token(await ref('a'))).toMatchObject({ kind: 'TokenRequest' });
  expect(await why(kubelet().of(LEASES).create({ metadata: { name: 'b', namespace: 'kube-node-lease' } }))).toBe('can only access node lease with the same name as the requesting node');
});
