/** kubectl options: the flags that every command takes. */
import { defineCommand } from '../command.ts';

export const command = defineCommand({
  name: 'options',
  usage: 'options',
  short: 'Print the list of flags inherited by all commands',
  flags: {},
  async run(ctx) {
    ctx.streams.stdout.write((await import('../help.ts')).globalOptionsText(ctx.env));
  },
});
