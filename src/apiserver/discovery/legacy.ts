/** The discovery documents of old, one per group and version. Follows apiserver pkg/endpoints/installer.go. */
import { createHash } from 'node:crypto';
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

export interface Group {
  readonly name: string;
  /** Best first. */
  readonly versions: readonly string[];
}

/** The groups in the server's order, with their versions; the core group's name is ''. */
export function groupsOf(resources: readonly GroupVersion[]): readonly Group[] {
  const groups = new Map<string, string[]>();
  for (const { group, version } of resources) {
    const versions = groups.get(group);
    if (!versions) groups.set(group, [version]);
    else if (!versions.includes(version)) versions.push(version);
  }
  return [...groups].map(([name, versions]) => ({ name, versions }));
}

/** /api */
export function apiVersions(): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }] };
}

function groupBody({ name, versions }: Group): object {
  const rows = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: rows, preferredVersion: rows[0] };
}

/** /apis/GROUP */
export function apiGroup(group: Group): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) };
}

/** /apis */
export function apiGroupList(resources: readonly GroupVersion[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(resources).filter((group) => group.name !== '').map(groupBody) };
}

/** /api/v1, /apis/GROUP/VERSION */
export function apiResourceList(resources: readonly ResourceFacts[]): object {
  const [first] = resources;
  const core = first?.group === '';
  const sorted = [...resources].sort((a, b) => (a.plural < b.plural ? -1 : 1));
  return { kind: 'APIResourceList', ...(core ? {} : { apiVersion: 'v1' }), groupVersion: first ? apiVersionOf(first) : '', resources: sorted.flatMap(rowsOf) };
}

function rowsOf(resource: ResourceFacts): object[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  const row = {
    name: plural, singularName: singular, namespaced, kind, verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(isStored(resource) ? { storageVersionHash: storageVersionHash(resource) } : {}),
  };
  const subresources = Object.keys(resource.subresources).sort().map((name) => {
    const { group, version, kind: subKind } = subresourceKind(resource, name);
    const foreign = group !== resource.group || version !== resource.version;
    return { name: `${plural}/${name}`, singularName: '', namespaced, ...(foreign ? { group, version } : {}), kind: subKind, verbs: resource.subresources[name]?.verbs ?? [] };
  });
  return [row, ...subresources];
}

function isStored(resource: ResourceFacts): boolean {
  return resource.verbs.includes('watch') && (resource.model !== '' || resource.storageVersion !== undefined);
}

/** Where objects of a resource are stored under another version than the one that is served. */
const STORED_AS: Readonly<Record<string, string>> = { 'events.k8s.io/v1/Event': '/v1/Event', 'autoscaling/v1/HorizontalPodAutoscaler': 'autoscaling/v2/HorizontalPodAutoscaler' };

/** apiserver pkg/endpoints/discovery/storageversionhash.go: the beginning of a digest of the stored kind. */
function storageVersionHash({ group, version, kind, storageVersion }: ResourceFacts): string {
  const id = `${group}/${storageVersion ?? version}/${kind}`;
  return createHash('sha256').update(STORED_AS[id] ?? id).digest().subarray(0, 8).toString('base64');
}

/** Kinds of subresources that are not of the resource's own group, and those that carry no body of their own. */
const SUBRESOURCE_KINDS: Readonly<Record<string, { readonly group: string; readonly version: string; readonly kind: string }>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  'pods/eviction': { group: 'policy', version: 'v1', kind: 'Eviction' },
  'serviceaccounts/token': { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  'pods/attach': { group: '', version: 'v1', kind: 'PodAttachOptions' },
  'pods/exec': { group: '', version: 'v1', kind: 'PodExecOptions' },
  'pods/portforward': { group: '', version: 'v1', kind: 'PodPortForwardOptions' },
  'pods/proxy': { group: '', version: 'v1', kind: 'PodProxyOptions' },
  'services/proxy': { group: '', version: 'v1', kind: 'ServiceProxyOptions' },
  'nodes/proxy': { group: '', version: 'v1', kind: 'NodeProxyOptions' },
  'pods/log': { group: '', version: 'v1', kind: 'Pod' },
};

/** Group, version and kind of what a subresource answers with. */
export function subresourceKind(resource: ResourceFacts, name: string): { readonly group: string; readonly version: string; readonly kind: string } {
  const special = SUBRESOURCE_KINDS[`${resource.plural}/${name}`] ?? SUBRESOURCE_KINDS[name];
  return special ?? { group: resource.group, version: resource.version, kind: resource.subresources[name]?.kind || resource.kind };
}
