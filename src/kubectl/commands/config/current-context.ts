/** kubectl config current-context. */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { readKubeconfig } from './kubeconfig-file.ts';

export const command = defineCommand({
  name: 'current-context',
  usage: 'current-context [flags]',
  short: 'Display the current-context.',
  examples: '# The current context\nkubectl config current-context',
  flags: {},
  async run(ctx) {
    const current = readKubeconfig(ctx)['current-context'];
    if (current === '') throw new CommandError('current-context is not set');
    ctx.streams.stdout.write(`${current}\n`);
  },
});
