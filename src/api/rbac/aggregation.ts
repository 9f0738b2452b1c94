/** ClusterRoles that are made of others. Follows kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go. */
import type { ClusterRole, PolicyRule } from '../generated/types.ts';
import { selectorFromLabelSelector } from '../labels.ts';
import { equal } from '../json.ts';

/** The rules of the roles that an aggregated role selects, in the order of its selectors and of the roles' names, each once. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const rules: PolicyRule[] = [];
  const sorted = [...all].sort((a, b) => compare(a.metadata?.name ?? '', b.metadata?.name ?? ''));
  for (const labelSelector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = selectorFromLabelSelector(labelSelector);
    for (const other of sorted) {
      if (other.metadata?.name === role.metadata?.name || !selector.matches(other.metadata?.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => equal(known, rule))) rules.push(rule);
    }
  }
  return rules;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
