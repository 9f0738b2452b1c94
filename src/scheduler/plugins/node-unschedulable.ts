import type { Taint } from '../../api/generated/types.ts';
import type { Plugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/status.ts';
import { tolerates } from '../../api/tolerations.ts';

/** What a cordoned node counts as. */
const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Leaves out cordoned nodes. Follows plugins/nodeunschedulable/node_unschedulable.go. */
export const nodeUnschedulable = (): Plugin => ({
  name: 'NodeUnschedulable',
  filter(_state, { spec }, node) {
    if (!node.unschedulable || spec.tolerations?.some((toleration) => tolerates(toleration, UNSCHEDULABLE_TAINT))) return undefined;
    return unresolvable('node(s) were unschedulable');
  },
  isWorthRequeuing(event, { uid, spec }) {
    switch (event.kind) {
      case 'NodeAdd':
        return !event.node.spec?.unschedulable;
      case 'NodeUpdate':
        return event.change === 'taints' && event.old.spec?.unschedulable === true && !event.node.spec?.unschedulable;
      case 'UnscheduledPodUpdate':
        return event.change === 'tolerations' && event.pod.metadata.uid === uid && (spec.tolerations ?? []).some((toleration) => tolerates(toleration, UNSCHEDULABLE_TAINT));
      default:
        return false;
    }
  },
});
