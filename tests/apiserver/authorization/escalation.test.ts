/** Nobody gives away what he has not. */
import { CLUSTERROLEBINDINGS, CLUSTERROLES, RBAC_GROUP, ROLES } from '../../../src/api/rbac/resources.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { grant, JANE, rule } from './support.ts';

let cluster: ApiCluster;
beforeEach(async () => {
  cluster = await apiCluster();
  await grant(cluster, '', 'writers', [rule('*', 'roles,clusterroles,rolebindings,clusterrolebindings', { apiGroups: [RBAC_GROUP], verbs: ['create', 'get', 'update', 'patch'] }), rule('get,list', 'pods')]);
});
afterEach(() => cluster.close());

const jane = () => cluster.client.as({ userAgent: 'kubectl', user: JANE });

test('a role may hold what its writer holds', async () => {
  const roles = jane().of(ROLES);
  await roles.create({ metadata: { name: 'own', namespace: 'default' }, rules: [rule('get', 'pods')] });
  const error = await failure(roles.create({ metadata: { name: 'more', namespace: 'default' }, rules: [rule('get,delete,watch', 'pods,secrets'), { nonResourceURLs: ['/metrics'], verbs: ['get'] }] }));
  expect(error.message).toBe([
    'roles.rbac.authorization.k8s.io "more" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
    '{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}',
    '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete" "watch"]}',
    '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
  ].join('\n'));
});

test('or his who may escalate', async () => {
  await grant(cluster, '', 'escalators', [rule('escalate', 'clusterroles', { apiGroups: [RBAC_GROUP] })]);
  await jane().of(CLUSTERROLES).create({ metadata: { name: 'all' }, rules: [rule('*', '*')] });
});

test('a binding needs the rights or bind', async () => {
  const bindings = jane().of(CLUSTERROLEBINDINGS);
  const binding = (name: string, role: string) => ({ metadata: { name }, roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role }, subjects: [{ kind: 'User', apiGroup: RBAC_GROUP, name: 'joe' }] });
  expect((await failure(bindings.create(binding('root', 'cluster-admin')))).message).toBe([
    'clusterrolebindings.rbac.authorization.k8s.io "root" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
    '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
    '{NonResourceURLs:["*"], Verbs:["*"]}',
  ].join('\n'));
  expect((await failure(bindings.create(binding('nobody', 'nobody')))).message).toBe('clusterroles.rbac.authorization.k8s.io "nobody" not found');
  await bindings.create(binding('own', 'writers'));
  await grant(cluster, '', 'binders', [rule('bind', 'clusterroles', { apiGroups: [RBAC_GROUP], resourceNames: ['cluster-admin'] })]);
  await bindings.create(binding('root', 'cluster-admin'));
});

test('to gather other roles one must be an administrator; what has not changed is not looked at', async () => {
  const roles = jane().of(CLUSTERROLES);
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
  expect((await failure(roles.create({ metadata: { name: 'all' }, aggregationRule, rules: [] }))).message).toBe('clusterroles.rbac.authorization.k8s.io "all" is forbidden: must have cluster-admin privileges to use the aggregationRule');
  await roles.patch(undefined, 'cluster-admin', { metadata: { finalizers: ['a.example/b'] } }, 'merge');
  expect((await failure(roles.patch(undefined, 'cluster-admin', { metadata: { labels: { a: 'b' } } }, 'merge'))).code).toBe(403);
});

test("a binding's role stays", async () => {
  const bindings = cluster.of(CLUSTERROLEBINDINGS);
  const { metadata, ...binding } = await bindings.get(undefined, 'writers');
  const error = await failure(bindings.update({ ...binding, metadata, roleRef: { ...binding.roleRef, name: 'view' } }));
  expect(error.message).toBe('ClusterRoleBinding.rbac.authorization.k8s.io "writers" is invalid: roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"view"}: cannot change roleRef');
});
