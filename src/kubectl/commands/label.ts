/** kubectl label (kubectl pkg/cmd/label/label.go). */
import { labelValueErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { objectOf, type UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, MultipleErrors } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { toJson } from '../../api/go-json.ts';
import { type dryRunFlags, dryRunOf, dryRunSuffix } from '../shared/dry-run.ts';
import { beforeChange, checkTargets, findTargets, listEntries, metadataFlags, notFoundLine, overwritten, sendMergePatch, type MetadataFlags } from '../shared/metadata-change.ts';
import { resourcesAndPairs, type ParsedPairs } from '../shared/pairs.ts';
import { objectPrinter, type printFlags } from '../shared/print-flags.ts';
import { record } from '../shared/record.ts';
import { fieldManagerFlags } from '../shared/write-flags.ts';

const labelFlags = { ...metadataFlags('labels'), ...fieldManagerFlags('kubectl-label') } as const;

export const command = defineCommand({
  name: 'label',
  usage: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the labels on a resource',
  long: `Set or remove labels.

 Keys and values are made of letters, digits, hyphens, dots and underscores, begin and end with a letter or digit, and have at most 63 characters. A key may have a DNS subdomain and a slash before it, as in example.com/my-app. KEY- removes a label. A label that is there is changed only with --overwrite.`,
  examples: `# A label for a pod
kubectl label pods foo unhealthy=true

# Another value for one that is there
kubectl label --overwrite pods foo status=unhealthy

# For all pods of the namespace
kubectl label pods --all status=unhealthy

# For what a manifest names
kubectl label -f pod.json status=unhealthy

# Only if nobody changed the pod since version 1
kubectl label pods foo status=unhealthy --resource-version=1

# Remove a label
kubectl label pods foo bar-`,
  flags: labelFlags,
  run: runLabel,
});

async function runLabel(ctx: CommandContext, args: readonly string[], flags: Flags<typeof labelFlags>): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const { resources, pairs } = resourcesAndPairs(args, 'label');
  const labels = parseLabels(pairs);
  if (values.list && values.output !== '') throw new CommandError('--list and --output may not be specified together');
  if (values.all && values.selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
  if (values.all && values['field-selector'] !== '') throw new CommandError('cannot set --all and --field-selector at the same time');
  checkTargets(flags as unknown as MetadataFlags, resources, dryRun, 'pod');
  if (labels.set.size < 1 && labels.remove.length < 1 && !values.list) throw new CommandError('at least one label update is required');

  const found = await findTargets(ctx, flags as unknown as MetadataFlags, resources);
  await found.visit(async (info) => {
    const object = objectOf(info);
    const before = beforeChange(object, values['resource-version']);
    const written = dryRun !== 'client' && !values.local && !values.list;
    if (written) for (const key of labels.remove) if (!Object.hasOwn(object.metadata?.labels ?? {}, key)) ctx.streams.stdout.write(notFoundLine('label', key));
    setLabels(object, labels, values);
    if (written) record(ctx, labelFlags, values, object);
    const operation = outcome(before, object, values.overwrite);
    const answer = written ? await sendMergePatch(ctx, info, before, values['field-manager'], dryRun) : object;
    if (values.list) return listEntries(ctx, 'labels', answer, found.singleItem);
    (await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `${operation}${dryRunSuffix(dryRun)}`)).print(object);
  });
}

function parseLabels(pairs: readonly string[]): ParsedPairs {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    if (pair.includes('=')) {
      const [key = '', value = '', ...more] = pair.split('=');
      if (more.length > 0) throw new CommandError(`invalid label spec: ${pair}`);
      const errors = labelValueErrors(value);
      if (errors.length > 0) throw new CommandError(`invalid label value: ${goQuote(pair)}: ${errors.join(';')}`);
      set.set(key, value);
    } else remove.push(pair.slice(0, -1));
  }
  if (remove.some((key) => set.has(key))) throw new CommandError('can not both modify and remove a label in the same command');
  return { set, remove };
}

function setLabels(object: UnstructuredObject, { set, remove }: ParsedPairs, values: Flags<typeof labelFlags>['values']): void {
  object.metadata ??= {};
  const labels = { ...object.metadata.labels };
  if (!values.overwrite) {
    const faults = overwritten(labels, set).map((fault) => new CommandError(`${fault}, and --overwrite is false`));
    if (faults.length === 1) throw faults[0];
    if (faults.length > 1) throw new MultipleErrors(faults);
  }
  for (const [key, value] of set) labels[key] = value;
  for (const key of remove) delete labels[key];
  object.metadata.labels = labels;
  if (values['resource-version'] !== '') object.metadata.resourceVersion = values['resource-version'];
}

/** What is said to have been done, told by the two states' texts. */
function outcome(before: object, after: object, overwrite: boolean): string {
  const [old, now] = [toJson(before, 'sorted', ''), toJson(after, 'sorted', '')];
  if (old === now) return 'not labeled';
  return !overwrite && Buffer.byteLength(now) < Buffer.byteLength(old) ? 'unlabeled' : 'labeled';
}
