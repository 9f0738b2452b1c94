/** Errors of the config commands that come after the command's help (kubectl pkg/cmd/config/config.go: helpErrorf). */
import type { Command, CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';

/** Prints the command's help on standard output. */
export async function printHelp(ctx: CommandContext, command: Command): Promise<void> {
  const { helpText } = await import('../../help.ts');
  ctx.streams.stdout.write(helpText(command, ctx.commandPath, ctx.program));
}

/** Prints the help and fails for arguments that the command does not take. */
export async function unexpectedArguments(ctx: CommandContext, command: Command, args: readonly string[], text = 'Unexpected args'): Promise<never> {
  await printHelp(ctx, command);
  throw new CommandError(`${text}: [${args.join(' ')}]`);
}
