/** What roles and bindings allow, and the words of a refusal. */
import { CLUSTERROLEBINDINGS, CLUSTERROLES, RBAC_GROUP } from '../../../src/api/rbac/resources.ts';
import { apiCluster, type ApiCluster } from '../support/api-cluster.ts';
import { grant, JANE, refusal, review, rule } from './support.ts';

let cluster: ApiCluster;
beforeEach(async () => void (cluster = await apiCluster()));
afterEach(() => cluster.close());

test('refusals name the resource, the subresource, the group and the scope', async () => {
  expect(await refusal(cluster, JANE, { verb: 'get', resource: 'pods', namespace: 'default', name: 'a' })).toBe('pods "a" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"');
  expect(await refusal(cluster, JANE, { verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'default', name: 'a', body: {} })).toBe('deployments.apps "a" is forbidden: User "jane" cannot update resource "deployments/scale" in API group "apps" in the namespace "default"');
  expect(await refusal(cluster, JANE, { verb: 'list', resource: 'nodes' })).toBe('nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope');
  // A namespace is within itself.
  expect(await refusal(cluster, JANE, { verb: 'get', resource: 'namespaces', name: 'default' })).toBe('namespaces "default" is forbidden: User "jane" cannot get resource "namespaces" in API group "" in the namespace "default"');
  expect(await refusal(cluster, JANE, { verb: 'list', group: 'nobody.example', resource: 'things' })).toBe('things.nobody.example is forbidden: User "jane" cannot list resource "things" in API group "nobody.example" at the cluster scope');
  expect(await refusal(cluster, { username: '<b>', groups: [] }, { verb: 'list', resource: 'nodes' })).toBe('nodes is forbidden: User "&lt;b&gt;" cannot list resource "nodes" in API group "" at the cluster scope');
});

test('paths outside the resource API', async () => {
  const ask = async (user: typeof JANE, path: string) => {
    const { code, body } = await cluster.server.raw('GET', path, undefined, { user });
    return { code, message: code === 403 ? (JSON.parse(body) as { message?: string }).message : undefined };
  };
  expect((await ask(JANE, '/foo')).message).toBe('forbidden: User "jane" cannot get path "/foo"');
  expect((await ask(JANE, '/version')).code).toBe(200);
  expect((await ask({ username: 'system:anonymous', groups: ['system:unauthenticated'] }, '/apis')).message).toBe('forbidden: User "system:anonymous" cannot get path "/apis"');
  await cluster.of(CLUSTERROLES).create({ metadata: { name: 'foo' }, rules: [{ nonResourceURLs: ['/foo*'], verbs: ['get'] }] });
  await cluster.of(CLUSTERROLEBINDINGS).create({ metadata: { name: 'foo' }, roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: 'foo' }, subjects: [{ kind: 'Group', apiGroup: RBAC_GROUP, name: 'dev' }] });
  expect((await ask(JANE, '/foo/bar')).code).toBe(404);
});

test.each([
  ['a name', rule('get', 'pods', { resourceNames: ['a'] }), { verb: 'get', resource: 'pods', name: 'a' }, { verb: 'get', resource: 'pods', name: 'b' }],
  ['a list narrowed to a name', rule('list', 'pods', { resourceNames: ['a'] }), { verb: 'list', resource: 'pods', options: { fieldSelector: 'metadata.name=a' } }, { verb: 'list', resource: 'pods' }],
  ['a subresource', rule('get', 'pods/log'), { verb: 'get', resource: 'pods', subresource: 'log', name: 'a' }, { verb: 'get', resource: 'pods', name: 'a' }],
  ['a subresource of anything', rule('get', '*/status'), { verb: 'get', resource: 'pods', subresource: 'status', name: 'a' }, { verb: 'get', resource: 'pods', subresource: 'log', name: 'a' }],
  ['every verb', rule('*', 'pods'), { verb: 'deletecollection', resource: 'pods' }, { verb: 'get', resource: 'secrets', name: 'a' }],
  ['every resource', rule('get', '*'), { verb: 'get', resource: 'pods', subresource: 'log', name: 'a' }, { verb: 'list', resource: 'pods' }],
  ['every group', rule('get', 'deployments', { apiGroups: ['*'] }), { verb: 'get', group: 'apps', resource: 'deployments', name: 'a' }, { verb: 'get', resource: 'pods', name: 'a' }],
] as const)('a rule for %s', async (_what, granted, allowed, refused) => {
  await grant(cluster, 'default', 'some', [granted]);
  expect(await refusal(cluster, JANE, { namespace: 'default', ...allowed })).toBe('');
  expect(await refusal(cluster, JANE, { namespace: 'default', ...refused })).not.toBe('');
  expect(await refusal(cluster, JANE, { namespace: 'kube-system', ...allowed })).not.toBe('');
});

test('reviews say which binding allows, and what is missing', async () => {
  const ask = (user: string, namespace = 'default') => review(cluster, { user, resourceAttributes: { verb: 'get', resource: 'pods', namespace } });
  await grant(cluster, 'default', 'readers', [rule('get', 'pods')], { kind: 'ServiceAccount', name: 'robot' });
  await grant(cluster, '', 'everywhere', [rule('get', 'pods')]);
  expect(await ask('system:serviceaccount:default:robot')).toEqual({ allowed: true, reason: 'RBAC: allowed by RoleBinding "readers/default" of Role "readers" to ServiceAccount "robot/default"' });
  expect(await ask('jane')).toEqual({ allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "everywhere" of ClusterRole "everywhere" to User "jane"' });
  await cluster.of(CLUSTERROLES).delete(undefined, 'everywhere');
  expect(await ask('jane')).toEqual({ allowed: false, reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "everywhere" not found' });
  await cluster.of(CLUSTERROLEBINDINGS).delete(undefined, 'everywhere');
  expect(await ask('jane')).toEqual({ allowed: false });
  expect(await review(cluster, { user: 'x', groups: ['system:masters'], resourceAttributes: { verb: 'get', resource: 'pods' } })).toEqual({ allowed: true });
});

test('other modes', async () => {
  const open = await apiCluster({ authorizationModes: ['AlwaysAllow'] });
  expect(await refusal(open, JANE, { verb: 'list', resource: 'secrets' })).toBe('');
  await open.close();
  const shut = await apiCluster({ authorizationModes: ['AlwaysDeny'] });
  expect(await refusal(shut, JANE, { verb: 'list', resource: 'secrets' })).toBe('secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" at the cluster scope: Everything is forbidden.');
  await shut.close();
});
