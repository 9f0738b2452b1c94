/**
 * What the server says it serves, as rows of the resource table. Servers of today tell all in two documents, those of old
 * version by version. Follows client-go discovery/discovery_client.go and aggregated_discovery.go.
 */
import type { ResourceFacts } from '../api/resource.ts';
import type { Transport } from '../client/client.ts';
import { readServerDocument } from './shared/server-document.ts';

/** /api of old. */
interface Versions {
  readonly kind: 'APIVersions';
  readonly versions: readonly string[];
}

/** /apis of old. */
interface GroupList {
  readonly kind: 'APIGroupList';
  readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[]; readonly preferredVersion?: { readonly groupVersion: string } }[];
}

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

interface Aggregated {
  readonly kind: 'APIGroupDiscoveryList';
  readonly items: readonly AggregatedGroup[];
}

interface AggregatedGroup {
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
}

/** A group's versions ("v1", "apps/v1"), the preferred one first, with their resources where the server told them already. */
interface Group {
  readonly versions: readonly string[];
  readonly resources?: readonly ResourceFacts[];
}

const ACCEPT = [...['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`), 'application/json'].join(',');

async function groups(transport: Transport): Promise<readonly Group[]> {
  const core = (await readServerDocument(transport, '/api', ACCEPT)) as Aggregated | Versions;
  const named = (await readServerDocument(transport, '/apis', ACCEPT)) as Aggregated | GroupList;
  return [...groupsIn(core), ...groupsIn(named)];
}

function groupsIn(document: Aggregated | Versions | GroupList): readonly Group[] {
  switch (document.kind) {
    case 'APIVersions': return [{ versions: document.versions }];
    case 'APIGroupList': return document.groups.map(({ versions, preferredVersion }) => ({ versions: [...new Set([...(preferredVersion ? [preferredVersion.groupVersion] : []), ...versions.map(({ groupVersion }) => groupVersion)])] }));
    case 'APIGroupDiscoveryList': return document.items.map((group) => ({ versions: group.versions.map(({ version }) => (group.metadata.name ? `${group.metadata.name}/${version}` : version)), resources: aggregatedFacts(group) }));
  }
}

/** All versions, in the server's order; the preferred one of each group first. */
export const discoverVersions = async (transport: Transport): Promise<readonly string[]> => (await groups(transport)).flatMap(({ versions }) => versions);

/** Every resource that the server serves; subresources stand with their resource. */
export async function discoverResources(transport: Transport): Promise<readonly ResourceFacts[]> {
  const found = await Promise.all((await groups(transport)).map(async ({ versions, resources }) => resources ?? (await Promise.all(versions.map((version) => listed(transport, version)))).flat()));
  return found.flat();
}

/** Each resource once, in the version that its group prefers (client-go discovery: ServerPreferredResources). */
export async function preferredResources(transport: Transport): Promise<readonly ResourceFacts[]> {
  const chosen = new Map<string, ResourceFacts>();
  for (const resource of await discoverResources(transport)) {
    const key = `${resource.group}/${resource.plural}`;
    if (!chosen.has(key)) chosen.set(key, resource);
  }
  return [...chosen.values()];
}

const aggregatedFacts = ({ metadata, versions }: AggregatedGroup): readonly ResourceFacts[] => versions.flatMap(({ version, resources }) => resources.map((resource): ResourceFacts => ({
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
})));

/** The resources of one version. */
const listed = async (transport: Transport, version: string): Promise<readonly ResourceFacts[]> => toFacts((await readServerDocument(transport, version.includes('/') ? `/apis/${version}` : `/api/${version}`)) as ResourceList);

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
