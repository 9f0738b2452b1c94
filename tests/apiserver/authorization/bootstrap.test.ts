/** The policy that every cluster has: complete, written once, repaired and not forced on anybody. */
import { bootstrapPolicy } from '../../../src/apiserver/authorization/bootstrap/policy.ts';
import { CLUSTERROLEBINDINGS, CLUSTERROLES, ROLEBINDINGS, ROLES } from '../../../src/api/rbac/resources.ts';
import { fnv1a } from '../../../src/simulation/random.ts';
import { apiCluster } from '../support/api-cluster.ts';

test('all of v1.33’s roles and bindings', async () => {
  const cluster = await apiCluster();
  const counts = await Promise.all([CLUSTERROLES, CLUSTERROLEBINDINGS, ROLES, ROLEBINDINGS].map(async (resource) => (await cluster.client.of(resource as typeof ROLES).list()).items.length));
  expect(counts).toEqual([66, 47, 7, 7]);
  expect(await cluster.of(CLUSTERROLES).get(undefined, 'system:kube-dns')).toMatchObject({
    metadata: { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
    rules: [{ apiGroups: [''], resources: ['endpoints', 'services'], verbs: ['list', 'watch'] }],
  });
  expect((await cluster.of(CLUSTERROLEBINDINGS).get(undefined, 'system:basic-user')).metadata.managedFields).toMatchObject([{
    manager: 'kube-apiserver', operation: 'Update', apiVersion: 'rbac.authorization.k8s.io/v1', fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': { 'f:annotations': { '.': {}, 'f:rbac.authorization.kubernetes.io/autoupdate': {} }, 'f:labels': { '.': {}, 'f:kubernetes.io/bootstrapping': {} } }, 'f:roleRef': {}, 'f:subjects': {} },
  }]);
  // Compared with upstream's testdata when it was written down; whoever changes it compares again.
  expect(fnv1a(JSON.stringify(bootstrapPolicy()))).toBe(FINGERPRINT);
  await cluster.close();
});

const FINGERPRINT = 293577445;

test('an aggregated role has the rules of its parts', async () => {
  const { clusterRoles } = bootstrapPolicy();
  const rules = (name: string) => clusterRoles.find(({ metadata }) => metadata?.name === name)?.rules ?? [];
  expect(rules('view')).toEqual(rules('system:aggregate-to-view'));
  expect(rules('edit')).toHaveLength(rules('system:aggregate-to-edit').length + rules('view').length);
  expect(rules('admin').length).toBeGreaterThan(rules('edit').length);
});

test('a server that starts puts back what is missing, but only where it may', async () => {
  const cluster = await apiCluster({ reconcilePolicy: true });
  const roles = cluster.of(CLUSTERROLES);
  await roles.delete(undefined, 'view');
  await roles.patch(undefined, 'system:kube-dns', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] }, 'merge');
  await roles.patch(undefined, 'system:discovery', { metadata: { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } }, rules: [] }, 'merge');
  const bindings = cluster.of(CLUSTERROLEBINDINGS);
  await bindings.delete(undefined, 'cluster-admin');
  await bindings.create({ metadata: { name: 'cluster-admin' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [] });
  const untouched = (await roles.get(undefined, 'edit')).metadata.resourceVersion;
  await (await cluster.restart()).close();
  expect((await roles.get(undefined, 'view')).aggregationRule).toBeDefined();
  expect((await roles.get(undefined, 'system:kube-dns')).rules).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    ...['endpoints', 'services'].flatMap((resource) => ['list', 'watch'].map((verb) => ({ apiGroups: [''], resources: [resource], verbs: [verb] }))),
  ]);
  expect((await roles.get(undefined, 'system:discovery')).rules ?? []).toEqual([]);
  expect((await bindings.get(undefined, 'cluster-admin')).roleRef.name).toBe('cluster-admin');
  expect((await roles.get(undefined, 'edit')).metadata.resourceVersion).toBe(untouched);
  await cluster.close();
});
