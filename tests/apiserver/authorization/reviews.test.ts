/** Reviews: their faults, and what they answer about oneself. */
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { JANE, node, review } from './support.ts';

let cluster: ApiCluster;
beforeAll(async () => void (cluster = await apiCluster()));
afterAll(() => cluster.close());

const fault = async (spec: object, kind?: string, namespace?: string) => (await failure(review(cluster, spec, kind, namespace))).message;

test('faults are told as upstream does', async () => {
  const resourceAttributes = { verb: 'get', resource: 'pods' };
  expect(await fault({})).toBe('.authorization.k8s.io "" is invalid: [spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid value: "": at least one of user or group must be specified]');
  expect(await fault({ user: 'jane', resourceAttributes, nonResourceAttributes: { path: '/a', verb: 'get' } })).toBe('.authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: authorization.NonResourceAttributes{Path:"/a", Verb:"get"}: cannot be specified in combination with resourceAttributes');
  expect(await fault({ resourceAttributes: { ...resourceAttributes, fieldSelector: {} } }, 'SelfSubjectAccessReview')).toBe('.authorization.k8s.io "" is invalid: spec.resourceAttributes.fieldSelector.requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required');
  expect(await fault({ user: 'jane', resourceAttributes: { ...resourceAttributes, namespace: 'kube-system' } }, 'LocalSubjectAccessReview', 'default')).toBe('.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "kube-system": must match metadata.namespace');
});

test('selectors that cannot be read are left out, and that is said', async () => {
  const pods = { verb: 'list', resource: 'pods' };
  const user = { user: node('a').username, groups: node('a').groups };
  expect(await review(cluster, { ...user, resourceAttributes: { ...pods, fieldSelector: { rawSelector: 'spec.nodeName=a' } } })).toEqual({ allowed: true });
  expect(await review(cluster, { ...user, resourceAttributes: { ...pods, fieldSelector: { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['a'] }, { key: 'x', operator: 'Exists' }] } } })).toEqual({ allowed: true, evaluationError: 'spec.resourceAttributes.fieldSelector partially ignored due to parse error' });
  expect(await review(cluster, { ...user, resourceAttributes: { ...pods, labelSelector: { rawSelector: '((' } } })).toMatchObject({ allowed: false, evaluationError: 'spec.resourceAttributes.labelSelector ignored due to parse error' });
});

test('what one may in a namespace', async () => {
  const rules = async (user: typeof JANE) => {
    const { object } = await cluster.request({ verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectrulesreviews', user, body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', metadata: {}, spec: { namespace: 'default' } } });
    return object as unknown as { status: { resourceRules: object[]; nonResourceRules: object[]; incomplete: boolean; evaluationError?: string } };
  };
  const { status } = await rules(JANE);
  expect(status.resourceRules).toEqual([
    { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ]);
  expect(status.nonResourceRules).toHaveLength(2);
  expect(status.incomplete).toBe(false);
  expect((await rules(node('a'))).status).toMatchObject({ incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' });
});
