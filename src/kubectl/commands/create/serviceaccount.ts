/** kubectl create serviceaccount. */
import { defineCommand } from '../../command.ts';
import { newMeta } from '../../generate/object.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

export const command = defineCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: 'serviceaccount NAME [--dry-run=server|client|none]',
  short: 'Create a service account with the specified name.',
  examples: '# A service account called my-service-account\nkubectl create serviceaccount my-service-account',
  flags: createFlags,
  async run(ctx, args, flags) {
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    requireName(name);
    await create({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: newMeta(name, namespace) }, { failure: 'failed to create serviceaccount:' });
  },
});
