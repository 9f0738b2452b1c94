import { MAX_NODE_SCORE, type Plugin } from '../framework/plugin.ts';
import { SKIP } from '../framework/status.ts';

/** The used share of a resource, at most 1; undefined where the node has none of it. */
function usedShare(requested: number, allocatable: number): number | undefined {
  return allocatable === 0 ? undefined : Math.min(1, requested / allocatable);
}

/** Prefers nodes on which CPU and memory would be used to the same degree. Follows plugins/noderesources/balanced_allocation.go. */
export const nodeResourcesBalancedAllocation = (): Plugin => ({
  name: 'NodeResourcesBalancedAllocation',
  // A pod that asks for nothing would be drawn to the node that happens to be balanced, over and over.
  preScore: (_state, { requests }) => (requests.milliCPU === 0 && requests.memory === 0 ? SKIP : undefined),
  score(_state, { requests }, { allocatable, requested }) {
    const cpu = usedShare(requested.milliCPU + requests.milliCPU, allocatable.milliCPU);
    const memory = usedShare(requested.memory + requests.memory, allocatable.memory);
    // Of two values the standard deviation is half their distance, of one it is zero.
    const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs((cpu - memory) / 2);
    return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
  },
});
