/** What an ApplySet's parent says of its members, read and written. */
import { InProcessTransport } from '../../../src/client/transports/in-process.ts';
import { Contents, KINDS_ANNOTATION, NAMESPACES_ANNOTATION } from '../../../src/kubectl/commands/apply/applyset/contents.ts';
import { applySetId, kindFor, parentText, parseGroupResource } from '../../../src/kubectl/commands/apply/applyset/parent.ts';
import { ResourceMapper } from '../../../src/kubectl/resource-mapper.ts';
import { apiCluster, type ApiCluster } from '../../apiserver/support/api-cluster.ts';

let cluster: ApiCluster;
let mapper: ResourceMapper;
beforeAll(async () => {
  cluster = await apiCluster();
  mapper = new ResourceMapper(new InProcessTransport(cluster.server), () => undefined);
});
afterAll(() => cluster.close());

const read = (kinds: string, namespaces = '') => Contents.read({ [KINDS_ANNOTATION]: kinds, [NAMESPACES_ANNOTATION]: namespaces }, mapper);

test('kinds and namespaces, there and back', async () => {
  const contents = await read('Deployment.apps,ConfigMap', 'b,a');
  expect([...contents.kinds.keys()]).toEqual(['Deployment.apps', 'ConfigMap']);
  expect(contents.annotations('a')).toEqual({ [KINDS_ANNOTATION]: 'ConfigMap,Deployment.apps', [NAMESPACES_ANNOTATION]: 'b' });
  expect((await read('')).annotations('')).toEqual({ [KINDS_ANNOTATION]: '', [NAMESPACES_ANNOTATION]: '' });
});

test('members add their kind, and their namespace where they have one', async () => {
  const contents = new Contents();
  contents.add(await kindFor(mapper, parseGroupResource('ns')), '');
  contents.add(await kindFor(mapper, parseGroupResource('deploy.apps')), 'far');
  const union = (await read('Secret', 'near')).union(contents);
  expect(union.annotations('')).toEqual({ [KINDS_ANNOTATION]: 'Deployment.apps,Namespace,Secret', [NAMESPACES_ANNOTATION]: 'far,near' });
});

test('the older annotation names resources; the newer one goes first', async () => {
  const old = 'applyset.kubernetes.io/contains-group-resources';
  expect([...(await Contents.read({ [old]: 'cm,deployments.apps' }, mapper)).kinds.keys()]).toEqual(['ConfigMap', 'Deployment.apps']);
  expect((await Contents.read({ [old]: 'cm', [KINDS_ANNOTATION]: '' }, mapper)).kinds.size).toBe(0);
  await expect(Contents.read({ [old]: 'foos.g' }, mapper)).rejects.toThrow(`invalid group resource in "${old}" annotation: no matches for g/, Resource=foos`);
  await expect(Contents.read({ [old]: '' }, mapper)).rejects.toThrow(`kubectl requires the "${KINDS_ANNOTATION}" annotation to be set on all ApplySet parent objects`);
});

test.each([['Foo.g', 'Foo', 'g'], [',', '', ''], ['ConfigMap, Secret', ' Secret', ''], ['Deployment', 'Deployment', ''], ['Configmap', 'Configmap', '']])('no kind: %s', async (text, kind, group) => {
  await expect(read(text)).rejects.toThrow(`could not find mapping for kind in "${KINDS_ANNOTATION}" annotation: no matches for kind "${kind}" in group "${group}"`);
});

test('a kind in small letters, and a list, are kinds of their own', async () => {
  expect([...(await read('configmap,ConfigMap,ConfigMapList')).kinds.values()].map(({ kind, plural }) => `${kind} ${plural}`)).toEqual(['configmap configmaps', 'ConfigMap configmaps', 'ConfigMapList configmaplists']);
});

test.each([
  ['hpa', 'autoscaling/v2'], ['deploy.ap', 'apps/v1'], ['Deployment.apps', 'apps/v1'], ['events', '/v1'], ['events.events', 'events.k8s.io/v1'],
])('%s is served as %s', async (text, expected) => {
  const { group, version } = await kindFor(mapper, parseGroupResource(text));
  expect(`${group}/${version}`).toBe(expected);
});

test('the name of a set', async () => {
  const resource = await kindFor(mapper, parseGroupResource('secrets'));
  const ref = { resource, namespace: 'near', name: 'wide' };
  expect(applySetId(ref)).toBe('applyset-nVpzuc9bc0lIRFNQPqClriFnDe4MVymX4XqlS0_fz0k-v1');
  expect(parentText(ref)).toBe('secrets./wide');
});
