/** What a new cluster begins with, as it is listed, and as it would be accepted from anybody. */
import type { KubeObject } from '../../src/api/object.ts';
import { apiCluster, type ApiCluster } from './support/api-cluster.ts';

const FLOW = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1' };
type Listed = KubeObject & { readonly items: readonly (KubeObject & { readonly spec: object })[]; readonly rows: readonly { readonly cells: readonly unknown[] }[] };

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
});
afterAll(() => cluster.close());

const list = async (resource: string, place: object = FLOW, representation: 'table' | 'object' = 'table') => (await cluster.request({ ...place, verb: 'list', resource, representation })).object as Listed;

test('flow schemas and priority levels are those of a fresh cluster', async () => {
  expect((await list('flowschemas')).rows.map(({ cells }) => cells.filter((_, i) => i !== 4))).toEqual([
    ['catch-all', 'catch-all', 10000, 'ByUser', 'False'],
    ['exempt', 'exempt', 1, '<none>', 'False'],
    ['global-default', 'global-default', 9900, 'ByUser', 'False'],
    ['kube-controller-manager', 'workload-high', 800, 'ByNamespace', 'False'],
    ['kube-scheduler', 'workload-high', 800, 'ByNamespace', 'False'],
    ['kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', 'False'],
    ['probes', 'exempt', 2, '<none>', 'False'],
    ['service-accounts', 'workload-low', 9000, 'ByUser', 'False'],
    ['system-leader-election', 'leader-election', 100, 'ByUser', 'False'],
    ['system-node-high', 'node-high', 400, 'ByUser', 'False'],
    ['system-nodes', 'system', 500, 'ByUser', 'False'],
  ]);
  expect((await list('prioritylevelconfigurations')).rows.map(({ cells }) => cells.slice(0, 6))).toEqual([
    ['catch-all', 'Limited', 5, '<none>', '<none>', '<none>'],
    ['exempt', 'Exempt', '<none>', '<none>', '<none>', '<none>'],
    ['global-default', 'Limited', 20, 128, 6, 50],
    ['leader-election', 'Limited', 10, 16, 4, 50],
    ['node-high', 'Limited', 40, 64, 6, 50],
    ['system', 'Limited', 30, 64, 6, 50],
    ['workload-high', 'Limited', 40, 128, 6, 50],
    ['workload-low', 'Limited', 100, 128, 6, 50],
  ]);
});

test.each([['flowschemas', FLOW], ['prioritylevelconfigurations', FLOW], ['servicecidrs', { group: 'networking.k8s.io', version: 'v1' }]])('%s: an update that changes nothing is accepted, and changes nothing', async (resource, place) => {
  for (const object of (await list(resource, place, 'object')).items) {
    const { object: updated } = await cluster.request({ ...place, verb: 'update', resource, name: object.metadata?.name ?? '', body: structuredClone(object) });
    expect(updated).toEqual(object);
  }
});

test('the range of service addresses is an object', async () => {
  const [{ cells } = { cells: [] }] = (await list('servicecidrs', { group: 'networking.k8s.io', version: 'v1' })).rows;
  expect(cells.slice(0, 2)).toEqual(['kubernetes', '10.96.0.0/12']);
});

test('a second start adds nothing', async () => {
  const before = cluster.store.revision;
  await (await cluster.restart()).close();
  expect(cluster.store.revision).toBe(before);
});
