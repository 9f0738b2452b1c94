/** kubectl create service externalname. */
import { defineCommand } from '../../../command.ts';
import { createService, serviceFlags } from './shared.ts';

export const command = defineCommand({
  name: 'externalname',
  usage: 'externalname NAME --external-name external.name [--dry-run=server|client|none]',
  short: 'Create an ExternalName service with the specified name.',
  long: `Create an ExternalName service with the specified name.

 It stands for a DNS name outside the cluster, so that pods can use what runs elsewhere as they use services.`,
  examples: '# A service that stands for bar.com\nkubectl create service externalname my-ns --external-name bar.com',
  flags: { ...serviceFlags, 'external-name': { type: 'string', default: '', description: 'The DNS name that the service stands for.' } },
  required: ['external-name'],
  run: (ctx, args, flags) => createService(ctx, args, flags, 'ExternalName', { tcp: flags.values.tcp, externalName: flags.values['external-name'] }),
});
