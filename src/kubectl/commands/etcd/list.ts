/** `etcd list`: keys with their revisions. */
import type { ListAnswer } from '../../../daemon/etcd-paths.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { askStore } from '../../etcd/ask.ts';
import { checkOutput, formatted, keyObject, outputFlag } from '../../etcd/format.ts';
import { fullPrefix } from '../../etcd/keys.ts';
import { revisionFlag } from '../../etcd/revision.ts';
import { TabWriter } from '../../printers/tab-writer.ts';

export const command = defineCommand({
  name: 'list',
  usage: 'list [PREFIX]',
  short: 'List keys with their revisions',
  flags: {
    ...revisionFlag,
    ...outputFlag,
    'keys-only': { type: 'bool', default: false, description: 'Print the keys and nothing else.' },
  },
  async run(ctx, args, { values }) {
    if (args.length > 1) throw usageError(ctx, 'one PREFIX at most, like pods/default/');
    checkOutput(values.output);
    const { output } = values;
    if (output !== '' && values['keys-only']) throw new CommandError('--keys-only and --output may not be specified together');
    const { kvs } = await askStore<ListAnswer>(ctx, 'list', { prefix: fullPrefix(args[0]), rev: values.rev || undefined, keys: output === '' ? 'true' : undefined });
    const { stdout } = ctx.streams;
    if (output !== '') return stdout.write(await formatted(kvs.map(keyObject), output));
    if (values['keys-only']) return stdout.write(kvs.map(({ key }) => `${key}\n`).join(''));
    if (kvs.length === 0) return ctx.streams.stderr.write('No keys found\n');
    const table = new TabWriter();
    table.row(['KEY', 'CREATED', 'MODIFIED', 'VERSION', 'BYTES', 'LEASE']);
    for (const { key, createRevision, modRevision, version, bytes, lease } of kvs) table.row([key, String(createRevision), String(modRevision), String(version), String(bytes), lease ?? '<none>']);
    stdout.write(table.flush());
  },
});
