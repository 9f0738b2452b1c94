/** kubectl top pod (kubectl pkg/cmd/top/top_pod.go). */
import { formatGoDuration } from '../../../api/duration.ts';
import { parseFieldSelector } from '../../../api/fields.ts';
import { PODS } from '../../../api/kinds.ts';
import { parseSelector } from '../../../api/labels.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { readMetrics, sortOf, topFlags, type PodMetrics } from './metrics.ts';
import { byUsage, compareText, measured, sum, usageCells, UsageTable } from './usage.ts';

const COLUMNS = ['NAME', 'CPU(cores)', 'MEMORY(bytes)'];
const RULE = '________';
/** A pod that is older should have metrics. */
const METRICS_DELAY_MS = 120_000;

export const command = defineCommand({
  name: 'pod',
  usage: 'pod [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of pods',
  long: `Tells how much CPU and memory pods use.

 Of a new pod nothing is known for some minutes.`,
  examples: `# The pods of the default namespace, and of another
kubectl top pod
kubectl top pod --namespace=NAMESPACE

# One pod and its containers
kubectl top pod POD_NAME --containers

# Pods with a label
kubectl top pod -l name=myLabel`,
  flags: {
    ...topFlags,
    'all-namespaces': { type: 'bool', default: false, short: 'A', description: 'In all namespaces, whatever --namespace says.' },
    containers: { type: 'bool', default: false, description: 'Of each container.' },
    'field-selector': { type: 'string', default: '', description: "Only what matches these fields ('=', '==', '!=')." },
    sum: { type: 'bool', default: false, description: 'The sum of it all, too.' },
  },
  async run(ctx, args, { values }) {
    if (args.length > 1) throw usageError(ctx, 'pod [NAME | -l label]');
    const sortBy = sortOf(values['sort-by']);
    const [name] = args;
    if (name !== undefined && (values.selector !== '' || values['field-selector'] !== '')) throw new CommandError('only one of NAME or selector can be provided');
    const options = optionsOf(values.selector, values['field-selector']);
    const all = values['all-namespaces'];
    const namespace = await ctx.namespace();
    const metrics = await readMetrics<PodMetrics>(ctx, { resource: 'pods', namespace: all ? '' : namespace, name, options });
    if (metrics.length === 0) {
      await explainNothing(ctx, namespace, options);
      return ctx.streams.stderr.write(all ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`);
    }
    ctx.streams.stdout.write(tableOf(metrics, { sortBy, all, containers: values.containers, headers: !values['no-headers'], sum: values.sum }));
  },
});

interface Wish {
  readonly sortBy: ReturnType<typeof sortOf>;
  /** With namespaces. */
  readonly all: boolean;
  readonly containers: boolean;
  readonly headers: boolean;
  readonly sum: boolean;
}

function tableOf(metrics: readonly PodMetrics[], { sortBy, all, containers, headers, sum: summed }: Wish): string {
  const pods = metrics.map(({ metadata, containers: parts = [] }) => {
    const each = parts.map((part) => ({ name: part.name, usage: measured(part.usage) }));
    return { name: metadata?.name ?? '', namespace: metadata?.namespace ?? '', each, usage: sum(each.map(({ usage }) => usage)) };
  });
  pods.sort(byUsage(sortBy, ({ usage }) => usage, (a, b) => (all ? compareText(a.namespace, b.namespace) : 0) || compareText(a.name, b.name)));
  const titles = [...(all ? ['NAMESPACE'] : []), ...(containers ? ['POD'] : []), ...COLUMNS];
  const table = new UsageTable();
  if (headers) table.row(titles);
  for (const { namespace, name, each, usage } of pods) {
    const before = all ? [namespace] : [];
    if (!containers) table.row([...before, name, ...usageCells(usage)]);
    else for (const part of each.sort(byUsage(sortBy, (row) => row.usage, (a, b) => compareText(a.name, b.name)))) table.row([...before, name, part.name, ...usageCells(part.usage)]);
  }
  if (summed) {
    // Without titles kubectl does not count the columns that stand before.
    const blank = Array<string>((headers ? titles.length : COLUMNS.length) - 2).fill('');
    table.row([...blank, RULE, RULE]);
    table.row([...blank, ...usageCells(sum(pods.flatMap(({ each }) => each.map(({ usage }) => usage))))]);
  }
  return table.toString();
}

interface Selectors {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

function optionsOf(labels: string, fields: string): Selectors {
  const labelSelector = labels === '' ? '' : parseSelector(labels).toString();
  if (fields !== '') parseFieldSelector(fields);
  return { ...(labelSelector === '' ? {} : { labelSelector }), ...(fields === '' ? {} : { fieldSelector: fields }) };
}

/** Returns where there are no pods; where there are, metrics are not there yet, or should be. */
async function explainNothing(ctx: CommandContext, namespace: string, options: Selectors): Promise<void> {
  const { items } = await (await ctx.client()).of(PODS).list(namespace, options);
  if (items.length === 0) return;
  for (const { metadata } of items) {
    const ageMs = Date.now() - Date.parse(metadata?.creationTimestamp ?? '');
    if (ageMs > METRICS_DELAY_MS) throw new CommandError(`Metrics not available for pod ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}, age: ${formatGoDuration(ageMs)}`);
  }
  throw new CommandError('metrics not available yet');
}
