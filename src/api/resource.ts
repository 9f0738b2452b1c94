/** Resources (plural names under a group and version) and the kinds that they serve. */
import { RESOURCES } from './generated/resources.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** A row of the resource table: generated for built-in resources, made at run time for custom ones. */
export interface ResourceFacts {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  /** Where a list's kind is not the kind with List after it. */
  readonly listKind?: string;
  /** The version in which a custom resource is stored, if it is served. */
  readonly storageVersion?: string;
  /** The model's name in generated/model.json and types.ts; '' for custom resources. */
  readonly model: string;
  /** Whether a fresh cluster serves it (stable versions) or only with --runtime-config. */
  readonly servedByDefault: boolean;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: Readonly<Record<string, { readonly kind: string; readonly verbs: readonly string[] }>>;
}

export interface GroupResource {
  readonly group: string;
  readonly plural: string;
}

/** "apps/v1", or "v1" for the core group. */
export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** "deployments.apps", or "pods" for the core group: how errors and RBAC name a resource. */
export function groupResourceName(resource: GroupResource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** "apps/v1" -> {group, version}. Anything after a second slash stays in the version, and so matches nothing. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

const served = RESOURCES.filter((resource) => resource.servedByDefault);
const byKind = new Map<string, ResourceFacts>();
const byPath = new Map<string, ResourceFacts>();
for (const resource of served) {
  const apiVersion = apiVersionOf(resource);
  // Some resources share a kind with a subresource's body (Binding); the one with more verbs is the kind's own.
  const key = `${apiVersion}/${resource.kind}`;
  if (!byKind.has(key)) byKind.set(key, resource);
  byPath.set(`${apiVersion}/${resource.plural}`, resource);
}

/** The built-in resources that a fresh cluster serves, in discovery order. */
export function builtinResources(): readonly ResourceFacts[] {
  return served;
}

/** The built-in resource of a kind, e.g. ("apps/v1", "Deployment"). */
export function resourceForKind(apiVersion: string, kind: string): ResourceFacts | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** The built-in resource at a path, e.g. ("apps", "v1", "deployments"). */
export function resourceAt(group: string, version: string, plural: string): ResourceFacts | undefined {
  return byPath.get(`${group === '' ? version : `${group}/${version}`}/${plural}`);
}
