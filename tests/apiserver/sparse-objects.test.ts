/** Objects with hardly anything in them: each kind refuses them with its own words or takes them, and never breaks. */
import fc from 'fast-check';
import { apiVersionOf, builtinResources, type ResourceFacts } from '../../src/api/resource.ts';
import type { Resource } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { StatusError } from '../../src/api/status.ts';
import model from '../../src/api/generated/model.json' with { type: 'json' };
import { apiCluster, type ApiCluster } from './support/api-cluster.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
});
afterAll(() => cluster.close());

const creatable = builtinResources().filter(({ verbs, model: name }) => verbs.includes('create') && name !== '');
type Shape = { readonly type?: string; readonly ref?: string; readonly array?: Shape; readonly map?: Shape };
const models = model as unknown as Readonly<Record<string, { readonly fields: Readonly<Record<string, Shape>> }>>;

/** Values that fit a field's type, mostly empty ones. */
function valueOf(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  if (shape.array) return fc.array(valueOf(shape.array, depth - 1), { maxLength: 2 });
  if (shape.map) return fc.dictionary(fc.constantFrom('a', 'b', ''), valueOf(shape.map, depth - 1), { maxKeys: 2 });
  if (shape.ref) return depth <= 0 || !models[shape.ref] ? fc.constant({}) : objectOf(shape.ref, depth - 1);
  switch (shape.type) {
    case 'int32':
    case 'int64':
    case 'double':
      return fc.constantFrom(0, 1, -1);
    case 'boolean':
      return fc.boolean();
    case 'time':
    case 'microtime':
      return fc.constantFrom('2025-01-01T00:00:00Z', null);
    case 'int-or-string':
      return fc.constantFrom(0, '50%', 'x');
    case 'quantity':
      return fc.constantFrom('1', '500m', '1Gi');
    case 'bytes':
      return fc.constant('');
    case 'any':
      return fc.constantFrom(null, {}, []);
    default:
      return fc.constantFrom('', 'a', 'Always');
  }
}

function objectOf(name: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.fromEntries(Object.entries(models[name]?.fields ?? {}).map(([field, shape]) => [field, valueOf(shape, depth)]));
  return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>;
}

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
