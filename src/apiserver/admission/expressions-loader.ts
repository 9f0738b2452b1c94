/** The CEL engine comes into the process with the first expression of a webhook or a policy. */
import type * as Expressions from './expressions.ts';

let expressions: typeof Expressions | undefined;

/** Must have been waited for before `expressionsModule` is asked. */
export async function loadExpressions(): Promise<void> {
  expressions ??= await import('./expressions.ts');
}

export function expressionsModule(): typeof Expressions {
  if (!expressions) throw new Error('the expressions of a webhook or policy were not loaded');
  return expressions;
}
