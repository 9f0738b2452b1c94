/** kubectl plugin: what there is to know about plugins (kubectl pkg/cmd/plugin). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'plugin',
  usage: 'plugin [flags]',
  short: 'Provides utilities for interacting with plugins',
  long: 'Looks after plugins: programs on PATH whose names begin with "kubectl-", which become commands.',
  examples: `# All plugins on PATH
kubectl plugin list

# Only their names
kubectl plugin list --name-only`,
  flags: {},
  subcommands: [{ name: 'list', short: "List all visible plugin executables on a user's PATH", load: () => import('./plugin/list.ts') }],
});
