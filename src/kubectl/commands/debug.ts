/** kubectl debug (kubectl pkg/cmd/debug/debug.go). */
import type { Pod } from '../../api/generated/types.ts';
import { compareBytes } from '../../api/go-json.ts';
import { goQuote } from '../../api/quote.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { findResources } from '../builder/builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { isImageReference } from '../shared/image-reference.ts';
import type { DebugWish, PartialContainer } from './debug/wish.ts';

const PROFILES = ['legacy', 'general', 'baseline', 'restricted', 'netadmin', 'sysadmin'] as const;

const debugFlags = {
  'arguments-only': { type: 'bool', default: false, description: 'What follows -- are the arguments, and not the command, of the new container.' },
  attach: { type: 'bool', default: false, description: 'Wait for the container and attach to it. The default with -i is true.' },
  container: { type: 'string', default: '', short: 'c', description: "The debug container's name." },
  'copy-to': { type: 'string', default: '', description: 'Make a copy of the pod under this name.' },
  custom: { type: 'string', default: '', description: 'A file with parts of a container that change what the profile says (JSON or YAML).' },
  env: { type: 'stringToString', default: new Map(), description: "The container's environment variables." },
  filename: { type: 'strings', default: [], short: 'f', description: 'What is to be debugged, as a file.' },
  image: { type: 'string', default: '', description: "The debug container's image." },
  'image-pull-policy': { type: 'string', default: '', description: "The container's image pull policy; the server's default where nothing is said." },
  'keep-annotations': { type: 'bool', default: false, description: 'The copy keeps the annotations (with --copy-to).' },
  'keep-init-containers': { type: 'bool', default: true, description: 'The copy keeps the init containers (with --copy-to).' },
  'keep-labels': { type: 'bool', default: false, description: 'The copy keeps the labels (with --copy-to).' },
  'keep-liveness': { type: 'bool', default: false, description: 'The copy keeps the liveness probes (with --copy-to).' },
  'keep-readiness': { type: 'bool', default: false, description: 'The copy keeps the readiness probes (with --copy-to).' },
  'keep-startup': { type: 'bool', default: false, description: 'The copy keeps the startup probes (with --copy-to).' },
  profile: { type: 'string', default: 'legacy', description: 'What the container may do: "legacy", "general", "baseline", "netadmin", "restricted" or "sysadmin".' },
  quiet: { type: 'bool', default: false, short: 'q', description: 'Tell less.' },
  replace: { type: 'bool', default: false, description: 'Delete the pod that was copied (with --copy-to).' },
  'same-node': { type: 'bool', default: false, description: 'The copy goes to the same node (with --copy-to).' },
  'set-image': { type: 'stringToString', default: new Map(), description: 'Other images for the containers of the copy, as name=image; * is for all (with --copy-to).' },
  'share-processes': { type: 'bool', default: true, description: "The copy's containers see each other's processes (with --copy-to)." },
  stdin: { type: 'bool', default: false, short: 'i', description: "Keep the containers' standard input open, even if nobody is attached." },
  target: { type: 'string', default: '', description: 'The container whose processes an ephemeral container sees.' },
  tty: { type: 'bool', default: false, short: 't', description: 'Give the debug container a TTY.' },
} as const;

type DebugFlags = Flags<typeof debugFlags>;

export const command = defineCommand({
  name: 'debug',
  usage: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  long: `Look into pods and nodes with containers made for it.

 What happens depends on what is named (a pod, where no type is):

  *  A pod: a copy of it is made with something changed, its image for example.
  *  A pod: an ephemeral container is added to it while it runs on.
  *  A node: a pod is made that runs in the node's own namespaces and sees its files.

 Some of what a profile allows does not work where the pod as a whole runs as somebody else than root.`,
  examples: `# A session in a pod
kubectl debug mypod -it --image=busybox

# With another image and another name for the container
kubectl debug --image=myproj/debug-tools -c debugger mypod

# In a copy of the pod
kubectl debug mypod -it --image=busybox --copy-to=my-debugger

# In a copy with another command, or with other images
kubectl debug mypod -it --copy-to=my-debugger --container=mycontainer -- sh
kubectl debug mypod --copy-to=my-debugger --set-image=*=busybox

# On a node; its files are at /host
kubectl debug node/mynode -it --image=busybox`,
  flags: debugFlags,
  run: runDebug,
});

async function runDebug(ctx: CommandContext, args: readonly string[], flags: DebugFlags): Promise<void> {
  const { values, argumentsBeforeDash: dash } = flags;
  await ctx.namespace();
  const hasWords = dash >= 0 && args.length > dash;
  const names = hasWords ? args.slice(0, dash) : args;
  const words = hasWords ? args.slice(dash) : [];
  const attach = flags.changed('attach') ? values.attach : values.attach || values.stdin;
  const profile = PROFILES.find((name) => name === values.profile);
  if (!profile) throw new CommandError(`unknown profile: ${values.profile}`);
  const custom = values.custom === '' ? undefined : (await import('./debug/custom.ts')).readCustom(values.custom);
  const setImages = values['set-image'];
  validate(ctx, flags, { names, words, setImages, custom, attach });
  const wish: DebugWish = {
    ...values, profile, words, setImages, env: [...values.env].sort(([a], [b]) => compareBytes(a, b)).map(([name, value]) => ({ name, value })), custom,
    ...(flags.changed('share-processes') ? { shareProcesses: values['share-processes'] } : {}),
    say: (text) => values.quiet || ctx.streams.stdout.write(`${text}\n`),
    warn: (text) => ctx.streams.stderr.write(`${text}\n`),
  };
  const namespace = await ctx.namespace();
  const found = await findResources(ctx, { files: { filenames: values.filename, kustomize: '', recursive: false }, args: names, defaultType: 'pods', namespace, enforceNamespace: ctx.namespaceGiven });
  const { debugNode, debugPod } = await import('./debug/targets.ts');
  await found.visit(async ({ object, resource }) => {
    if (!object) return;
    const { kind = '' } = object;
    if (kind !== 'Node' && kind !== 'Pod') throw new CommandError(`${goQuote(`${resource.group === '' ? '/' : `${resource.group}/`}${apiVersionOf(resource).split('/').at(-1) ?? ''}, Kind=${kind}`)} not supported by debug`);
    const { pod, container } = kind === 'Node' ? await debugNode(ctx, object.metadata?.name ?? '', namespace, wish) : await debugPod(ctx, object as Pod, wish);
    if (attach && container !== '') await (await import('./debug/attach.ts')).attachWhenReady(ctx, pod, container, values);
  });
}

interface Asked {
  readonly names: readonly string[];
  readonly words: readonly string[];
  readonly setImages: ReadonlyMap<string, string>;
  readonly custom: PartialContainer | undefined;
  readonly attach: boolean;
}

function validate(ctx: CommandContext, flags: DebugFlags, { names, words, setImages, custom, attach }: Asked): void {
  const { values } = flags;
  const { image, container } = values;
  const fail = (text: string): never => {
    throw new CommandError(text);
  };
  if (attach && flags.changed('attach') && image === '' && container === '') fail('you must specify --container or create a new container using --image in order to attach.');
  if (values['copy-to'] !== '') {
    if (image === '' && setImages.size === 0 && words.length === 0) fail('you must specify --image, --set-image or command arguments.');
    if (words.length > 0 && container === '' && image === '') fail('you must specify an existing container or a new image when specifying args.');
  } else {
    if (values.replace) fail('--replace may only be used with --copy-to.');
    if (values['same-node']) fail('--same-node may only be used with --copy-to.');
    if (setImages.size > 0) fail('--set-image may only be used with --copy-to.');
    if (image === '') fail('you must specify --image when not using --copy-to.');
  }
  if (image !== '' && !isImageReference(image)) fail(`invalid image name ${goQuote(image)}: invalid reference format`);
  if (names.length === 0 && values.filename.length === 0) fail('NAME or filename is required for debug');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(values['image-pull-policy'])) fail(`invalid image pull policy: ${values['image-pull-policy']}`);
  for (const [name, each] of setImages) if (!isImageReference(each)) fail(`invalid image name ${goQuote(each)} for container ${goQuote(name)}: invalid reference format`);
  if (values.target !== '') {
    if (values['copy-to'] !== '') fail('--target is incompatible with --copy-to. Use --share-processes instead.');
    if (!values.quiet) ctx.streams.stdout.write(`Targeting container ${goQuote(values.target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`);
  }
  if (values.tty && !values.stdin) fail('-i/--stdin is required for containers with -t/--tty=true');
  if (custom && (custom.name || custom.command?.length || custom.image || custom.lifecycle || custom.volumeDevices?.length)) fail('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
  if (values.profile === 'legacy') ctx.streams.stderr.write('--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n');
}
