/** kubectl config set-context (kubectl pkg/cmd/config/set_context.go). */
import { goQuote } from '../../../api/quote.ts';
import { type Command, defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { unexpectedArguments } from './help-error.ts';
import { modifyKubeconfig } from './kubeconfig-file.ts';

export const command: Command = defineCommand({
  name: 'set-context',
  usage: 'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: 'Set a context entry in kubeconfig',
  long: 'Adds a context to the kubeconfig, or changes what is given of one that is there.',
  examples: `# Work in another namespace from now on
kubectl config set-context --current --namespace=dev

# Only the user
kubectl config set-context gce --user=cluster-admin`,
  flags: {
    cluster: { type: 'string', default: '', description: 'Cluster of the context.' },
    current: { type: 'bool', default: false, description: 'Change the current context.' },
    namespace: { type: 'string', default: '', description: 'Namespace of the context.' },
    user: { type: 'string', default: '', description: 'User of the context.' },
  },
  async run(ctx, args, flags) {
    if (args.length > 1) return unexpectedArguments(ctx, command, args);
    const [given = ''] = args;
    const { current } = flags.values;
    if (given === '' && !current) throw new CommandError('you must specify a non-empty context name or --current');
    if (given !== '' && current) throw new CommandError('you cannot specify both a context name and --current');
    let name = given;
    let exists = false;
    modifyKubeconfig(ctx, (config) => {
      if (current && config['current-context'] === '') throw new CommandError('no current context is set');
      if (current) name = config['current-context'];
      exists = Object.hasOwn(config.contexts, name);
      const context = { ...(exists ? config.contexts[name] : {}) };
      for (const field of ['cluster', 'user', 'namespace'] as const) if (flags.changed(field)) context[field] = flags.values[field];
      config.contexts[name] = context;
    });
    ctx.streams.stdout.write(`Context ${goQuote(name)} ${exists ? 'modified' : 'created'}.\n`);
  },
});
