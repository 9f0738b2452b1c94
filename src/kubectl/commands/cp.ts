/** kubectl cp (kubectl pkg/cmd/cp/cp.go): files go as a tar archive, which a tar in the container reads and writes. */
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import { streamFlags } from '../shared/pod-session.ts';
import { parseFileSpec } from './cp/file-spec.ts';

export const copyFlags = {
  container: streamFlags.container,
  'no-preserve': { type: 'bool', default: false, description: 'Do not keep owners and permissions in the container.' },
  retries: { type: 'int', default: 0, description: 'How often to go on with a copy from a container that was broken off; less than 0 for ever.' },
} as const;

export const command = defineCommand({
  name: 'cp',
  usage: 'cp <file-spec-src> <file-spec-dest>',
  short: 'Copy files and directories to and from containers',
  long: 'Copy files and directories to and from containers.',
  examples: `# The container must have a "tar"; links, patterns and modes are better served by tar itself:
tar cf - /tmp/foo | kubectl exec -i -n <some-namespace> <some-pod> -- tar xf - -C /tmp/bar

# A local folder into a pod of the default namespace
kubectl cp /tmp/foo_dir <some-pod>:/tmp/bar_dir

# Into one of a pod's containers; into a pod of another namespace
kubectl cp /tmp/foo <some-pod>:/tmp/bar -c <specific-container>
kubectl cp /tmp/foo <some-namespace>/<some-pod>:/tmp/bar

# From a pod
kubectl cp <some-namespace>/<some-pod>:/tmp/foo /tmp/bar`,
  flags: copyFlags,
  async run(ctx: CommandContext, args, { values }) {
    const [from, to, ...more] = args;
    if (from === undefined || to === undefined || more.length > 0) throw new CommandError('source and destination are required');
    await ctx.namespace();
    const source = parseFileSpec(from);
    const target = parseFileSpec(to);
    if (source.pod !== '' && target.pod !== '') throw new CommandError('one of src or dest must be a local file specification');
    if (source.file === '' || target.file === '') throw new CommandError('filepath can not be empty');
    const wish = { container: values.container, noPreserve: values['no-preserve'], retries: values.retries };
    if (source.pod !== '') return (await import('./cp/from-pod.ts')).copyFromPod(ctx, source, target.file, wish);
    if (target.pod !== '') return (await import('./cp/to-pod.ts')).copyToPod(ctx, source.file, target, wish);
    throw new CommandError('one of src or dest must be a remote file specification');
  },
});
