/** Which pods of a node a drain takes away, and why not others (kubectl pkg/drain/filters.go). */
import type { Pod } from '../../../api/generated/types.ts';
import { DAEMONSETS } from '../../../api/kinds.ts';
import { controllerOf, type Stored } from '../../../api/object.ts';
import { isPodTerminal } from '../../../api/pods.ts';
import { isNotFound } from '../../../api/status.ts';
import { parseTime } from '../../../api/time.ts';
import type { Client } from '../../../client/client.ts';
import { textOf } from '../../errors.ts';

export interface DrainRules {
  readonly force: boolean;
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDirData: boolean;
  /** Pods that are being deleted for longer than this are not waited for; 0: all are. */
  readonly skipWaitSeconds: number;
  readonly nowMs: number;
}

type Verdict = { readonly take: boolean; readonly warning?: string; readonly error?: string };

const TAKE: Verdict = { take: true };
const LEAVE: Verdict = { take: false };

/** Whether a pod's deletion has taken longer than a drain waits for. */
export function isOverdue(pod: Pod, { skipWaitSeconds, nowMs }: Pick<DrainRules, 'skipWaitSeconds' | 'nowMs'>): boolean {
  const deleted = parseTime(pod.metadata?.deletionTimestamp);
  return skipWaitSeconds > 0 && deleted !== undefined && Math.trunc((nowMs - deleted) / 1000) > skipWaitSeconds;
}

async function judge(client: Client, pod: Pod, rules: DrainRules): Promise<Verdict> {
  if (isOverdue(pod, rules)) return LEAVE;
  const ofDaemonSet = await judgeDaemonSet(client, pod, rules);
  if (!ofDaemonSet.take) return ofDaemonSet;
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return LEAVE;
  const finished = isPodTerminal(pod);
  // Of several warnings only that of the last rule is kept, as upstream.
  if (!finished && pod.spec?.volumes?.some(({ emptyDir }) => emptyDir !== undefined) && !rules.deleteEmptyDirData) {
    return { take: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
  }
  if (finished || controllerOf(pod)) return TAKE;
  if (rules.force) return { take: true, warning: 'deleting Pods that declare no controller' };
  return { take: false, error: 'cannot delete Pods that declare no controller (use --force to override)' };
}

async function judgeDaemonSet(client: Client, pod: Pod, rules: DrainRules): Promise<Verdict> {
  const controller = controllerOf(pod);
  if (controller?.kind !== 'DaemonSet' || isPodTerminal(pod)) return TAKE;
  try {
    await client.of(DAEMONSETS).get(pod.metadata?.namespace, controller.name);
  } catch (error) {
    return isNotFound(error) && rules.force ? { take: true, warning: textOf(error) } : { take: false, error: textOf(error) };
  }
  if (!rules.ignoreDaemonSets) return { take: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  return { take: false, warning: 'ignoring DaemonSet-managed Pods' };
}

export interface DrainPlan {
  readonly pods: readonly Stored<Pod>[];
  /** '' for none. */
  readonly warnings: string;
  readonly errors: readonly string[];
}

/** Judges all pods of a node. */
export async function planDrain(client: Client, pods: readonly Stored<Pod>[], rules: DrainRules): Promise<DrainPlan> {
  const taken: Stored<Pod>[] = [];
  const warnings = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  for (const pod of pods) {
    const { take, warning, error } = await judge(client, pod, rules);
    if (take) taken.push(pod);
    const name = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    if (warning !== undefined) warnings.set(warning, [...(warnings.get(warning) ?? []), name]);
    if (error !== undefined) errors.set(error, [...(errors.get(error) ?? []), name]);
  }
  return {
    pods: taken,
    warnings: [...warnings].map(([text, names]) => `${text}: ${names.join(', ')}`).join('; '),
    errors: [...errors].map(([text, names]) => `cannot delete ${text}: ${names.join(', ')}`),
  };
}
