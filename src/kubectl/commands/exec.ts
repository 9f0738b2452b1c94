/** kubectl exec (kubectl pkg/cmd/exec/exec.go). */
import type { KubeObject } from '../../api/object.ts';
import { findResources } from '../builder/builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { containerOrDefault } from '../shared/containers.ts';
import { attachablePod } from '../shared/pod-of-object.ts';
import { checkRunningTimeout, converseHere, runningTimeoutFlag, streamFlags, usesTerminal } from '../shared/pod-session.ts';

const execFlags = {
  ...streamFlags,
  ...runningTimeoutFlag,
  filename: { type: 'strings', default: [], short: 'f', description: 'The pod, or what has one, as a file.' },
} as const;

export const command = defineCommand({
  name: 'exec',
  usage: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  short: 'Execute a command in a container',
  long: 'Execute a command in a container.',
  examples: `# What "date" says in a pod's first container
kubectl exec mypod -- date

# In another of its containers
kubectl exec mypod -c ruby-container -- date

# A shell to work in
kubectl exec mypod -c ruby-container -i -t -- bash -il

# Flags after the two dashes are the command's own
kubectl exec mypod -i -t -- ls -t /usr

# In one of the pods of a deployment, or of a service
kubectl exec deploy/mydeployment -- date
kubectl exec svc/myservice -- date`,
  flags: execFlags,
  run: runExec,
});

async function runExec(ctx: CommandContext, args: readonly string[], flags: Flags<typeof execFlags>): Promise<void> {
  const { values, argumentsBeforeDash } = flags;
  const resource = args.length > 0 && argumentsBeforeDash !== 0 ? (args[0] as string) : '';
  if (argumentsBeforeDash < 0 && args.length > (values.filename.length > 0 ? 0 : 1)) throw usageError(ctx, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
  checkRunningTimeout(ctx, values['pod-running-timeout']);
  const words = argumentsBeforeDash < 0 ? [] : args.slice(argumentsBeforeDash);
  if (resource === '' && values.filename.length === 0) throw new CommandError('pod, type/name or --filename must be specified');
  if (words.length === 0) throw new CommandError('you must specify at least one command for the container');
  const object = await only(ctx, resource, values.filename);
  const pod = await attachablePod(ctx, object, values['pod-running-timeout']);
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  const container = values.container || containerOrDefault(pod, '', (text) => values.quiet || ctx.streams.stderr.write(text)).name;
  const raw = usesTerminal(ctx, values);
  await converseHere(ctx, { pod, container, command: words, raw, input: values.stdin });
}

async function only(ctx: CommandContext, resource: string, filenames: readonly string[]): Promise<KubeObject> {
  const found = await findResources(ctx, {
    files: { filenames, kustomize: '', recursive: false }, args: resource === '' ? [] : [resource], defaultType: 'pods', namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven,
  });
  const [info, ...more] = await found.infos();
  if (!info?.object || more.length > 0) throw new CommandError('cannot exec into multiple objects at a time');
  return info.object;
}
