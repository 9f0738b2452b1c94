/** Lists, maps and pointers that Go writes though nobody has set them. */
import { request } from 'node:http';
import { CUSTOMRESOURCEDEFINITIONS, ENDPOINTSLICES, PODS, type Resource } from '../../../src/api/kinds.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { resourceAt } from '../../../src/api/resource.ts';
import { withNulls } from '../../../src/api/null-fields.ts';
import { servedCluster } from '../support/served-cluster.ts';

const { cluster, socketPath } = servedCluster();

const at = (group: string, version: string, plural: string) => resourceAt(group, version, plural) as Resource<KubeObject>;
const CLUSTERROLES = at('rbac.authorization.k8s.io', 'v1', 'clusterroles');

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const JSON_PATCH = 'application/json-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers: { 'Content-Type': 'application/json', ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}
const object = async (...asked: Parameters<typeof ask>): Promise<Record<string, unknown>> => JSON.parse(await ask(...asked)) as Record<string, unknown>;

const slice = (name: string) => ({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name, namespace: 'default' }, addressType: 'IPv4' });
const role = (name: string) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name } });

test('answers to all verbs have them', async () => {
  const nulls = { endpoints: null, ports: null };
  expect(await object('POST', SLICES, slice('all-verbs'))).toMatchObject(nulls);
  expect(await object('GET', `${SLICES}/all-verbs`)).toMatchObject(nulls);
  expect(await object('PUT', `${SLICES}/all-verbs`, slice('all-verbs'))).toMatchObject(nulls);
  expect(await object('PATCH', `${SLICES}/all-verbs`, { metadata: { labels: { a: 'b' } } }, { 'Content-Type': STRATEGIC })).toMatchObject({ ...nulls, metadata: { labels: { a: 'b' } } });
  expect(await object('GET', `${SLICES}?labelSelector=a`)).toMatchObject({ items: [nulls] });
  expect(await ask('GET', `${SLICES}/all-verbs`, undefined, { Accept: 'application/yaml' })).toMatch(/^endpoints: null$[^]*^ports: null$/m);
  const table = await object('GET', `${SLICES}?labelSelector=a&includeObject=Object`, undefined, { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' });
  expect(table).toMatchObject({ rows: [{ object: nulls }] });
});

test('watches have them; what components see has not', async () => {
  const seen = await cluster.watch(ENDPOINTSLICES, 'default');
  await object('POST', SLICES, slice('watched'));
  expect(seen.events.at(-1)?.object).not.toHaveProperty('endpoints');
  expect(await cluster.of(ENDPOINTSLICES).get('default', 'watched')).not.toHaveProperty('ports');
  const line = await new Promise<string>((resolve, reject) => {
    const sent = request({ socketPath, path: `${SLICES}?watch=true&fieldSelector=metadata.name%3Dwatched&resourceVersion=0` }, (response) => {
      response.setEncoding('utf8').once('data', (text: string) => {
        response.destroy();
        resolve(text);
      });
    });
    sent.on('error', reject).end();
  });
  expect(JSON.parse(line)).toMatchObject({ type: 'ADDED', object: { endpoints: null, ports: null } });
});

test('a list that is empty is no list, but for definitions', async () => {
  expect(await object('POST', ROLES, { ...role('empty'), rules: [] })).toMatchObject({ rules: null });
  const definition = { kind: 'CustomResourceDefinition', status: { storedVersions: [] } } as KubeObject;
  expect(withNulls(CUSTOMRESOURCEDEFINITIONS, definition)).toEqual({ kind: 'CustomResourceDefinition', status: { storedVersions: [], conditions: null } });
});

test('a patch finds them', async () => {
  await object('POST', ROLES, role('patched'));
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  expect(await object('PATCH', `${ROLES}/patched`, [{ op: 'replace', path: '/rules', value: rules }], { 'Content-Type': JSON_PATCH })).toMatchObject({ rules });
  const csiNodes = '/apis/storage.k8s.io/v1/csinodes';
  await object('POST', csiNodes, { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name: 'n' }, spec: { drivers: [] } });
  const patched = await object('PATCH', `${csiNodes}/n`, { spec: { drivers: [{ name: 'a.b', nodeID: 'x' }] } }, { 'Content-Type': STRATEGIC });
  expect(patched).toMatchObject({ spec: { drivers: [{ name: 'a.b', nodeID: 'x', topologyKeys: null }] } });
});

test.each<[string, Resource<KubeObject>, object, object]>([
  ['in lists', PODS, { spec: { volumes: [{ name: 'a' }, { name: 'b', projected: {} }] } }, { spec: { containers: null, volumes: [{ name: 'a' }, { name: 'b', projected: { sources: null } }] } }],
  ['pointers', PODS, { spec: { volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { dataSourceRef: { name: 'c' } } } } }] } }, { spec: { containers: null, volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { dataSourceRef: { apiGroup: null, name: 'c' } } } } }] } }],
  ['nowhere else', PODS, { spec: { containers: [{ name: 'c' }] } }, { spec: { containers: [{ name: 'c' }] } }],
  ['only where what holds them is', at('autoscaling', 'v2', 'horizontalpodautoscalers'), { spec: { maxReplicas: 1 } }, { spec: { maxReplicas: 1 } }],
  ['of the version that is asked for', at('autoscaling', 'v1', 'horizontalpodautoscalers'), { status: { currentReplicas: 0 } }, { status: { currentReplicas: 0 } }],
  ['not of others', CLUSTERROLES, { kind: 'Status' }, { kind: 'Status' }],
])('%s', (_name, resource, given, expected) => {
  expect(withNulls(resource, { kind: resource.kind, ...given } as KubeObject)).toEqual({ kind: resource.kind, ...expected });
});

test('objects without any are not copied, and those with some once', () => {
  const pod = { kind: 'Pod', spec: { containers: [{ name: 'c' }], volumes: [{ name: 'a' }] } } as unknown as KubeObject;
  const list = { kind: 'PodList', items: [pod] } as KubeObject;
  expect(withNulls(PODS, list)).toBe(list);
  const found = Object.freeze({ kind: 'ClusterRole' });
  expect(withNulls(CLUSTERROLES, found)).toBe(withNulls(CLUSTERROLES, found));
});
