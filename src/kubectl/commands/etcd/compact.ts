/** `etcd compact`: forgets history. */
import type { CompactAnswer } from '../../../daemon/etcd-paths.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { fetchText } from '../../etcd/ask.ts';

export const command = defineCommand({
  name: 'compact',
  usage: 'compact [REVISION]',
  short: 'Forget what was superseded up to a revision',
  long: 'Forget what was superseded up to a revision (default: the newest). What is current stays. Watches and lists that ask for something older are answered "too old resource version" from then on.',
  flags: {},
  async run(ctx, args) {
    if (args.length > 1) throw usageError(ctx, 'one REVISION at most');
    const [text] = args;
    if (text !== undefined && !/^[1-9]\d{0,14}$/.test(text)) throw new CommandError(`${JSON.stringify(text)} is not a revision`);
    const { revision } = JSON.parse(await fetchText(ctx, 'compact', text === undefined ? {} : { revision: Number(text) })) as CompactAnswer;
    ctx.streams.stdout.write(`compacted revision ${revision}\n`);
  },
});
