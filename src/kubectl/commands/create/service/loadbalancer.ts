/** kubectl create service loadbalancer. */
import { defineCommand } from '../../../command.ts';
import { createService, serviceFlags } from './shared.ts';

export const command = defineCommand({
  name: 'loadbalancer',
  usage: 'loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  short: 'Create a LoadBalancer service with the specified name.',
  examples: '# A service behind a load balancer\nkubectl create service loadbalancer my-lbs --tcp=5678:8080',
  flags: serviceFlags,
  run: (ctx, args, flags) => createService(ctx, args, flags, 'LoadBalancer', { tcp: flags.values.tcp }),
});
