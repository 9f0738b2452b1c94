/** `fault`: breaks things on purpose. */
import { NODES } from '../../api/kinds.ts';
import { FAULT_ANNOTATION } from '../../api/faults.ts';
import { defineCommand } from '../command.ts';
import { CommandError, usageError } from '../errors.ts';

const node = defineCommand({
  name: 'node',
  usage: 'node NAME (--down | --up)',
  short: 'Cut the power of a node, or give it back',
  long: 'Cut the power of a node, or give it back. A node without power sends no heartbeat: after 40 seconds it is NotReady, after 5 more minutes its pods are evicted and replaced elsewhere.',
  examples: `  # node-2 dies, and six minutes pass
  mock-kubectl fault node node-2 --down
  mock-kubectl clock advance 6m`,
  flags: {
    down: { type: 'bool', default: false, description: 'Cut the power.' },
    up: { type: 'bool', default: false, description: 'Give the power back.' },
  },
  async run(ctx, args, { values }) {
    const [name] = args;
    if (name === undefined || args.length > 1) throw usageError(ctx, 'exactly one NAME is required');
    if (values.down === values.up) throw new CommandError('one of --down and --up is required');
    const client = await ctx.client();
    await client.of(NODES).patch(undefined, name, { metadata: { annotations: { [FAULT_ANNOTATION]: values.down ? 'down' : null } } }, 'merge');
    ctx.streams.stdout.write(`node/${name} ${values.down ? 'has no power' : 'has power again'}\n`);
  },
});

export const command = defineCommand({
  name: 'fault',
  usage: 'fault',
  short: 'Break things on purpose',
  flags: {},
  subcommands: [{ name: 'node', short: node.short, load: () => Promise.resolve({ command: node }) }],
});
