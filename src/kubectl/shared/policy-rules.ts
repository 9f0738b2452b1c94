/** Policy rules one resource or URL at a time, as `describe` and `auth can-i --list` show them (kubectl pkg/util/rbac/rbac.go). */
import { compareBytes } from '../../api/go-json.ts';
import type { PolicyRule } from '../../api/generated/types.ts';
import { goList } from '../describe/format.ts';

export const RULE_HEADERS = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'] as const;

/** The cells under RULE_HEADERS, a row for each resource (and at most one name of it) or URL. */
export function ruleRows(rules: readonly PolicyRule[]): string[][] {
  return compact(rules).map(({ resource, group, url, resourceName, verbs }) => [resourceText(resource, group), list(url), list(resourceName), goList(verbs)]);
}

const list = (value: string | undefined): string => goList(value === undefined ? [] : [value]);

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
  for (const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs = [] } of rules) {
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
  return `&PolicyRule{Verbs:${goList(verbs)},APIGroups:${list(group)},Resources:${list(resource)},ResourceNames:${list(resourceName)},NonResourceURLs:${list(url)},}`;
}

/** "deployments.apps/scale" */
function resourceText(resource: string | undefined, group: string | undefined): string {
  if (resource === undefined) return '';
  const slash = resource.indexOf('/');
  const [plural, subresource] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)];
  return plural + (group ? `.${group}` : '') + subresource;
}
