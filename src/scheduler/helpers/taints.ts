/** Taints that keep pods off a node. Follows component-helpers scheduling/corev1/helpers.go. */
import type { Taint, Toleration } from '../../api/generated/types.ts';
import { tolerates } from '../../api/tolerations.ts';

/** The first taint of the given effects that nothing tolerates. */
export function untoleratedTaint(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[] | undefined, effects: readonly string[]): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !tolerations?.some((toleration) => tolerates(toleration, taint)));
}

/** The effects that keep new pods off a node. */
export const HARD_EFFECTS: readonly string[] = ['NoSchedule', 'NoExecute'];
