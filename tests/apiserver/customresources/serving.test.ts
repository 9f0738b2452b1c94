/** Custom resources from their definition on: served at once, gone with it. */
import { CUSTOMRESOURCEDEFINITIONS } from '../../../src/api/kinds.ts';
import { clusterOfEachTest, failure } from '../support/api-cluster.ts';
import { ask, cronTab, cronTabs, define, GROUP, version } from './support.ts';

const cluster = clusterOfEachTest();

const definitions = () => cluster.of(CUSTOMRESOURCEDEFINITIONS);
const raw = async (path: string): Promise<unknown> => JSON.parse((await cluster.server.raw('GET', path)).body) as unknown;

test('a definition gets its names and is established, step by step', async () => {
  const watched = await cluster.watch(CUSTOMRESOURCEDEFINITIONS, undefined);
  const created = await define(cluster, cronTabs());
  expect(created.status).toEqual({ acceptedNames: { kind: '', plural: '' }, storedVersions: ['v1'] });
  expect(watched.events.map(({ object }) => (object.status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`))).toEqual([
    [],
    ['NamesAccepted=True NoConflicts', 'Established=False Installing'],
    ['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted'],
  ]);
  const { spec, status, metadata } = await definitions().get(undefined, `crontabs.${GROUP}`);
  expect(spec.names).toEqual({ plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] });
  expect(status?.acceptedNames).toEqual(spec.names);
  expect(spec.conversion).toEqual({ strategy: 'None' });
  expect(metadata.generation).toBe(1);
});

test('names that another definition of the group has are refused until they are free', async () => {
  await define(cluster, cronTabs());
  await define(cluster, cronTabs({ names: { plural: 'others', singular: 'other', kind: 'CronTab', shortNames: ['ct', 'ot'] } }));
  const other = await definitions().get(undefined, `others.${GROUP}`);
  expect(other.status?.acceptedNames).toEqual({ plural: 'others', singular: 'other', kind: '' });
  expect(other.status?.conditions).toMatchObject([
    { type: 'NamesAccepted', status: 'False', reason: 'ListKindConflict', message: '"CronTabList" is already in use' },
    { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
  ]);
  expect(await failure(ask(cluster, { verb: 'list', resource: 'others' }))).toMatchObject({ code: 404 });
  await definitions().delete(undefined, `crontabs.${GROUP}`);
  expect((await definitions().get(undefined, `others.${GROUP}`)).status?.conditions).toMatchObject([{ status: 'True' }, { type: 'Established', status: 'True' }]);
});

test('instances are created, read, listed, watched, changed and deleted', async () => {
  await define(cluster, cronTabs());
  const created = await ask(cluster, { verb: 'create', body: cronTab('a', { cronSpec: '* * * * */5', image: 'x' }) });
  expect(created).toMatchObject({ apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'a', namespace: 'default', generation: 1 }, spec: { replicas: 1 } });
  expect(await ask(cluster, { verb: 'get', name: 'a' })).toEqual(created);
  expect(await ask(cluster, { verb: 'list' })).toMatchObject({ kind: 'CronTabList', apiVersion: 'stable.example.com/v1', items: [created] });
  const events: string[] = [];
  const handle = await cluster.server.watch({ verb: 'watch', group: GROUP, version: 'v1', resource: 'crontabs' }, ({ type, object }) => void events.push(`${type} ${object.metadata?.name}`));
  await ask(cluster, { verb: 'patch', name: 'a', patchType: 'merge', body: { spec: { image: 'y' } } });
  expect(await ask(cluster, { verb: 'patch', name: 'a', patchType: 'json', body: [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }] })).toMatchObject({ metadata: { generation: 2, labels: { a: 'b' } }, spec: { image: 'y' } });
  expect(await ask(cluster, { verb: 'delete', name: 'a' })).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'a', group: GROUP, kind: 'crontabs' } });
  expect(events).toEqual(['ADDED a', 'MODIFIED a', 'MODIFIED a', 'DELETED a']);
  handle.stop();
  expect((await failure(ask(cluster, { verb: 'get', name: 'a' }))).message).toBe('crontabs.stable.example.com "a" not found');
});

test('only what is served is there: versions, scope, subresources', async () => {
  await define(cluster, cronTabs({ versions: [version('v1'), version('v2', { served: false, storage: false })] }));
  expect(await failure(ask(cluster, { verb: 'list', version: 'v2' }))).toMatchObject({ code: 404 });
  expect(await failure(ask(cluster, { verb: 'get', name: 'a', namespace: '' }))).toMatchObject({ code: 404 });
  expect(await ask(cluster, { verb: 'list', namespace: '' })).toMatchObject({ items: [] });
  await ask(cluster, { verb: 'create', body: cronTab('a') });
  expect((await failure(ask(cluster, { verb: 'get', name: 'a', subresource: 'status' }))).message).toBe('crontabs.stable.example.com "a" not found');
});

test('with a status subresource, spec and status are changed apart', async () => {
  await define(cluster, cronTabs({ versions: [version('v1', { subresources: { status: {} } })] }));
  expect(await ask(cluster, { verb: 'create', body: cronTab('a', {}, { status: { replicas: 3 } }) })).not.toHaveProperty('status');
  const withStatus = await ask(cluster, { verb: 'patch', name: 'a', subresource: 'status', patchType: 'merge', body: { spec: { image: 'x' }, metadata: { labels: { a: 'b' } }, status: { replicas: 3 } } });
  expect(withStatus).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 1 }, status: { replicas: 3 } });
  expect(withStatus.metadata?.labels).toBeUndefined();
  expect(withStatus.spec).not.toHaveProperty('image');
  const changed = await ask(cluster, { verb: 'patch', name: 'a', patchType: 'merge', body: { spec: { image: 'x' }, status: { replicas: 9 } } });
  expect(changed).toMatchObject({ metadata: { generation: 2 }, spec: { image: 'x' }, status: { replicas: 3 } });
});

test('discovery names it, and no longer once it is gone', async () => {
  await define(cluster, cronTabs({ names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] }, versions: [version('v1beta1', { storage: false }), version('v2alpha1', { storage: false }), version('v1', { subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } } })] }));
  expect(await raw(`/apis/${GROUP}`)).toMatchObject({ name: GROUP, versions: [{ version: 'v1' }, { version: 'v1beta1' }, { version: 'v2alpha1' }], preferredVersion: { groupVersion: `${GROUP}/v1` } });
  expect(await raw(`/apis/${GROUP}/v1`)).toEqual({
    kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/v1`,
    resources: [
      { name: 'crontabs', singularName: 'crontab', namespaced: true, kind: 'CronTab', verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'], shortNames: ['ct'], categories: ['all'], storageVersionHash: 'EdX2FP+L0js=' },
      { name: 'crontabs/scale', singularName: '', namespaced: true, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] },
      { name: 'crontabs/status', singularName: '', namespaced: true, kind: 'CronTab', verbs: ['get', 'patch', 'update'] },
    ],
  });
  const { groups } = (await raw('/apis')) as { groups: { name: string }[] };
  expect(groups.at(-1)?.name).toBe(GROUP);
  await definitions().delete(undefined, `crontabs.${GROUP}`);
  expect((await cluster.server.raw('GET', `/apis/${GROUP}`)).code).toBe(404);
});

test('a definition takes its instances along', async () => {
  await define(cluster, cronTabs());
  await ask(cluster, { verb: 'create', body: cronTab('a') });
  await ask(cluster, { verb: 'create', namespace: 'kube-system', body: cronTab('b') });
  const watched = await cluster.watch(CUSTOMRESOURCEDEFINITIONS, undefined, { resourceVersion: String(cluster.store.revision) });
  await definitions().delete(undefined, `crontabs.${GROUP}`);
  expect(watched.events.map(({ type, object }) => [type, object.status?.conditions?.find((condition) => condition.type === 'Terminating')?.reason, object.metadata.finalizers])).toEqual([
    ['MODIFIED', 'InstanceDeletionPending', ['customresourcecleanup.apiextensions.k8s.io']],
    ['MODIFIED', 'InstanceDeletionInProgress', ['customresourcecleanup.apiextensions.k8s.io']],
    ['DELETED', expect.anything(), expect.anything()],
  ]);
  expect((await cluster.store.range(`/registry/${GROUP}/`)).kvs).toEqual([]);
  expect(await failure(ask(cluster, { verb: 'list' }))).toMatchObject({ code: 404 });
  // A new one of that name starts empty.
  await define(cluster, cronTabs());
  expect(await ask(cluster, { verb: 'list' })).toMatchObject({ items: [] });
});

test('an instance with a finalizer holds its definition, which takes no more instances', async () => {
  await define(cluster, cronTabs());
  await ask(cluster, { verb: 'create', body: cronTab('a', {}, { metadata: { name: 'a', finalizers: ['example.com/hold'] } }) });
  await definitions().delete(undefined, `crontabs.${GROUP}`);
  expect(await failure(ask(cluster, { verb: 'create', body: cronTab('b') }))).toMatchObject({ code: 405, message: 'create not allowed while custom resource definition is terminating' });
  expect(await raw(`/apis/${GROUP}/v1`)).toMatchObject({ resources: [{ verbs: ['delete', 'deletecollection', 'get', 'list', 'watch'] }] });
  await ask(cluster, { verb: 'patch', name: 'a', patchType: 'merge', body: { metadata: { finalizers: null } } });
  await cluster.clock.activity.idle();
  expect(await failure(definitions().get(undefined, `crontabs.${GROUP}`))).toMatchObject({ code: 404 });
});

test('another server over the same store serves it', async () => {
  await define(cluster, cronTabs());
  await ask(cluster, { verb: 'create', body: cronTab('a') });
  const other = await cluster.restart();
  expect((await other.handle({ verb: 'get', group: GROUP, version: 'v1', resource: 'crontabs', namespace: 'default', name: 'a' })).object).toMatchObject({ kind: 'CronTab' });
  await other.close();
});

test('a deprecated version warns', async () => {
  await define(cluster, cronTabs({ versions: [version('v1beta1', { storage: false, deprecated: true }), version('v1')] }));
  const list = { verb: 'list', group: GROUP, resource: 'crontabs' } as const;
  expect((await cluster.request({ ...list, version: 'v1beta1' })).warnings).toEqual(['stable.example.com/v1beta1 CronTab is deprecated; use stable.example.com/v1 CronTab']);
  expect((await cluster.request({ ...list, version: 'v1' })).warnings).toBeUndefined();
});

test('a webhook with certificates that are none keeps a definition from being established', async () => {
  await define(cluster, cronTabs({ conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://127.0.0.1:1', caBundle: 'eA==' }, conversionReviewVersions: ['v1'] } } }));
  expect((await definitions().get(undefined, `crontabs.${GROUP}`)).status?.conditions).toMatchObject([{ type: 'NamesAccepted', status: 'True' }, { type: 'Established', status: 'False', reason: 'InvalidCABundle' }]);
});
