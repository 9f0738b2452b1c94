import fc from '../support/property.ts';
import { CONFIGMAPS, PODS } from '../../src/api/kinds.ts';
import { keyOf } from '../../src/api/object.ts';
import { apiCluster, clusterOfEachTest, failure } from './support/api-cluster.ts';
import { configMap, pod } from './support/objects.ts';

const cluster = clusterOfEachTest();

const names = (list: { readonly items: readonly { readonly metadata: { readonly name: string } }[] }) => list.items.map(({ metadata }) => metadata.name);
const bind = (name: string, node: string) => cluster.of(PODS).createSub('default', name, 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } });

test('lists come in the order of keys, by namespace and by selectors', async () => {
  for (const name of ['b', 'a', 'c']) await cluster.of(CONFIGMAPS).create(configMap(name, {}, { app: name === 'b' ? 'x' : 'y' }));
  await cluster.of(CONFIGMAPS).create({ ...configMap('d'), metadata: { name: 'd', namespace: 'kube-system' } });
  expect(names(await cluster.of(CONFIGMAPS).list('default'))).toEqual(['a', 'b', 'c']);
  expect(names(await cluster.of(CONFIGMAPS).list())).toEqual(['a', 'b', 'c', 'd']);
  expect(names(await cluster.of(CONFIGMAPS).list(undefined, { labelSelector: 'app in (y)' }))).toEqual(['a', 'c']);
  expect(names(await cluster.of(CONFIGMAPS).list(undefined, { fieldSelector: 'metadata.name!=a,metadata.namespace=default' }))).toEqual(['b', 'c']);
});

test('pods are found by their node', async () => {
  for (const name of ['a', 'b', 'c']) await cluster.of(PODS).create(pod(name));
  await bind('b', 'node-1');
  expect(names(await cluster.of(PODS).list(undefined, { fieldSelector: 'spec.nodeName=node-1' }))).toEqual(['b']);
  await bind('a', 'node-1');
  expect(names(await cluster.of(PODS).list('default', { fieldSelector: 'spec.nodeName=node-1' }))).toEqual(['a', 'b']);
  expect(names(await cluster.of(PODS).list('default', { fieldSelector: 'spec.nodeName=' }))).toEqual(['c']);
  expect(names(await cluster.of(PODS).list('kube-system', { fieldSelector: 'spec.nodeName=node-1' }))).toEqual([]);
});

test.each([
  ['configmaps', { fieldSelector: 'spec.nodeName=a' }, '"spec.nodeName" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ['pods', { fieldSelector: 'spec.color=red' }, 'field label not supported: spec.color'],
])('selectors of %s that make no sense are refused', async (resource, options, message) => {
  const error = await failure(cluster.request({ verb: 'list', resource, namespace: 'default', options }));
  expect(error.message).toBe(message);
  expect(error.code).toBe(400);
});

describe('pages', () => {
  beforeEach(async () => {
    for (let i = 0; i < 5; i++) await cluster.of(CONFIGMAPS).create(configMap(`c${i}`));
  });

  test('show the state at the first page, whatever happens in between', async () => {
    const first = await cluster.of(CONFIGMAPS).list('default', { limit: 2 });
    expect(names(first)).toEqual(['c0', 'c1']);
    await cluster.of(CONFIGMAPS).delete('default', 'c3');
    await cluster.of(CONFIGMAPS).create(configMap('c22'));
    const second = await cluster.of(CONFIGMAPS).list('default', { limit: 2, continue: first.continue });
    expect(names(second)).toEqual(['c2', 'c3']);
    const third = await cluster.of(CONFIGMAPS).list('default', { limit: 2, continue: second.continue });
    expect([names(third), third.continue, third.resourceVersion]).toEqual([['c4'], '', first.resourceVersion]);
  });

  test('that are too old say so, with a token that goes on with the present', async () => {
    const first = await cluster.of(CONFIGMAPS).list('default', { limit: 2 });
    await cluster.of(CONFIGMAPS).delete('default', 'c3');
    await cluster.store.compact(cluster.store.revision);
    const error = await failure(cluster.of(CONFIGMAPS).list('default', { limit: 2, continue: first.continue }));
    expect(error.code).toBe(410);
    expect(error.message).toMatch(/^The provided continue parameter is too old to display a consistent list result/);
    const token = (error.status as unknown as { metadata: { continue: string } }).metadata.continue;
    expect(names(await cluster.of(CONFIGMAPS).list('default', { continue: token }))).toEqual(['c2', 'c4']);
  });

  test('say how many are left', async () => {
    const { object } = await cluster.request({ verb: 'list', resource: 'configmaps', namespace: 'default', options: { limit: 2 } });
    expect(object.metadata).toMatchObject({ remainingItemCount: 3 });
  });

  test('a made-up token is a bad request', async () => {
    const error = await failure(cluster.of(CONFIGMAPS).list('default', { continue: 'nonsense' }));
    expect([error.code, error.message]).toEqual([400, expect.stringMatching(/^invalid continue token: continue key is not valid: invalid character /)]);
  });

  test('an exact older revision can be listed', async () => {
    const before = await cluster.of(CONFIGMAPS).list('default');
    await cluster.of(CONFIGMAPS).delete('default', 'c0');
    expect(names(await cluster.of(CONFIGMAPS).list('default', { resourceVersion: before.resourceVersion, resourceVersionMatch: 'Exact' }))).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    const error = await failure(cluster.of(CONFIGMAPS).list('default', { resourceVersion: '999999' }));
    expect(error.message).toBe(`Timeout: Too large resource version: 999999, current: ${cluster.store.revision}`);
  });

  test('an exact revision that is compacted is gone, the compacted one itself is not', async () => {
    const before = await cluster.of(CONFIGMAPS).list('default');
    const exact = (resourceVersion: string) => cluster.of(CONFIGMAPS).list('default', { resourceVersion, resourceVersionMatch: 'Exact' });
    await cluster.of(CONFIGMAPS).delete('default', 'c0');
    const after = await cluster.of(CONFIGMAPS).list('default');
    await cluster.store.compact(cluster.store.revision);
    const error = await failure(exact(before.resourceVersion));
    expect([error.code, error.reason, error.message]).toEqual([410, 'Expired', 'The resourceVersion for the provided list is too old.']);
    expect(names(await exact(after.resourceVersion))).toEqual(['c1', 'c2', 'c3', 'c4']);
  });
});

describe('watches', () => {
  test('from a resourceVersion show what came after', async () => {
    await cluster.of(CONFIGMAPS).create(configMap('a'));
    const { resourceVersion } = await cluster.of(CONFIGMAPS).list('default');
    await cluster.of(CONFIGMAPS).create(configMap('b'));
    const watched = await cluster.watch(CONFIGMAPS, 'default', { resourceVersion });
    await cluster.of(CONFIGMAPS).patch('default', 'a', { data: { a: '1' } }, 'merge');
    await cluster.of(CONFIGMAPS).delete('default', 'b');
    expect(watched.summary()).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
    expect(watched.events[2]?.object.metadata.resourceVersion).toBe(String(cluster.store.revision));
    watched.handle.stop();
    await watched.handle.closed;
    await cluster.of(CONFIGMAPS).create(configMap('c'));
    expect(watched.events).toHaveLength(3);
  });

  test('without a resourceVersion begin with what there is', async () => {
    await cluster.of(CONFIGMAPS).create(configMap('a'));
    const watched = await cluster.watch(CONFIGMAPS, 'default', { allowWatchBookmarks: true, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' });
    await cluster.of(CONFIGMAPS).create(configMap('b'));
    expect(watched.summary()).toEqual(['ADDED a', 'BOOKMARK ', 'ADDED b']);
    expect(watched.events[1]?.object.metadata).toMatchObject({ annotations: { 'k8s.io/initial-events-end': 'true' } });
    watched.handle.stop();
  });

  test('with a selector see objects come and go as they match', async () => {
    await cluster.of(PODS).create(pod('a', { app: 'x' }));
    const { resourceVersion } = await cluster.of(PODS).list('default');
    const byLabel = await cluster.watch(PODS, 'default', { resourceVersion, labelSelector: 'app=x' });
    const byNode = await cluster.watch(PODS, undefined, { resourceVersion, fieldSelector: 'spec.nodeName=node-1' });
    const elsewhere = await cluster.watch(PODS, 'kube-system', { resourceVersion });
    await bind('a', 'node-1');
    await cluster.of(PODS).patch('default', 'a', { metadata: { labels: { app: 'y' } } }, 'merge');
    await cluster.of(PODS).patch('default', 'a', { metadata: { labels: { app: 'x' } } }, 'merge');
    expect(byLabel.summary()).toEqual(['MODIFIED a', 'DELETED a', 'ADDED a']);
    expect(byLabel.events[1]?.object.metadata.labels).toEqual({ app: 'x' });
    expect(byNode.summary()).toEqual(['ADDED a', 'MODIFIED a', 'MODIFIED a']);
    expect(elsewhere.events).toEqual([]);
  });

  test('from before the cache was opened get the past from the store', async () => {
    const { metadata } = await cluster.of(CONFIGMAPS).create(configMap('a'));
    await cluster.of(CONFIGMAPS).create(configMap('b'));
    await cluster.of(CONFIGMAPS).delete('default', 'a');
    const watched = await cluster.watch(CONFIGMAPS, undefined, { resourceVersion: metadata.resourceVersion });
    await cluster.clock.activity.idle();
    expect(watched.summary()).toEqual(['ADDED b', 'DELETED a']);
    await cluster.of(CONFIGMAPS).create(configMap('c'));
    await cluster.of(CONFIGMAPS).create(configMap('d'));
    expect(watched.summary()).toEqual(['ADDED b', 'DELETED a', 'ADDED c', 'ADDED d']);
  });

  test('from a compacted revision end with 410', async () => {
    const { metadata } = await cluster.of(CONFIGMAPS).create(configMap('a'));
    await cluster.of(CONFIGMAPS).create(configMap('b'));
    await cluster.store.compact(cluster.store.revision);
    const watched = await cluster.watch(CONFIGMAPS, undefined, { resourceVersion: metadata.resourceVersion });
    await watched.handle.closed;
    expect(watched.events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: expect.stringMatching(/^too old resource version: /) } }]);
  });

  test('end after timeoutSeconds of cluster time, with a bookmark', async () => {
    const watched = await cluster.watch(CONFIGMAPS, 'default', { timeoutSeconds: 60, allowWatchBookmarks: true });
    await cluster.clock.advance(60_000);
    await watched.handle.closed;
    expect(watched.events.map(({ type }) => type)).toEqual(['BOOKMARK']);
  });

  test('end when the server closes', async () => {
    const watched = await cluster.watch(CONFIGMAPS, 'default');
    await cluster.server.close();
    await watched.handle.closed;
  });
});

test('a watch from any moment, replayed over its list, gives the state at the end', async () => {
  const change = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), action: fc.constantFrom('create', 'patch', 'delete'), label: fc.constantFrom('x', 'y') });
  await fc.assert(fc.asyncProperty(fc.array(change, { maxLength: 30 }), fc.nat(30), async (changes, start) => {
    const own = await apiCluster();
    let state: Map<string, unknown> | undefined;
    const begin = async () => {
      const list = await own.of(CONFIGMAPS).list('default', { labelSelector: 'app=x' });
      const seen = new Map<string, unknown>(list.items.map((item) => [keyOf(item), item]));
      state = seen;
      await own.of(CONFIGMAPS).watch('default', { resourceVersion: list.resourceVersion, labelSelector: 'app=x' }, ({ type, object }) => {
        if (type === 'DELETED') seen.delete(keyOf(object));
        else seen.set(keyOf(object), object);
      });
    };
    for (const [i, { name, action, label }] of changes.entries()) {
      if (i === start) await begin();
      const configs = own.of(CONFIGMAPS);
      const request = action === 'create' ? configs.create(configMap(name, {}, { app: label })) : action === 'delete' ? configs.delete('default', name) : configs.patch('default', name, { metadata: { labels: { app: label } } }, 'merge');
      await request.catch(() => undefined);
    }
    if (!state) await begin();
    const end = await own.of(CONFIGMAPS).list('default', { labelSelector: 'app=x' });
    expect([...(state as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual(end.items.map((item) => [keyOf(item), item]));
    await own.close();
  }), { numRuns: 25 });
});
