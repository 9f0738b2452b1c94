/** Components and custom resources: what was written for built-in kinds works on them. */
import { CUSTOMRESOURCEDEFINITIONS, NAMESPACES } from '../../../src/api/kinds.ts';
import type { Resource } from '../../../src/api/kinds.ts';
import { resourceAt } from '../../../src/api/resource.ts';
import type { ResourceQuota } from '../../../src/api/generated/types.ts';
import { garbageCollector } from '../../../src/controllers/garbagecollector/controller.ts';
import { namespaceController } from '../../../src/controllers/namespace/controller.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { configMap } from '../support/objects.ts';
import { ask, cronTab, cronTabs, define, GROUP, silentErrors, withControllers } from './support.ts';
import { CONFIGMAPS } from '../../../src/api/kinds.ts';

let cluster: ApiCluster;
let running: Awaited<ReturnType<typeof withControllers>>;
beforeEach(async () => {
  cluster = await apiCluster();
  running = await withControllers(cluster, [['generic-garbage-collector', garbageCollector], ['namespace-controller', namespaceController]]);
});
afterEach(async () => {
  await running.stop();
  expect([...cluster.errors, ...silentErrors]).toEqual([]);
  await cluster.close();
});

test('the garbage collector follows custom resources as owners and as dependents', async () => {
  await define(cluster, cronTabs());
  await running.settle();
  const owner = await ask(cluster, { verb: 'create', body: cronTab('owner') });
  const ownerReferences = [{ apiVersion: `${GROUP}/v1`, kind: 'CronTab', name: 'owner', uid: owner.metadata?.uid ?? '' }];
  await ask(cluster, { verb: 'create', body: cronTab('dependent', {}, { metadata: { name: 'dependent', ownerReferences } }) });
  await cluster.of(CONFIGMAPS).create({ ...configMap('dependent'), metadata: { name: 'dependent', namespace: 'default', ownerReferences } });
  await running.settle();
  expect(await cluster.of(CONFIGMAPS).get('default', 'dependent')).toBeDefined();
  await ask(cluster, { verb: 'delete', name: 'owner' });
  await running.settle();
  expect((await failure(ask(cluster, { verb: 'get', name: 'dependent' }))).code).toBe(404);
  expect((await failure(cluster.of(CONFIGMAPS).get('default', 'dependent'))).code).toBe(404);
  // A definition that goes takes nothing of the collector along.
  await cluster.of(CUSTOMRESOURCEDEFINITIONS).delete(undefined, `crontabs.${GROUP}`);
  await running.settle();
});

test('a namespace that is deleted takes custom resources along', async () => {
  await define(cluster, cronTabs());
  await cluster.of(NAMESPACES).create({ metadata: { name: 'team' } });
  await ask(cluster, { verb: 'create', namespace: 'team', body: cronTab('a') });
  await cluster.of(NAMESPACES).delete(undefined, 'team');
  await running.settle();
  expect((await failure(cluster.of(NAMESPACES).get(undefined, 'team'))).code).toBe(404);
  expect((await cluster.store.range(`/registry/${GROUP}/`)).kvs).toEqual([]);
});

test('quotas count them', async () => {
  await define(cluster, cronTabs());
  await cluster.of(resourceAt('', 'v1', 'resourcequotas') as Resource<ResourceQuota>).create({ metadata: { name: 'q', namespace: 'default' }, spec: { hard: { [`count/crontabs.${GROUP}`]: '1' } } });
  await ask(cluster, { verb: 'create', body: cronTab('a') });
  expect((await failure(ask(cluster, { verb: 'create', body: cronTab('b') }))).message).toBe(`crontabs.stable.example.com "b" is forbidden: exceeded quota: q, requested: count/crontabs.${GROUP}=1, used: count/crontabs.${GROUP}=1, limited: count/crontabs.${GROUP}=1`);
});
