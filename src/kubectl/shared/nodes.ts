/** The nodes that cordon, uncordon and drain work on, and cordoning (kubectl pkg/cmd/drain/drain.go, pkg/drain/cordon.go). */
import type { Node } from '../../api/generated/types.ts';
import { NODES } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { findResources } from '../builder/builder.ts';
import { objectOf, type Info } from '../builder/info.ts';
import type { CommandContext } from '../command.ts';
import { CommandError, textOf, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { nameLines } from '../printers/name.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from './dry-run.ts';
import { selectorFlags } from './write-flags.ts';

export const nodeFlags = { ...dryRunFlags, ...selectorFlags } as const;

export interface NodeWork {
  readonly nodes: readonly Info[];
  readonly dryRun: DryRun;
  /** "node/a cordoned" */
  print(object: KubeObject, operation: string): void;
}

/** Reads the flags and finds the nodes. `usage` is the command's own. */
export async function nodeWork(ctx: CommandContext, args: readonly string[], given: object, usage: string, chunkSize = 500): Promise<NodeWork> {
  const flags = given as Flags<typeof nodeFlags>;
  const { selector } = flags.values;
  if (args.length === 0 && !flags.changed('selector')) throw usageError(ctx, `USAGE: ${usage} [flags]`);
  if (args.length > 0 && selector !== '') throw usageError(ctx, 'error: cannot specify both a node name and a --selector option');
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const namespace = await ctx.namespace();
  const found = await findResources(ctx, {
    namespace, chunkSize, singleType: true,
    ...(selector === '' ? { args, defaultType: 'nodes' } : { args: ['nodes'], labelSelector: selector }),
  });
  const nodes: Info[] = [];
  await found.visit((info) => {
    if (info.resource.plural !== 'nodes' || info.resource.group !== '') {
      const { group, version, plural } = info.resource;
      throw new CommandError(`error: expected resource of type node, got ${goQuote(`${group}/${version}, Resource=${plural}`)}`);
    }
    nodes.push(info);
  });
  return { nodes, dryRun, print: (object, operation) => ctx.streams.stdout.write(nameLines(object, `${operation}${dryRunSuffix(dryRun)}`)) };
}

/** Marks nodes unschedulable, or schedulable again. What fails is said, and the next one tried. */
export async function cordon(ctx: CommandContext, { nodes, dryRun, print }: NodeWork, unschedulable: boolean): Promise<void> {
  const verb = unschedulable ? 'cordon' : 'uncordon';
  for (const info of nodes) {
    const node = objectOf(info) as Node;
    if ((node.spec?.unschedulable ?? false) === unschedulable) {
      print(node, `already ${verb}ed`);
      continue;
    }
    try {
      if (dryRun !== 'client') {
        const patch = { spec: { unschedulable: unschedulable || null } };
        await (await ctx.client()).of(NODES).patch(undefined, info.name, patch, 'strategic', dryRun === 'server' ? { dryRun: true } : {});
      }
      print(node, `${verb}ed`);
    } catch (error) {
      ctx.streams.stderr.write(`error: unable to ${verb} node ${goQuote(info.name)}: ${textOf(error)}\n`);
    }
  }
}
