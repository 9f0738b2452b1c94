/** APIService objects: of what this server serves, and of groups that another server is to answer. */
import type { APIService } from '../../src/api/generated/types.ts';
import { CUSTOMRESOURCEDEFINITIONS, ENDPOINTS, SERVICES } from '../../src/api/kinds.ts';
import { APISERVICES } from '../../src/apiserver/apiservices/api-services.ts';
import { cronTabs, define, GROUP } from './customresources/support.ts';
import { clusterOfEachTest, failure } from './support/api-cluster.ts';
import { service } from './support/objects.ts';

const cluster = clusterOfEachTest();

const services = () => cluster.of(APISERVICES);
const remote = (group: string): APIService => ({ metadata: { name: `v1beta1.${group}` }, spec: { group, version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: { namespace: 'default', name: 'backend' } } });
const available = async (group: string) => (await services().get(undefined, `v1beta1.${group}`)).status?.conditions?.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);

test('built-in groups have theirs, with their priorities', async () => {
  const { items } = await services().list();
  expect(items).toHaveLength(20);
  expect(items.find(({ metadata }) => metadata.name === 'v2.autoscaling')).toMatchObject({
    metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
    spec: { group: 'autoscaling', version: 'v2', groupPriorityMinimum: 17500, versionPriority: 30 },
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' }] },
  });
  expect(items.find(({ metadata }) => metadata.name === 'v1.')?.spec).toEqual({ version: 'v1', groupPriorityMinimum: 18000, versionPriority: 1 });
});

test('groups of custom resources come and go', async () => {
  await define(cluster, cronTabs());
  expect(await services().get(undefined, `v1.${GROUP}`)).toMatchObject({ metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } }, spec: { groupPriorityMinimum: 1000, versionPriority: 100 } });
  await cluster.of(CUSTOMRESOURCEDEFINITIONS).delete(undefined, `crontabs.${GROUP}`);
  expect((await failure(services().get(undefined, `v1.${GROUP}`))).code).toBe(404);
});

test('a group of another server says why it is not there', async () => {
  await services().create(remote('metrics.k8s.io'));
  expect(await available('metrics.k8s.io')).toEqual(['Available=False ServiceNotFound: service/backend in "default" is not present']);
  await cluster.of(SERVICES).create(service('backend', { ports: [{ port: 80, protocol: 'TCP' }] }));
  expect(await available('metrics.k8s.io')).toEqual(['Available=False ServicePortError: service/backend in "default" is not listening on port 443']);
  await cluster.of(SERVICES).patch('default', 'backend', { spec: { ports: [{ port: 443, name: 'https' }] } }, 'merge');
  expect(await available('metrics.k8s.io')).toEqual(['Available=False EndpointsNotFound: cannot find endpoints for service/backend in "default"']);
  await cluster.of(ENDPOINTS).create({ metadata: { namespace: 'default', name: 'backend' } });
  expect(await available('metrics.k8s.io')).toEqual(['Available=False MissingEndpoints: endpoints for service/backend in "default" have no addresses with port name "https"']);
});

test('requests to it are answered with 503, and discovery calls it stale', async () => {
  await services().create(remote('metrics.k8s.io'));
  expect(await failure(cluster.request({ verb: 'list', group: 'metrics.k8s.io', version: 'v1beta1', resource: 'nodes' }))).toMatchObject({ code: 503, reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' });
  expect(await cluster.server.raw('GET', '/apis/metrics.k8s.io/v1beta1')).toMatchObject({ code: 503, body: 'service unavailable\n' });
  const { items } = JSON.parse((await cluster.server.raw('GET', '/apis', undefined, { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' })).body) as { items: { metadata: { name: string }; versions: object[] }[] };
  expect(items.find(({ metadata }) => metadata.name === 'metrics.k8s.io')?.versions).toEqual([{ version: 'v1beta1', resources: [], freshness: 'Stale' }]);
  expect((await failure(cluster.request({ verb: 'list', group: 'other.k8s.io', version: 'v1', resource: 'nodes' }))).code).toBe(404);
});
