/** Resource versions, pages, bookmarks and forms of lists and watches, rule by rule. */
import { parseRest } from '../../src/api/rest.ts';
import { CONFIGMAPS, PODS } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { RequestOptions, WatchEvent } from '../../src/api/request.ts';
import { clusterOfEachTest, failure } from './support/api-cluster.ts';
import { configMap, pod } from './support/objects.ts';

const cluster = clusterOfEachTest();

interface Listed extends KubeObject {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly (KubeObject & { readonly metadata: { readonly name: string } })[];
}
const list = async (options: RequestOptions, more: object = {}) => (await cluster.request({ verb: 'list', resource: 'configmaps', namespace: 'default', options, ...more })).object as Listed;
const namesIn = (listed: Listed) => listed.items.map(({ metadata }) => metadata.name);
const fault = async (request: Promise<unknown>) => {
  const { code, reason, message } = await failure(request);
  return [code, reason, message];
};
const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const NONE = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax';

describe('lists', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await cluster.of(CONFIGMAPS).create(configMap(name, {}, { odd: String('ace'.includes(name)) }));
  });

  test.each<[string, RequestOptions, unknown[]]>([
    ['match without a version', { resourceVersionMatch: 'Exact' }, [422, 'Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided']],
    ['exactly any version', { resourceVersionMatch: 'Exact', resourceVersion: '0' }, [422, 'Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"']],
    ['initial events', { sendInitialEvents: true }, [422, 'Invalid', 'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list']],
    ['match with continue', { resourceVersionMatch: 'NotOlderThan', resourceVersion: '1', continue: token({ v: 'meta.k8s.io/v1', rv: 1, start: 'a' }) }, [422, 'Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided']],
    ['a version with continue', { resourceVersion: '1', continue: token({ v: 'meta.k8s.io/v1', rv: 1, start: 'a' }) }, [400, 'BadRequest', 'specifying resource version is not allowed when using continue']],
    ['no number for a version', { resourceVersion: 'abc' }, [400, 'BadRequest', `invalid resource version: ${NONE}`]],
    ['a version out of range', { resourceVersion: '99999999999999999999' }, [400, 'BadRequest', 'invalid resource version: resourceVersion: Invalid value: "99999999999999999999": strconv.ParseUint: parsing "99999999999999999999": value out of range']],
    ['a token that is no base64', { continue: 'a%' }, [400, 'BadRequest', 'invalid continue token: continue key is not valid: illegal base64 data at input byte 1']],
    ['a token of no version', { continue: token({}) }, [400, 'BadRequest', 'invalid continue token: continue key is not valid: server does not recognize this encoded version ']],
    ['a token of another version', { continue: token({ v: 'v2' }) }, [400, 'BadRequest', 'invalid continue token: continue key is not valid: server does not recognize this encoded version v2']],
    ['a token without a revision', { continue: token({ v: 'meta.k8s.io/v1', start: 'a' }) }, [400, 'BadRequest', 'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)']],
    ['a token without a key', { continue: token({ v: 'meta.k8s.io/v1', rv: 5 }) }, [400, 'BadRequest', 'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)']],
    ['a token that leads elsewhere', { continue: token({ v: 'meta.k8s.io/v1', rv: 5, start: '../kube-system/' }) }, [400, 'BadRequest', 'invalid continue token: continue key is not valid: ../kube-system/']],
  ])('refuse %s', async (_, options, expected) => {
    expect(await fault(list(options))).toEqual(expected);
  });

  test('a version that has not come yet', async () => {
    const { status } = await failure(list({ resourceVersion: '99999', resourceVersionMatch: 'NotOlderThan' }));
    expect(status).toMatchObject({
      code: 504, reason: 'Timeout', message: `Timeout: Too large resource version: 99999, current: ${cluster.store.revision}`,
      details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] },
    });
    expect((await fault(cluster.request({ verb: 'get', resource: 'configmaps', namespace: 'default', name: 'a', options: { resourceVersion: '99999' } })))[0]).toBe(504);
  });

  test('reading one object at a version that is no number is a fault of the server', async () => {
    expect(await fault(cluster.request({ verb: 'get', resource: 'configmaps', namespace: 'default', name: 'a', options: { resourceVersion: 'abc' } }))).toEqual([500, '', NONE]);
  });

  test('"0" gives everything, whatever the limit', async () => {
    const listed = await list({ resourceVersion: '0', limit: 2 });
    expect([namesIn(listed), listed.metadata.continue]).toEqual([['a', 'b', 'c', 'd', 'e'], undefined]);
  });

  test('a first page at a version is of that version, at least that version only where it says so', async () => {
    const { metadata: { resourceVersion } } = await list({});
    await cluster.of(CONFIGMAPS).delete('default', 'a');
    const exact = await list({ resourceVersion, limit: 2 });
    expect([namesIn(exact), exact.metadata.resourceVersion, exact.metadata.remainingItemCount]).toEqual([['a', 'b'], resourceVersion, 3]);
    const newest = await list({ resourceVersion, limit: 2, resourceVersionMatch: 'NotOlderThan' });
    expect([namesIn(newest), newest.metadata.resourceVersion]).toEqual([['b', 'c'], String(cluster.store.revision)]);
    expect(namesIn(await list({ resourceVersion }))).toEqual(['b', 'c', 'd', 'e']);
  });

  test('a page with a selector does not say how many are left, and there is another while anything is left to look at', async () => {
    const first = await list({ limit: 2, labelSelector: 'odd=true' });
    expect([namesIn(first), first.metadata.remainingItemCount, first.metadata.continue]).toEqual([['a', 'c'], undefined, expect.any(String)]);
    const even = await list({ limit: 2, labelSelector: 'odd=false' });
    expect(namesIn(even)).toEqual(['b', 'd']);
    const last = await list({ limit: 2, labelSelector: 'odd=false', continue: even.metadata.continue as string });
    expect([namesIn(last), last.metadata.continue]).toEqual([[], undefined]);
    expect((await list({ limit: 3, labelSelector: 'odd=true' })).metadata.continue).toBeUndefined();
  });

  test('a token names the version and the key to go on after; negative versions stand for the newest', async () => {
    const { metadata } = await list({ limit: 2 });
    expect(JSON.parse(Buffer.from(metadata.continue as string, 'base64url').toString())).toEqual({ v: 'meta.k8s.io/v1', rv: Number(metadata.resourceVersion), start: 'b\0' });
    await cluster.of(CONFIGMAPS).delete('default', 'c');
    expect(namesIn(await list({ limit: 2, continue: token({ v: 'meta.k8s.io/v1', rv: -7, start: '/b\0' }) }))).toEqual(['d', 'e']);
  });

  test('pages come in every form, with what pages have', async () => {
    const first = await list({ limit: 2 }, { representation: 'table' });
    expect(first).toMatchObject({ kind: 'Table', metadata: { remainingItemCount: 3, continue: expect.any(String) }, columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }], rows: [{ object: { kind: 'PartialObjectMetadata' } }, {}] });
    const second = await list({ limit: 2, continue: first.metadata.continue as string }, { representation: 'partial' });
    expect(second).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: { remainingItemCount: 1, resourceVersion: first.metadata.resourceVersion }, items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'c' } }, {}] });
    expect(second.items[0]).not.toHaveProperty('data');
  });

  test('rows carry what includeObject asks for', async () => {
    const row = async (includeObject: string) => ((await list({ query: { includeObject } }, { representation: 'table' })) as unknown as { rows: { object?: KubeObject }[] }).rows[0]?.object;
    expect(await row('Object')).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' } });
    expect(await row('Metadata')).toMatchObject({ kind: 'PartialObjectMetadata' });
    expect(await row('None')).toBeUndefined();
    expect(await fault(row('All'))).toEqual([400, 'BadRequest', `Unable to convert to Table as requested: includeObject: Invalid value: "All": must be 'Metadata', 'Object', 'None', or empty`]);
  });
});

describe('watches', () => {
  const watch = async (options: RequestOptions, more: object = {}) => {
    const events: WatchEvent[] = [];
    const handle = await cluster.server.watch({ verb: 'watch', group: '', version: 'v1', resource: 'configmaps', namespace: 'default', options, ...more }, (event) => void events.push(event));
    return { events, handle, summary: () => events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`) };
  };

  test.each<[string, RequestOptions, unknown[]]>([
    ['initial events without a match', { sendInitialEvents: true }, [422, 'Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan']],
    ['a match without initial events', { resourceVersion: '1', resourceVersionMatch: 'NotOlderThan' }, [422, 'Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided']],
    ['no number for a version', { resourceVersion: 'abc' }, [500, '', NONE]],
    ['what no field is called', { fieldSelector: 'data.a=b' }, [400, 'BadRequest', '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"']],
  ])('refuse %s', async (_, options, expected) => {
    expect(await fault(watch(options))).toEqual(expected);
  });

  test('from a version that has not come yet wait for what comes after it', async () => {
    const { events, handle, summary } = await watch({ resourceVersion: String(cluster.store.revision + 1) });
    await cluster.of(CONFIGMAPS).create(configMap('a'));
    await cluster.of(CONFIGMAPS).create(configMap('b'));
    expect(summary()).toEqual(['ADDED b']);
    expect(events).toHaveLength(1);
    handle.stop();
  });

  test('with everything as of a version that has not come yet end with an error', async () => {
    const { events, handle } = await watch({ resourceVersion: '99999', resourceVersionMatch: 'NotOlderThan', sendInitialEvents: true });
    await handle.closed;
    expect(events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 504, reason: 'Timeout' } }]);
  });

  test('from "0" begin with what there is unless nothing is wanted', async () => {
    await cluster.of(CONFIGMAPS).create(configMap('a'));
    const all = await watch({ resourceVersion: '0' });
    const nothing = await watch({ resourceVersion: '0', resourceVersionMatch: 'NotOlderThan', sendInitialEvents: false });
    const initial = await watch({ resourceVersion: '0', resourceVersionMatch: 'NotOlderThan', sendInitialEvents: true });
    expect([all.summary(), nothing.summary(), initial.summary()]).toEqual([['ADDED a'], [], ['ADDED a']]);
    for (const { handle } of [all, nothing, initial]) handle.stop();
  });

  test('an object that a selector lets go is deleted as it was before, at the version of the change', async () => {
    await cluster.of(CONFIGMAPS).create(configMap('a', { k: '1' }, { app: 'x' }));
    const { events, handle } = await watch({ labelSelector: 'app=x', resourceVersion: String(cluster.store.revision) });
    const changed = await cluster.of(CONFIGMAPS).patch('default', 'a', { metadata: { labels: { app: 'y' } }, data: { k: '2' } }, 'merge');
    expect(events).toMatchObject([{ type: 'DELETED', object: { data: { k: '1' }, metadata: { labels: { app: 'x' }, resourceVersion: changed.metadata.resourceVersion } } }]);
    handle.stop();
  });

  test('that want bookmarks get one a minute and one before they end; the others cost no timer', async () => {
    const without = await watch({});
    const withThem = await watch({ allowWatchBookmarks: true, timeoutSeconds: 150 });
    await cluster.of(CONFIGMAPS).create({ ...configMap('a'), metadata: { name: 'a', namespace: 'kube-system' } });
    await cluster.clock.advance(60_000);
    expect(withThem.events).toEqual([{ type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: String(cluster.store.revision) } } }]);
    await cluster.clock.advance(60_000);
    expect(withThem.events).toHaveLength(2);
    await cluster.clock.advance(27_999);
    expect(withThem.events).toHaveLength(2);
    await cluster.clock.advance(1);
    expect(withThem.events).toHaveLength(3);
    await cluster.clock.advance(2_000);
    await withThem.handle.closed;
    await cluster.clock.advance(600_000);
    expect([withThem.events.length, without.events.length]).toEqual([3, 0]);
    without.handle.stop();
  });

  test('as tables: columns with the first event only, rows as asked', async () => {
    await cluster.of(PODS).create(pod('a'));
    const { events, handle } = await watch({ query: { includeObject: 'None' }, allowWatchBookmarks: true }, { resource: 'pods', representation: 'table' });
    await cluster.of(PODS).create(pod('b'));
    await cluster.clock.advance(60_000);
    expect(events).toMatchObject([
      { type: 'ADDED', object: { kind: 'Table', columnDefinitions: expect.arrayContaining([expect.objectContaining({ name: 'Ready' })]), rows: [{ cells: expect.arrayContaining(['a']) }] } },
      { type: 'ADDED', object: { kind: 'Table', columnDefinitions: null, rows: [{ cells: expect.arrayContaining(['b']) }] } },
      { type: 'BOOKMARK', object: { kind: 'Table', metadata: { resourceVersion: String(cluster.store.revision) } } },
    ]);
    handle.stop();
    expect((await fault(watch({ query: { includeObject: 'All' } }, { representation: 'table' })))[0]).toBe(400);
  });

  test('of metadata alone', async () => {
    const { events, handle } = await watch({ resourceVersion: String(cluster.store.revision) }, { representation: 'partial' });
    await cluster.of(CONFIGMAPS).create(configMap('a', { k: 'v' }));
    expect(events).toMatchObject([{ type: 'ADDED', object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } } }]);
    expect(events[0]?.object).not.toHaveProperty('data');
    handle.stop();
  });

  test('of one object are asked for by the old path; ?watch on an object is an ordinary read', async () => {
    expect(parseRest('GET', '/api/v1/namespaces/default/configmaps/a?watch=true')).toMatchObject({ verb: 'get', name: 'a' });
    expect(parseRest('GET', '/api/v1/watch/namespaces/default/configmaps/a')).toMatchObject({ verb: 'watch', name: 'a' });
    expect(parseRest('GET', '/api/v1/watch/configmaps')).toMatchObject({ verb: 'watch' });
    await cluster.of(CONFIGMAPS).create(configMap('a'));
    await cluster.of(CONFIGMAPS).create(configMap('b'));
    const one = await watch({}, { name: 'a' });
    expect(one.summary()).toEqual(['ADDED a']);
    one.handle.stop();
    expect(await fault(watch({ fieldSelector: 'metadata.name=b' }, { name: 'a' }))).toEqual([400, 'BadRequest', "fieldSelector metadata.name doesn't match requested name"]);
  });
});
