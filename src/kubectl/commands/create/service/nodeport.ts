/** kubectl create service nodeport. */
import { defineCommand } from '../../../command.ts';
import { createService, serviceFlags } from './shared.ts';

export const command = defineCommand({
  name: 'nodeport',
  usage: 'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  short: 'Create a NodePort service with the specified name.',
  examples: '# A service on a port of each node\nkubectl create service nodeport my-ns --tcp=5678:8080',
  flags: { ...serviceFlags, 'node-port': { type: 'int', default: 0, description: 'Port of the nodes that leads to the service.' } },
  run: (ctx, args, flags) => createService(ctx, args, flags, 'NodePort', { tcp: flags.values.tcp, nodePort: flags.values['node-port'] }),
});
