/** What patches say twice or do not know, by field validation; and what options of requests are refused. */
import { CONFIGMAPS } from '../../src/api/kinds.ts';
import type { PatchType, RequestOptions } from '../../src/api/request.ts';
import { parseAccept, parseRest } from '../../src/api/rest.ts';
import { apiCluster, failure, type ApiCluster } from './support/api-cluster.ts';

let cluster: ApiCluster;
beforeEach(async () => {
  cluster = await apiCluster();
  await cluster.of(CONFIGMAPS).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, data: { k: 'v' } });
});
afterEach(() => cluster.close());

const patch = (patchType: PatchType, text: string, options: RequestOptions = {}) => cluster.request({ verb: 'patch', resource: 'configmaps', namespace: 'default', name: 'a', patchType, body: JSON.parse(text), rawBody: text, options });

const TWICE = '{"data":{"x":"1","x":"2"},"nope":1}';
const OPERATIONS = '[{"op":"add","path":"/data/x","value":"1","value":"2","extra":1}]';

test.each<[PatchType, string, string[]]>([
  ['merge', TWICE, ['duplicate field "data.x"', 'unknown field "nope"']],
  ['strategic', TWICE, ['duplicate field "data.x"', 'unknown field "nope"']],
  ['json', OPERATIONS, ['json patch duplicate field "[0].value"', 'json patch unknown field "[0].extra"']],
])('a %s patch with faults: warned of, ignored or refused', async (type, text, faults) => {
  expect((await patch(type, text)).warnings).toEqual(faults);
  expect((await patch(type, text, { fieldValidation: 'Ignore' })).warnings).toBeUndefined();
  const error = await failure(patch(type, text, { fieldValidation: 'Strict' }));
  expect(error.code).toBe(422);
  expect(error.message.endsWith(`: strict decoding error: ${faults.join(', ')}`)).toBe(true);
});

test.each<[Parameters<ApiCluster['request']>[0], string]>([
  [{ verb: 'patch', resource: 'configmaps', name: 'a', patchType: 'merge', body: {}, options: { force: true } }, 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch'],
  [{ verb: 'create', resource: 'configmaps', body: {}, options: { fieldManager: 'x'.repeat(129) } }, 'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes'],
  [{ verb: 'update', resource: 'configmaps', name: 'a', body: {}, options: { fieldManager: 'a\u0007' } }, 'UpdateOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\a": invalid character U+0007 (at position 1)'],
  [{ verb: 'list', resource: 'configmaps', options: { resourceVersionMatch: 'Exact' } }, 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided'],
  [{ verb: 'list', resource: 'configmaps', options: { resourceVersion: '0', resourceVersionMatch: 'Exact' } }, 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'],
  [{ verb: 'list', resource: 'configmaps', options: { sendInitialEvents: true } }, 'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
])('refuses the options of %j', async (request, message) => {
  const error = await failure(cluster.request({ namespace: 'default', ...request }));
  expect([error.code, error.message]).toEqual([422, message]);
});

test('a watch may not say resourceVersionMatch without sendInitialEvents', async () => {
  expect((await failure(cluster.watch(CONFIGMAPS, 'default', { resourceVersionMatch: 'NotOlderThan' }))).message).toBe('ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
});

test('orphanDependents is the older word for a policy', () => {
  const target = (query: string) => parseRest('DELETE', `/api/v1/namespaces/default/configmaps/a?${query}`);
  expect(target('orphanDependents=true')?.options.propagationPolicy).toBe('Orphan');
  expect(target('orphanDependents=false')?.options.propagationPolicy).toBe('Background');
  expect(() => target('orphanDependents=true&propagationPolicy=Orphan')).toThrow('DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set');
});

test.each<[string, ReturnType<typeof parseAccept>]>([
  ['application/json;q=0.5,application/yaml', { representation: 'object', yaml: true }],
  ['application/json;as=Table;g=meta.k8s.io;v=v1;q=0.2,application/json;q=0.9', { representation: 'object', yaml: false }],
  ['application/json;as=Table;g=meta.k8s.io;v=v1,application/json;q=0.9', { representation: 'table', yaml: false }],
  ['application/yaml;q=0,*/*', { representation: 'object', yaml: false }],
  ['text/html;q=1', undefined],
])('Accept: %s', (header, expected) => {
  expect(parseAccept(header)).toEqual(expected);
});
