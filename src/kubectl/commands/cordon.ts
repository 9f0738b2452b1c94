/** kubectl cordon (kubectl pkg/cmd/drain/drain.go). */
import { defineCommand } from '../command.ts';
import { cordon, nodeFlags, nodeWork } from '../shared/nodes.ts';

export const command = defineCommand({
  name: 'cordon',
  usage: 'cordon NODE',
  short: 'Mark node as unschedulable',
  long: 'Mark a node as unschedulable: no more pods are placed on it.',
  examples: `# Mark "foo" as unschedulable
kubectl cordon foo`,
  flags: nodeFlags,
  run: async (ctx, args, flags) => cordon(ctx, await nodeWork(ctx, args, flags, 'cordon NODE'), true),
});
