import { CONFIGMAPS, NAMESPACES, NODES, PODS, SERVICEACCOUNTS } from '../../../src/api/kinds.ts';
import { namespaceController } from '../../../src/controllers/namespace/controller.ts';
import { nodeIpamController } from '../../../src/controllers/nodeipam/controller.ts';
import { serviceAccountController } from '../../../src/controllers/serviceaccount/controller.ts';
import { testContext, type TestContext } from '../../support/fake-api.ts';
import { node, podOn } from '../nodes.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(() => test.stop());

const namespace = (phase: string, deletionTimestamp?: string) => ({
  apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', ...(deletionTimestamp ? { deletionTimestamp, finalizers: ['example.com/held'] } : {}) }, spec: { finalizers: ['kubernetes'] }, status: { phase },
});

it('empties a namespace that is on its way out, waits for its pods, and lets it go', async () => {
  test.api.put(namespace('Active', '2025-01-01T00:00:00Z'));
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'team', name: 'settings' } });
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'settings' } });
  test.api.put(podOn('node-1', 'web', { metadata: { namespace: 'team' } }));
  await test.start(namespaceController);
  expect(test.api.list(CONFIGMAPS).map(({ metadata }) => metadata.namespace)).toEqual(['default']);
  const waiting = test.api.get(NAMESPACES, undefined, 'team');
  expect(waiting?.status?.phase).toBe('Terminating');
  expect(waiting?.status?.conditions?.find(({ type }) => type === 'NamespaceContentRemaining')).toMatchObject({ status: 'True', reason: 'SomeResourcesRemain', message: 'Some resources are remaining: pods has 1 resource instances' });
  test.api.remove(PODS, 'team', 'web');
  await test.settle();
  expect(test.api.get(NAMESPACES, undefined, 'team')?.spec?.finalizers ?? []).toEqual([]);
  expect(test.errors).toEqual([]);
});

it('gives every active namespace its service account, again when it is deleted', async () => {
  test.api.put(namespace('Active'));
  await test.start(serviceAccountController);
  expect(test.api.get(SERVICEACCOUNTS, 'team', 'default')).toBeDefined();
  test.api.remove(SERVICEACCOUNTS, 'team', 'default');
  await test.settle();
  expect(test.api.get(SERVICEACCOUNTS, 'team', 'default')).toBeDefined();
});

it('has a range for each of 5,000 nodes, none of them twice and none in the service network', async () => {
  for (let i = 1; i <= 5000; i++) test.api.put(node(`node-${i}`));
  await test.start(nodeIpamController);
  const cidrs = Array.from({ length: 5000 }, (_, i) => test.api.get(NODES, undefined, `node-${i + 1}`)?.spec?.podCIDR ?? '');
  expect(new Set(cidrs).size).toBe(5000);
  expect([cidrs[0], cidrs[256], cidrs[3071], cidrs[3072]]).toEqual(['10.244.0.0/24', '10.245.0.0/24', '10.255.255.0/24', '10.243.0.0/24']);
  for (const cidr of cidrs) expect(Number(cidr.split('.')[1])).toBeGreaterThanOrEqual(112);
  // Who comes anew reads them back.
  test.api.remove(NODES, undefined, 'node-3073');
  test.api.put(node('node-late'));
  await test.settle();
  expect(test.api.get(NODES, undefined, 'node-late')?.spec?.podCIDR).toBe('10.243.0.0/24');
}, 30_000);

it('gives each node a range of the pod network, and a freed one again', async () => {
  for (const name of ['node-1', 'node-2']) test.api.put(node(name));
  test.api.put({ ...node('node-9'), spec: { podCIDR: '10.244.1.0/24' } });
  await test.start(nodeIpamController);
  const cidr = (name: string) => test.api.get(NODES, undefined, name)?.spec?.podCIDR;
  expect([cidr('node-1'), cidr('node-2'), cidr('node-9')]).toEqual(['10.244.0.0/24', '10.244.2.0/24', '10.244.1.0/24']);
  test.api.remove(NODES, undefined, 'node-1');
  test.api.put(node('node-3'));
  await test.settle();
  expect(cidr('node-3')).toBe('10.244.0.0/24');
});
