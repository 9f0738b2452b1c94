import { apiCluster, failure, type ApiCluster } from './support/api-cluster.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
});
afterAll(() => cluster.close());

test('the control plane is well', async () => {
  const place = { resource: 'componentstatuses' } as const;
  const { object, warnings } = await cluster.request({ ...place, verb: 'list', representation: 'table' });
  expect((object as unknown as { rows: { cells: unknown }[] }).rows.map(({ cells }) => cells)).toEqual([
    ['controller-manager', 'Healthy', 'ok', ''],
    ['scheduler', 'Healthy', 'ok', ''],
    ['etcd-0', 'Healthy', 'ok', ''],
  ]);
  expect(warnings).toEqual(['v1 ComponentStatus is deprecated in v1.19+']);
  expect((await cluster.request({ ...place, verb: 'get', name: 'scheduler' })).object).toMatchObject({ metadata: { name: 'scheduler' }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] });
  expect((await failure(cluster.request({ ...place, verb: 'get', name: 'x' }))).status).toMatchObject({ code: 500, message: 'Component not found: x' });
  const some = await cluster.request({ ...place, verb: 'list', options: { fieldSelector: 'metadata.name=etcd-0' } });
  expect((some.object as unknown as { items: unknown[] }).items).toHaveLength(1);
});

test('Endpoints are on their way out', async () => {
  expect((await cluster.request({ resource: 'endpoints', verb: 'list', namespace: 'default' })).warnings).toEqual(['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']);
});
