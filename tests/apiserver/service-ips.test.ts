/** IPAddress objects: who has which cluster IP. */
import type { IPAddress, Service } from '../../src/api/generated/types.ts';
import { SERVICES } from '../../src/api/kinds.ts';
import { IPADDRESSES, SERVICECIDRS } from '../../src/api/service-ips.ts';
import { apiCluster, type ApiCluster, clusterOfEachTest, failure } from './support/api-cluster.ts';
import { service } from './support/objects.ts';

const cluster = clusterOfEachTest();

const addresses = async (): Promise<string[]> => (await cluster.of(IPADDRESSES).list()).items.map(({ metadata, spec }) => `${metadata.name} ${spec?.parentRef.namespace ?? ''}/${spec?.parentRef.name ?? ''}`).sort((a, b) => Number(b === KUBERNETES) - Number(a === KUBERNETES) || (a < b ? 1 : -1));
const KUBERNETES = '10.96.0.1 default/kubernetes';

test('a new cluster has the address of its own service', async () => {
  const [first] = (await cluster.of(IPADDRESSES).list()).items;
  expect(first).toMatchObject({
    metadata: { name: '10.96.0.1', labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } },
  } satisfies IPAddress);
  expect(first?.metadata.managedFields?.map(({ manager, operation }) => `${manager ?? ''} ${operation ?? ''}`)).toEqual(['kube-apiserver Update']);
});

test('an address is there with its service and goes with it', async () => {
  const picked = await cluster.of(SERVICES).create(service('a'));
  await cluster.of(SERVICES).create(service('b', { clusterIP: '10.96.0.10' }));
  await cluster.of(SERVICES).create(service('c', { clusterIP: 'None' }));
  await cluster.of(SERVICES).create({ ...service('d'), spec: { type: 'ExternalName', externalName: 'example.com' } });
  expect(await addresses()).toEqual([KUBERNETES, '10.96.0.10 default/b', `${picked.spec?.clusterIP ?? ''} default/a`]);
  await cluster.of(SERVICES).delete('default', 'a');
  await cluster.of(SERVICES).deleteCollection('default', { labelSelector: 'app=b' });
  await cluster.of(SERVICES).delete('default', 'b');
  expect(await addresses()).toEqual([KUBERNETES]);
});

test('services that leave by their finalizer, or many at once, give their addresses back', async () => {
  await cluster.of(SERVICES).create({ ...service('a'), metadata: { name: 'a', namespace: 'default', finalizers: ['example.com/hold'] } });
  await cluster.of(SERVICES).delete('default', 'a');
  expect(await addresses()).toHaveLength(2);
  await cluster.of(SERVICES).patch('default', 'a', { metadata: { finalizers: null } }, 'merge');
  expect(await addresses()).toEqual([KUBERNETES]);
  for (const name of ['b', 'c']) await cluster.of(SERVICES).create({ ...service(name), metadata: { name, namespace: 'default', labels: { some: 'label' } } });
  expect(await addresses()).toHaveLength(3);
  await cluster.of(SERVICES).deleteCollection('default', { labelSelector: 'some=label' });
  expect(await addresses()).toEqual([KUBERNETES]);
});

test('the address goes and comes with the type', async () => {
  await cluster.of(SERVICES).create(service('a'));
  await cluster.of(SERVICES).patch('default', 'a', { spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } }, 'merge');
  expect(await addresses()).toEqual([KUBERNETES]);
  const again = await cluster.of(SERVICES).patch('default', 'a', { spec: { type: 'ClusterIP', externalName: null } }, 'merge');
  expect(await addresses()).toEqual([KUBERNETES, `${again.spec?.clusterIP ?? ''} default/a`]);
});

test('what is refused, exists already or is tried dry holds nothing', async () => {
  await failure(cluster.of(SERVICES).create(service('A')));
  await failure(cluster.of(SERVICES).create(service('kubernetes')));
  await failure(cluster.of(SERVICES).create(service('a', { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 80 }] })));
  const dry = await cluster.of(SERVICES).create(service('a', { type: 'NodePort', ports: [{ name: 'x', port: 80, protocol: 'TCP' }, { name: 'y', port: 81, protocol: 'TCP' }] }), { dryRun: true });
  // Upstream doesn't look for free ones either.
  expect([dry.spec?.clusterIP, dry.spec?.ports?.map(({ nodePort }) => nodePort)]).toEqual(['10.96.0.0', [32769, 32770]]);
  const outside = await failure(cluster.of(SERVICES).create(service('a', { clusterIP: '192.168.0.1' }), { dryRun: true }));
  expect(outside.message).toMatch(/failed to allocate IP 192.168.0.1: the provided IP \(192.168.0.1\) is not in the valid range. The range of valid IPs is 10.96.0.0\/12$/);
  await cluster.of(SERVICES).create(service('b'));
  await cluster.of(SERVICES).delete('default', 'b', { dryRun: true });
  expect(await addresses()).toHaveLength(2);
});

test("neither a network's own address nor one that somebody else has taken is given out", async () => {
  const own = await failure(cluster.of(SERVICES).create(service('a', { clusterIP: '10.96.0.0' })));
  expect(own.message).toMatch(/failed to allocate IP 10.96.0.0: the provided network does not match the current range$/);
  await cluster.of(IPADDRESSES).create({ metadata: { name: '10.96.0.20' }, spec: { parentRef: { group: 'gateway.networking.k8s.io', resource: 'gateways', namespace: 'x', name: 'y' } } });
  const taken = await failure(cluster.of(SERVICES).create(service('a', { clusterIP: '10.96.0.20' })));
  expect(taken.message).toMatch(/failed to allocate IP 10.96.0.20: provided IP is already allocated$/);
});

test('two servers over one store never give out the same address', async () => {
  // Three addresses that can be had: the network, its broadcast and the cluster's own service have the others.
  const small = await apiCluster({ serviceCIDR: '10.0.0.0/29' });
  const other = await small.restart();
  const create = (server: ApiCluster['server'], name: string): Promise<Service> => server.handle({ verb: 'create', group: '', version: 'v1', resource: 'services', namespace: 'default', body: service(name) }).then(({ object }) => object as Service);
  const made = await Promise.all([create(small.server, 'a'), create(other, 'b'), create(small.server, 'c'), create(other, 'd'), create(other, 'e')]);
  expect(made.map(({ spec }) => spec?.clusterIP).sort()).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']);
  expect((await failure(create(small.server, 'f'))).message).toBe('Internal error occurred: failed to allocate a serviceIP: range is full');
  // More of them come with another ServiceCIDR, while it is ready.
  await small.of(SERVICECIDRS).create({ metadata: { name: 'more', finalizers: ['example.com/hold'] }, spec: { cidrs: ['10.1.0.0/30'] } });
  expect((await create(other, 'f')).spec?.clusterIP).toMatch(/^10\.1\.0\.[12]$/);
  await small.of(SERVICECIDRS).delete(undefined, 'more');
  expect((await failure(create(other, 'g'))).message).toMatch(/range is full$/);
  await other.close();
  await small.close();
});
