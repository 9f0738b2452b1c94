/** Colours where a person looks: none in pipes and files, nor where NO_COLOR is set (https://no-color.org). */
import type { ChalkInstance } from 'chalk';
import type { CommandContext } from '../command.ts';

/** Loaded only where there are any. */
export async function colours({ streams, env }: Pick<CommandContext, 'streams' | 'env'>): Promise<ChalkInstance | undefined> {
  if (!streams.stdout.isTTY || env.NO_COLOR) return undefined;
  // By its name: what is a module's default looks different from within the bundle, whose packages are CommonJS.
  const { Chalk } = await import('chalk');
  return new Chalk();
}
