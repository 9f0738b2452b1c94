import type { KubeObject } from '../../../src/api/object.ts';
import { typeOfSchema, type StructuralSchema } from '../../../src/apiserver/managedfields/custom-schema.ts';
import { paths } from '../../../src/apiserver/managedfields/field-set.ts';
import { printPath } from '../../../src/apiserver/managedfields/path-element.ts';
import { fieldSetOf } from '../../../src/apiserver/managedfields/to-field-set.ts';
import { validate } from '../../../src/apiserver/managedfields/validate.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { cronTabs, define, GROUP } from '../customresources/support.ts';

const SCHEMA: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        ports: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'], items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } } } },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        args: { type: 'array', items: { type: 'string' } },
        limits: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

test('a structural schema says how lists and maps are owned', () => {
  const type = typeOfSchema(SCHEMA);
  const object = { metadata: { labels: { a: 'b' } }, spec: { ports: [{ port: 80 }], tags: ['x'], args: ['1', '2'], limits: { cpu: '1' }, free: { a: { b: [1] } } } };
  expect(paths(fieldSetOf(type, object)).map(printPath)).toEqual([
    '.metadata.labels.a', '.spec.args', '.spec.limits', '.spec.free.a', '.spec.free.a.b', '.spec.ports[port=80,protocol="TCP"]', '.spec.ports[port=80,protocol="TCP"].port', '.spec.tags[="x"]',
  ]);
  expect(validate(type, { spec: { nope: 1 } })).toBe('.spec.nope: field not declared in schema');
  expect(validate(typeOfSchema(undefined), { spec: { anything: [{}] } })).toBeUndefined();
});

describe('custom resources', () => {
  let cluster: ApiCluster;
  beforeEach(async () => {
    cluster = await apiCluster();
    await define(cluster, cronTabs());
  });
  afterEach(() => cluster.close());

  const apply = async (spec: object, fieldManager: string, force?: boolean) => (await cluster.request({ verb: 'patch', patchType: 'apply', group: GROUP, version: 'v1', resource: 'crontabs', namespace: 'default', name: 'a', options: { fieldManager, ...(force ? { force } : {}) }, body: { apiVersion: `${GROUP}/v1`, kind: 'CronTab', metadata: { name: 'a' }, spec } })).object as KubeObject & { readonly spec: unknown };

  test('are applied, conflict and shrink as built-in ones do', async () => {
    const first = await apply({ cronSpec: '* * * * *', replicas: 1 }, 'one');
    expect(first.metadata?.managedFields).toMatchObject([{ manager: 'one', operation: 'Apply', apiVersion: `${GROUP}/v1`, fieldsV1: { 'f:spec': { 'f:cronSpec': {}, 'f:replicas': {} } } }]);
    expect((await failure(apply({ replicas: 2 }, 'two'))).message).toBe('Apply failed with 1 conflict: conflict with "one": .spec.replicas');
    await apply({ replicas: 2 }, 'two', true);
    expect((await apply({ cronSpec: '* * * * *' }, 'one')).spec).toEqual({ cronSpec: '* * * * *', replicas: 2 });
  });
});
