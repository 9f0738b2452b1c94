/** kubectl create cronjob. */
import { defineCommand } from '../../command.ts';
import { newCronJob } from '../../generate/job.ts';
import { createFlags, prepareCreate } from './shared.ts';

export const command = defineCommand({
  name: 'cronjob',
  aliases: ['cj'],
  usage: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  short: 'Create a cron job with the specified name.',
  examples: `# A cron job
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *"

# With a command
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *" -- date`,
  flags: {
    ...createFlags,
    image: { type: 'string', default: '', description: 'Image to run.' },
    restart: { type: 'string', default: '', description: "The jobs' restart policy: OnFailure or Never." },
    schedule: { type: 'string', default: '', description: 'When to run, in cron format.' },
  },
  required: ['image', 'schedule'],
  async run(ctx, args, flags) {
    const { image, restart, schedule } = flags.values;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    await create(newCronJob({ name, namespace, image, schedule, restart: restart || 'OnFailure', command: args.slice(1) }), { failure: 'failed to create cronjob:' });
  },
});
