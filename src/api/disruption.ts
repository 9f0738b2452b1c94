/** The condition DisruptionAllowed of a PodDisruptionBudget. Follows kubernetes component-helpers apps/poddisruptionbudget. */
import { findCondition } from './conditions.ts';
import type { Condition, PodDisruptionBudgetStatus } from './generated/types.ts';
import { formatTime } from './time.ts';

const TYPE = 'DisruptionAllowed';

type Counts = Pick<PodDisruptionBudgetStatus, 'conditions' | 'disruptionsAllowed' | 'observedGeneration'>;

/** A status' conditions as what it allows wants them. */
export function disruptionAllowedConditions(status: Counts, nowMs: number): readonly Condition[] {
  return withDisruptionCondition(status, status.disruptionsAllowed > 0 ? { status: 'True', reason: 'SufficientPods' } : { status: 'False', reason: 'InsufficientPods' }, nowMs);
}

/** The same for a status that could not be worked out. */
export function syncFailedConditions(status: Counts, message: string, nowMs: number): readonly Condition[] {
  return withDisruptionCondition(status, { status: 'False', reason: 'SyncFailed', message }, nowMs);
}

/** Whether what the condition says is what the status allows. */
export function isDisruptionConditionCurrent({ conditions, disruptionsAllowed }: Counts): boolean {
  const { status, reason } = findCondition(conditions, TYPE) ?? {};
  return disruptionsAllowed > 0 ? status === 'True' && reason === 'SufficientPods' : status === 'False' && reason === 'InsufficientPods';
}

function withDisruptionCondition({ conditions = [], observedGeneration }: Counts, wanted: Pick<Condition, 'status' | 'reason'> & { readonly message?: string }, nowMs: number): readonly Condition[] {
  const known = findCondition(conditions, TYPE);
  const condition: Condition = {
    type: TYPE, message: '', ...wanted, ...(observedGeneration ? { observedGeneration } : {}),
    lastTransitionTime: known?.status === wanted.status ? known.lastTransitionTime : formatTime(nowMs),
  };
  return known ? conditions.map((each) => (each === known ? condition : each)) : [...conditions, condition];
}
