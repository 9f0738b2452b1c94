/** What can be done with every kind: the verbs and subresources of the discovery list, over the API in process, with the objects of fixtures/kinds/. */
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest, RequestOptions } from '../../src/api/request.ts';
import { apiVersionOf, builtinResources, type ResourceFacts } from '../../src/api/resource.ts';
import { apiCluster, failure, type ApiCluster } from './support/api-cluster.ts';
import { KIND_FIXTURES, type KindFixture } from '../support/kind-fixtures.ts';

type Json = KubeObject & { readonly [key: string]: unknown };

/** Subresources that answer with something else than objects, or whose tests are elsewhere. */
const OTHER_TESTS = new Set(['attach', 'binding', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'token']);
/** Resources of which there is nothing to store: creating one is a question, an order, or not possible. */
const stored = ({ resource }: KindFixture): boolean => resource.verbs.includes('get');

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
});
afterEach(() => expect(cluster.errors).toEqual([]));
afterAll(() => cluster.close());

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Requests about a fixture's object. */
function about({ resource, object }: KindFixture) {
  const { group, version, plural } = resource;
  const place = { group, version, resource: plural, ...(resource.namespaced ? { namespace: object.metadata?.namespace ?? '' } : {}) };
  const name = object.metadata?.name ?? '';
  const ask = async (request: Partial<ApiRequest> & Pick<ApiRequest, 'verb'>) => (await cluster.server.handle({ ...place, ...request })).object as Json;
  return {
    ask, place, name,
    /** Creates it, and lets the server's own controllers have their say. */
    async create(): Promise<Json> {
      await ask({ verb: 'create', body: structuredClone(object) });
      await settled();
      return this.get();
    },
    get: (subresource?: string) => ask({ verb: 'get', name, ...(subresource ? { subresource } : {}) }),
    patch: (patchType: ApiRequest['patchType'], body: unknown, subresource?: string) => ask({ verb: 'patch', name, patchType: patchType as never, body, ...(subresource ? { subresource } : {}) }),
    update: (body: unknown, subresource?: string) => ask({ verb: 'update', name, body, ...(subresource ? { subresource } : {}) }),
    remove: () => ask({ verb: 'delete', name, options: { gracePeriodSeconds: 0 } }),
    /** What the controllers would do for an object that waits for its finalizers. */
    async bury(): Promise<void> {
      const left = await ask({ verb: 'get', name }).catch(() => undefined);
      if (!left) return;
      if (left.metadata?.deletionTimestamp === undefined) await this.remove();
      if (left.kind === 'Namespace') await this.update({ ...left, metadata: { name }, spec: {} }, 'finalize');
      else await this.patch('merge', { metadata: { finalizers: null } }).catch(() => undefined);
      await settled();
      expect((await failure(this.get())).status).toMatchObject({ reason: 'NotFound', message: `${resource.plural}${resource.group ? `.${resource.group}` : ''} "${name}" not found` });
    },
    list: (options: RequestOptions = {}) => ask({ verb: 'list', options }),
  };
}

const namesOf = (list: Json): string[] => (list.items as KubeObject[]).map(({ metadata }) => metadata?.name ?? '');
const cases = KIND_FIXTURES.filter(stored).map((fixture) => [fixture.name, fixture] as const);

test('there is a fixture for every kind that can be created', () => {
  const wanted = builtinResources().filter(({ verbs }) => verbs.includes('create')).map(({ plural, version, group }) => `${plural}.${version}${group ? `.${group}` : ''}`);
  expect(KIND_FIXTURES.map(({ name }) => name).sort()).toEqual(wanted.sort());
});

test.each(cases)('%s is created, found, changed and deleted', async (_, fixture) => {
  const { object } = fixture;
  const subject = about(fixture);
  const { get, update, patch, remove, list, place, name } = subject;
  const events: string[] = [];
  const watch = await cluster.server.watch({ ...place, verb: 'watch' }, ({ type, object: seen }) => void (seen.metadata?.name === name && events.push(type)));

  const created = await subject.create();
  expect(created).toMatchObject({ apiVersion: object.apiVersion, kind: object.kind, metadata: { name, uid: expect.any(String) as string, resourceVersion: expect.any(String) as string, creationTimestamp: '2025-01-01T00:00:00Z' } });
  expect((await failure(subject.create())).status).toMatchObject({ reason: 'AlreadyExists' });
  expect(await get()).toEqual(created);
  expect(namesOf(await list())).toContain(name);
  expect(namesOf(await list({ fieldSelector: `metadata.name=${name}` }))).toEqual([name]);

  const labelled = await update({ ...created, metadata: { ...created.metadata, labels: { ...created.metadata?.labels, step: 'put' } } });
  expect(labelled.metadata?.labels?.['step']).toBe('put');
  expect(await update(labelled)).toEqual(labelled);
  expect((await patch('merge', { metadata: { labels: { step: 'merge' } } })).metadata?.labels?.['step']).toBe('merge');
  expect((await patch('strategic', { metadata: { labels: { step: 'strategic' } } })).metadata?.labels?.['step']).toBe('strategic');
  expect((await patch('json', [{ op: 'replace', path: '/metadata/labels/step', value: 'json' }])).metadata?.labels?.['step']).toBe('json');
  expect(namesOf(await list({ labelSelector: 'step=json' }))).toEqual([name]);
  expect((await failure(update({ ...labelled, metadata: { ...labelled.metadata, resourceVersion: '1' } }))).status).toMatchObject({ reason: 'Conflict' });

  await remove();
  await subject.bury();
  expect(events.slice(0, 2)).toEqual(['ADDED', 'MODIFIED']);
  expect(events.at(-1)).toBe('DELETED');
  watch.stop();
});

test.each(cases.filter(([, { resource }]) => resource.verbs.includes('deletecollection')))('%s go together', async (_, fixture) => {
  const subject = about(fixture);
  const { ask, list, name } = subject;
  await subject.create();
  await ask({ verb: 'deletecollection', options: { fieldSelector: `metadata.name=${name}`, gracePeriodSeconds: 0 } });
  const left = (await list({ fieldSelector: `metadata.name=${name}` })).items as KubeObject[];
  expect(left.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)).toEqual([]);
  await subject.bury();
});

test.each(cases)('%s is shown as a row and as metadata', async (_, fixture) => {
  const subject = about(fixture);
  const { ask, name } = subject;
  await subject.create();
  const table = await ask({ verb: 'get', name, representation: 'table' });
  const columns = table.columnDefinitions as { name: string; description: string; priority: number }[];
  const [row] = table.rows as { cells: unknown[]; object: KubeObject }[];
  expect(row?.cells).toHaveLength(columns.length);
  expect(row?.cells).not.toContain(undefined);
  expect(columns.filter(({ priority }) => priority === 0).length).toBeGreaterThan(1);
  expect(row?.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name } });
  expect(await ask({ verb: 'list', representation: 'partial' })).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
  await subject.bury();
});

const subresources = cases.flatMap(([, fixture]) => Object.keys(fixture.resource.subresources).filter((name) => !OTHER_TESTS.has(name)).map((name) => [`${fixture.name}/${name}`, fixture, name] as const));

test.each(subresources)('%s answers each of its verbs', async (_, fixture, subresource) => {
  const subject = about(fixture);
  const { get, update, patch } = subject;
  const created = await subject.create();
  const { verbs, kind } = fixture.resource.subresources[subresource] as ResourceFacts['subresources'][string];
  const current = verbs.includes('get') ? await get(subresource) : created;
  expect(current.kind).toBe(kind);
  expect(current.metadata?.uid).toBe(created.metadata?.uid);
  if (kind === fixture.resource.kind) expect(current.apiVersion).toBe(apiVersionOf(fixture.resource));
  expect((await update(current, subresource)).kind).toBe(kind);
  if (verbs.includes('patch')) for (const type of ['merge', 'strategic'] as const) expect((await patch(type, {}, subresource)).kind).toBe(kind);
  await subject.bury();
});

const specs = cases.filter(([, { resource, object }]) => resource.subresources['status'] && 'spec' in object);

test.each(specs)('%s: the status leaves the rest alone', async (_, fixture) => {
  const subject = about(fixture);
  const { patch } = subject;
  const created = await subject.create();
  const changed = await patch('merge', { metadata: { labels: { status: 'yes' } }, spec: null, status: {} }, 'status');
  expect(changed.spec).toEqual(created.spec);
  expect(changed.metadata?.generation).toBe(created.metadata?.generation);
  await subject.bury();
});
