/** kubectl rollout: a family (kubectl pkg/cmd/rollout). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'rollout',
  usage: 'rollout SUBCOMMAND',
  short: 'Manage the rollout of a resource',
  long: `Manage the rollout of deployments, daemon sets and stateful sets: look at its progress and its history, go back to an earlier revision, pause, resume, or start it anew.`,
  examples: `# Back to the revision before
kubectl rollout undo deployment/abc

# How far a daemon set has come
kubectl rollout status daemonset/foo

# New pods in place of the old
kubectl rollout restart deployment/abc

# The same for all deployments with a label
kubectl rollout restart deployment --selector=app=nginx`,
  flags: {},
  helpToStdout: true,
  subcommands: [
    { name: 'history', short: 'View rollout history', load: () => import('./rollout/history.ts') },
    { name: 'pause', short: 'Mark the provided resource as paused', load: () => import('./rollout/pause.ts') },
    { name: 'restart', short: 'Restart a resource', load: () => import('./rollout/restart.ts') },
    { name: 'resume', short: 'Resume a paused resource', load: () => import('./rollout/resume.ts') },
    { name: 'status', short: 'Show the status of the rollout', load: () => import('./rollout/status.ts') },
    { name: 'undo', short: 'Undo a previous rollout', load: () => import('./rollout/undo.ts') },
  ],
});
