import type { Plugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/status.ts';

/** Keeps pods out of the queue until their gates are gone. Follows plugins/schedulinggates/scheduling_gates.go. */
export const schedulingGates = (): Plugin => ({
  name: 'SchedulingGates',
  preEnqueue({ spec }) {
    const gates = spec.schedulingGates ?? [];
    return gates.length === 0 ? undefined : unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`);
  },
  isWorthRequeuing: (event, { uid }) => event.kind === 'UnscheduledPodUpdate' && event.change === 'gatesEliminated' && event.pod.metadata.uid === uid,
});
