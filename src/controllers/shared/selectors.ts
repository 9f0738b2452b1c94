/** The selectors of workload objects. */
import type { LabelSelector } from '../../api/generated/types.ts';
import { selectorFromLabelSelector, type Selector } from '../../api/labels.ts';

/** The selector in `spec.selector` of a Deployment, ReplicaSet, StatefulSet, DaemonSet or Job. Without one: nothing. */
export function selectorOf(object: { readonly spec?: { readonly selector?: LabelSelector } }): Selector {
  return selectorFromLabelSelector(object.spec?.selector);
}
