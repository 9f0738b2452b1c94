/** kubectl uncordon (kubectl pkg/cmd/drain/drain.go). */
import { defineCommand } from '../command.ts';
import { cordon, nodeFlags, nodeWork } from '../shared/nodes.ts';

export const command = defineCommand({
  name: 'uncordon',
  usage: 'uncordon NODE',
  short: 'Mark node as schedulable',
  long: 'Mark a node as schedulable again.',
  examples: `# Mark "foo" as schedulable
kubectl uncordon foo`,
  flags: nodeFlags,
  run: async (ctx, args, flags) => cordon(ctx, await nodeWork(ctx, args, flags, 'uncordon NODE'), false),
});
