import type { ClusterRole } from '../../../src/api/generated/types.ts';
import { CLUSTERROLES } from '../../../src/api/rbac/resources.ts';
import { clusterRoleAggregationController } from '../../../src/controllers/clusterroleaggregation/controller.ts';
import { testContext, type TestContext } from '../../support/fake-api.ts';

let test: TestContext;
beforeEach(() => void (test = testContext()));
afterEach(() => test.stop());

const role = (name: string, more: Partial<ClusterRole>) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', ...more, metadata: { name, ...more.metadata } });
const rules = (resource: string) => [{ apiGroups: [''], resources: [resource], verbs: ['get'] }];
const part = (name: string, resource: string) => role(name, { metadata: { labels: { part: 'yes' } }, rules: rules(resource) });

it('gives a role the rules of those that it selects, each once, by their names; and follows them', async () => {
  test.api.put(part('b', 'pods'));
  test.api.put(part('a', 'services'));
  test.api.put(part('c', 'pods'));
  test.api.put(role('other', { rules: rules('secrets') }));
  test.api.put(role('all', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] }, metadata: { labels: { part: 'yes' } } }));
  await test.start(clusterRoleAggregationController);
  const resources = () => test.api.get(CLUSTERROLES, undefined, 'all')?.rules?.map((rule) => rule.resources?.[0]);
  expect(resources()).toEqual(['services', 'pods']);
  const { resourceVersion } = test.api.get(CLUSTERROLES, undefined, 'all')?.metadata ?? {};
  test.api.put(part('d', 'pods'));
  await test.settle();
  expect(test.api.get(CLUSTERROLES, undefined, 'all')?.metadata.resourceVersion).toBe(resourceVersion);
  test.api.remove(CLUSTERROLES, undefined, 'a');
  await test.settle();
  expect(resources()).toEqual(['pods']);
  expect(test.errors).toEqual([]);
});
