import { EVENTS, SERVICES } from '../../../src/api/kinds.ts';
import { ipAddressOf, IPADDRESSES, SERVICECIDRS } from '../../../src/api/service-ips.ts';
import { ipAllocatorRepair } from '../../../src/controllers/ipallocatorrepair/controller.ts';
import { testContext, type TestContext } from '../../support/test-context.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
  test.api.put({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/12'] } });
});
afterEach(async () => {
  await test.stop();
  expect(test.errors).toEqual([]);
});

const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name }, spec });
const at = (name: string, ip: string) => service(name, { clusterIP: ip, clusterIPs: [ip] });
const address = (ip: string, name: string) => ipAddressOf(ip, { metadata: { namespace: 'default', name } }) as ReturnType<typeof ipAddressOf> & { apiVersion: string; kind: string };
const owners = () => test.api.list(IPADDRESSES).map(({ metadata, spec }) => `${metadata.name} ${spec?.parentRef.resource ?? ''}/${spec?.parentRef.name ?? ''}`);
const told = () => test.api.list(EVENTS).map(({ involvedObject, type, reason, message, action, reportingComponent }) => [involvedObject.name, type, reason, message, action, reportingComponent]);

it('makes what is missing, and says so', async () => {
  test.api.put(at('web', '10.96.0.7'));
  test.api.put(service('headless', { clusterIP: 'None', clusterIPs: ['None'] }));
  await test.start(ipAllocatorRepair);
  expect(owners()).toEqual(['10.96.0.7 services/web']);
  expect(test.api.list(IPADDRESSES)[0]?.metadata.labels).toEqual({ 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' });
  expect(told()).toEqual([['web', 'Warning', 'ClusterIPNotAllocated', 'Cluster IP [IPv4]: 10.96.0.7 is not allocated; repairing', 'ClusterIPAllocation', 'ipallocator-repair-controller']]);
  test.api.remove(IPADDRESSES, undefined, '10.96.0.7');
  await test.settle();
  expect(owners()).toEqual(['10.96.0.7 services/web']);
});

it('puts another owner in the place of a wrong one, but not of one that holds the address, too', async () => {
  test.api.put({ ...address('10.96.0.7', 'x'), spec: { parentRef: { group: 'example.com', resource: 'gateways', name: 'x' } } });
  test.api.put(at('web', '10.96.0.7'));
  test.api.put(address('10.96.0.8', 'first'));
  test.api.put(at('first', '10.96.0.8'));
  test.api.put(at('second', '10.96.0.8'));
  await test.start(ipAllocatorRepair);
  expect(owners().sort()).toEqual(['10.96.0.7 services/web', '10.96.0.8 services/first']);
  expect(told()).toContainEqual(['second', 'Warning', 'ClusterIPAlreadyAllocated', 'Cluster IP [IPv4]:10.96.0.8 was assigned to multiple services; please recreate service', 'ClusterIPAllocation', 'ipallocator-repair-controller']);
});

it('tells of an address outside of every range', async () => {
  test.api.put(at('web', '192.168.0.7'));
  await test.start(ipAllocatorRepair);
  expect(told().map(([, , reason, message]) => [reason, message])).toEqual([['ClusterIPOutOfRange', 'Cluster IP [IPv4]: 192.168.0.7 is not within any configured Service CIDR; please recreate service']]);
});

it('discards what nobody holds: at once where its service has another, and a minute later where there is none', async () => {
  test.api.put(at('web', '10.96.0.7'));
  test.api.put(address('10.96.0.7', 'web'));
  test.api.put(address('10.96.0.9', 'web'));
  await test.start(ipAllocatorRepair);
  expect(owners()).toEqual(['10.96.0.7 services/web']);
  test.api.put(address('10.96.0.10', 'gone'));
  await test.settle();
  expect(owners()).toHaveLength(2);
  await test.clock.advance(61_000);
  await test.settle();
  expect(owners()).toEqual(['10.96.0.7 services/web']);
  expect(told().map(([name, , reason, message]) => [name, reason, message])).toEqual([
    ['10.96.0.9', 'IPAddressWrongReference', 'IPAddress: 10.96.0.9 for Service default/web has a wrong reference; cleaning up'],
    ['10.96.0.10', 'IPAddressNotAllocated', 'IPAddress: 10.96.0.10 for Service default/gone appears to have leaked: cleaning up'],
  ]);
});

it('leaves alone what others manage', async () => {
  test.api.put({ apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name: '10.96.0.9' }, spec: { parentRef: { resource: 'gateways', name: 'x' } } });
  await test.start(ipAllocatorRepair);
  await test.clock.advance(61_000);
  expect(owners()).toEqual(['10.96.0.9 gateways/x']);
});

it('makes the range of the server again', async () => {
  test.api.remove(SERVICECIDRS, undefined, 'kubernetes');
  await test.start(ipAllocatorRepair);
  expect(test.api.get(SERVICECIDRS, undefined, 'kubernetes')?.spec?.cidrs).toEqual(['10.96.0.0/12']);
  expect(test.api.get(SERVICES, 'default', 'none')).toBeUndefined();
});
