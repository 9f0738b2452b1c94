/** Validation of scheduling.k8s.io. Follows kubernetes pkg/apis/scheduling/validation/validation.go, v1.33. */
import type { PriorityClass } from '../../api/generated/types.ts';
import { forbidden, notSupported, Path, type FieldError } from './field.ts';
import { checkImmutable } from './metadata.ts';

/** The priorities above are the system's own. */
const HIGHEST_USER_PRIORITY = 1000000000;
const SYSTEM_CLASSES: Readonly<Record<string, number>> = { 'system-cluster-critical': 2000000000, 'system-node-critical': 2000001000 };

function systemClassFault(name: string, value: number, globalDefault: boolean): string | undefined {
  const fixed = SYSTEM_CLASSES[name];
  if (fixed === undefined) return `${name} is not a known system priority class`;
  if (fixed !== value) return `value of ${name} PriorityClass must be ${fixed}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export function validatePriorityClass(priorityClass: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  const name = priorityClass.metadata?.name ?? '';
  const value = priorityClass.value ?? 0;
  if (name.startsWith('system-')) {
    const fault = systemClassFault(name, value, priorityClass.globalDefault ?? false);
    if (fault) errors.push(forbidden(Path.of('metadata', 'name'), `priority class names with 'system-' prefix are reserved for system use only. error: ${fault}`));
  } else if (value > HIGHEST_USER_PRIORITY) errors.push(forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  const policy = priorityClass.preemptionPolicy;
  if (policy !== undefined && policy !== 'PreemptLowerPriority' && policy !== 'Never') errors.push(notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']));
  return errors;
}

export function validatePriorityClassUpdate(priorityClass: PriorityClass, old: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  if ((priorityClass.value ?? 0) !== (old.value ?? 0)) errors.push(forbidden('value', 'may not be changed in an update.'));
  checkImmutable(priorityClass.preemptionPolicy, old.preemptionPolicy, Path.of('preemptionPolicy'), errors, priorityClass.preemptionPolicy ?? null);
  return errors;
}
