/** Valid objects of every kind with a few fields changed to anything: creating, updating and patching them succeeds or is refused with a proper Status. */
import fc from '../support/property.ts';
import type { ApiRequest } from '../../src/api/request.ts';
import { StatusError } from '../../src/api/status.ts';
import { KIND_FIXTURES } from '../support/kind-fixtures.ts';
import { apiCluster, type ApiCluster } from './support/api-cluster.ts';
import { change } from './support/random-objects.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
});
afterAll(() => cluster.close());

const RUNS = Number(process.env['CHANGED_RUNS'] ?? 15);

async function expectProper(request: Partial<ApiRequest> & Pick<ApiRequest, 'verb' | 'resource'>): Promise<void> {
  try {
    const { object } = await cluster.request({ ...request, representation: 'table', options: { dryRun: true } });
    expect(object).toMatchObject({ kind: expect.any(String) as string });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    expect(error.status).toMatchObject({ status: 'Failure', reason: expect.any(String) as string, message: expect.any(String) as string });
    if (error.code >= 500) throw new Error(`${request.verb} ${request.subresource ?? ''}: ${error.message}`, { cause: error });
  }
}

test.each(KIND_FIXTURES.map((fixture) => [fixture.name, fixture] as const))('%s', async (_, { resource, object }) => {
  const place = { group: resource.group, version: resource.version, resource: resource.plural, ...(resource.namespaced ? { namespace: object.metadata?.namespace ?? 'default' } : {}) };
  const name = object.metadata?.name ?? '';
  const stored = resource.verbs.includes('update') ? ((await cluster.request({ ...place, verb: 'create', body: structuredClone(object) })).object as typeof object) : undefined;
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const body = structuredClone(stored ?? object) as unknown as Record<string, unknown>;
      const changes = 1 + draw(fc.nat, 2);
      for (let i = 0; i < changes; i++) change(draw, body, resource.model);
      const fresh = { ...structuredClone(body), metadata: { ...(body['metadata'] as object), name: `${name}-2`, resourceVersion: undefined, uid: undefined } };
      await expectProper({ ...place, verb: 'create', body: fresh });
      if (!stored) return;
      body['metadata'] = { ...(body['metadata'] as object), name };
      await expectProper({ ...place, verb: 'update', name, body: structuredClone(body) });
      await expectProper({ ...place, verb: 'patch', name, patchType: 'merge', body: structuredClone(body) });
      if (resource.subresources['status']?.verbs.includes('update')) await expectProper({ ...place, verb: 'update', subresource: 'status', name, body: structuredClone(body) });
    }),
    { numRuns: RUNS },
  );
}, 60_000);
