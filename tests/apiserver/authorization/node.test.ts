/** What a kubelet may see and do. */
import { CONFIGMAPS, NODES, PODS, SECRETS } from '../../../src/api/kinds.ts';
import { apiCluster, type ApiCluster } from '../support/api-cluster.ts';
import { node, refusal } from './support.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
  for (const name of ['a', 'b']) await cluster.of(NODES).create({ metadata: { name } });
  for (const name of ['used', 'unused', 'pulled']) await cluster.of(SECRETS).create({ metadata: { name, namespace: 'default' } });
  await cluster.of(CONFIGMAPS).create({ metadata: { name: 'used', namespace: 'default' } });
  await cluster.of(PODS).create({
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      nodeName: 'a', imagePullSecrets: [{ name: 'pulled' }], volumes: [{ name: 'v', secret: { secretName: 'used' } }],
      containers: [{ name: 'c', image: 'nginx', envFrom: [{ configMapRef: { name: 'used' } }] }],
    },
  });
});
afterAll(() => cluster.close());

const ask = (of: string, verb: 'get' | 'list' | 'create' | 'update' | 'delete', resource: string, name = '', more: object = {}) =>
  refusal(cluster, node(of), { verb, resource, ...(resource === 'nodes' ? {} : { namespace: 'default' }), ...(name ? { name } : {}), ...more });

test('what its pods refer to, and nothing else', async () => {
  for (const [resource, name] of [['secrets', 'used'], ['secrets', 'pulled'], ['configmaps', 'used'], ['configmaps', 'kube-root-ca.crt'], ['pods', 'web']] as const) {
    expect(await ask('a', 'get', resource, name)).toBe('');
    expect(await ask('b', 'get', resource, name)).toBe(`${resource} "${name}" is forbidden: User "system:node:b" cannot get resource "${resource}" in API group "" in the namespace "default": no relationship found between node 'b' and this object`);
  }
  expect(await ask('a', 'get', 'secrets', 'unused')).toContain('no relationship found');
  expect(await ask('a', 'list', 'secrets')).toBe('secrets is forbidden: User "system:node:a" cannot list resource "secrets" in API group "" in the namespace "default": No Object name found');
  expect(await ask('a', 'delete', 'secrets', 'used')).toContain('can only read resources of this type');
});

test('its own pods by a selector', async () => {
  expect(await ask('a', 'list', 'pods', '', { options: { fieldSelector: 'spec.nodeName=a' } })).toBe('');
  expect(await ask('a', 'list', 'pods', '', { options: { fieldSelector: 'spec.nodeName=b' } })).toContain('can only list/watch pods with spec.nodeName field selector');
});

test('its own node, lease and tokens', async () => {
  expect(await ask('a', 'get', 'nodes', 'a')).toBe('');
  expect(await ask('a', 'get', 'nodes', 'b')).toContain("node 'a' cannot read 'b', only its own Node object");
  expect(await ask('a', 'list', 'nodes')).toContain("node 'a' cannot read all nodes, only its own Node object");
  expect(await ask('a', 'get', 'leases', 'a', { group: 'coordination.k8s.io', namespace: 'kube-node-lease' })).toBe('');
  expect(await ask('a', 'get', 'leases', 'b', { group: 'coordination.k8s.io', namespace: 'kube-node-lease' })).toContain('can only access node lease with the same name as the requesting node');
  expect(await ask('b', 'create', 'serviceaccounts', 'default', { subresource: 'token', body: {} })).toContain("no relationship found between node 'b' and this object");
});

test('who says that it is a node and not which', async () => {
  expect(await refusal(cluster, { username: 'system:node:', groups: ['system:nodes'] }, { verb: 'list', resource: 'services' })).toContain('unknown node for user "system:node:"');
  expect(await ask('a', 'list', 'services')).toBe('');
});
