/** `etcd`: looks into the store behind the API server. */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'etcd',
  usage: 'etcd',
  short: 'Look into the store: keys, revisions, history, snapshots',
  long: `Look into the store behind the API server. Keys may be written in full (/registry/pods/default/web) or short (pods/default/web).`,
  examples: `  # A pod as it is stored
  mock-kubectl etcd get pods/default/web

  # How it came to be: every version, and what changed
  mock-kubectl etcd history pods/default/web

  # Everything that is written from now on
  mock-kubectl etcd watch

  # A copy of the cluster, and a cluster from the copy
  mock-kubectl etcd snapshot save before-lunch.snap
  mock-kubectl etcd snapshot restore before-lunch.snap`,
  flags: {},
  subcommands: [
    { name: 'get', short: 'Print what a key holds, now or at an older revision', load: () => import('./etcd/get.ts') },
    { name: 'list', short: 'List keys with their revisions', load: () => import('./etcd/list.ts') },
    { name: 'watch', short: 'Print each change as it is written, from now or from an older revision on', load: () => import('./etcd/watch.ts') },
    { name: 'history', short: 'Print all versions of a key, and what changed from one to the next', load: () => import('./etcd/history.ts') },
    { name: 'compact', short: 'Forget what was superseded up to a revision', load: () => import('./etcd/compact.ts') },
    { name: 'snapshot', short: 'Save, restore and check copies of the cluster', load: () => import('./etcd/snapshot.ts') },
    { name: 'verify', short: 'Check log, snapshots and readable tree against each other', load: () => import('./etcd/verify.ts') },
  ],
});
