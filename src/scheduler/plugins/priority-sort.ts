import type { Plugin } from '../framework/plugin.ts';

/** Higher priority first, then who has waited longer. Follows plugins/queuesort/priority_sort.go. */
export const prioritySort = (): Plugin => ({
  name: 'PrioritySort',
  less(a, b) {
    if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
    return a.timestampMs !== b.timestampMs ? a.timestampMs < b.timestampMs : a.sequence < b.sequence;
  },
});
