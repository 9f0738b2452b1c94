/** What can be selected by, for each kind, and what is said of selectors that make no sense. */
import { CONFIGMAPS, JOBS, NAMESPACES, NODES, PODS } from '../../src/api/kinds.ts';
import { builtinResources, resourceAt, type ResourceFacts } from '../../src/api/resource.ts';
import { parseFieldSelector } from '../../src/api/fields.ts';
import { apiCluster, failure, type ApiCluster } from './support/api-cluster.ts';
import { configMap, pod } from './support/objects.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
  await cluster.of(PODS).create(pod('a'));
  await cluster.of(CONFIGMAPS).create(configMap('c'));
});
afterAll(async () => {
  expect(cluster.errors).toEqual([]);
  await cluster.close();
});

const list = (resource: ResourceFacts, fieldSelector: string, more: object = {}) =>
  cluster.request({ verb: 'list', group: resource.group, version: resource.version, resource: resource.plural, options: { fieldSelector, ...more } });
const found = async (resource: ResourceFacts, fieldSelector: string) => ((await list(resource, fieldSelector)).object as unknown as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);

/** Fields beside metadata.name and metadata.namespace (kubernetes pkg/apis/<group>/<version>/conversion.go). */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'v1/pods': ['spec.nodeName', 'spec.host', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'],
  'v1/nodes': ['spec.unschedulable'],
  'v1/replicationcontrollers': ['status.replicas'],
  'v1/events': ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'],
  'events.k8s.io/v1/events': ['regarding.kind', 'regarding.namespace', 'regarding.name', 'regarding.uid', 'regarding.apiVersion', 'regarding.resourceVersion', 'regarding.fieldPath', 'reason', 'reportingController', 'type'],
  'v1/namespaces': ['status.phase'],
  'v1/secrets': ['type'],
  'v1/services': ['spec.clusterIP', 'spec.type'],
  'batch/v1/jobs': ['status.successful'],
  'certificates.k8s.io/v1/certificatesigningrequests': ['spec.signerName'],
};

test('every kind takes its own fields and no others', async () => {
  const listed = builtinResources().filter(({ verbs, plural }) => verbs.includes('list') && plural !== 'componentstatuses');
  expect(listed.length).toBeGreaterThan(50);
  for (const resource of listed) {
    const id = `${resource.group ? `${resource.group}/` : ''}${resource.version}/${resource.plural}`;
    for (const field of ['metadata.name', ...(resource.namespaced || !OWN[id] ? ['metadata.namespace'] : []), ...(OWN[id] ?? [])]) await list(resource, `${field}=x`);
    for (const field of ['spec.colour', 'name', 'status.replicas', ...(resource.namespaced || !OWN[id] ? [] : ['metadata.namespace'])]) {
      if (OWN[id]?.includes(field)) continue;
      const { code, message } = await failure(list(resource, `${field}=x`));
      const expected = id === 'batch/v1/jobs' ? `field label "${field}" not supported for Job` : OWN[id] ? `field label not supported: ${field}` : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
      expect([id, code, message]).toEqual([id, 400, expected]);
    }
  }
});

test('values select', async () => {
  expect(await found(PODS, 'spec.host=')).toEqual(['a']);
  expect(await found(PODS, 'status.podIPs=')).toEqual(['a']);
  expect(await found(PODS, 'spec.restartPolicy=Always,spec.hostNetwork=false,status.phase!=Running')).toEqual(['a']);
  expect(await found(PODS, 'metadata.name=a,metadata.name=b')).toEqual([]);
  expect(await found(NAMESPACES, 'status.phase=Active,metadata.name!=default')).toEqual(['kube-node-lease', 'kube-public', 'kube-system']);
  expect(await found(CONFIGMAPS, 'metadata.namespace=default,metadata.name=c')).toEqual(['c']);
  expect(await found(NODES, 'spec.unschedulable=true')).toEqual([]);
  expect(await found(JOBS, 'status.successful=0')).toEqual([]);
  expect(await found(resourceAt('certificates.k8s.io', 'v1', 'certificatesigningrequests') as ResourceFacts, 'spec.signerName=x')).toEqual([]);
});

test.each([
  ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ['metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
  ['metadata.name=a\\b', 'invalid field selector: invalid escape sequence: \\b'],
  ['metadata.name=a\\', 'invalid field selector: invalid escape sequence: \\'],
])('the field selector %j is malformed', async (selector, message) => {
  const error = await failure(list(PODS, selector));
  expect([error.code, error.reason, error.message]).toEqual([400, 'BadRequest', message]);
});

test('escaped characters are part of a value', () => {
  expect(parseFieldSelector('a=x\\,y\\=z\\\\,b!=').requirements).toEqual([{ field: 'a', operator: '=', value: 'x,y=z\\' }, { field: 'b', operator: '!=', value: '' }]);
});

test.each([
  ['app in x', "unable to parse requirement: found 'x' expected: '('"],
  ['app=a b', "found 'b', expected: ',' or 'end of string'"],
  ['=x', "found '=', expected: !, identifier, or 'end of string'"],
  ['app>x', "unable to parse requirement: values[0][app]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
  ['a,,b', "found ',', expected: identifier after ','"],
])('the label selector %j is malformed', async (labelSelector, message) => {
  const error = await failure(cluster.of(PODS).list('default', { labelSelector }));
  expect([error.code, error.reason, error.message]).toEqual([400, 'BadRequest', message]);
});
