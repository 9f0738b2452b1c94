import { SERVICES } from '../../src/api/kinds.ts';
import { draft } from '../../src/api/json.ts';
import { AddressRange, formatAddress, parseAddress } from '../../src/api/ip-ranges.ts';
import { clusterOfEachTest, failure } from './support/api-cluster.ts';
import { service } from './support/objects.ts';

const cluster = clusterOfEachTest();

test('addresses and ranges', () => {
  expect(formatAddress(parseAddress('10.111.255.254') ?? 0)).toBe('10.111.255.254');
  for (const text of ['10.0.0', '10.0.0.256', '10.0.0.01', 'a.b.c.d', '']) expect(parseAddress(text)).toBeUndefined();
  const range = new AddressRange('10.96.0.0/12');
  expect([range.usable(parseAddress('10.96.0.0') ?? 0), range.usable(parseAddress('10.96.0.1') ?? 0), range.usable(parseAddress('10.111.255.255') ?? 0), range.usable(parseAddress('10.112.0.1') ?? 0)]).toEqual([false, true, false, false]);
});

test('a service gets a cluster IP of its own and the families of the cluster', async () => {
  const stored = await Promise.all(['a', 'b', 'c'].map((name) => cluster.of(SERVICES).create(service(name))));
  const addresses = stored.map(({ spec }) => spec?.clusterIP ?? '');
  expect(new Set(addresses).size).toBe(3);
  for (const address of addresses) expect(new AddressRange('10.96.0.0/12').usable(parseAddress(address) ?? 0)).toBe(true);
  expect(stored[0]?.spec).toMatchObject({ clusterIPs: [addresses[0]], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', type: 'ClusterIP', internalTrafficPolicy: 'Cluster', sessionAffinity: 'None' });
});

test('headless and external services get none', async () => {
  const headless = await cluster.of(SERVICES).create(service('a', { clusterIP: 'None' }));
  expect(headless.spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'] });
  const external = await cluster.of(SERVICES).create({ ...service('b'), spec: { type: 'ExternalName', externalName: 'example.com' } });
  expect(external.spec?.clusterIP).toBeUndefined();
});

test('an asked address is given once, taken from the range, and free again after deletion', async () => {
  await cluster.of(SERVICES).create(service('a', { clusterIP: '10.96.0.10' }));
  const taken = await failure(cluster.of(SERVICES).create(service('b', { clusterIP: '10.96.0.10' })));
  expect(taken.message).toBe('Service "b" is invalid: spec.clusterIPs: Invalid value: []string{"10.96.0.10"}: failed to allocate IP 10.96.0.10: provided IP is already allocated');
  const outside = await failure(cluster.of(SERVICES).create(service('b', { clusterIP: '192.168.0.1' })));
  expect(outside.message).toBe('Service "b" is invalid: spec.clusterIPs: Invalid value: []string{"192.168.0.1"}: failed to allocate IP 192.168.0.1: the provided network does not match the current range');
  await cluster.of(SERVICES).delete('default', 'a');
  await cluster.of(SERVICES).create(service('b', { clusterIP: '10.96.0.10' }));
});

test('a refused service holds nothing', async () => {
  await failure(cluster.of(SERVICES).create(service('A', { clusterIP: '10.96.0.10' })));
  await cluster.of(SERVICES).create(service('a', { clusterIP: '10.96.0.10' }));
});

test('node ports are allocated, kept on update, and go with the type', async () => {
  const stored = await cluster.of(SERVICES).create(service('a', { type: 'NodePort' }));
  const nodePort = stored.spec?.ports?.[0]?.nodePort ?? 0;
  expect(nodePort).toBeGreaterThanOrEqual(30000);
  expect(nodePort).toBeLessThanOrEqual(32767);
  const error = await failure(cluster.of(SERVICES).create(service('b', { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort }] })));
  expect(error.message).toBe(`Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: provided port is already allocated`);
  const updated = await cluster.of(SERVICES).update(service('a', { type: 'NodePort' }));
  expect([updated.spec?.clusterIP, updated.spec?.ports?.[0]?.nodePort]).toEqual([stored.spec?.clusterIP, nodePort]);
  const plain = await cluster.of(SERVICES).patch('default', 'a', { spec: { type: 'ClusterIP' } }, 'strategic');
  expect([plain.spec?.clusterIP, plain.spec?.ports?.[0]?.nodePort]).toEqual([stored.spec?.clusterIP, undefined]);
  await cluster.of(SERVICES).create(service('b', { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort }] }));
});

test('the allocations are known after a restart', async () => {
  const stored = await cluster.of(SERVICES).create(service('a'));
  const again = await cluster.restart();
  const error = await failure(again.handle({ verb: 'create', group: '', version: 'v1', resource: 'services', namespace: 'default', body: service('b', { clusterIP: stored.spec?.clusterIP ?? '' }) }));
  expect(error.message).toMatch(/provided IP is already allocated$/);
});

test('a clusterIP cannot be changed', async () => {
  const stored = await cluster.of(SERVICES).create(service('a'));
  const other = draft(stored);
  Object.assign(other.spec ?? {}, { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] });
  expect((await failure(cluster.of(SERVICES).update(other as never))).message).toBe(`Service "a" is invalid: spec.clusterIPs[0]: Invalid value: []string{"10.96.7.7"}: may not change once set`);
});

test('the families that the cluster lacks', async () => {
  const create = (spec: object) => failure(cluster.of(SERVICES).create(service('a', spec as never))).then(({ message }) => message);
  const AT = 'Service "a" is invalid: ';
  expect(await create({ ipFamilyPolicy: 'RequireDualStack' })).toBe(`${AT}spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services`);
  expect(await create({ ipFamilies: ['IPv6'] })).toBe(`${AT}spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster`);
  expect(await create({ clusterIP: '2001:db8::1' })).toBe(`${AT}spec.clusterIPs[0]: Invalid value: []string{"2001:db8::1"}: IPv6 is not configured on this cluster`);
  const headless = await cluster.of(SERVICES).create({ ...service('b'), spec: { clusterIP: 'None' } });
  expect(headless.spec).toMatchObject({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' });
  const preferred = await cluster.of(SERVICES).create(service('c', { ipFamilyPolicy: 'PreferDualStack' }));
  expect(preferred.spec).toMatchObject({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' });
});

test('a port has one node port for all its protocols', async () => {
  const both = await cluster.of(SERVICES).create(service('a', { type: 'NodePort', ports: [{ name: 'a', port: 53, protocol: 'UDP' }, { name: 'b', port: 53, protocol: 'TCP', nodePort: 30053 }] }));
  expect(both.spec?.ports?.map((port) => port.nodePort)).toEqual([30053, 30053]);
  const twice = await failure(cluster.of(SERVICES).create(service('b', { type: 'NodePort', ports: [{ name: 'a', port: 1, protocol: 'UDP', nodePort: 30054 }, { name: 'b', port: 2, protocol: 'TCP', nodePort: 30054 }] })));
  expect(twice.message).toBe('Service "b" is invalid: spec.ports[1].nodePort: Invalid value: 30054: provided port is already allocated');
});
