/** kubectl help: the help of the command that the words name. */
import { defineCommand } from '../command.ts';
import { findCommand } from '../find-command.ts';

export const command = defineCommand({
  name: 'help',
  usage: 'help [command] [flags]',
  short: 'Help about any command',
  long: 'Shows the help of a command: type "kubectl help" and the path to it.',
  flags: {},
  async run(ctx, args) {
    const { helpText } = await import('../help.ts');
    const { command: named, path, unknown } = await findCommand(args, ctx.program, ctx.env);
    const text = helpText(named, path, ctx.program);
    if (unknown === undefined) ctx.streams.stdout.write(text);
    else ctx.streams.stderr.write(`Unknown help topic [${args.map((word) => `\`${word}\``).join(' ')}]\n${text}`);
  },
});
