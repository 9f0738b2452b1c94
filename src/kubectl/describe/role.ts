/** Roles and cluster roles: one line for each resource (kubectl pkg/describe/describe.go: RoleDescriber, pkg/util/rbac). */
import type { PolicyRule, Role } from '../../api/generated/types.ts';
import { compareBytes } from '../../api/go-json.ts';
import { goList } from './format.ts';
import { writeIdentity } from './metadata.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

/** Serves roles and cluster roles alike. */
export const describe: Describe = async (reader, namespace, name, { plural }) => {
  const role = await reader.get(typed<Role>('rbac.authorization.k8s.io', 'v1', plural), namespace, name);
  return page((w) => {
    writeIdentity(w, role.metadata, false);
    w.heading('PolicyRule');
    w.columns(1, 'Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs');
    for (const { resource, group, url, resourceName, verbs } of compact(role.rules ?? [])) {
      w.row(1, resourceText(resource, group), goList(url === undefined ? [] : [url]), goList(resourceName === undefined ? [] : [resourceName]), goList(verbs));
    }
  });
};

/** A rule on one resource (and at most one name of it), or on one URL. */
interface SimpleRule {
  readonly resource?: string;
  readonly group?: string;
  readonly resourceName?: string;
  readonly url?: string;
  readonly verbs: string[];
}

/** Takes rules apart and puts those together again that differ in verbs alone; URLs stay apart, verb by verb. */
function compact(rules: readonly PolicyRule[]): SimpleRule[] {
  const byResource = new Map<string, SimpleRule>();
  const ofUrls: SimpleRule[] = [];
  for (const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } of rules) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        for (const verb of verbs) {
          for (const resourceName of resourceNames.length > 0 ? resourceNames : [undefined]) {
            const key = JSON.stringify([group, resource, resourceName]);
            const known = byResource.get(key);
            if (!known) byResource.set(key, { group, resource, ...(resourceName === undefined ? {} : { resourceName }), verbs: [verb] });
            else if (!known.verbs.includes(verb)) known.verbs.push(verb);
          }
        }
      }
    }
    for (const url of nonResourceURLs) for (const verb of verbs) ofUrls.push({ url, verbs: [verb] });
  }
  return [...ofUrls, ...byResource.values()].map((rule) => ({ rule, order: orderOf(rule) })).sort((a, b) => compareBytes(a.order, b.order)).map(({ rule }) => rule);
}

/** Rules stand in the order of their text in Go. */
function orderOf({ verbs, group, resource, resourceName, url }: SimpleRule): string {
  const one = (value: string | undefined): string => goList(value === undefined ? [] : [value]);
  return `&PolicyRule{Verbs:${goList(verbs)},APIGroups:${one(group)},Resources:${one(resource)},ResourceNames:${one(resourceName)},NonResourceURLs:${one(url)},}`;
}

/** "deployments.apps/scale" */
function resourceText(resource: string | undefined, group: string | undefined): string {
  if (resource === undefined) return '';
  const slash = resource.indexOf('/');
  const [plural, subresource] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)];
  return plural + (group ? `.${group}` : '') + subresource;
}
