/** The aggregated discovery documents (apidiscovery.k8s.io): everything in two answers. */
import type { ResourceFacts } from '../../api/resource.ts';
import { groupsOf, subresourceKind, type Group, type GroupVersion } from './legacy.ts';

/** The items of /api. */
export function aggregatedCore(resources: readonly ResourceFacts[]): readonly object[] {
  return groupsOf(resources).filter((group) => group.name === '').map((group) => groupItem(group, resources));
}

/** The items of /apis. */
export function aggregatedGroups(resources: readonly ResourceFacts[], remote: readonly GroupVersion[] = []): readonly object[] {
  return groupsOf([...resources, ...remote]).filter((group) => group.name !== '').map((group) => groupItem(group, resources, remote));
}

function groupItem({ name, versions }: Group, resources: readonly ResourceFacts[], remote: readonly GroupVersion[] = []): object {
  // Nobody has told yet what another server serves.
  const stale = (version: string) => remote.some((each) => each.group === name && each.version === version);
  return {
    metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      resources: resources.filter((resource) => resource.group === name && resource.version === version).sort((a, b) => (a.plural < b.plural ? -1 : 1)).map(resourceItem),
      freshness: stale(version) ? 'Stale' : 'Current',
    })),
  };
}

/** An empty group or version means that of the list; custom resources name theirs. */
function responseKind(kind: { readonly group: string; readonly version: string; readonly kind: string }, resource: ResourceFacts): object {
  const own = resource.model !== '' && kind.group === resource.group && kind.version === resource.version;
  return { group: own ? '' : kind.group, version: own ? '' : kind.version, kind: kind.kind };
}

function resourceItem(resource: ResourceFacts): object {
  const { plural, singular, namespaced, kind, group, version, verbs, shortNames, categories } = resource;
  const subresources = Object.keys(resource.subresources).sort().map((name) => ({
    subresource: name,
    responseKind: responseKind(subresourceKind(resource, name), resource),
    verbs: resource.subresources[name]?.verbs ?? [],
  }));
  return {
    resource: plural,
    responseKind: responseKind({ group, version, kind }, resource),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}
