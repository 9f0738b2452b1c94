import type { Service } from '../../../src/api/generated/types.ts';
import { ENDPOINTS, ENDPOINTSLICES, PODS, SERVICES } from '../../../src/api/kinds.ts';
import { endpointsController } from '../../../src/controllers/endpoints/controller.ts';
import { endpointSliceController } from '../../../src/controllers/endpointslice/controller.ts';
import { testContext, type TestContext } from '../../support/fake-api.ts';
import { podOn } from '../nodes.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(() => test.stop());

function service(spec: Partial<NonNullable<Service['spec']>> = {}): Service & { apiVersion: string; kind: string } {
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name: 'web', labels: { app: 'web' } }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }], clusterIP: '10.96.0.9', ...spec } };
}
const pod = (name: string, ip: string, ready = true) =>
  podOn('node-1', name, { metadata: { labels: { app: 'web' } }, status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2025-01-01T00:00:00Z' }] } });
const subsets = () => test.api.get(ENDPOINTS, 'default', 'web')?.subsets;
const slices = () => test.api.list(ENDPOINTSLICES);

it('ready pods are addresses, others are not ready addresses, terminal and terminating ones neither', async () => {
  test.api.put(service());
  test.api.put(pod('b', '10.0.0.2'));
  test.api.put(pod('a', '10.0.0.1'));
  test.api.put(pod('c', '10.0.0.3', false));
  test.api.put({ ...pod('done', '10.0.0.4'), status: { phase: 'Succeeded', podIP: '10.0.0.4' } });
  test.api.put(podOn('node-1', 'other', { metadata: { labels: { app: 'other' } } }));
  await test.start(endpointsController);
  expect(subsets()).toEqual([
    {
      addresses: ['a', 'b'].map((name, index) => ({ ip: `10.0.0.${index + 1}`, nodeName: 'node-1', targetRef: { kind: 'Pod', namespace: 'default', name, uid: expect.any(String) as string } })),
      notReadyAddresses: [expect.objectContaining({ ip: '10.0.0.3' })],
      ports: [{ port: 8080, protocol: 'TCP' }],
    },
  ]);
  expect(test.api.get(ENDPOINTS, 'default', 'web')?.metadata.labels).toEqual({ app: 'web', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
});

it('follows pods as they become ready, change labels and go', async () => {
  test.api.put(service());
  test.api.put(pod('a', '10.0.0.1', false));
  await test.start(endpointsController, endpointSliceController);
  test.api.change(PODS, 'default', 'a', (changed) => Object.assign(changed, { status: pod('a', '10.0.0.1').status }));
  await test.settle();
  expect(subsets()?.[0]?.addresses).toHaveLength(1);
  expect(slices()[0]?.endpoints?.[0]?.conditions).toEqual({ ready: true, serving: true, terminating: false });
  test.api.change(PODS, 'default', 'a', (changed) => Object.assign(changed.metadata, { labels: { app: 'else' } }));
  await test.settle();
  expect(subsets() ?? []).toEqual([]);
  expect(slices().flatMap(({ endpoints }) => endpoints ?? [])).toEqual([]);
  expect(slices()).toHaveLength(1);
});

it('named ports are looked up on each pod, and pods with different ports stand in different subsets', async () => {
  const named = (name: string, ip: string, containerPort: number) => {
    const made = pod(name, ip);
    return { ...made, spec: { nodeName: 'node-1', containers: [{ name: 'web', image: 'x', ports: [{ name: 'http', containerPort, protocol: 'TCP' }] }] } };
  };
  test.api.put(service({ ports: [{ port: 80, targetPort: 'http', name: 'web', protocol: 'TCP' }] }));
  test.api.put(named('a', '10.0.0.1', 8080));
  test.api.put(named('b', '10.0.0.2', 9090));
  test.api.put(pod('without', '10.0.0.3'));
  await test.start(endpointsController, endpointSliceController);
  expect(subsets()?.map(({ ports }) => ports?.[0])).toEqual([{ name: 'web', port: 8080, protocol: 'TCP' }, { name: 'web', port: 9090, protocol: 'TCP' }]);
  expect(slices()).toHaveLength(2);
});

it('a hundred endpoints fill a slice, and few slices change when few pods do', async () => {
  test.api.put(service());
  for (let i = 0; i < 250; i++) test.api.put(pod(`p-${i}`, `10.0.${Math.floor(i / 200)}.${i % 200}`));
  await test.start(endpointSliceController);
  await test.clock.advance(1000);
  expect(slices().map(({ endpoints }) => endpoints?.length).sort()).toEqual([100, 100, 50]);
  const before = test.api.writes('endpointslices').length;
  test.api.remove(PODS, 'default', 'p-7');
  test.api.put(pod('new', '10.0.9.9'));
  await test.clock.advance(1000);
  expect(test.api.writes('endpointslices').length - before).toBe(1);
  expect(slices().flatMap(({ endpoints }) => endpoints ?? [])).toHaveLength(250);
});

it('a service without a selector is left to its user, and endpoints go with their service', async () => {
  test.api.put({ ...service(), spec: { ports: [{ port: 80 }] } });
  await test.start(endpointsController, endpointSliceController);
  expect(test.api.writes()).toEqual([]);
  test.api.change(SERVICES, 'default', 'web', (changed) => Object.assign(changed, { spec: service().spec }));
  await test.settle();
  expect(test.api.get(ENDPOINTS, 'default', 'web')).toBeDefined();
  test.api.remove(SERVICES, 'default', 'web');
  await test.settle();
  expect(test.api.get(ENDPOINTS, 'default', 'web')).toBeUndefined();
});
