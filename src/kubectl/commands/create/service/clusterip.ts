/** kubectl create service clusterip. */
import { defineCommand } from '../../../command.ts';
import { createService, serviceFlags } from './shared.ts';

export const command = defineCommand({
  name: 'clusterip',
  usage: 'clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
  short: 'Create a ClusterIP service with the specified name.',
  examples: `# A service inside the cluster
kubectl create service clusterip my-cs --tcp=5678:8080

# A headless one
kubectl create service clusterip my-cs --clusterip="None"`,
  flags: { ...serviceFlags, clusterip: { type: 'string', default: '', description: "The service's IP, or 'None' for a headless service." } },
  run: (ctx, args, flags) => createService(ctx, args, flags, 'ClusterIP', { tcp: flags.values.tcp, clusterIP: flags.values.clusterip }),
});
