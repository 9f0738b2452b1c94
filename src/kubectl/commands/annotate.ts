/** kubectl annotate (kubectl pkg/cmd/annotate/annotate.go). */
import { objectOf, type UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { type dryRunFlags, dryRunOf, dryRunSuffix } from '../shared/dry-run.ts';
import { beforeChange, checkTargets, findTargets, listEntries, metadataFlags, overwritten, sendMergePatch, type MetadataFlags } from '../shared/metadata-change.ts';
import { parsePairs, resourcesAndPairs, type ParsedPairs } from '../shared/pairs.ts';
import { objectPrinter, type printFlags } from '../shared/print-flags.ts';
import { CHANGE_CAUSE, record } from '../shared/record.ts';
import { fieldManagerFlags } from '../shared/write-flags.ts';

const annotateFlags = { ...metadataFlags('annotations'), ...fieldManagerFlags('kubectl-annotate') } as const;

export const command = defineCommand({
  name: 'annotate',
  usage: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the annotations on a resource',
  long: `Set or remove annotations.

 Annotations are keys with any text as value, for people and for tools; unlike labels they select nothing. KEY- removes one. An annotation that is there is changed only with --overwrite.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# An annotation for a pod
kubectl annotate pods foo description='my frontend'

# For what a manifest names
kubectl annotate -f pod.json description='my frontend'

# Another value for one that is there
kubectl annotate --overwrite pods foo description='my frontend running nginx'

# For all pods of the namespace
kubectl annotate pods --all description='my frontend running nginx'

# Only if nobody changed the pod since version 1
kubectl annotate pods foo description='my frontend running nginx' --resource-version=1

# Remove an annotation
kubectl annotate pods foo description-`,
  flags: annotateFlags,
  run: runAnnotate,
});

async function runAnnotate(ctx: CommandContext, args: readonly string[], flags: Flags<typeof annotateFlags>): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `annotated${dryRunSuffix(dryRun)}`);
  const { resources, pairs } = resourcesAndPairs(args, 'annotation');
  const annotations = parsePairs(pairs, 'annotation', true);
  if (values.all && values.selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
  if (values.all && values['field-selector'] !== '') throw new CommandError('cannot set --all and --field-selector at the same time');
  checkTargets(flags as unknown as MetadataFlags, resources, dryRun, 'rsrc');
  if (annotations.set.size < 1 && annotations.remove.length < 1 && !values.list) throw new CommandError('at least one annotation update is required');
  const both = annotations.remove.filter((key) => annotations.set.has(key));
  if (both.length > 0) throw new CommandError(`can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`);

  const found = await findTargets(ctx, flags as unknown as MetadataFlags, resources);
  await found.visit(async (info) => {
    const object = objectOf(info);
    const written = dryRun !== 'client' && !values.local && !values.list;
    let answer = object;
    if (written) {
      const before = beforeChange(object, values['resource-version']);
      record(ctx, annotateFlags, values, object);
      setAnnotations(object, annotations, values);
      answer = await sendMergePatch(ctx, info, before, values['field-manager'], dryRun);
    } else setAnnotations(object, annotations, values);
    if (values.list) return listEntries(ctx, 'annotations', answer, found.singleItem);
    printer.print(answer);
  });
}

function setAnnotations(object: UnstructuredObject, { set, remove }: ParsedPairs, values: Flags<typeof annotateFlags>['values']): void {
  object.metadata ??= {};
  const annotations = { ...object.metadata.annotations };
  if (!values.overwrite) {
    const faults = overwritten(annotations, new Map([...set].filter(([key]) => key !== CHANGE_CAUSE)));
    if (faults.length > 0) throw new CommandError(`--overwrite is false but found the following declared annotation(s): ${faults.join('; ')}`);
  }
  for (const [key, value] of set) annotations[key] = value;
  for (const key of remove) delete annotations[key];
  object.metadata.annotations = annotations;
  if (values['resource-version'] !== '') object.metadata.resourceVersion = values['resource-version'];
}
