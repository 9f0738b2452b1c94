/** kubectl run (kubectl pkg/cmd/run/run.go). */
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { PODS, SERVICES } from '../../api/kinds.ts';
import type { UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { newExposedService } from '../generate/exposed-service.ts';
import { asObject, type Generated } from '../generate/object.ts';
import { override, overrideFlags } from '../generate/override.ts';
import { newPod, parseLabels } from '../generate/pod.ts';
import { typedEncoder, typedPrinter } from '../generate/typed.ts';
import { cascadeFlags, graceFlags, propagationOf } from '../shared/delete-flags.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from '../shared/dry-run.ts';
import { filenameFlags } from '../shared/filename-flags.ts';
import { isImageReference } from '../shared/image-reference.ts';
import { createOrUpdateAnnotation } from '../shared/last-applied.ts';
import { printFlags } from '../shared/print-flags.ts';
import { record, recordFlags } from '../shared/record.ts';
import { fieldManagerFlags, saveConfigFlags } from '../shared/write-flags.ts';

const runFlags = {
  ...printFlags,
  ...filenameFlags,
  ...cascadeFlags,
  ...graceFlags,
  ...dryRunFlags,
  ...saveConfigFlags,
  ...overrideFlags,
  ...fieldManagerFlags('kubectl-run'),
  ...recordFlags,
  annotations: { type: 'array', default: [], description: "The pod's annotations." },
  attach: { type: 'bool', default: false, description: "Wait for the pod to start and attach to it. The default with -i is true. With --restart=Never the container's exit code is returned." },
  command: { type: 'bool', default: false, description: 'What follows the name is the command, and not its arguments.' },
  env: { type: 'array', default: [], description: "The container's environment variables." },
  expose: { type: 'bool', default: false, description: 'Make a ClusterIP service for the pod, too. Needs --port.' },
  image: { type: 'string', default: '', description: "The container's image." },
  'image-pull-policy': { type: 'string', default: '', description: "The container's image pull policy; the server's default where nothing is said." },
  labels: { type: 'string', default: '', short: 'l', description: "The pod's labels, separated by commas." },
  'leave-stdin-open': { type: 'bool', default: false, description: 'Leave stdin open after the first attach, where the pod has one.' },
  'pod-running-timeout': { type: 'duration', default: 60_000, description: 'How long to wait until the pod runs (5s, 2m, 3h).' },
  port: { type: 'string', default: '', description: 'Port that the container exposes.' },
  privileged: { type: 'bool', default: false, description: 'Run the container in privileged mode.' },
  quiet: { type: 'bool', default: false, short: 'q', description: 'No prompts.' },
  restart: { type: 'string', default: 'Always', description: "The pod's restart policy: Always, OnFailure, Never." },
  rm: { type: 'bool', default: false, description: "Delete the pod after it has ended. Only with '--attach' or '-i/--stdin'." },
  stdin: { type: 'bool', default: false, short: 'i', description: "Keep the container's stdin open, even if nobody is attached." },
  tty: { type: 'bool', default: false, short: 't', description: 'Give the container a TTY.' },
  wait: { type: 'bool', default: false, description: 'Return only when what is deleted is gone, finalizers and all.' },
} as const;

export type RunFlags = Flags<typeof runFlags>;

export const command = defineCommand({
  name: 'run',
  usage: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: 'Create and run a particular image in a pod.',
  examples: `# A pod
kubectl run nginx --image=nginx

# With a port
kubectl run hazelcast --image=hazelcast/hazelcast --port=5701

# With environment variables
kubectl run hazelcast --image=hazelcast/hazelcast --env="DNS_DOMAIN=cluster" --env="POD_NAMESPACE=default"

# With labels
kubectl run hazelcast --image=hazelcast/hazelcast --labels="app=hazelcast,env=prod"

# What would be sent
kubectl run nginx --image=nginx --dry-run=client

# With fields of your own
kubectl run nginx --image=nginx --overrides='{ "apiVersion": "v1", "spec": { ... } }'

# Arguments for the image's own command
kubectl run nginx --image=nginx -- <arg1> <arg2> ... <argN>

# Another command
kubectl run nginx --image=nginx --command -- <cmd> <arg1> ... <argN>`,
  flags: runFlags,
  required: ['image'],
  run,
});

/** kubectl takes these from the flag's text, in which a single empty value is none (pflag string_array.go: stringArrayConv). */
const asText = (values: readonly string[]): readonly string[] => (values.length === 1 && values[0] === '' ? [] : values);

async function run(ctx: CommandContext, args: readonly string[], flags: RunFlags): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const attach = flags.changed('attach') ? values.attach : values.attach || values.stdin;
  const printer = await typedPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `created${dryRunSuffix(dryRun)}`);
  const propagationPolicy = propagationOf(values.cascade, (line) => ctx.streams.stderr.write(`${line}\n`));
  check(ctx, args, flags, attach, dryRun);
  const [name = '', ...rest] = args;
  if (name === '') throw new CommandError('Parameter: name is required');
  const pod = newPod({
    name, image: values.image, imagePullPolicy: values['image-pull-policy'], labels: values.labels, annotations: asText(values.annotations), env: asText(values.env), port: values.port,
    args: rest, command: values.command, restart: values.restart, stdin: values.stdin, leaveStdinOpen: values['leave-stdin-open'], tty: values.tty, privileged: values.privileged,
  });
  const created = await send(ctx, flags, await override(pod, values.overrides, values['override-type']), dryRun);
  let service: KubeObject | undefined;
  if (values.expose) {
    service = await send(ctx, flags, exposing(name, values.labels, values.port), dryRun);
    printer.print(service);
    if (values.output === 'yaml') ctx.streams.stdout.write('---\n');
  }
  if (attach) {
    const { attachAndWait } = await import('./run/attach.ts');
    return attachAndWait(ctx, flags, created, service, propagationPolicy);
  }
  printer.print(created);
}

function check(ctx: CommandContext, args: readonly string[], flags: RunFlags, attach: boolean, dryRun: DryRun): void {
  const { values } = flags;
  if (args.length === 0 || flags.argumentsBeforeDash === 0) throw usageError(ctx, 'NAME is required for run');
  if (values['pod-running-timeout'] <= 0) throw usageError(ctx, '--pod-running-timeout must be higher than zero');
  if (values.image === '') throw new CommandError('--image is required');
  if (!isImageReference(values.image)) throw new CommandError(`Invalid image name ${goQuote(values.image)}: invalid reference format`);
  if (values.tty && !values.stdin) throw usageError(ctx, '-i/--stdin is required for containers with -t/--tty=true');
  if (values.expose && values.port === '') throw usageError(ctx, '--port must be set when exposing a service');
  if (!['', 'Always', 'OnFailure', 'Never'].includes(values.restart)) throw usageError(ctx, `invalid restart policy: ${values.restart}`);
  if (!attach && values.rm) throw usageError(ctx, '--rm should only be used for attached containers');
  if (attach && dryRun !== 'none') throw usageError(ctx, "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(values['image-pull-policy'])) throw usageError(ctx, `invalid image pull policy: ${values['image-pull-policy']}`);
}

/** The service of --expose: the pod's port, by its labels. */
function exposing(name: string, labels: string, port: string): Generated {
  const given = labels === '' ? {} : parseLabels(labels);
  return newExposedService({
    name, selector: labels === '' ? { run: name } : given, labels: given, ports: port.split(','), protocol: '', protocols: new Map(), targetPort: '',
    externalIP: '', type: '', loadBalancerIP: '', sessionAffinity: '', clusterIP: '',
  });
}

async function send(ctx: CommandContext, { values }: RunFlags, object: Generated, dryRun: DryRun): Promise<KubeObject> {
  record(ctx, runFlags, values, object as unknown as UnstructuredObject);
  const namespace = await ctx.namespace();
  if (dryRun === 'client') {
    if (ctx.namespaceGiven) object.metadata.namespace = namespace;
    return asObject(object);
  }
  if (values['save-config']) createOrUpdateAnnotation(true, object as unknown as UnstructuredObject, await typedEncoder());
  object.metadata.namespace ??= namespace;
  const client = await ctx.client();
  return client.of<KubeObject>(object.kind === 'Service' ? SERVICES : PODS).create(asObject(object), { fieldManager: values['field-manager'], ...(dryRun === 'server' ? { dryRun: true } : {}) });
}
