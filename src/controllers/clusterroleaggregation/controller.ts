/** The ClusterRole aggregation controller: roles with an aggregationRule get the rules of the roles that it selects. Follows kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go. */
import type { ClusterRole } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { keyOf, type ObjectKey } from '../../api/object.ts';
import { aggregatedRules } from '../../api/rbac/aggregation.ts';
import { CLUSTERROLES } from '../../api/rbac/resources.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'clusterrole-aggregation-controller';
const WORKERS = 5;

export const clusterRoleAggregationController: ComponentFactory = ({ client, clock, informers, log }) => {
  const roles = informers.of(CLUSTERROLES);
  const queue = new WorkQueue<ObjectKey>(clock);
  // Any role may be part of any aggregated one, and there are few of those.
  const changed = (role: ClusterRole, old?: ClusterRole) => {
    if (old && equal(role.rules, old.rules) && equal(role.aggregationRule, old.aggregationRule) && equal(role.metadata?.labels, old.metadata?.labels)) return;
    for (const each of roles.list()) if (each.aggregationRule) queue.add(keyOf(each));
  };
  roles.onChange({ added: (role) => changed(role), updated: (old, role) => changed(role, old), deleted: (role) => changed(role) });

  async function reconcile(key: ObjectKey): Promise<void> {
    const role = roles.get(key);
    if (!role?.aggregationRule) return;
    const rules = aggregatedRules(role, roles.list());
    if (equal(rules, role.rules ?? [])) return;
    await client.of(CLUSTERROLES).update({ ...role, rules }, { reason: `the roles that it is made of have ${rules.length} rules` });
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
