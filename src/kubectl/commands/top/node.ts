/** kubectl top node (kubectl pkg/cmd/top/top_node.go). */
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { checkSort, requireMetrics, topFlags } from './metrics.ts';

export const command = defineCommand({
  name: 'node',
  usage: 'node [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of nodes',
  long: 'Tells how much CPU and memory nodes use.',
  examples: `# All nodes
kubectl top node

# One node
kubectl top node NODE_NAME`,
  flags: { ...topFlags, 'show-capacity': { type: 'bool', default: false, description: 'Reckon in parts of what nodes have (capacity), and not of what pods may have (allocatable).' } },
  async run(ctx, args, { values }) {
    if (args.length > 1) throw usageError(ctx, 'node [NAME | -l label]');
    checkSort(values['sort-by']);
    if (args.length > 0 && values.selector !== '') throw new CommandError('only one of NAME or --selector can be provided');
    await requireMetrics(ctx, values.selector, '');
  },
});
