/** Custom resources in OpenAPI, v2 and v3, as soon as they are defined. */
import { CUSTOMRESOURCEDEFINITIONS } from '../../../src/api/kinds.ts';
import { apiCluster, type ApiCluster } from '../support/api-cluster.ts';
import { cronTabs, define, GROUP, version } from '../customresources/support.ts';

let cluster: ApiCluster;
beforeEach(async () => {
  cluster = await apiCluster();
});
afterEach(() => cluster.close());

type Document = { paths: Record<string, Record<string, unknown>>; components: { schemas: Record<string, Record<string, unknown>> }; definitions: Record<string, Record<string, unknown>> };
const read = async (path: string) => JSON.parse((await cluster.server.raw('GET', path)).body) as Document;
const NAME = 'com.example.stable.v1.CronTab';

test('v3: a document whose address changes with the definition', async () => {
  await define(cluster, cronTabs({ versions: [version('v1', { subresources: { status: {} }, selectableFields: [{ jsonPath: '.spec.image' }] })] }));
  const address = async () => ((await read('/openapi/v3')).paths[`apis/${GROUP}/v1`] as { serverRelativeURL: string } | undefined)?.serverRelativeURL ?? '';
  const first = await address();
  expect(first).toMatch(/^\/openapi\/v3\/apis\/stable\.example\.com\/v1\?hash=[0-9A-F]{128}$/);
  const document = await read(first);
  expect(Object.keys(document.paths)).toEqual([
    '/apis/stable.example.com/v1/crontabs', '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs', '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}', '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}/status',
  ]);
  const schema = document.components.schemas[NAME] as { properties: Record<string, Record<string, unknown>> };
  expect(schema).toMatchObject({ type: 'object', 'x-kubernetes-group-version-kind': [{ group: GROUP, version: 'v1', kind: 'CronTab' }], 'x-kubernetes-selectable-fields': [{ fieldPath: 'spec.image' }] });
  expect(schema.properties['metadata']).toMatchObject({ allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] });
  expect(schema.properties['spec']).toMatchObject({ properties: { replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 } } });
  expect(document.components.schemas[`${NAME}List`]).toMatchObject({ required: ['items'], properties: { items: { items: { $ref: `#/components/schemas/${NAME}` } } } });
  await cluster.request({ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: `crontabs.${GROUP}`, patchType: 'json', body: [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/description', value: 'Works in the evening.' }] });
  const second = await address();
  expect(second).not.toBe(first);
  expect((await read(second)).components.schemas[NAME]).toMatchObject({ description: 'Works in the evening.' });
  await cluster.of(CUSTOMRESOURCEDEFINITIONS).delete(undefined, `crontabs.${GROUP}`);
  expect(await address()).toBe('');
});

test('v2: what old clients cannot read is left out', async () => {
  const schema = { type: 'object', properties: { spec: { type: 'object', properties: { port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, maybe: { type: 'string', nullable: true } } } } };
  await define(cluster, cronTabs({ versions: [version('v1', { schema: { openAPIV3Schema: schema } })] }));
  const spec = ((await read('/openapi/v2')).definitions[NAME] as { properties: Record<string, { properties: Record<string, object> }> }).properties['spec'];
  expect(spec?.properties).toEqual({ port: { 'x-kubernetes-int-or-string': true }, free: { 'x-kubernetes-preserve-unknown-fields': true }, maybe: {} });
});
