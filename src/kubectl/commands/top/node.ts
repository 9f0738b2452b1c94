/** kubectl top node (kubectl pkg/cmd/top/top_node.go). */
import { parseSelector } from '../../../api/labels.ts';
import { NODES } from '../../../api/kinds.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { readMetrics, sortOf, topFlags, type NodeMetrics } from './metrics.ts';
import { byUsage, compareText, measured, usageCells, UsageTable, type Usage } from './usage.ts';

const COLUMNS = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'];
const UNKNOWN = ['<unknown>', '<unknown>', '<unknown>', '<unknown>'];

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
    const sortBy = sortOf(values['sort-by']);
    const [name] = args;
    if (name !== undefined && values.selector !== '') throw new CommandError('only one of NAME or --selector can be provided');
    const labelSelector = values.selector === '' ? '' : parseSelector(values.selector).toString();
    const options = labelSelector === '' ? {} : { labelSelector };
    const metrics = await readMetrics<NodeMetrics>(ctx, { resource: 'nodes', namespace: '', name, options });
    if (metrics.length === 0) throw new CommandError('metrics not available yet');
    const available = await readAvailable(ctx, name, options, values['show-capacity'] ? 'capacity' : 'allocatable');
    const table = new UsageTable();
    if (!values['no-headers']) table.row(COLUMNS);
    const rows = metrics.map(({ metadata, usage }) => ({ name: metadata?.name ?? '', usage: measured(usage) }));
    for (const row of rows.sort(byUsage(sortBy, ({ usage }) => usage, (a, b) => compareText(a.name, b.name)))) {
      table.row([row.name, ...usageCells(row.usage, available.get(row.name))]);
      available.delete(row.name);
    }
    for (const unmeasured of available.keys()) table.row([unmeasured, ...UNKNOWN]);
    ctx.streams.stdout.write(table.toString());
  },
});

/** What the nodes have, by name. */
async function readAvailable(ctx: CommandContext, name: string | undefined, options: { readonly labelSelector?: string }, what: 'capacity' | 'allocatable'): Promise<Map<string, Usage>> {
  const client = (await ctx.client()).of(NODES);
  const nodes = name === undefined ? (await client.list(undefined, options)).items : [await client.get(undefined, name)];
  return new Map(nodes.map(({ metadata, status }) => [metadata?.name ?? '', status?.[what] ?? {}]));
}
