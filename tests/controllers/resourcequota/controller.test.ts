import type { ResourceQuota } from '../../../src/api/generated/types.ts';
import { CONFIGMAPS, PODS, type Resource } from '../../../src/api/kinds.ts';
import { resourceAt } from '../../../src/api/resource.ts';
import { resourceQuotaController } from '../../../src/controllers/resourcequota/controller.ts';
import { testContext, type TestContext } from '../../support/test-context.ts';
import { podOn } from '../nodes.ts';

const QUOTAS = resourceAt('', 'v1', 'resourcequotas') as Resource<ResourceQuota>;

let test: TestContext;
beforeEach(() => {
  test = testContext();
});
afterEach(() => test.stop());

const quota = (hard: Record<string, string>, more: Partial<NonNullable<ResourceQuota['spec']>> = {}) => test.api.put({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { namespace: 'default', name: 'quota' }, spec: { hard, ...more } });
const pod = (name: string, cpu: string) => podOn('node-1', name, { spec: { nodeName: 'node-1', containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu }, limits: { memory: '1Gi' } } }] } });
const status = () => test.api.get(QUOTAS, 'default', 'quota')?.status;

it('says how much is used, as objects come, change and go', async () => {
  quota({ pods: '5', 'requests.cpu': '2', 'limits.memory': '10Gi', 'count/configmaps': '3', 'services.nodeports': '1' });
  test.api.put(pod('a', '500m'));
  await test.start(resourceQuotaController);
  expect(status()).toEqual({ hard: { pods: '5', 'requests.cpu': '2', 'limits.memory': '10Gi', 'count/configmaps': '3', 'services.nodeports': '1' }, used: { pods: '1', 'requests.cpu': '500m', 'limits.memory': '1Gi', 'count/configmaps': '0', 'services.nodeports': '0' } });
  test.api.put(pod('b', '250m'));
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'c' } });
  test.api.put({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
  test.api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'other', name: 'c' } });
  await test.settle();
  expect(status()?.used).toEqual({ pods: '2', 'requests.cpu': '750m', 'limits.memory': '2Gi', 'count/configmaps': '1', 'services.nodeports': '1' });
  test.api.change(PODS, 'default', 'a', (changed) => Object.assign(changed, { status: { ...changed.status, phase: 'Succeeded' } }));
  test.api.remove(CONFIGMAPS, 'default', 'c');
  await test.settle();
  expect(status()?.used).toMatchObject({ pods: '1', 'requests.cpu': '250m', 'count/configmaps': '0' });
  expect(test.errors).toEqual([]);
});

it('counts only what is in the quota’s scopes, and follows a new limit', async () => {
  quota({ pods: '5' }, { scopes: ['BestEffort'] });
  test.api.put(pod('a', '500m'));
  test.api.put(podOn('node-1', 'b'));
  await test.start(resourceQuotaController);
  expect(status()?.used).toEqual({ pods: '1' });
  test.api.change(QUOTAS, 'default', 'quota', (changed) => Object.assign(changed.spec ?? {}, { hard: { pods: '9' } }));
  await test.settle();
  expect(status()).toEqual({ hard: { pods: '9' }, used: { pods: '1' } });
});
