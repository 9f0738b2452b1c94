import { ipAddressOf, IPADDRESSES, SERVICECIDRS } from '../../../src/api/service-ips.ts';
import { serviceCidrController } from '../../../src/controllers/servicecidr/controller.ts';
import { testContext, type TestContext } from '../../support/test-context.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(async () => {
  await test.stop();
  expect(test.errors).toEqual([]);
});

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
const cidr = (name: string, range: string, metadata: object = {}) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name, ...metadata }, spec: { cidrs: [range] } });
const going = { deletionTimestamp: '2025-01-01T00:00:00Z', finalizers: [FINALIZER] };
const address = (ip: string) => ipAddressOf(ip, { metadata: { namespace: 'default', name: 'web' } }) as ReturnType<typeof ipAddressOf> & { apiVersion: string; kind: string };
const stateOf = (name: string) => {
  const object = test.api.get(SERVICECIDRS, undefined, name);
  return object && { finalizers: object.metadata.finalizers ?? [], ready: object.status?.conditions?.map(({ type, status, reason, message }) => ({ type, status, reason, message })) };
};
const READY = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' };
const BLOCKED = { type: 'Ready', status: 'False', reason: 'Terminating', message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR' };

it('protects a new one, and says that it is ready', async () => {
  test.api.put(cidr('more', '10.0.0.0/24'));
  await test.start(serviceCidrController);
  expect(stateOf('more')).toEqual({ finalizers: [FINALIZER], ready: [READY] });
});

it('lets one go ten seconds after its last address', async () => {
  test.api.put(address('10.0.0.7'));
  test.api.put(cidr('more', '10.0.0.0/24', going));
  await test.start(serviceCidrController);
  expect(stateOf('more')).toEqual({ finalizers: [FINALIZER], ready: [BLOCKED] });
  test.api.remove(IPADDRESSES, undefined, '10.0.0.7');
  await test.settle();
  expect(stateOf('more')?.finalizers).toEqual([FINALIZER]);
  await test.clock.advance(10_000);
  await test.settle();
  expect(stateOf('more')?.finalizers ?? []).toEqual([]);
});

it('lets one go whose addresses another one covers', async () => {
  test.api.put(address('10.0.0.7'));
  test.api.put(cidr('more', '10.0.0.0/24', going));
  await test.start(serviceCidrController);
  test.api.put(cidr('most', '10.0.0.0/16'));
  await test.settle();
  await test.clock.advance(10_000);
  await test.settle();
  expect(stateOf('more')?.finalizers ?? []).toEqual([]);
  expect(stateOf('most')?.ready).toEqual([READY]);
});
