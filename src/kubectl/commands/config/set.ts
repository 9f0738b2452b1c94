/** kubectl config set (kubectl pkg/cmd/config/set.go). */
import { goQuote } from '../../../api/quote.ts';
import { type Command, defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { unexpectedArguments } from './help-error.ts';
import { modifyKubeconfig } from './kubeconfig-file.ts';
import { setProperty } from './property.ts';

export const command: Command = defineCommand({
  name: 'set',
  usage: 'set PROPERTY_NAME PROPERTY_VALUE',
  short: 'Set an individual value in a kubeconfig file',
  long: 'Sets one value. PROPERTY_NAME leads to it with dots: contexts.my-context.namespace. Certificates and keys are expected in base64 unless --set-raw-bytes is given.',
  examples: `# A cluster's address
kubectl config set clusters.my-cluster.server https://1.2.3.4

# A context's cluster
kubectl config set contexts.my-context.cluster my-cluster`,
  flags: { 'set-raw-bytes': { type: 'bool', default: false, description: 'PROPERTY_VALUE is the bytes themselves, not their base64.' } },
  async run(ctx, args, flags) {
    const [name, value] = args;
    if (name === undefined || value === undefined || args.length !== 2) return unexpectedArguments(ctx, command, args);
    if (value === '') throw new CommandError('you cannot use set to unset a property');
    if (name === '') throw new CommandError('you must specify a property');
    modifyKubeconfig(ctx, (config) => setProperty(config, name, value, flags.values['set-raw-bytes']), false);
    ctx.streams.stdout.write(`Property ${goQuote(name)} set.\n`);
  },
});
