/** Validation of policy. Follows kubernetes pkg/apis/policy/validation/validation.go, v1.33. */
import type { PodDisruptionBudget } from '../../api/generated/types.ts';
import { checkConditions } from './conditions.ts';
import { invalid, notSupported, Path, type FieldError } from './field.ts';
import { checkNonnegative, percentErrors } from './formats.ts';
import { goIntOrString, goSyntax, GoValue } from './go-value.ts';
import { checkLabelSelector } from './metadata.ts';

const SPEC = Path.of('spec');

export function validatePodDisruptionBudget(budget: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  const spec = budget.spec ?? {};
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    errors.push(invalid(SPEC, new GoValue(`policy.PodDisruptionBudgetSpec${goSyntax(spec)}`), 'minAvailable and maxUnavailable cannot be both set'));
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[name];
    if (value === undefined) continue;
    const at = SPEC.child(name);
    if (typeof value === 'string') {
      for (const text of percentErrors(value)) errors.push(invalid(at, goIntOrString(value), text));
      if (/^\d+%$/.test(value) && Number.parseInt(value, 10) > 100) errors.push(invalid(at, goIntOrString(value), 'must not be greater than 100%'));
    } else checkNonnegative(value, at, errors);
  }
  checkLabelSelector(spec.selector, SPEC.child('selector'), errors);
  const eviction = spec.unhealthyPodEvictionPolicy;
  if (eviction !== undefined && eviction !== 'IfHealthyBudget' && eviction !== 'AlwaysAllow') errors.push(notSupported(SPEC.child('unhealthyPodEvictionPolicy'), eviction, ['AlwaysAllow', 'IfHealthyBudget']));
  return errors;
}

/** Counts of a budget's status. */
export function validatePodDisruptionBudgetStatus(budget: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  const path = Path.of('status');
  checkConditions(budget.status?.conditions, path.child('conditions'), errors);
  for (const name of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const) checkNonnegative(budget.status?.[name], path.child(name), errors);
  return errors;
}
