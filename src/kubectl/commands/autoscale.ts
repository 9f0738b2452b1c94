/** kubectl autoscale (kubectl pkg/cmd/autoscale/autoscale.go). */
import type { KubeObject } from '../../api/object.ts';
import { apiVersionOf, parseApiVersion, resourceAt, type ResourceFacts } from '../../api/resource.ts';
import { StatusError } from '../../api/status.ts';
import { findResources } from '../builder/builder.ts';
import type { Info, UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { asObject, newMeta, type Generated } from '../generate/object.ts';
import { typedEncoder, typedPrinter } from '../generate/typed.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { createOrUpdateAnnotation } from '../shared/last-applied.ts';
import { printFlags, type ObjectPrinter } from '../shared/print-flags.ts';
import { record, recordFlags } from '../shared/record.ts';
import { typedObject } from '../shared/typed.ts';
import { fieldManagerFlags, saveConfigFlags } from '../shared/write-flags.ts';

const autoscaleFlags = {
  ...printFlags,
  ...filenameFlags,
  ...dryRunFlags,
  ...saveConfigFlags,
  ...fieldManagerFlags('kubectl-autoscale'),
  ...recordFlags,
  'cpu-percent': { type: 'int32', default: -1, description: "CPU that the pods shall use on average, in percent of what they request; the server's default where it is negative." },
  max: { type: 'int32', default: -1, description: 'How many pods at most. Must be given.' },
  min: { type: 'int32', default: -1, description: "How many pods at least; the server's default where it is negative." },
  name: { type: 'string', default: '', description: "Name of the autoscaler; the object's where nothing is said." },
} as const;

export const command = defineCommand({
  name: 'autoscale',
  usage: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu-percent=CPU]',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  long: `Create an autoscaler that sets the number of pods of a deployment, replica set, stateful set, or replication controller as needed.`,
  examples: `# Between 2 and 10 pods
kubectl autoscale deployment foo --min=2 --max=10

# At most 5, each at 80% of its CPU
kubectl autoscale rc foo --max=5 --cpu-percent=80`,
  flags: autoscaleFlags,
  required: ['max'],
  run: autoscale,
});

async function autoscale(ctx: CommandContext, args: readonly string[], flags: Flags<typeof autoscaleFlags>): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const { max, min } = values;
  if (max < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  const namespace = await ctx.namespace();
  const found = await findResources(ctx, { files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>), args, namespace, enforceNamespace: ctx.namespaceGiven, continueOnError: true });
  let count = 0;
  await found.visit(async (info) => {
    checkScalable(info.resource);
    try {
      await handle(ctx, flags, dryRun, namespace, newAutoscaler(info, flags));
    } catch (error) {
      // Whatever was wrong with it, even that it could not be printed: the older version is tried, and its error is what is told.
      if (!(error instanceof CommandError || error instanceof StatusError)) throw error;
      await handle(ctx, flags, dryRun, namespace, oldAutoscaler(info, flags));
    }
    count++;
  });
  if (count === 0) throw new CommandError('no objects passed to autoscale');
}

/** Makes and prints an autoscaler (autoscale.go: handleHPA). */
async function handle(ctx: CommandContext, flags: Flags<typeof autoscaleFlags>, dryRun: DryRun, namespace: string, hpa: Generated): Promise<void> {
  const { values } = flags;
  const printer = (operation: string): Promise<ObjectPrinter> => typedPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `${operation}${dryRunSuffix(dryRun)}`);
  record(ctx, autoscaleFlags, values, hpa as unknown as UnstructuredObject);
  if (dryRun === 'client') return (await printer('created')).print(asObject(hpa));
  if (values['save-config']) createOrUpdateAnnotation(true, hpa as unknown as UnstructuredObject, await typedEncoder());
  hpa.metadata.namespace = namespace;
  const { group, version } = parseApiVersion(hpa.apiVersion);
  const resource = resourceAt(group, version, 'horizontalpodautoscalers') as ResourceFacts;
  const stored = await (await ctx.client()).of<KubeObject>(resource).create(asObject(hpa), { fieldManager: values['field-manager'], ...(dryRun === 'server' ? { dryRun: true } : {}) });
  (await printer('autoscaled')).print(typedObject(stored as unknown as UnstructuredObject) as KubeObject);
}

/** Only what has a scale subresource (client-go scale/util.go: ScaleForResource). */
function checkScalable(resource: ResourceFacts): void {
  if (resource.subresources['scale']) return;
  const { group, version, plural, kind } = resource;
  throw new CommandError(`cannot autoscale a ${kind}: could not find scale subresource for ${group}/${version}, Resource=${plural} in discovery information`);
}

function newAutoscaler({ name, resource }: Info, { values }: Flags<typeof autoscaleFlags>): Generated {
  const { max, min, 'cpu-percent': cpu } = values;
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: newMeta(values.name || name),
    spec: {
      scaleTargetRef: { kind: resource.kind, name, apiVersion: apiVersionOf(resource) },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: max,
      ...(cpu >= 0 ? { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }] } : {}),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  };
}

/** The same of autoscaling/v1. */
function oldAutoscaler(info: Info, flags: Flags<typeof autoscaleFlags>): Generated {
  const { 'cpu-percent': cpu } = flags.values;
  const { spec, ...rest } = newAutoscaler(info, flags);
  const { metrics: _metrics, ...kept } = spec as Readonly<Record<string, unknown>>;
  return { ...rest, apiVersion: 'autoscaling/v1', spec: { ...kept, ...(cpu >= 0 ? { targetCPUUtilizationPercentage: cpu } : {}) }, status: { currentReplicas: 0, desiredReplicas: 0 } };
}
