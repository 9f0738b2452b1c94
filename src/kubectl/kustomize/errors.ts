/** What is wrong with a kustomization. */
import { CommandError } from '../errors.ts';

export class KustomizeError extends CommandError {}

/** A text that is no YAML, or no resource; reported alone where a path might have been a folder, too. */
export class MalformedError extends KustomizeError {}

/** Puts words before an error's own. */
export function prefixed<T>(words: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const Kind = error instanceof MalformedError ? MalformedError : KustomizeError;
    throw new Kind(`${words}: ${error.message}`);
  }
}
