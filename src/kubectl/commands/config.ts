/** kubectl config: looks at the cluster's own kubeconfig, and changes it (kubectl pkg/cmd/config). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'config',
  usage: 'config SUBCOMMAND',
  short: 'Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".',
  long: `Look at the kubeconfig of the mock cluster, and change it.

 It is the file "kubeconfig" in the cluster's home, or the one that --kubeconfig names. Neither $KUBECONFIG nor \${HOME}/.kube/config is read.`,
  flags: {},
  subcommands: [
    { name: 'view', short: 'Display merged kubeconfig settings or a specified kubeconfig file', load: () => import('./config/view.ts') },
    { name: 'set-cluster', short: 'Set a cluster entry in kubeconfig', load: () => import('./config/set-cluster.ts') },
    { name: 'set-credentials', short: 'Set a user entry in kubeconfig', load: () => import('./config/set-credentials.ts') },
    { name: 'set-context', short: 'Set a context entry in kubeconfig', load: () => import('./config/set-context.ts') },
    { name: 'set', short: 'Set an individual value in a kubeconfig file', load: () => import('./config/set.ts') },
    { name: 'unset', short: 'Unset an individual value in a kubeconfig file', load: () => import('./config/unset.ts') },
    { name: 'current-context', short: 'Display the current-context', load: () => import('./config/current-context.ts') },
    { name: 'use-context', aliases: ['use'], short: 'Set the current-context in a kubeconfig file', load: () => import('./config/use-context.ts') },
    { name: 'get-contexts', short: 'Describe one or many contexts', load: () => import('./config/get-contexts.ts') },
    { name: 'get-clusters', short: 'Display clusters defined in the kubeconfig', load: () => import('./config/get-clusters.ts') },
    { name: 'get-users', short: 'Display users defined in the kubeconfig', load: () => import('./config/get-users.ts') },
    { name: 'delete-cluster', short: 'Delete the specified cluster from the kubeconfig', load: () => import('./config/delete-cluster.ts') },
    { name: 'delete-context', short: 'Delete the specified context from the kubeconfig', load: () => import('./config/delete-context.ts') },
    { name: 'delete-user', short: 'Delete the specified user from the kubeconfig', load: () => import('./config/delete-user.ts') },
    { name: 'rename-context', short: 'Rename a context from the kubeconfig file', load: () => import('./config/rename-context.ts') },
  ],
});
