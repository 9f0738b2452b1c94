/** kubectl config unset (kubectl pkg/cmd/config/unset.go). */
import { goQuote } from '../../../api/quote.ts';
import { type Command, defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { unexpectedArguments } from './help-error.ts';
import { modifyKubeconfig } from './kubeconfig-file.ts';
import { unsetProperty } from './property.ts';

export const command: Command = defineCommand({
  name: 'unset',
  usage: 'unset PROPERTY_NAME',
  short: 'Unset an individual value in a kubeconfig file',
  long: 'Removes one value, entry or section. PROPERTY_NAME leads to it with dots: contexts.my-context.namespace.',
  examples: `# No current context
kubectl config unset current-context

# No namespace in a context
kubectl config unset contexts.foo.namespace`,
  flags: {},
  async run(ctx, args) {
    const [name] = args;
    if (name === undefined || args.length !== 1) return unexpectedArguments(ctx, command, args);
    if (name === '') throw new CommandError('you must specify a property');
    modifyKubeconfig(ctx, (config) => unsetProperty(config, name), false);
    ctx.streams.stdout.write(`Property ${goQuote(name)} unset.\n`);
  },
});
