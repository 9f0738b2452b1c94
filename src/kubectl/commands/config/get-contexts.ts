/** kubectl config get-contexts (kubectl pkg/cmd/config/get_contexts.go). */
import { compareBytes } from '../../../api/go-json.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, throwCollected } from '../../errors.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { readKubeconfig } from './kubeconfig-file.ts';

export const command = defineCommand({
  name: 'get-contexts',
  usage: 'get-contexts [(-o|--output=)name)]',
  short: 'Describe one or many contexts',
  long: 'Display one or many contexts from the kubeconfig file.',
  examples: `# All contexts
kubectl config get-contexts

# One of them
kubectl config get-contexts my-context`,
  flags: {
    'no-headers': { type: 'bool', default: false, description: 'No line of headings.' },
    output: { type: 'string', default: '', short: 'o', description: 'Output format: name.' },
  },
  async run(ctx, args, flags) {
    const { output } = flags.values;
    if (output !== '' && output !== 'name') throw new CommandError(`--output ${output} is not available in kubectl config get-contexts; resetting to default output format`);
    const nameOnly = output === 'name';
    const { contexts, 'current-context': current } = readKubeconfig(ctx);
    const names = args.length === 0 ? Object.keys(contexts) : args.filter((name) => Object.hasOwn(contexts, name));
    const table = new TabWriter();
    if (!nameOnly && !flags.values['no-headers']) table.row(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']);
    for (const name of [...names].sort(compareBytes)) {
      const { cluster = '', user = '', namespace = '' } = contexts[name] ?? {};
      table.row(nameOnly ? [name] : [name === current ? '*' : ' ', name, String(cluster), String(user), String(namespace)]);
    }
    ctx.streams.stdout.write(table.flush());
    throwCollected(args.filter((name) => !Object.hasOwn(contexts, name)).map((name) => new CommandError(`context ${name} not found`)));
  },
});
