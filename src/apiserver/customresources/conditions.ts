/** Conditions of definitions. Follows apiextensions-apiserver pkg/apihelpers/helpers.go. */
import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';

export type Condition = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>;

export function findCondition(definition: CustomResourceDefinition, type: string): CustomResourceDefinitionCondition | undefined {
  return definition.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether a condition says the same, times aside. */
export function sameCondition(a: Condition | undefined, b: Condition | undefined): boolean {
  return a?.status === b?.status && (a?.reason ?? '') === (b?.reason ?? '') && (a?.message ?? '') === (b?.message ?? '');
}

/** Adds a condition or changes the one of its type; its time is that of the last change of its status. */
export function setCondition(definition: Draft<CustomResourceDefinition>, { type, status, reason, message }: Condition, now: string): void {
  const conditions = ((definition.status ??= {}).conditions ??= []);
  const at = conditions.findIndex((condition) => condition.type === type);
  const old = conditions[at];
  const lastTransitionTime = old?.status === status && old.lastTransitionTime !== undefined ? old.lastTransitionTime : now;
  const next = { lastTransitionTime, ...(message === undefined ? {} : { message }), ...(reason === undefined ? {} : { reason }), status, type };
  if (old) conditions[at] = next;
  else conditions.push(next);
}

export function removeCondition(definition: Draft<CustomResourceDefinition>, type: string): void {
  if (definition.status?.conditions) definition.status.conditions = definition.status.conditions.filter((condition) => condition.type !== type);
}
