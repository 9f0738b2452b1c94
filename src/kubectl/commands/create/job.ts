/** kubectl create job. */
import type { CronJob } from '../../../api/generated/types.ts';
import { findResources } from '../../builder/builder.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newJob, newJobFromCronJob } from '../../generate/job.ts';
import { createFlags, prepareCreate } from './shared.ts';

export const command = defineCommand({
  name: 'job',
  usage: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job with the specified name.',
  examples: `# A job
kubectl create job my-job --image=busybox

# With a command
kubectl create job my-job --image=busybox -- date

# From a cron job
kubectl create job test-job --from=cronjob/a-cronjob`,
  flags: {
    ...createFlags,
    from: { type: 'string', default: '', description: 'Object to take the job from; only cronjobs have one.' },
    image: { type: 'string', default: '', description: 'Image to run.' },
  },
  async run(ctx, args, flags) {
    const { image, from } = flags.values;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    const containerCommand = args.slice(1);
    if ((image === '') === (from === '')) throw new CommandError('either --image or --from must be specified');
    if (containerCommand.length > 0 && from !== '') throw new CommandError('cannot specify --from and command');
    const job = image !== '' ? newJob({ name, namespace, image, command: containerCommand }) : newJobFromCronJob(name, namespace, await cronJob(ctx, from));
    await create(job, { failure: 'failed to create job:' });
  },
});

async function cronJob(ctx: CommandContext, from: string): Promise<CronJob> {
  const found = await findResources(ctx, { args: [from], namespace: await ctx.namespace() });
  const infos = await found.infos();
  const [info] = infos;
  if (!info || infos.length !== 1) throw new CommandError('from must be an existing cronjob');
  const { group, version, kind } = info.resource;
  if (kind !== 'CronJob') throw new CommandError(`unknown object type *${version.replace(/^.*\//, '')}.${kind}`);
  if (group !== 'batch') throw new CommandError(`unknown object type *${version}.${kind}`);
  return info.object as unknown as CronJob;
}
