/** Objects with hardly anything in them: each kind refuses them with its own words or takes them, and never breaks. */
import fc from '../support/property.ts';
import { apiVersionOf, builtinResources, type ResourceFacts } from '../../src/api/resource.ts';
import type { Resource } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { StatusError } from '../../src/api/status.ts';
import { apiCluster, type ApiCluster } from './support/api-cluster.ts';
import { objectOf } from './support/random-objects.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
});
afterAll(() => cluster.close());

const creatable = builtinResources().filter(({ verbs, model: name }) => verbs.includes('create') && name !== '');
async function outcome(resource: ResourceFacts, body: Record<string, unknown>, name: string): Promise<number> {
  const object = { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { name, ...(resource.namespaced ? { namespace: 'default' } : {}) } } as KubeObject;
  try {
    await cluster.of(resource as Resource<KubeObject>).create(object, { dryRun: true });
    return 201;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.code;
  }
}

test.each(creatable.map((resource) => [`${resource.plural}.${resource.group}/${resource.version}`, resource] as const))('%s', async (_name, resource) => {
  await fc.assert(
    fc.asyncProperty(objectOf(resource.model, 5), fc.constantFrom('a', 'b-1'), async (body, name) => {
      expect(await outcome(resource, body, name)).toBeLessThan(500);
    }),
    { numRuns: Number(process.env.SPARSE_RUNS ?? 60), examples: [[{}, 'a'], [{ spec: {} }, 'a'], [{ spec: { template: {} } }, 'a'], [{ spec: null }, 'a']] },
  );
});
