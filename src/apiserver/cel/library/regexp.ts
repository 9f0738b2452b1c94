/** Go's regular expressions, with their faults as an evaluation's. */
import { compileGo, matcher, RegexpError } from '../../../api/go-regexp.ts';
import { CelError } from '../errors.ts';

/** Throws CelError. */
export const compiled = (pattern: string): RegExp => guarded(compileGo, pattern);

/** The same, kept. */
export const kept = (pattern: string): RegExp => guarded(matcher, pattern);

function guarded(compile: (pattern: string) => RegExp, pattern: string): RegExp {
  try {
    return compile(pattern);
  } catch (error) {
    throw error instanceof RegexpError ? new CelError(error.message) : error;
  }
}
