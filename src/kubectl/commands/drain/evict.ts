/** Evicts or deletes pods, and waits until they are gone (kubectl pkg/drain/drain.go). */
import { formatGoDuration } from '../../../api/duration.ts';
import type { Pod } from '../../../api/generated/types.ts';
import { PODS } from '../../../api/kinds.ts';
import { isTerminating, type KubeObject, type Stored } from '../../../api/object.ts';
import { goQuote } from '../../../api/quote.ts';
import { isForbidden, isNamespaceTerminating, isNotFound, StatusError } from '../../../api/status.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, MultipleErrors, textOf } from '../../errors.ts';
import type { DryRun } from '../../shared/dry-run.ts';
import { FOREVER_MS, untilGone, WaitTimeout } from '../../shared/until.ts';
import { isOverdue } from './pods.ts';

export interface EvictionOptions {
  /** Negative: the pods' own. */
  readonly gracePeriodSeconds: number;
  /** For all pods together, ms; 0: no limit. */
  readonly timeoutMs: number;
  readonly skipWaitSeconds: number;
  readonly dryRun: DryRun;
  /** "pod/web evicted" */
  print(pod: KubeObject, operation: string): void;
}

const RETRY_MS = 5000;
/** Between two looks at a pod that may become overdue, ms. */
const POLL_MS = 1000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function deleteOptions({ gracePeriodSeconds, dryRun }: EvictionOptions): { gracePeriodSeconds?: number; dryRun?: true } {
  return { ...(gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {}), ...(dryRun === 'server' ? { dryRun: true } : {}) };
}

/** Evicts all at once; each is tried again while a disruption budget forbids it. */
export async function evictPods(ctx: CommandContext, pods: readonly Stored<Pod>[], options: EvictionOptions): Promise<void> {
  const deadline = Date.now() + (options.timeoutMs > 0 ? options.timeoutMs : FOREVER_MS);
  const results = await Promise.allSettled(pods.map((pod) => evictOne(ctx, pod, options, deadline)));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (errors.length > 0) throw new MultipleErrors(errors);
}

async function evictOne(ctx: CommandContext, pod: Stored<Pod>, options: EvictionOptions, deadline: number): Promise<void> {
  const { stdout, stderr } = ctx.streams;
  const { name, namespace = '' } = pod.metadata;
  const api = (await ctx.client()).of(PODS);
  const failed = (what: string): CommandError => new CommandError(`error when evicting pods/${goQuote(name)} -n ${goQuote(namespace)}: ${what}`);
  for (;;) {
    stdout.write(`evicting pod ${namespace}/${name}${options.dryRun === 'server' ? ' (server dry run)' : ''}\n`);
    if (Date.now() >= deadline) throw failed(`global timeout reached: ${formatGoDuration(options.timeoutMs)}`);
    const given = deleteOptions(options);
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions: { ...given, ...(given.dryRun ? { dryRun: ['All'] } : {}) } };
    try {
      await api.createSub(namespace, name, 'eviction', body, given.dryRun ? { dryRun: true } : {});
      break;
    } catch (error) {
      if (isNotFound(error)) return;
      if (error instanceof StatusError && error.code === 429) {
        stderr.write(`error when evicting pods/${goQuote(name)} -n ${goQuote(namespace)} (will retry after 5s): ${textOf(error)}\n`);
      } else if (isForbidden(error) && isNamespaceTerminating(error)) {
        if (isTerminating(pod)) break;
        stderr.write(`error when evicting pod ${goQuote(name)} from terminating namespace ${goQuote(namespace)} (will retry after 5s): ${textOf(error)}\n`);
      } else throw failed(textOf(error));
    }
    await sleep(RETRY_MS);
    ctx.signal.throwIfAborted();
  }
  if (options.dryRun === 'server') return;
  try {
    await awaitGone(ctx, pod, options, deadline, 'evicted', 'eviction failed');
  } catch (error) {
    throw new CommandError(`error when waiting for pod ${goQuote(name)} in namespace ${goQuote(namespace)} to terminate: ${textOf(error)}`);
  }
}

/** Deletes one after the other, then waits for all: no disruption budget is asked. */
export async function deletePods(ctx: CommandContext, pods: readonly Stored<Pod>[], options: EvictionOptions): Promise<void> {
  const api = (await ctx.client()).of(PODS);
  const deadline = Date.now() + (options.timeoutMs > 0 ? options.timeoutMs : FOREVER_MS);
  for (const { metadata } of pods) {
    try {
      await api.delete(metadata.namespace, metadata.name, deleteOptions(options));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  for (const pod of pods) await awaitGone(ctx, pod, options, deadline, 'deleted', 'deletion failed');
}

async function awaitGone(ctx: CommandContext, pod: Stored<Pod>, options: EvictionOptions, deadline: number, done: string, failed: string): Promise<void> {
  const { uid, name, namespace = '' } = pod.metadata;
  const replaced = (object: KubeObject): boolean => object.metadata?.uid !== uid;
  try {
    if (options.skipWaitSeconds > 0) {
      if (await goneOrOverdue(ctx, pod, options.skipWaitSeconds, deadline, replaced)) options.print(pod, done);
      return;
    }
    await untilGone(ctx, { resource: PODS, namespace, name, deadlineMs: deadline, replaced });
    options.print(pod, done);
  } catch (error) {
    if (error instanceof WaitTimeout) throw new CommandError('context deadline exceeded');
    options.print(pod, failed);
    throw error;
  }
}

/** False where the pod is there still, but is no longer waited for. */
async function goneOrOverdue(ctx: CommandContext, pod: Stored<Pod>, skipWaitSeconds: number, deadline: number, replaced: (object: KubeObject) => boolean): Promise<boolean> {
  const { name, namespace = '' } = pod.metadata;
  const api = (await ctx.client()).of(PODS);
  for (;;) {
    const current = await api.get(namespace, name).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (current === undefined || replaced(current)) return true;
    if (isOverdue(current, { skipWaitSeconds, nowMs: await ctx.now() })) {
      ctx.streams.stdout.write(`pod ${goQuote(name)} has DeletionTimestamp older than ${skipWaitSeconds} seconds, skipping\n`);
      return false;
    }
    if (Date.now() + POLL_MS > deadline) throw new WaitTimeout();
    await sleep(POLL_MS);
    ctx.signal.throwIfAborted();
  }
}
