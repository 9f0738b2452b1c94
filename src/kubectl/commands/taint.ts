/** kubectl taint (kubectl pkg/cmd/taint/taint.go). */
import { draft } from '../../api/json.ts';
import type { Node, Taint } from '../../api/generated/types.ts';
import { findResources } from '../builder/builder.ts';
import { objectOf, type UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, textOf, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { typedPrinter } from '../generate/typed.ts';
import { dryRunFlags, dryRunOf } from '../shared/dry-run.ts';
import { objectPrinter, printFlags } from '../shared/print-flags.ts';
import { sendPatch, strategicPatch } from '../shared/strategic-patch.ts';
import { fieldManagerFlags, selectorFlags, validateFlags, validationOf } from '../shared/write-flags.ts';
import { changeTaints, parseTaints, type TaintChanges } from './taint/taints.ts';

const taintFlags = {
  ...printFlags,
  ...dryRunFlags,
  ...validateFlags,
  ...selectorFlags,
  ...fieldManagerFlags('kubectl-taint'),
  all: { type: 'bool', default: false, description: 'All nodes of the cluster.' },
  overwrite: { type: 'bool', default: false, description: 'Allow to change taints that are there.' },
} as const;

export const command = defineCommand({
  name: 'taint',
  usage: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  short: 'Update the taints on one or more nodes',
  long: `Set or remove taints of nodes.

 A taint is written KEY=VALUE:EFFECT or KEY:EFFECT; the effect is NoSchedule, PreferNoSchedule or NoExecute. Keys and values are made as those of labels. KEY- removes all taints with the key, KEY:EFFECT- the one. A taint that is there is changed only with --overwrite.`,
  examples: `# A taint for node "foo"
kubectl taint nodes foo dedicated=special-user:NoSchedule

# Remove it; remove all with the key
kubectl taint nodes foo dedicated:NoSchedule-
kubectl taint nodes foo dedicated-

# For nodes with a label
kubectl taint node -l myLabel=X  dedicated=foo:PreferNoSchedule

# Without a value
kubectl taint nodes foo bar:NoSchedule`,
  flags: taintFlags,
  run: runTaint,
});

async function runTaint(ctx: CommandContext, args: readonly string[], flags: Flags<typeof taintFlags>): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const fieldValidation = validationOf(flags as unknown as Flags<typeof validateFlags>);
  const { resources, specs } = split(args);
  const [type] = resources;
  if (type === undefined) throw new CommandError('one or more resources must be specified as <resource> <name>');
  if (specs.length < 1) throw new CommandError('at least one taint update is required');
  let changes: TaintChanges;
  try {
    changes = parseTaints(specs);
  } catch (error) {
    throw usageError(ctx, textOf(error));
  }
  const { kind } = await (await ctx.mapper()).resolveBare(type.toLowerCase());
  if (kind !== 'Node') throw new CommandError(`invalid resource type ${type.toLowerCase()}, only node types are supported`);
  const both = changes.add.flatMap(({ key, effect }) => changes.remove.filter((taint) => taint.key === key && (taint.effect === '' || taint.effect === effect)).map((taint) => `${taint.key}=${taint.effect}`));
  if (both.length > 0) throw new CommandError(`can not both modify and remove the following taint(s) in the same command: ${both.join(', ')}`);
  if (values.all && values.selector !== '') throw new CommandError("setting 'all' parameter with a non empty selector is prohibited");
  if (!values.all && values.selector === '' && resources.length < 2) throw new CommandError("at least one resource name must be specified since 'all' parameter is not set");

  const named = !values.all && values.selector === '';
  const found = await findResources(ctx, {
    namespace: await ctx.namespace(),
    continueOnError: true,
    ...(named ? { args: resources.slice(1), defaultType: 'node' } : { args: ['node'], labelSelector: values.selector, selectAll: values.all }),
  });
  await found.visit(async (info) => {
    const before = draft(objectOf(info)) as UnstructuredObject;
    const node = objectOf(info) as unknown as { spec?: { taints?: Taint[] } };
    const { operation, taints } = changeTaints(info.name, (before as Node).spec?.taints ?? [], changes, values.overwrite);
    node.spec = { ...node.spec, taints };
    if (taints.length === 0) delete node.spec.taints;
    // No word of a dry run: upstream sets the operation after the suffix.
    if (dryRun === 'client') return (await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, operation)).print(objectOf(info));
    const patch = (await strategicPatch(before, objectOf(info))) ?? {};
    const answer = await sendPatch(ctx, info, patch, { fieldManager: values['field-manager'], fieldValidation, ...(dryRun === 'server' ? { dryRun: true } : {}) });
    (await typedPrinter(ctx, flags as unknown as Flags<typeof printFlags>, operation)).print(answer);
  });
}

function split(args: readonly string[]): { readonly resources: readonly string[]; readonly specs: readonly string[] } {
  const resources: string[] = [];
  const specs: string[] = [];
  for (const arg of args) {
    if (/[=:]|-$/.test(arg)) specs.push(arg);
    else if (specs.length > 0) throw new CommandError(`all resources must be specified before taint changes: ${arg}`);
    else resources.push(arg);
  }
  return { resources, specs };
}
