/** kubectl top pod (kubectl pkg/cmd/top/top_pod.go). */
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { checkSort, requireMetrics, topFlags } from './metrics.ts';

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
    checkSort(values['sort-by']);
    if (args.length > 0 && (values.selector !== '' || values['field-selector'] !== '')) throw new CommandError('only one of NAME or selector can be provided');
    await requireMetrics(ctx, values.selector, values['field-selector']);
  },
});
