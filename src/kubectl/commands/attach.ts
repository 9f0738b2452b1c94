/** kubectl attach (kubectl pkg/cmd/attach/attach.go). */
import { findResources } from '../builder/builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { attachTo } from '../shared/attach.ts';
import { attachablePod } from '../shared/pod-of-object.ts';
import { checkRunningTimeout, runningTimeoutFlag, streamFlags } from '../shared/pod-session.ts';

const attachFlags = { ...streamFlags, ...runningTimeoutFlag } as const;

export const command = defineCommand({
  name: 'attach',
  usage: 'attach (POD | TYPE/NAME) -c CONTAINER',
  short: 'Attach to a running container',
  long: 'Attach to the process that runs in a container already.',
  examples: `# See what a pod's process says from now on
kubectl attach mypod

# One container of a pod
kubectl attach mypod -c ruby-container

# Work in it, with a terminal
kubectl attach mypod -c ruby-container -i -t

# One of the pods of a replica set
kubectl attach rs/nginx`,
  flags: attachFlags,
  run: runAttach,
});

async function runAttach(ctx: CommandContext, args: readonly string[], { values }: Flags<typeof attachFlags>): Promise<void> {
  checkRunningTimeout(ctx, values['pod-running-timeout']);
  if (args.length === 0) throw new CommandError('at least 1 argument is required for attach');
  if (args.length > 2) throw new CommandError(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`);
  const found = await findResources(ctx, { args: args.slice(-1), defaultType: args.length === 1 ? 'pods' : (args[0] as string), namespace: await ctx.namespace() });
  const [info] = await found.infos();
  if (!info?.object) throw new CommandError('expected a resource');
  const pod = await attachablePod(ctx, info.object, values['pod-running-timeout']);
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') throw new CommandError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  await attachTo(ctx, pod, { ...values, commandPath: ctx.commandPath });
}
