import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerDiscovery } from '../../../src/apiserver/discovery/index.ts';
import { apiVersionOf, builtinResources } from '../../../src/api/resource.ts';

type Handler = (method: string, path: string, body?: unknown, accept?: string) => Promise<{ code: number; contentType: string; body: string }>;

describe('discovery', () => {
  const handlers = new Map<string, Handler>();
  registerDiscovery({ registerPath: (prefix, handler) => void handlers.set(prefix, handler) });
  const get = async (path: string, accept?: string) => {
    const prefix = [...handlers.keys()].filter((each) => path.split('?')[0] === each || path.startsWith(`${each}/`) || path.startsWith(`${each}?`)).sort((a, b) => b.length - a.length)[0] ?? '';
    return (handlers.get(prefix) as Handler)('GET', path, undefined, accept);
  };
  const read = async (path: string) => JSON.parse((await get(path)).body) as Record<string, unknown>;

  test('/version names the release', async () => {
    expect(await read('/version')).toMatchObject({ major: '1', minor: '33', gitVersion: 'v1.33.1', platform: 'linux/amd64' });
  });

  test('/api and /apis name the versions', async () => {
    expect(await read('/api')).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const { groups } = (await read('/apis')) as { groups: { name: string; versions: object[]; preferredVersion: object }[] };
    expect(groups[0]?.name).toBe('apiregistration.k8s.io');
    expect(groups.find(({ name }) => name === 'autoscaling')).toEqual({
      name: 'autoscaling', versions: [{ groupVersion: 'autoscaling/v2', version: 'v2' }, { groupVersion: 'autoscaling/v1', version: 'v1' }], preferredVersion: { groupVersion: 'autoscaling/v2', version: 'v2' },
    });
    expect(await read('/apis/apps')).toEqual({ kind: 'APIGroup', apiVersion: 'v1', name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }], preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } });
  });

  test('a version lists its resources and subresources by name', async () => {
    const core = (await read('/api/v1')) as { apiVersion?: string; resources: { name: string }[] };
    expect(core.apiVersion).toBeUndefined();
    const names = core.resources.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(core.resources).toContainEqual({
      name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'], shortNames: ['po'], categories: ['all'], storageVersionHash: 'xPOwRZ+Yhw8=',
    });
    expect(core.resources).toContainEqual({ name: 'pods/eviction', singularName: '', namespaced: true, group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] });
    expect(core.resources).toContainEqual({ name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] });
    const apps = await read('/apis/apps/v1');
    expect(apps).toMatchObject({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'apps/v1' });
    expect(apps.resources).toContainEqual({ name: 'deployments/scale', singularName: '', namespaced: true, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] });
    expect(apps.resources).toContainEqual(expect.objectContaining({ name: 'deployments', storageVersionHash: '8aSe+NMegvE=' }));
  });

  test('the resources are those of a fresh cluster', () => {
    // As `kubectl api-resources -o wide` prints them, which shows each kind in its preferred version.
    const [heading = '', ...lines] = readFileSync(join(import.meta.dirname, 'api-resources.txt'), 'utf8').trimEnd().split('\n');
    const starts = [...heading.matchAll(/\S+/g)].map(({ index }) => index);
    const expected = lines.map((line) => starts.map((start, i) => line.slice(start, starts[i + 1]).trim()));
    const preferred = builtinResources().filter(({ group, plural }, i, all) => all.findIndex((other) => other.group === group && other.plural === plural) === i);
    const rows = preferred.map((each) => [each.plural, each.shortNames.join(), apiVersionOf(each), String(each.namespaced), each.kind, each.verbs.join(), each.categories.join()]);
    const sorted = (table: string[][]) => table.map((row) => row.join(' ')).sort();
    expect(sorted(rows)).toEqual(sorted(expected));
  });

  test('the aggregated documents hold every served resource', async () => {
    const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const answer = await get('/apis', type);
    expect(answer.contentType).toBe(type);
    type List = { items: { metadata: { name?: string }; versions: { version: string; resources: { resource: string }[] }[] }[] };
    const lists = [JSON.parse(answer.body) as List, JSON.parse((await get('/api', type)).body) as List];
    const found = lists.flatMap(({ items }) => items.flatMap(({ metadata, versions }) => versions.flatMap(({ version, resources }) => resources.map(({ resource }) => `${metadata.name ?? ''}/${version}/${resource}`))));
    expect(new Set(found)).toEqual(new Set(builtinResources().map(({ group, version, plural }) => `${group}/${version}/${plural}`)));
  });

  test.each(['/apis/nope', '/apis/apps/v9', '/api/v2', '/apis/apps/v1/x/y'])('%s is not there', async (path) => {
    expect(await get(path)).toMatchObject({ code: 404, body: '404 page not found\n' });
  });

  test('custom resources come and go', async () => {
    const custom = [...builtinResources()];
    const own = new Map<string, Handler>();
    registerDiscovery({ registerPath: (prefix, handler) => void own.set(prefix, handler) }, () => Promise.resolve(custom));
    const ask = async () => (await (own.get('/apis') as Handler)('GET', '/apis/example.com/v1')).code;
    expect(await ask()).toBe(404);
    custom.push({ group: 'example.com', version: 'v1', plural: 'widgets', singular: 'widget', kind: 'Widget', model: '', servedByDefault: true, namespaced: true, verbs: ['get'], shortNames: [], categories: [], subresources: {} });
    expect(await ask()).toBe(200);
  });
});
