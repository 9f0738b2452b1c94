/** The CEL engine comes into the process with the first schema that has rules. */
import type * as Rules from './schema/rules.ts';
import { someSchema, type Schema } from './schema/schema.ts';

let rules: typeof Rules | undefined;

/** Must have been waited for before `rulesModule` is asked. */
export async function loadRules(): Promise<void> {
  rules ??= await import('./schema/rules.ts');
}

export function rulesModule(): typeof Rules {
  if (!rules) throw new Error('the rules of a schema were not loaded');
  return rules;
}

export const needsRules = (schema: Schema | undefined): boolean => someSchema(schema, (part) => (part['x-kubernetes-validations']?.length ?? 0) > 0);
