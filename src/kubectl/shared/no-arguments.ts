import type { CommandContext } from '../command.ts';
import { usageError } from '../errors.ts';

/** For commands whose flags say it all. */
export function requireNoArguments(ctx: CommandContext, args: readonly string[]): void {
  if (args.length > 0) throw usageError(ctx, `unexpected arguments: ${args.join(' ')}`);
}
