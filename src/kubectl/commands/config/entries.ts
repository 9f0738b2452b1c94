/** What the commands about named entries (clusters, contexts, users) have in common: listing and deleting them. */
import { compareBytes } from '../../../api/go-json.ts';
import { type Command, type CommandContext, defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { printHelp } from './help-error.ts';
import { modifyKubeconfig, readKubeconfig, SECTIONS, type Section } from './kubeconfig-file.ts';

/** get-clusters, get-users: the names of a section, one a line. */
export function namesCommand(section: 'clusters' | 'users'): Command {
  return defineCommand({
    name: `get-${section}`,
    usage: `get-${section} [flags]`,
    short: `Display ${section} defined in the kubeconfig`,
    long: `Display ${section} defined in the kubeconfig.`,
    examples: `# The ${section} that there are\nkubectl config get-${section}`,
    flags: {},
    async run(ctx) {
      const names = Object.keys(readKubeconfig(ctx)[section]).sort(compareBytes);
      ctx.streams.stdout.write(['NAME', ...names].map((name) => `${name}\n`).join(''));
    },
  });
}

/** delete-cluster, delete-context, delete-user. */
export function deleteCommand(section: Section): Command {
  const { item } = SECTIONS[section];
  const command = defineCommand({
    name: `delete-${item}`,
    usage: `delete-${item} NAME`,
    short: `Delete the specified ${item} from the kubeconfig`,
    long: `Delete the specified ${item} from the kubeconfig.`,
    examples: `# Without minikube's\nkubectl config delete-${item} minikube`,
    flags: {},
    async run(ctx, args) {
      const [name] = args;
      if (name !== undefined && args.length === 1) return deleteEntry(ctx, section, name);
      readKubeconfig(ctx);
      if (section === 'users') throw usageError(ctx, 'user to delete is required');
      await printHelp(ctx, command);
    },
  });
  return command;
}

function deleteEntry(ctx: CommandContext, section: Section, name: string): void {
  const { item } = SECTIONS[section];
  modifyKubeconfig(ctx, (config, file) => {
    if (!Object.hasOwn(config[section], name)) throw new CommandError(`cannot delete ${item} ${name}, not in ${file}`);
    if (section === 'contexts' && config['current-context'] === name) ctx.streams.stderr.write('warning: this removed your active context, use "kubectl config use-context" to select a different one\n');
    delete config[section][name];
    ctx.streams.stdout.write(`deleted ${item} ${name} from ${file}\n`);
  });
}
