/** What a policy rule allows. Follows kubernetes pkg/apis/rbac/v1/evaluation_helpers.go and component-helpers auth/rbac/validation/policy_comparator.go. */
import type { PolicyRule } from '../generated/types.ts';
import { goQuote } from '../quote.ts';

type Strings = readonly string[] | undefined;

const ALL = '*';

const has = (list: Strings, value: string): boolean => list?.includes(value) ?? false;
const hasOrAll = (list: Strings, value: string): boolean => has(list, ALL) || has(list, value);

/** What is asked of a rule. */
export interface ResourceRequest {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
}

export function ruleAllowsResource(rule: PolicyRule, { verb, group, resource, subresource, name }: ResourceRequest): boolean {
  if (!rule.resources || !hasOrAll(rule.verbs, verb) || !hasOrAll(rule.apiGroups, group)) return false;
  const names = rule.resourceNames;
  if (names && names.length > 0 && !names.includes(name)) return false;
  return subresource === '' ? hasOrAll(rule.resources, resource) : hasOrAll(rule.resources, `${resource}/${subresource}`) || rule.resources.includes(`*/${subresource}`);
}

export function ruleAllowsPath(rule: PolicyRule, verb: string, path: string): boolean {
  return hasOrAll(rule.verbs, verb) && (rule.nonResourceURLs?.some((url) => url === ALL || urlCovers(url, path)) ?? false);
}

const urlCovers = (pattern: string, path: string): boolean => pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));

/** The parts of `wanted` that none of the rules held covers, each broken down to one verb, group, resource and name. */
export function missingRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakDown).filter((part) => !held.some((rule) => covers(rule, part)));
}

function breakDown({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) parts.push(part);
        for (const name of resourceNames) parts.push({ ...part, resourceNames: [name] });
      }
    }
  }
  for (const url of nonResourceURLs) for (const verb of verbs) parts.push({ nonResourceURLs: [url], verbs: [verb] });
  return parts;
}

/** Whether a rule covers a part that has at most one of everything. */
function covers(rule: PolicyRule, part: PolicyRule): boolean {
  const { apiGroups = [], resources = [], nonResourceURLs = [], resourceNames = [], verbs } = part;
  const held = rule.resourceNames ?? [];
  return verbs.every((verb) => hasOrAll(rule.verbs, verb))
    && apiGroups.every((group) => hasOrAll(rule.apiGroups, group))
    && resources.every((resource) => hasOrAll(rule.resources, resource) || (resource.includes('/') && has(rule.resources, `*/${resource.slice(resource.indexOf('/') + 1)}`)))
    && nonResourceURLs.every((path) => rule.nonResourceURLs?.some((url) => urlCovers(url, path)) ?? false)
    && (held.length === 0 || (resourceNames.length > 0 && resourceNames.every((name) => held.includes(name))));
}

/** Joins broken-down rules that differ by their verb alone (kubernetes pkg/registry/rbac/validation/policy_compact.go); others stay as they are. */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const compact: PolicyRule[] = [];
  const simple = new Map<string, { rule: PolicyRule; verbs: string[] }>();
  for (const rule of rules) {
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if (resourceNames.length > 1 || nonResourceURLs.length > 0 || apiGroups.length !== 1 || resources.length !== 1) {
      compact.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups[0], resources[0], resourceNames[0]]);
    const known = simple.get(key);
    if (known) known.verbs.push(...rule.verbs);
    else simple.set(key, { rule, verbs: [...rule.verbs] });
  }
  return [...compact, ...[...simple.values()].map(({ rule, verbs }) => ({ ...rule, verbs }))];
}

/** "{APIGroups:[""], Resources:["pods"], Verbs:["get"]}" */
export function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: readonly (readonly [string, Strings])[] = [['APIGroups', apiGroups], ['Resources', resources], ['NonResourceURLs', nonResourceURLs], ['ResourceNames', resourceNames], ['Verbs', verbs]];
  return `{${parts.filter(([, list]) => list?.length).map(([name, list]) => `${name}:${goQuotedList(list ?? [])}`).join(', ')}}`;
}

/** A list of strings as Go's %q shows it. */
export const goQuotedList = (list: readonly string[]): string => `[${list.map(goQuote).join(' ')}]`;
