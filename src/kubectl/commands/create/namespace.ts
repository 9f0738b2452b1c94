/** kubectl create namespace. */
import { defineCommand } from '../../command.ts';
import { newMeta } from '../../generate/object.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

export const command = defineCommand({
  name: 'namespace',
  aliases: ['ns'],
  usage: 'namespace NAME [--dry-run=server|client|none]',
  short: 'Create a namespace with the specified name.',
  examples: '# A namespace called my-namespace\nkubectl create namespace my-namespace',
  flags: createFlags,
  async run(ctx, args, flags) {
    const { name, create } = await prepareCreate(ctx, args, flags);
    requireName(name);
    await create({ kind: 'Namespace', apiVersion: 'v1', metadata: newMeta(name), spec: {}, status: {} });
  },
});
