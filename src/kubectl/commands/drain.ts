/** kubectl drain (kubectl pkg/cmd/drain/drain.go). */
import type { Pod } from '../../api/generated/types.ts';
import { PODS } from '../../api/kinds.ts';
import { parseSelector } from '../../api/labels.ts';
import type { Stored } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { objectOf } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, MultipleErrors, textOf } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { cordon, nodeFlags, nodeWork, type NodeWork } from '../shared/nodes.ts';
import { chunkSizeFlags } from '../shared/write-flags.ts';
import { deletePods, evictPods } from './drain/evict.ts';
import { planDrain, type DrainPlan } from './drain/pods.ts';

const drainFlags = {
  ...nodeFlags,
  ...chunkSizeFlags,
  'delete-emptydir-data': { type: 'bool', default: false, description: 'Go on where pods use emptyDir volumes, whose data is lost with them.' },
  'disable-eviction': { type: 'bool', default: false, description: 'Delete the pods instead of evicting them: PodDisruptionBudgets are not asked.' },
  force: { type: 'bool', default: false, description: 'Go on where pods have no controller, which would make new ones.' },
  'grace-period': { type: 'int', default: -1, description: 'Seconds that each pod is given to end gracefully. Negative: its own.' },
  'ignore-daemonsets': { type: 'bool', default: false, description: 'Leave the pods of daemon sets where they are.' },
  'pod-selector': { type: 'string', default: '', description: 'Label query for the pods of the node.' },
  'skip-wait-for-delete-timeout': { type: 'int', default: 0, description: 'Do not wait for pods whose deletion takes longer than so many seconds. 0 waits for all.' },
  timeout: { type: 'duration', default: 0, description: 'How long to wait; zero: without end.' },
} as const;

type DrainFlags = Flags<typeof drainFlags>;

export const command = defineCommand({
  name: 'drain',
  usage: 'drain NODE',
  short: 'Drain node in preparation for maintenance',
  long: `Free a node of its pods, before its maintenance.

 The node is marked unschedulable and its pods are evicted, as far as PodDisruptionBudgets allow. Pods of daemon sets stay, for they would come back: with --ignore-daemonsets the others are evicted, without it nothing is done. Pods without a controller, which nobody would replace, are evicted only with --force, and those with emptyDir volumes only with --delete-emptydir-data. The command waits until the pods have ended.

 "kubectl uncordon" makes the node schedulable again.`,
  examples: `# Drain "foo", with its pods that have no controller
kubectl drain foo --force

# Give each pod 15 minutes to end
kubectl drain foo --grace-period=900`,
  flags: drainFlags,
  run: runDrain,
});

async function runDrain(ctx: CommandContext, args: readonly string[], flags: DrainFlags): Promise<void> {
  const { values } = flags;
  const { stderr } = ctx.streams;
  const work = await nodeWork(ctx, args, flags, 'drain NODE', values['chunk-size']);
  try {
    parseSelector(values['pod-selector']);
  } catch {
    throw new CommandError('--pod-selector=<pod_selector> must be a valid label selector');
  }
  await cordon(ctx, work, true);
  const fatal: unknown[] = [];
  const remaining: string[] = [];
  for (const info of work.nodes) {
    try {
      await drainNode(ctx, info.name, work, flags);
      work.print(objectOf(info), 'drained');
    } catch (error) {
      stderr.write(`error: unable to drain node ${goQuote(info.name)} due to error: ${textOf(error)}, continuing command...\n`);
      fatal.push(error);
      remaining.push(info.name);
    }
  }
  if (remaining.length > 0) stderr.write(`There are pending nodes to be drained:\n${remaining.map((name) => ` ${name}\n`).join('')}`);
  if (fatal.length > 0) throw new MultipleErrors(fatal);
}

async function plan(ctx: CommandContext, node: string, { values }: DrainFlags): Promise<DrainPlan> {
  const client = await ctx.client();
  const pods: Stored<Pod>[] = [];
  for (let token = ''; ; ) {
    const page = await client.of(PODS).list(undefined, {
      fieldSelector: `spec.nodeName=${node}`,
      ...(values['pod-selector'] === '' ? {} : { labelSelector: values['pod-selector'] }),
      ...(values['chunk-size'] > 0 ? { limit: values['chunk-size'] } : {}),
      ...(token === '' ? {} : { continue: token }),
    });
    pods.push(...page.items.map((pod) => ({ ...pod, apiVersion: 'v1', kind: 'Pod' })));
    token = page.continue;
    if (token === '') break;
  }
  return planDrain(client, pods, {
    force: values.force,
    ignoreDaemonSets: values['ignore-daemonsets'],
    deleteEmptyDirData: values['delete-emptydir-data'],
    skipWaitSeconds: values['skip-wait-for-delete-timeout'],
    nowMs: values['skip-wait-for-delete-timeout'] > 0 ? await ctx.now() : 0,
  });
}

const asErrors = (texts: readonly string[]): MultipleErrors => new MultipleErrors(texts.map((text) => new CommandError(text)));

async function drainNode(ctx: CommandContext, node: string, { dryRun, print }: NodeWork, flags: DrainFlags): Promise<void> {
  const { values } = flags;
  const { stdout, stderr } = ctx.streams;
  const { pods, warnings, errors } = await plan(ctx, node, flags);
  if (errors.length > 0) throw asErrors(errors);
  if (warnings !== '') ctx.warn(warnings);
  if (dryRun === 'client') {
    for (const { metadata } of pods) stdout.write(`evicting pod ${metadata.namespace ?? ''}/${metadata.name} (dry run)\n`);
    return;
  }
  const options = { gracePeriodSeconds: values['grace-period'], timeoutMs: values.timeout, skipWaitSeconds: values['skip-wait-for-delete-timeout'], dryRun, print };
  try {
    if (values['disable-eviction']) await deletePods(ctx, pods, options);
    else await evictPods(ctx, pods, options);
  } catch (error) {
    const pending = await plan(ctx, node, flags);
    if (pending.pods.length > 0) {
      stderr.write(`There are pending pods in node ${goQuote(node)} when an error occurred: ${textOf(error)}\n${pending.pods.map(({ metadata }) => `pod/${metadata.name}\n`).join('')}`);
    }
    if (pending.errors.length > 0) stderr.write(`Following errors occurred while getting the list of pods to delete:\n${textOf(asErrors(pending.errors))}`);
    throw error;
  }
}
