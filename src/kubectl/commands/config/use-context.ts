/** kubectl config use-context (kubectl pkg/cmd/config/use_context.go). */
import { goQuote } from '../../../api/quote.ts';
import { type Command, defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { unexpectedArguments } from './help-error.ts';
import { modifyKubeconfig } from './kubeconfig-file.ts';

export const command: Command = defineCommand({
  name: 'use-context',
  usage: 'use-context CONTEXT_NAME',
  short: 'Set the current-context in a kubeconfig file',
  long: 'Set the current-context in a kubeconfig file.',
  examples: '# Work with minikube\nkubectl config use-context minikube',
  flags: {},
  async run(ctx, args) {
    const [name] = args;
    if (name === undefined || args.length !== 1) return unexpectedArguments(ctx, command, args);
    modifyKubeconfig(ctx, (config) => {
      if (name === '') throw new CommandError('empty context names are not allowed');
      if (!Object.hasOwn(config.contexts, name)) throw new CommandError(`no context exists with the name: ${goQuote(name)}`);
      config['current-context'] = name;
    });
    ctx.streams.stdout.write(`Switched to context ${goQuote(name)}.\n`);
  },
});
