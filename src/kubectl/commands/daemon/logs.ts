/** `daemon logs`: what the daemon has written to its log, and with -f what it writes from now on. */
import { createReadStream, existsSync, statSync, watch } from 'node:fs';
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { onAbort } from '../../shared/on-abort.ts';
import { requireNoArguments } from '../../shared/no-arguments.ts';

export const command = defineCommand({
  name: 'logs',
  usage: 'logs [-f]',
  short: "Print the daemon's log",
  flags: {
    follow: { type: 'bool', default: false, short: 'f', description: 'Go on printing as the log grows.' },
    tail: { type: 'int', default: -1, description: 'Lines of recent log to print; -1 for all.' },
  },
  async run(ctx, args, { values }) {
    requireNoArguments(ctx, args);
    const { daemonLog } = ctx.home;
    if (!existsSync(daemonLog)) throw new CommandError(`no daemon has run on ${ctx.home.path} yet`);
    let at = 0;
    const copy = async (write: (text: string) => void): Promise<void> => {
      const end = statSync(daemonLog).size;
      if (end <= at) return;
      const stream = createReadStream(daemonLog, { start: at, end: end - 1, encoding: 'utf8' });
      at = end;
      for await (const chunk of stream) write(chunk as string);
    };
    if (values.tail >= 0) {
      let text = '';
      await copy((part) => void (text += part));
      const lines = text.split('\n').slice(0, -1);
      ctx.streams.stdout.write(lines.slice(Math.max(0, lines.length - values.tail)).map((line) => `${line}\n`).join(''));
    } else await copy((text) => ctx.streams.stdout.write(text));
    if (!values.follow) return;
    const watcher = watch(daemonLog);
    let copying = Promise.resolve();
    watcher.on('change', () => {
      copying = copying.then(() => copy((text) => ctx.streams.stdout.write(text)));
    });
    await new Promise<void>((resolve) => void onAbort(ctx.signal, resolve));
    watcher.close();
    await copying;
  },
});
