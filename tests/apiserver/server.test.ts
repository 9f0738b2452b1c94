import type { ClusterRole, ClusterRoleBinding, EventsV1Event, Role, RoleBinding, V2HorizontalPodAutoscaler } from '../../src/api/generated/types.ts';
import { CONFIGMAPS, EVENTS, PODS, type Resource } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { builtinResources, groupResourceName, resourceAt } from '../../src/api/resource.ts';
import { strategyFor } from '../../src/apiserver/strategies/index.ts';
import { apiCluster, type ApiCluster, clusterOfEachTest, failure } from './support/api-cluster.ts';
import { configMap, pod } from './support/objects.ts';

const cluster = clusterOfEachTest();

const resource = <T>(group: string, version: string, plural: string) => resourceAt(group, version, plural) as Resource<T>;

describe('every resource', () => {
  const stored = builtinResources().filter(({ verbs }) => verbs.includes('list'));

  test.each(stored.map((facts) => [groupResourceName(facts), facts] as const))('%s is listed and watched', async (_, facts) => {
    const { object } = await cluster.request({ verb: 'list', group: facts.group, version: facts.version, resource: facts.plural });
    expect(object).toMatchObject({ kind: `${facts.kind}List`, items: expect.any(Array) as unknown });
    if (facts.verbs.includes('watch')) (await cluster.watch(facts as Resource<KubeObject>, undefined)).handle.stop();
    expect(() => strategyFor(facts).selectableFields?.({ metadata: {} })).not.toThrow();
  });
});

describe('authorization by RBAC', () => {
  const user = { username: 'jane', groups: ['system:authenticated', 'dev'] };
  const ask = (of: ApiCluster, namespace?: string) => of.request({ verb: 'list', resource: 'pods', user, ...(namespace ? { namespace } : {}) });

  test('allows what a binding allows and refuses the rest in upstream’s words', async () => {
    const secured = await apiCluster({ authorizationModes: ['RBAC'] });
    expect((await failure(ask(secured, 'default'))).message).toBe('pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"');
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
    const rbac = <T>(plural: string) => resource<T>('rbac.authorization.k8s.io', 'v1', plural);
    await secured.of(rbac<Role>('roles')).create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader', namespace: 'default' }, rules });
    await secured.of(rbac<RoleBinding>('rolebindings')).create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'readers', namespace: 'default' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }] });
    await ask(secured, 'default');
    expect((await failure(ask(secured))).message).toBe('pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope');
    await secured.of(rbac<ClusterRole>('clusterroles')).create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' }, rules });
    await secured.of(rbac<ClusterRoleBinding>('clusterrolebindings')).create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'readers' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' }, subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'dev' }] });
    await ask(secured);
    await secured.close();
  });

  test('answers who may what', async () => {
    const review = (plural: string, kind: string, group: string, spec: object) => cluster.request({ verb: 'create', group, resource: plural, body: { apiVersion: `${group}/v1`, kind, metadata: {}, spec } });
    const { object } = await review('selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'authorization.k8s.io', { resourceAttributes: { verb: 'get', resource: 'pods' } });
    expect(object).toMatchObject({ status: { allowed: true } });
    const me = await cluster.request({ verb: 'create', group: 'authentication.k8s.io', resource: 'selfsubjectreviews', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} } });
    expect(me.object).toMatchObject({ status: { userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] } } });
  });
});

test('events are one thing under two names', async () => {
  const events = resource<EventsV1Event>('events.k8s.io', 'v1', 'events');
  await cluster.of(EVENTS).create({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' }, involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' }, reason: 'Started', message: 'hello', type: 'Normal', count: 2 });
  const seen = await cluster.of(events).get('default', 'e');
  expect(seen).toMatchObject({ apiVersion: 'events.k8s.io/v1', regarding: { name: 'a' }, note: 'hello', deprecatedCount: 2 });
  expect(seen).not.toHaveProperty('message');
  expect((await cluster.of(events).list('default')).items).toEqual([seen]);
  const watched = await cluster.watch(events, 'default');
  expect(watched.events[0]?.object).toEqual(seen);
});

test('events go after an hour', async () => {
  await cluster.of(EVENTS).create({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' }, involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' }, reason: 'Started', message: 'hello', type: 'Normal' });
  const watched = await cluster.watch(EVENTS, 'default');
  await cluster.clock.advance(3_500_000);
  expect(watched.summary()).toEqual(['ADDED e']);
  await cluster.clock.advance(200_000);
  expect(watched.summary()).toEqual(['ADDED e', 'DELETED e']);
});

test('an autoscaler of version 1 is one of version 2', async () => {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await cluster.request({ verb: 'create', group: 'autoscaling', resource: 'horizontalpodautoscalers', namespace: 'default', body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace: 'default' }, spec: { scaleTargetRef: target, maxReplicas: 5, targetCPUUtilizationPercentage: 60 } } });
  const v2 = await cluster.of(resource<V2HorizontalPodAutoscaler>('autoscaling', 'v2', 'horizontalpodautoscalers')).get('default', 'web');
  expect(v2).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { maxReplicas: 5, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 60 } } }] } });
  const { object } = await cluster.request({ verb: 'get', group: 'autoscaling', resource: 'horizontalpodautoscalers', namespace: 'default', name: 'web' });
  expect(object).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 60 } });
});

test('answers come as objects, rows or metadata', async () => {
  await cluster.of(PODS).create(pod('a'));
  const list = (representation: 'table' | 'partial') => cluster.request({ verb: 'list', resource: 'pods', namespace: 'default', representation });
  expect((await list('table')).object).toMatchObject({ kind: 'Table', rows: [{ cells: expect.arrayContaining(['a', '0/1', 'Pending']) as unknown, object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }] });
  expect((await list('partial')).object).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }] });
});

test('unknown fields warn, or fail where the client is strict', async () => {
  const body = { ...configMap('a'), colour: 'red' };
  const warned = await cluster.request({ verb: 'create', resource: 'configmaps', namespace: 'default', body });
  expect(warned.warnings).toEqual(['unknown field "colour"']);
  const strict = await failure(cluster.request({ verb: 'create', resource: 'configmaps', namespace: 'default', body, options: { fieldValidation: 'Strict' } }));
  expect(strict.message).toBe('ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "colour"');
});

test('objects handed in stay the caller’s: nothing of them is frozen or kept', async () => {
  const mine = configMap('a', { key: 'value' });
  const stored = await cluster.of(CONFIGMAPS).create(mine);
  (mine.data as Record<string, string>).key = 'other';
  expect(stored.data).toEqual({ key: 'value' });
});

test('a request is made of microtasks only, so that the clock can tell when nothing is left to do', async () => {
  let done = false;
  void (async () => {
    await cluster.of(PODS).create(pod('a'));
    await cluster.of(PODS).list('default');
    await cluster.of(PODS).delete('default', 'a');
    done = true;
  })();
  await cluster.clock.activity.idle();
  expect(done).toBe(true);
});
