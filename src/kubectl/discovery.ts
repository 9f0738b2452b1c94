/** What the server says it serves: the aggregated discovery documents, as rows of the resource table. */
import type { ResourceFacts } from '../api/resource.ts';
import { ConnectionError, type Transport } from '../client/client.ts';
import { readServerDocument } from './shared/server-document.ts';

interface ResourceList {
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly singularName?: string;
    readonly namespaced: boolean;
    readonly kind: string;
    readonly verbs: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}
interface GroupList {
  readonly groups: readonly { readonly name: string; readonly versions: readonly { readonly groupVersion: string }[]; readonly preferredVersion?: { readonly groupVersion: string } }[];
}

/** A question that is not answered reads as the first of kubectl's, which states its document in a header and a limit in the path. */
async function read<T>(transport: Transport, path: string): Promise<T> {
  try {
    return (await readServerDocument(transport, path)) as T;
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    throw new ConnectionError(error.message, { cause: error.cause }, error.within.replace(/\/apis?(?:\?[^"]*)?"/, '/api?timeout=32s"'));
  }
}

/** "v1" and the groups' versions ("apps/v1"), in the server's order; the preferred version of each group first. */
export async function discoverVersions(transport: Transport): Promise<readonly string[]> {
  const [core, { groups }] = await Promise.all([read<{ versions: readonly string[] }>(transport, '/api'), read<GroupList>(transport, '/apis')]);
  return [...core.versions, ...groups.flatMap((group) => group.versions.map((version) => version.groupVersion))];
}

interface Aggregated {
  readonly kind?: string;
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly {
        readonly resource: string;
        readonly singularResource?: string;
        readonly scope: string;
        readonly responseKind?: { readonly kind: string };
        readonly verbs: readonly string[];
        readonly shortNames?: readonly string[];
        readonly categories?: readonly string[];
        readonly subresources?: readonly { readonly subresource: string; readonly responseKind?: { readonly kind: string }; readonly verbs: readonly string[] }[];
      }[];
    }[];
  }[];
}

/** Every resource that the server serves; subresources stand with their resource. One question where the server tells all at once. */
export async function discoverResources(transport: Transport): Promise<readonly ResourceFacts[]> {
  const [core, groups] = await Promise.all(['/api', '/apis'].map((path) => read<Aggregated>(transport, `${path}?as=APIGroupDiscoveryList&v=v2`)));
  if (core?.kind !== 'APIGroupDiscoveryList' || groups?.kind !== 'APIGroupDiscoveryList') return discoverEach(transport);
  return [...core.items, ...groups.items].flatMap(({ metadata, versions }) => versions.flatMap(({ version, resources }) => resources.map((resource): ResourceFacts => ({
    group: metadata.name ?? '',
    version,
    plural: resource.resource,
    singular: resource.singularResource || (resource.responseKind?.kind ?? '').toLowerCase(),
    kind: resource.responseKind?.kind ?? '',
    model: '',
    servedByDefault: true,
    namespaced: resource.scope === 'Namespaced',
    verbs: resource.verbs,
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    subresources: Object.fromEntries((resource.subresources ?? []).map(({ subresource, responseKind, verbs }) => [subresource, { kind: responseKind?.kind ?? '', verbs }])),
  }))));
}

/** The same from a server of old, version by version. */
async function discoverEach(transport: Transport): Promise<readonly ResourceFacts[]> {
  const versions = await discoverVersions(transport);
  const lists = await Promise.all(versions.map((version) => read<ResourceList>(transport, version.includes('/') ? `/apis/${version}` : `/api/${version}`)));
  return lists.flatMap(toFacts);
}

/** Each resource once, in the version that its group prefers (client-go discovery: ServerPreferredResources). */
export async function preferredResources(transport: Transport): Promise<readonly ResourceFacts[]> {
  const { groups } = await read<GroupList>(transport, '/apis');
  const preferred = new Map(groups.map(({ name, preferredVersion, versions }) => [name, (preferredVersion ?? versions[0])?.groupVersion]));
  const chosen = new Map<string, ResourceFacts>();
  for (const resource of await discoverResources(transport)) {
    const key = `${resource.group}/${resource.plural}`;
    if (!chosen.has(key) || preferred.get(resource.group) === `${resource.group}/${resource.version}`) chosen.set(key, resource);
  }
  return [...chosen.values()];
}

function toFacts({ groupVersion, resources }: ResourceList): ResourceFacts[] {
  const slash = groupVersion.indexOf('/');
  const group = slash < 0 ? '' : groupVersion.slice(0, slash);
  const version = groupVersion.slice(slash + 1);
  const subresources = (plural: string) =>
    Object.fromEntries(resources.filter(({ name }) => name.startsWith(`${plural}/`)).map(({ name, kind, verbs }) => [name.slice(plural.length + 1), { kind, verbs }]));
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map((resource) => ({
      group,
      version,
      plural: resource.name,
      singular: resource.singularName || resource.kind.toLowerCase(),
      kind: resource.kind,
      model: '',
      servedByDefault: true,
      namespaced: resource.namespaced,
      verbs: resource.verbs,
      shortNames: resource.shortNames ?? [],
      categories: resource.categories ?? [],
      subresources: subresources(resource.name),
    }));
}
