/** kubectl config rename-context (kubectl pkg/cmd/config/rename_context.go). */
import { goQuote } from '../../../api/quote.ts';
import { type Command, defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { unexpectedArguments } from './help-error.ts';
import { modifyKubeconfig } from './kubeconfig-file.ts';

export const command: Command = defineCommand({
  name: 'rename-context',
  usage: 'rename-context CONTEXT_NAME NEW_NAME',
  short: 'Rename a context from the kubeconfig file',
  long: 'Gives a context another name. The current context stays the current one.',
  examples: '# Another name\nkubectl config rename-context old-name new-name',
  flags: {},
  async run(ctx, args) {
    const [from, to] = args;
    if (from === undefined || to === undefined || args.length !== 2) return unexpectedArguments(ctx, command, args);
    if (to === '') throw new CommandError('You must specify a new non-empty context name');
    modifyKubeconfig(ctx, (config, file) => {
      const { contexts } = config;
      const context = Object.hasOwn(contexts, from) ? contexts[from] : undefined;
      if (!context) throw new CommandError(`cannot rename the context ${goQuote(from)}, it's not in ${file}`);
      if (Object.hasOwn(contexts, to)) throw new CommandError(`cannot rename the context ${goQuote(from)}, the context ${goQuote(to)} already exists in ${file}`);
      contexts[to] = context;
      delete contexts[from];
      if (config['current-context'] === from) config['current-context'] = to;
    });
    ctx.streams.stdout.write(`Context ${goQuote(from)} renamed to ${goQuote(to)}.\n`);
  },
});
