/** kubectl auth: a family (kubectl pkg/cmd/auth). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'auth',
  usage: 'auth [flags]',
  short: 'Inspect authorization.',
  flags: {},
  subcommands: [
    { name: 'can-i', short: 'Check whether an action is allowed', load: () => import('./auth/can-i.ts') },
    { name: 'reconcile', short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects', load: () => import('./auth/reconcile.ts') },
    { name: 'whoami', short: 'Experimental: Check self subject attributes', load: () => import('./auth/whoami.ts') },
  ],
});
