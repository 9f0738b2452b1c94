/** Policy rules in one line each: "VERBS GROUPS RESOURCES [NAMES]" or "VERBS URLS", with commas in between and `core` for the group "". */
import type { PolicyRule } from '../../../api/generated/types.ts';

export type RuleText = string;

export function parseRule(text: RuleText): PolicyRule {
  const [verbs = [], ...rest] = text.split(' ').map((part) => part.split(','));
  const [first = [], resources, resourceNames] = rest;
  if (!resources) return { nonResourceURLs: first, verbs };
  const apiGroups = first.map((group) => (group === 'core' ? '' : group));
  return resourceNames ? { apiGroups, resourceNames, resources, verbs } : { apiGroups, resources, verbs };
}
