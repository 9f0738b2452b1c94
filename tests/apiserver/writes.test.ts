/** What writes and deletions say beside their answer, and what they make of options. */
import { CONFIGMAPS, PODS } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest, RequestOptions } from '../../src/api/request.ts';
import { parseDeleteOptions, parseRest } from '../../src/api/rest.ts';
import { parseYamlBody } from '../../src/apiserver/http/yaml-body.ts';
import { ask, cronTabs, define } from './customresources/support.ts';
import { clusterOfEachTest, failure } from './support/api-cluster.ts';
import { configMap, pod } from './support/objects.ts';

const cluster = clusterOfEachTest();

const post = (body: unknown, more: Partial<ApiRequest> = {}) => cluster.request({ verb: 'create', resource: 'configmaps', namespace: 'default', body, ...more });

describe('warnings', () => {
  test('come with errors, too', async () => {
    const { code, warnings } = await failure(post({ metadata: { name: 'Wrong' }, dta: {} }));
    expect([code, warnings]).toEqual([422, ['unknown field "dta"']]);
    const endpoints = await failure(post({ metadata: { name: 'Wrong' } }, { resource: 'endpoints' }));
    expect(endpoints.warnings).toEqual(['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']);
  });

  test('not with those of requests that do not get as far', async () => {
    const { code, warnings } = await failure(post({ dta: {} }, { resource: 'endpoints', user: { username: 'nobody', groups: ['system:authenticated'] } }));
    expect([code, warnings]).toEqual([403, []]);
  });
});

describe('YAML whose keys stand twice', () => {
  const text = 'metadata:\n  name: a\ndata:\n  k: "1"\n  k: "2"\n';
  const said = 'yaml: unmarshal errors:\n  line 5: key "k" already set in map';
  const send = async (options: RequestOptions = {}) => {
    const { value, duplicates } = await parseYamlBody(text);
    return post(value, { options, ...(duplicates === undefined ? {} : { repeatedKeys: duplicates }) });
  };

  test('is taken with a warning, or refused by the strict', async () => {
    const strict = await failure(send({ fieldValidation: 'Strict' }));
    expect([strict.code, strict.message]).toEqual([400, `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ${said}`]);
    const { object, warnings } = await send();
    expect([(object as KubeObject & { data: unknown }).data, warnings]).toEqual([{ k: '2' }, [said]]);
    expect((await send({ fieldValidation: 'Ignore', dryRun: true }).catch((error: Error) => error.message))).toBe('configmaps "a" already exists');
  });
});

test('a custom resource has to be of some kind', async () => {
  await define(cluster, cronTabs());
  const error = await failure(ask(cluster, { verb: 'create', body: { apiVersion: 'stable.example.com/v1', metadata: { name: 'a' } } }));
  expect([error.code, error.reason, error.message]).toEqual([400, 'BadRequest', "Object 'Kind' is missing in 'object has no kind field '"]);
});

test('a generated name keeps to 63 characters and to letters that make no words', async () => {
  const { metadata } = await cluster.of(CONFIGMAPS).create({ ...configMap(''), metadata: { namespace: 'default', generateName: 'x'.repeat(80) } });
  expect(metadata.name).toMatch(/^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

describe('options', () => {
  test.each([
    ['POST', '/api/v1/namespaces/a/pods?dryRun=Some', 'CreateOptions', 'dryRun: Unsupported value: []string{"Some"}: supported values: "All"'],
    ['PUT', '/api/v1/namespaces/a/pods/x?dryRun=All&dryRun=Some', 'UpdateOptions', 'dryRun: Unsupported value: []string{"All", "Some"}: supported values: "All"'],
    ['PATCH', '/api/v1/namespaces/a/pods/x?fieldValidation=Loose', 'PatchOptions', 'fieldValidation: Unsupported value: "Loose": supported values: "", "Ignore", "Strict", "Warn"'],
    ['DELETE', '/api/v1/namespaces/a/pods/x?propagationPolicy=Up', 'DeleteOptions', 'propagationPolicy: Unsupported value: "Up": supported values: "Foreground", "Background", "Orphan", "nil"'],
    ['DELETE', '/api/v1/namespaces/a/pods?dryRun=Some', 'DeleteOptions', 'dryRun: Unsupported value: []string{"Some"}: supported values: "All"'],
  ])('%s %s names its options', (method, url, kind, message) => {
    expect(() => parseRest(method, url)).toThrow(expect.objectContaining({ code: 422, message: `${kind}.meta.k8s.io "" is invalid: ${message}` }) as Error);
  });

  test('of a deletion count as they stand in its body, where it has one', () => {
    const { options } = parseRest('DELETE', '/api/v1/namespaces/a/pods/x?gracePeriodSeconds=5&dryRun=All&propagationPolicy=Orphan&labelSelector=a') as { options: RequestOptions };
    expect(options).toMatchObject({ gracePeriodSeconds: 5, dryRun: true, propagationPolicy: 'Orphan' });
    expect(parseDeleteOptions({ gracePeriodSeconds: 1 }, options)).toEqual({ gracePeriodSeconds: 1, labelSelector: 'a' });
  });

  test('a match that there is not', async () => {
    const { message } = await failure(cluster.request({ verb: 'list', resource: 'pods', options: { resourceVersion: '1', resourceVersionMatch: 'Newest' } }));
    expect(message).toBe('ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""');
  });
});

describe('the deletion of a collection', () => {
  const deleteAll = async (options: RequestOptions, resource = 'configmaps') => (await cluster.request({ verb: 'deletecollection', resource, namespace: 'default', options })).object as KubeObject & { readonly items: readonly KubeObject[] };
  const left = async () => (await cluster.of(CONFIGMAPS).list('default')).items.map(({ metadata }) => metadata.name);
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) await cluster.of(CONFIGMAPS).create(configMap(name, {}, { app: name === 'c' ? 'y' : 'x' }));
  });

  test('takes selectors and a limit, and tells what it has deleted', async () => {
    const first = await deleteAll({ labelSelector: 'app=x', limit: 1 });
    expect(first).toMatchObject({ kind: 'ConfigMapList', metadata: { continue: expect.any(String) }, items: [{ metadata: { name: 'a' } }] });
    expect(first.items).toHaveLength(1);
    expect(await left()).toEqual(['b', 'c']);
    await deleteAll({ fieldSelector: 'metadata.name!=b' });
    expect(await left()).toEqual(['b']);
  });

  test('as a dry run deletes nothing', async () => {
    expect((await deleteAll({ dryRun: true })).items).toHaveLength(3);
    expect(await left()).toEqual(['a', 'b', 'c']);
  });

  test('holds each object to the preconditions, and keeps those that are orphaned for the collector', async () => {
    const error = await failure(deleteAll({ preconditions: { uid: 'other' } }));
    expect([error.code, error.reason]).toEqual([409, 'Conflict']);
    expect(error.message).toMatch(/^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(other\) does not match the UID in record \([-0-9a-f]{36}\)\. The object might have been deleted and then recreated$/);
    await deleteAll({ propagationPolicy: 'Orphan', labelSelector: 'app=y' });
    expect((await cluster.of(CONFIGMAPS).get('default', 'c')).metadata).toMatchObject({ finalizers: ['orphan'], deletionGracePeriodSeconds: 0 });
    await deleteAll({ propagationPolicy: 'Foreground', fieldSelector: 'metadata.name=b' });
    expect((await cluster.of(CONFIGMAPS).get('default', 'b')).metadata.finalizers).toEqual(['foregroundDeletion']);
  });

  test('checks its options even where there is nothing to delete', async () => {
    const { message } = await failure(deleteAll({ propagationPolicy: 'Up' as never }, 'services'));
    expect(message).toBe('DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Up": supported values: "Foreground", "Background", "Orphan", "nil"');
  });
});

test('grace periods: a pod without a node goes at once, one with a node when its time is over, and time can only be cut', async () => {
  await cluster.of(PODS).create(pod('free'));
  await cluster.of(PODS).create(pod('bound'));
  await cluster.of(PODS).createSub('default', 'bound', 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'bound' }, target: { kind: 'Node', name: 'node-1' } });
  await cluster.of(PODS).delete('default', 'free');
  expect((await failure(cluster.of(PODS).get('default', 'free'))).code).toBe(404);
  const grace = async (gracePeriodSeconds?: number) => {
    await cluster.of(PODS).delete('default', 'bound', gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
    return (await cluster.of(PODS).get('default', 'bound')).metadata.deletionGracePeriodSeconds;
  };
  expect([await grace(), await grace(60), await grace(10), await grace(-5)]).toEqual([30, 30, 10, 1]);
  await cluster.of(PODS).delete('default', 'bound', { gracePeriodSeconds: 0 });
  expect((await failure(cluster.of(PODS).get('default', 'bound'))).code).toBe(404);
});
