/** `daemon`: runs the cluster. In the foreground, in the background (start, stop, status, logs), or just until it has converged. */
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, ExitError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { daemonFlags, daemonOptions, nodeCount } from '../shared/daemon-flags.ts';
import { withProgress } from '../shared/progress.ts';

const foregroundFlags = {
  ...daemonFlags,
  'until-converged': { type: 'bool', default: false, description: 'Run the loops in virtual time until nothing is left to do, then exit. Exits with 1 and says so when something is stuck.' },
} as const;

export const command = defineCommand({
  name: 'daemon',
  usage: 'daemon',
  short: 'Run the cluster: API server, controllers, scheduler and nodes',
  long: 'Run the cluster: API server, controllers, scheduler and nodes, in the foreground until it is interrupted.',
  examples: `  # A cluster of three nodes in the background
  mock-kubectl daemon start --nodes 3

  # Let everything happen that is left to do, in no time, and return
  mock-kubectl daemon --until-converged`,
  flags: foregroundFlags,
  subcommands: [
    { name: 'start', short: 'Start a daemon in the background and return when it is ready', load: () => import('./daemon/start.ts') },
    { name: 'stop', short: 'Stop the daemon', load: () => import('./daemon/stop.ts') },
    { name: 'status', short: 'Show whether a daemon runs and how', load: () => import('./daemon/status.ts') },
    { name: 'logs', short: "Print the daemon's log", load: () => import('./daemon/logs.ts') },
  ],
  async run(ctx, _args, flags) {
    if (flags.values['until-converged']) return untilConverged(ctx, flags);
    await foreground(ctx, flags);
  },
});

async function foreground(ctx: CommandContext, flags: Flags<typeof foregroundFlags>): Promise<void> {
  const { runDaemon } = await import('../../daemon/daemon.ts');
  const { startReport } = await import('../../daemon/background.ts');
  const home = ctx.home;
  const report = startReport(ctx.env);
  try {
    await runDaemon({ ...daemonOptions(home, flags.values), fsync: ctx.env.MOCK_KUBECTL_FSYNC === '1' }, ctx.signal, () => {
      report.end('ready');
      if (!ctx.env.MOCK_KUBECTL_READY_FD) ctx.streams.stderr.write(`The cluster in ${home.path} is ready (${nodeCount(flags.values.nodes)}). Ctrl-C stops it.\n`);
    }, report.stage);
  } catch (error) {
    report.end((error as Error).message);
    throw error;
  }
}

async function untilConverged(ctx: CommandContext, flags: Flags<typeof foregroundFlags>): Promise<void> {
  const { runUntilConverged } = await import('../../daemon/daemon.ts');
  const { runningDaemon } = await import('../../daemon/background.ts');
  const home = ctx.home;
  const running = runningDaemon(home);
  if (running) throw new CommandError(`a daemon (pid ${running.pid}) runs on ${home.path} already`);
  const options = { ...daemonOptions(home, flags.values), fsync: ctx.env.MOCK_KUBECTL_FSYNC === '1' };
  const stuck = await withProgress(ctx, (tell) => runUntilConverged(options, ctx.signal, tell));
  for (const line of stuck) ctx.streams.stderr.write(`${line}\n`);
  if (stuck.length > 0) throw new ExitError(1);
}
