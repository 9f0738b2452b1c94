/** `etcd watch`: each change as it is written. */
import type { WatchAnswer, WatchedEvent } from '../../../daemon/etcd-paths.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { askStore } from '../../etcd/ask.ts';
import { changeLines, keyObject, paletteFor, type Palette } from '../../etcd/format.ts';
import { fullPrefix } from '../../etcd/keys.ts';

export const command = defineCommand({
  name: 'watch',
  usage: 'watch [PREFIX]',
  short: 'Print each change as it is written, from now or from an older revision on',
  examples: `  # What a command makes everybody write, and which fields
  mock-kubectl etcd watch --changes

  # Again from revision 120 on
  mock-kubectl etcd watch pods/ --rev 120`,
  flags: {
    rev: { type: 'int', default: 0, description: 'Begin with this revision; 0 is what comes next.' },
    changes: { type: 'bool', default: false, description: 'Print which fields changed, too.' },
    output: { type: 'string', default: '', short: 'o', description: 'Output format. One of: (json). One line for each change.' },
  },
  async run(ctx, args, { values }) {
    if (args.length > 1) throw usageError(ctx, 'one PREFIX at most, like pods/default/');
    if (values.output !== '' && values.output !== 'json') throw new CommandError(`unable to match a printer suitable for the output format ${JSON.stringify(values.output)}, allowed formats are: json`);
    const palette = await paletteFor(ctx);
    const print = values.output === 'json' ? jsonLine : (event: WatchedEvent) => eventText(event, values.changes, palette);
    const prefix = fullPrefix(args[0]);
    for (let next = values.rev; !ctx.signal.aborted; ) {
      const answer = await askStore<WatchAnswer>(ctx, 'watch', { prefix, rev: next || undefined });
      ctx.streams.stdout.write(answer.events.map(print).join(''));
      ({ next } = answer);
      if (answer.more === 'never') return;
      if (answer.more === 'elsewhere' && answer.events.length === 0) await (await import('../../../daemon/log-state.ts')).logChanged(ctx.home, ctx.signal);
    }
  },
});

function eventText({ type, kv, previous }: WatchedEvent, changes: boolean, palette: Palette): string {
  const what = type === 'delete' ? palette.removed('DELETE') : previous ? palette.changed('UPDATE') : palette.added('CREATE');
  const line = `${palette.faint(String(kv.modRevision).padEnd(8))}${what}  ${kv.key}\n`;
  return changes && type === 'put' && previous ? line + changeLines(previous.value ?? '', kv.value ?? '', palette) : line;
}

function jsonLine({ type, kv, previous }: WatchedEvent): string {
  return `${JSON.stringify({ type, ...keyObject(kv), ...(previous ? { previous: keyObject(previous) } : {}) })}\n`;
}
