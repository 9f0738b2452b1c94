/** `etcd get`: what a key holds. Exit code 1 where there is no such key. */
import type { GetAnswer } from '../../../daemon/etcd-paths.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { askStore } from '../../etcd/ask.ts';
import { checkOutput, formatted, keyObject, outputFlag, valueText } from '../../etcd/format.ts';
import { fullKey } from '../../etcd/keys.ts';
import { revisionFlag } from '../../etcd/revision.ts';

export const command = defineCommand({
  name: 'get',
  usage: 'get KEY',
  short: 'Print what a key holds, now or at an older revision',
  long: 'Print what a key holds, now or at an older revision that is not compacted. With -o the revisions are printed with it.',
  examples: `  # A pod as it was at revision 120
  mock-kubectl etcd get pods/default/web --rev 120`,
  flags: { ...revisionFlag, ...outputFlag },
  async run(ctx, args, { values }) {
    const [name] = args;
    if (name === undefined || args.length > 1) throw usageError(ctx, 'exactly one KEY is required, like pods/default/web');
    checkOutput(values.output);
    const key = fullKey(name);
    const { kv } = await askStore<GetAnswer>(ctx, 'get', { key, rev: values.rev || undefined });
    if (!kv) throw new CommandError(`key ${JSON.stringify(key)} not found${values.rev > 0 ? ` at revision ${values.rev}` : ''}`);
    ctx.streams.stdout.write(values.output === '' ? valueText(kv.value ?? '') : await formatted(keyObject(kv), values.output));
  },
});
