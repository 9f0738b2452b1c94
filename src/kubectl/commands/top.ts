/** kubectl top (kubectl pkg/cmd/top/top.go). */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'top',
  usage: 'top [flags]',
  short: 'Display resource (CPU/memory) usage',
  long: `Tells how much CPU and memory nodes and pods use.

 It asks a metrics server, which must be there and work.`,
  flags: {},
  subcommands: [
    { name: 'node', aliases: ['nodes', 'no'], short: 'Display resource (CPU/memory) usage of nodes', load: () => import('./top/node.ts') },
    { name: 'pod', aliases: ['pods', 'po'], short: 'Display resource (CPU/memory) usage of pods', load: () => import('./top/pod.ts') },
  ],
});
