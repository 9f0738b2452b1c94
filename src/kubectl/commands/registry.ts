/**
 * The commands by name. Each line's `import()` is literal, so that the bundler makes a file of its own of it, which is
 * read only when it is the command. The order is kubectl's: of the help, and of the names
 * that an unknown command might have meant.
 */
import type { CommandEntry } from '../command.ts';

export const COMMANDS: readonly CommandEntry[] = [
  { name: 'create', group: 'beginner', short: 'Create a resource from a file or from stdin', load: () => import('./create.ts') },
  { name: 'expose', group: 'beginner', short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service', load: () => import('./expose.ts') },
  { name: 'run', group: 'beginner', short: 'Run a particular image on the cluster', load: () => import('./run.ts') },
  { name: 'set', group: 'beginner', short: 'Set specific features on objects', load: () => import('./set.ts') },
  { name: 'explain', group: 'beginner', short: 'Get documentation for a resource', load: () => import('./explain.ts') },
  { name: 'get', group: 'intermediate', short: 'Display one or many resources', load: () => import('./get.ts') },
  { name: 'edit', group: 'intermediate', short: 'Edit a resource on the server', load: () => import('./edit.ts') },
  { name: 'delete', group: 'intermediate', short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector', load: () => import('./delete.ts') },
  { name: 'rollout', group: 'deploy', short: 'Manage the rollout of a resource', load: () => import('./rollout.ts') },
  { name: 'scale', group: 'deploy', short: 'Set a new size for a deployment, replica set, or replication controller', load: () => import('./scale.ts') },
  { name: 'autoscale', group: 'deploy', short: 'Auto-scale a deployment, replica set, stateful set, or replication controller', load: () => import('./autoscale.ts') },
  { name: 'certificate', group: 'cluster', short: 'Modify certificate resources', load: () => import('./certificate.ts') },
  { name: 'cluster-info', group: 'cluster', short: 'Display cluster information', load: () => import('./cluster-info.ts') },
  { name: 'cordon', group: 'cluster', short: 'Mark node as unschedulable', load: () => import('./cordon.ts') },
  { name: 'uncordon', group: 'cluster', short: 'Mark node as schedulable', load: () => import('./uncordon.ts') },
  { name: 'drain', group: 'cluster', short: 'Drain node in preparation for maintenance', load: () => import('./drain.ts') },
  { name: 'taint', group: 'cluster', short: 'Update the taints on one or more nodes', load: () => import('./taint.ts') },
  { name: 'describe', group: 'troubleshooting', short: 'Show details of a specific resource or group of resources', load: () => import('./describe.ts') },
  { name: 'logs', group: 'troubleshooting', short: 'Print the logs for a container in a pod', load: () => import('./logs.ts') },
  { name: 'auth', group: 'troubleshooting', short: 'Inspect authorization', load: () => import('./auth.ts') },
  { name: 'events', group: 'troubleshooting', short: 'List events', load: () => import('./events.ts') },
  { name: 'diff', group: 'advanced', short: 'Diff the live version against a would-be applied version', load: () => import('./diff.ts') },
  { name: 'apply', group: 'advanced', short: 'Apply a configuration to a resource by file name or stdin', load: () => import('./apply.ts') },
  { name: 'patch', group: 'advanced', short: 'Update fields of a resource', load: () => import('./patch.ts') },
  { name: 'replace', group: 'advanced', short: 'Replace a resource by file name or stdin', load: () => import('./replace.ts') },
  { name: 'wait', group: 'advanced', short: 'Experimental: Wait for a specific condition on one or many resources', load: () => import('./wait.ts') },
  { name: 'kustomize', group: 'advanced', short: 'Build a kustomization target from a directory or URL', load: () => import('./kustomize.ts') },
  { name: 'label', group: 'settings', short: 'Update the labels on a resource', load: () => import('./label.ts') },
  { name: 'annotate', group: 'settings', short: 'Update the annotations on a resource', load: () => import('./annotate.ts') },
  { name: 'api-resources', group: 'other', short: 'Print the supported API resources on the server', load: () => import('./api-resources.ts') },
  { name: 'api-versions', group: 'other', short: 'Print the supported API versions on the server, in the form of "group/version"', load: () => import('./api-versions.ts') },
  { name: 'config', group: 'other', short: 'Modify kubeconfig files', load: () => import('./config.ts') },
  { name: 'plugin', group: 'other', short: 'Provides utilities for interacting with plugins', load: () => import('./plugin.ts') },
  { name: 'version', group: 'other', short: 'Print the client and server version information', load: () => import('./version.ts') },
  { name: 'options', group: 'hidden', short: 'Print the list of flags inherited by all commands', load: () => import('./options.ts') },
  { name: 'daemon', group: 'mock', short: 'Run the cluster: API server, controllers, scheduler and nodes', load: () => import('./daemon.ts') },
  { name: 'trace', group: 'mock', short: 'Tell how an object came to be: each step, who made it, and why', load: () => import('./trace.ts') },
  { name: 'etcd', group: 'mock', short: 'Look into the store: keys, revisions, history, snapshots', load: () => import('./etcd.ts') },
  { name: 'clock', group: 'mock', short: "Show the cluster's clock, pause it, step it, let time pass", load: () => import('./clock.ts') },
  { name: 'fault', group: 'mock', short: 'Break things on purpose', load: () => import('./fault.ts') },
];
