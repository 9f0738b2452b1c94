/** `etcd verify`: whether the files of the store are what they should be. Exit code 1 where they are not. */
import type { Verification } from '../../../daemon/etcd-files.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { ExitError } from '../../errors.ts';
import { askStore } from '../../etcd/ask.ts';
import { withProgress, type Tell } from '../../shared/progress.ts';

export const command = defineCommand({
  name: 'verify',
  usage: 'verify',
  short: 'Check log, snapshots and readable tree against each other',
  long: 'Check every record of the log, every snapshot, and the files of the readable tree against each other. Each thing that is wrong is printed with its file and, where there is one, its offset; then the exit code is 1. Nothing is changed, except with --repair, which writes the readable tree anew from the log.',
  flags: { repair: { type: 'bool', default: false, description: 'Write the files of the readable tree anew first. Log and snapshots are never touched.' } },
  async run(ctx, _args, { values }) {
    const { state, behind, problems } = await withProgress(ctx, (tell) => verification(ctx, values.repair, tell));
    const { stdout, stderr } = ctx.streams;
    for (const { file, offset, message } of problems) stderr.write(`${file}: ${offset === undefined ? '' : `offset ${offset}: `}${message}\n`);
    if (problems.length > 0) {
      stderr.write(`error: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} found in ${ctx.home.etcd}\n`);
      throw new ExitError(1);
    }
    const late = behind === 0 ? '' : `; the next command brings ${behind} ${behind === 1 ? 'file' : 'files'} of the tree up to date`;
    stdout.write(`${ctx.home.etcd} is sound: revision ${state?.revision}, ${state?.keys} keys, history since revision ${state?.compactRevision}${late}\n`);
  },
});

/** From the process that has the store, or, where no daemon runs, from the files as they are. */
async function verification(ctx: CommandContext, repair: boolean, tell: Tell): Promise<Verification> {
  const { runningDaemon } = await import('../../../daemon/background.ts');
  tell('checking the store');
  if (repair) return askStore<Verification>(ctx, 'verify', { repair: 'true' });
  if (runningDaemon(ctx.home)) return askStore<Verification>(ctx, 'verify');
  const { verifyHome } = await import('../../../daemon/etcd-files.ts');
  return verifyHome(ctx.home, tell);
}
