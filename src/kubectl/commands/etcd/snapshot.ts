/** `etcd snapshot`: copies of a cluster. */
import { resolve } from 'node:path';
import { realDisk } from '../../../simulation/disk.ts';
import type { CopyStatus } from '../../../daemon/etcd-files.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { fetchText } from '../../etcd/ask.ts';
import { checkOutput, formatted, outputFlag } from '../../etcd/format.ts';
import { withProgress } from '../../shared/progress.ts';

function fileOf(ctx: CommandContext, args: readonly string[]): string {
  const [file] = args;
  if (file === undefined || args.length > 1) throw usageError(ctx, 'exactly one FILE is required');
  return file;
}

async function statusOf(file: string): Promise<CopyStatus> {
  const { snapshotStatus } = await import('../../../daemon/etcd-files.ts');
  return snapshotStatus(file);
}

const save = defineCommand({
  name: 'save',
  usage: 'save FILE',
  short: 'Save a copy of the cluster as it is at one revision',
  long: 'Save a copy of the cluster as it is at one revision, whether a daemon runs or not. A file of that name is replaced.',
  flags: {},
  async run(ctx, args) {
    const file = fileOf(ctx, args);
    const { revision, keys } = await withProgress(ctx, async (tell) => {
      tell('reading the store');
      const text = await fetchText(ctx, 'snapshot');
      tell('writing the copy');
      try {
        realDisk.replaceFile(resolve(file), text, { sync: true });
      } catch (error) {
        throw new CommandError(`cannot write ${file}: ${(error as Error).message}`);
      }
      tell('checking the copy');
      return statusOf(file);
    });
    ctx.streams.stdout.write(`snapshot saved: ${file} (revision ${revision}, ${keys} keys)\n`);
  },
});

const restore = defineCommand({
  name: 'restore',
  usage: 'restore FILE',
  short: 'Make the cluster what a saved copy holds',
  long: 'Make the cluster what a saved copy holds. History before the copy is not in it. A running daemon has to be stopped first, and a home that holds a cluster is not touched without --force.',
  flags: { force: { type: 'bool', default: false, description: 'Put the copy in the place of the cluster that is there.' } },
  async run(ctx, args, { values }) {
    const file = fileOf(ctx, args);
    const { restoreHome } = await import('../../../daemon/etcd-files.ts');
    const { revision, keys } = await withProgress(ctx, (tell) => restoreHome(ctx.home, file, { replace: values.force, onStage: tell }));
    ctx.streams.stdout.write(`snapshot restored into ${ctx.home.path} (revision ${revision}, ${keys} keys)\n`);
  },
});

const status = defineCommand({
  name: 'status',
  usage: 'status FILE',
  short: 'Check a saved copy, and print what it holds',
  flags: outputFlag,
  async run(ctx, args, { values }) {
    checkOutput(values.output);
    const { revision, keys, bytes, crc, timeMs } = await statusOf(fileOf(ctx, args));
    const time = new Date(timeMs).toISOString();
    const { stdout } = ctx.streams;
    if (values.output !== '') return stdout.write(await formatted({ hash: crc, revision, totalKey: keys, totalSize: bytes, time }, values.output));
    const rows: readonly (readonly [string, string])[] = [['Hash', crc], ['Revision', String(revision)], ['Keys', String(keys)], ['Size', `${bytes} bytes`], ['Time', time]];
    stdout.write(rows.map(([name, value]) => `${`${name}:`.padEnd(10)}${value}\n`).join(''));
  },
});

export const command = defineCommand({
  name: 'snapshot',
  usage: 'snapshot',
  short: 'Save, restore and check copies of the cluster',
  flags: {},
  subcommands: [save, restore, status].map((each) => ({ name: each.name, short: each.short, load: () => Promise.resolve({ command: each }) })),
});
