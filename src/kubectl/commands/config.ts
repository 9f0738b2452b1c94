/** kubectl config: looks at the cluster's own kubeconfig (kubectl pkg/cmd/config). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'config',
  usage: 'config SUBCOMMAND',
  short: 'Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".',
  long: `Look at the kubeconfig of the mock cluster.

 It is the file "kubeconfig" in the cluster's home, or the one that --kubeconfig names. Neither $KUBECONFIG nor \${HOME}/.kube/config is read.`,
  flags: {},
  subcommands: [
    { name: 'current-context', short: 'Display the current-context', load: () => import('./config/current-context.ts') },
    { name: 'view', short: 'Display merged kubeconfig settings or a specified kubeconfig file', load: () => import('./config/view.ts') },
  ],
});
