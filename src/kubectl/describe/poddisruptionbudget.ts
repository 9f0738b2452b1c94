/** Pod disruption budgets (kubectl pkg/describe/describe.go: PodDisruptionBudgetDescriber). */
import type { PodDisruptionBudget } from '../../api/generated/types.ts';
import { formatLabelSelector } from '../../api/labels.ts';
import { writeEvents } from './events.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name, resource) => {
  const budget = await reader.get(typed<PodDisruptionBudget>('policy', 'v1', 'poddisruptionbudgets'), namespace, name);
  const events = await reader.eventsOf(budget, resource);
  const { metadata, spec, status } = budget;
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    if (spec?.minAvailable !== undefined) w.field('Min available', spec.minAvailable);
    else if (spec?.maxUnavailable !== undefined) w.field('Max unavailable', spec.maxUnavailable);
    w.field('Selector', spec?.selector ? formatLabelSelector(spec.selector) : '<unset>');
    w.heading('Status');
    w.field('Allowed disruptions', status?.disruptionsAllowed ?? 0, 2);
    w.field('Current', status?.currentHealthy ?? 0, 2);
    w.field('Desired', status?.desiredHealthy ?? 0, 2);
    w.field('Total', status?.expectedPods ?? 0, 2);
    await writeEvents(w, events, reader);
  });
};
