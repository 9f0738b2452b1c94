import { CONFIGMAPS, DEPLOYMENTS, PODS } from '../../src/api/kinds.ts';
import { draft } from '../../src/api/json.ts';
import { clusterOfEachTest, failure, START_MS } from './support/api-cluster.ts';
import { configMap, deployment, pod } from './support/objects.ts';

const cluster = clusterOfEachTest();

test('an update with an old resourceVersion conflicts', async () => {
  const first = await cluster.of(CONFIGMAPS).create(configMap('a'));
  await cluster.of(CONFIGMAPS).update({ ...first, data: { a: '1' } });
  const error = await failure(cluster.of(CONFIGMAPS).update({ ...first, data: { a: '2' } }));
  expect(error.message).toBe('Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again');
  expect(error.code).toBe(409);
});

test('an update without resourceVersion overwrites', async () => {
  await cluster.of(CONFIGMAPS).create(configMap('a', { a: '1' }));
  const updated = await cluster.of(CONFIGMAPS).update(configMap('a', { b: '2' }));
  expect(updated.data).toEqual({ b: '2' });
});

test('an update that changes nothing writes nothing', async () => {
  const stored = await cluster.of(CONFIGMAPS).create(configMap('a', { a: '1' }));
  const { revision } = cluster.store;
  expect(await cluster.of(CONFIGMAPS).update(stored)).toEqual(stored);
  expect((await cluster.of(CONFIGMAPS).patch('default', 'a', { data: { a: '1' } }, 'merge')).metadata.resourceVersion).toBe(stored.metadata.resourceVersion);
  expect(cluster.store.revision).toBe(revision);
});

test('another uid in the body is another object', async () => {
  const { metadata } = await cluster.of(CONFIGMAPS).create(configMap('a'));
  const error = await failure(cluster.of(CONFIGMAPS).update({ ...configMap('a'), metadata: { name: 'a', namespace: 'default', uid: 'other' } }));
  expect(error.message).toBe(`Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ${metadata.uid}`);
});

test('the name in the body has to be that of the URL', async () => {
  await cluster.of(CONFIGMAPS).create(configMap('a'));
  const error = await failure(cluster.request({ verb: 'update', resource: 'configmaps', namespace: 'default', name: 'a', body: configMap('b') }));
  expect(error.message).toBe('the name of the object (b) does not match the name on the URL (a)');
});

test('updating what is not there is NotFound', async () => {
  expect((await failure(cluster.of(CONFIGMAPS).update(configMap('a')))).message).toBe('configmaps "a" not found');
});

test('the generation counts changes of the spec, not of metadata or status', async () => {
  const stored = await cluster.of(DEPLOYMENTS).create(deployment('web', 1));
  expect(stored.metadata.generation).toBe(1);
  const labelled = await cluster.of(DEPLOYMENTS).patch('default', 'web', { metadata: { labels: { a: 'b' } } }, 'merge');
  expect(labelled.metadata.generation).toBe(1);
  const scaled = await cluster.of(DEPLOYMENTS).patch('default', 'web', { spec: { replicas: 2 } }, 'strategic');
  expect(scaled.metadata.generation).toBe(2);
  const observed = await cluster.of(DEPLOYMENTS).patch('default', 'web', { status: { observedGeneration: 2 } }, 'merge', { subresource: 'status' });
  expect(observed.metadata.generation).toBe(2);
  expect(observed.status?.observedGeneration).toBe(2);
});

test('spec and status each have their own way in', async () => {
  const stored = await cluster.of(DEPLOYMENTS).create({ ...deployment('web', 1), status: { replicas: 7 } });
  expect(stored.status?.replicas).toBeUndefined();
  const both = draft(stored);
  both.spec = { ...draft(stored.spec), replicas: 5 } as typeof both.spec;
  both.status = { replicas: 3 };
  const status = await cluster.of(DEPLOYMENTS).updateStatus(both as never);
  expect([status.spec?.replicas, status.status?.replicas]).toEqual([1, 3]);
  const main = await cluster.of(DEPLOYMENTS).update({ ...status, spec: { ...status.spec, replicas: 5 }, status: { replicas: 9 } } as never);
  expect([main.spec?.replicas, main.status?.replicas]).toEqual([5, 3]);
});

test('a patch with a resourceVersion locks; one without is applied to whatever there is', async () => {
  const stored = await cluster.of(CONFIGMAPS).create(configMap('a'));
  await Promise.all(Array.from({ length: 10 }, (_, i) => cluster.of(CONFIGMAPS).patch('default', 'a', { data: { [`k${i}`]: 'v' } }, 'merge')));
  expect(Object.keys((await cluster.of(CONFIGMAPS).get('default', 'a')).data ?? {})).toHaveLength(10);
  const error = await failure(cluster.of(CONFIGMAPS).patch('default', 'a', { metadata: { resourceVersion: stored.metadata.resourceVersion }, data: { z: '1' } }, 'merge'));
  expect(error.code).toBe(409);
});

test('a patch of what is not there is NotFound, and an apply without a manager is refused', async () => {
  expect((await failure(cluster.of(CONFIGMAPS).patch('default', 'a', {}, 'merge'))).code).toBe(404);
  await cluster.of(CONFIGMAPS).create(configMap('a'));
  const error = await failure(cluster.of(CONFIGMAPS).patch('default', 'a', {}, 'apply'));
  expect([error.code, error.message]).toEqual([422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch']);
});

test('creationTimestamp and deletionTimestamp are not the client’s to change', async () => {
  const stored = await cluster.of(CONFIGMAPS).create({ ...configMap('a'), metadata: { name: 'a', namespace: 'default', finalizers: ['example.com/wait'] } });
  await cluster.of(CONFIGMAPS).delete('default', 'a');
  const marked = await cluster.of(CONFIGMAPS).get('default', 'a');
  const updated = await cluster.of(CONFIGMAPS).update({ ...marked, metadata: { ...marked.metadata, creationTimestamp: '2001-01-01T00:00:00Z', deletionTimestamp: '2001-01-01T00:00:00Z' }, data: { a: '1' } });
  expect(updated.metadata.creationTimestamp).toBe(stored.metadata.creationTimestamp);
  expect(updated.metadata.deletionTimestamp).toBe(marked.metadata.deletionTimestamp);
  const error = await failure(cluster.of(CONFIGMAPS).update({ ...updated, metadata: { ...updated.metadata, finalizers: ['example.com/wait', 'example.com/more'] } }));
  expect(error.message).toBe('ConfigMap "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}');
});

describe('deletion', () => {
  test('answers with a Status that names what went', async () => {
    const { metadata } = await cluster.of(CONFIGMAPS).create(configMap('a'));
    expect(await cluster.of(CONFIGMAPS).delete('default', 'a')).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'a', kind: 'configmaps', uid: metadata.uid } });
    expect((await failure(cluster.of(CONFIGMAPS).delete('default', 'a'))).message).toBe('configmaps "a" not found');
  });

  test('preconditions are worded as upstream does', async () => {
    const { metadata } = await cluster.of(CONFIGMAPS).create(configMap('a'));
    const error = await failure(cluster.of(CONFIGMAPS).delete('default', 'a', { preconditions: { uid: 'other' } }));
    expect(error.message).toBe(`Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`);
  });

  test('a finalizer keeps the object until it is taken off', async () => {
    await cluster.of(CONFIGMAPS).create({ ...configMap('a'), metadata: { name: 'a', namespace: 'default', finalizers: ['example.com/wait'] } });
    const marked = await cluster.of(CONFIGMAPS).delete('default', 'a');
    expect(marked.metadata).toMatchObject({ deletionTimestamp: '2025-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
    expect((await failure(cluster.of(CONFIGMAPS).create(configMap('a')))).message).toBe('object is being deleted: configmaps "a" already exists');
    await cluster.of(CONFIGMAPS).patch('default', 'a', { metadata: { finalizers: null } }, 'merge');
    expect((await failure(cluster.of(CONFIGMAPS).get('default', 'a'))).code).toBe(404);
  });

  test.each([['Foreground', 'foregroundDeletion'], ['Orphan', 'orphan']] as const)('%s leaves a finalizer for the garbage collector', async (propagationPolicy, finalizer) => {
    await cluster.of(DEPLOYMENTS).create(deployment('web', 1));
    const marked = await cluster.of(DEPLOYMENTS).delete('default', 'web', { propagationPolicy });
    expect(marked.metadata).toMatchObject({ finalizers: [finalizer], deletionTimestamp: '2025-01-01T00:00:00Z', generation: 2 });
  });

  test('a running pod gets its grace period; a second deletion with none removes it', async () => {
    await cluster.of(PODS).create(pod('a'));
    await cluster.of(PODS).createSub('default', 'a', 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'node-1' } });
    const marked = await cluster.of(PODS).delete('default', 'a');
    expect(marked.metadata).toMatchObject({ deletionTimestamp: '2025-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
    await cluster.clock.advance(10_000);
    const again = await cluster.of(PODS).delete('default', 'a', { gracePeriodSeconds: 60 });
    expect(again.metadata?.deletionTimestamp).toBe('2025-01-01T00:00:30Z');
    const shorter = await cluster.of(PODS).delete('default', 'a', { gracePeriodSeconds: 15 });
    expect(shorter.metadata).toMatchObject({ deletionTimestamp: '2025-01-01T00:00:15Z', deletionGracePeriodSeconds: 15 });
    await cluster.of(PODS).delete('default', 'a', { gracePeriodSeconds: 0 });
    expect((await failure(cluster.of(PODS).get('default', 'a'))).code).toBe(404);
    expect(cluster.clock.now()).toBe(START_MS + 10_000);
  });

  test('a pod without a node goes at once', async () => {
    await cluster.of(PODS).create(pod('a'));
    await cluster.of(PODS).delete('default', 'a');
    expect((await cluster.of(PODS).list('default')).items).toEqual([]);
  });

  test('dry run deletes nothing', async () => {
    await cluster.of(CONFIGMAPS).create(configMap('a'));
    await cluster.of(CONFIGMAPS).delete('default', 'a', { dryRun: true });
    expect((await cluster.of(CONFIGMAPS).get('default', 'a')).metadata.deletionTimestamp).toBeUndefined();
  });

  test('a collection goes by selector', async () => {
    for (const [name, app] of [['a', 'x'], ['b', 'y'], ['c', 'x']] as const) await cluster.of(CONFIGMAPS).create(configMap(name, {}, { app }));
    await cluster.of(CONFIGMAPS).deleteCollection('default', { labelSelector: 'app=x' });
    expect((await cluster.of(CONFIGMAPS).list('default')).items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });
});
