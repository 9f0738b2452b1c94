/** `daemon start`: a daemon in the background; returns when it serves. */
import { defineCommand } from '../../command.ts';
import { requireNoArguments } from '../../shared/no-arguments.ts';
import { daemonFlags, daemonOptions, nodeCount } from '../../shared/daemon-flags.ts';

export const command = defineCommand({
  name: 'start',
  usage: 'start',
  short: 'Start a daemon in the background and return when it is ready',
  flags: daemonFlags,
  async run(ctx, args, { values }) {
    requireNoArguments(ctx, args);
    const { engineFlags, runningDaemon, startInBackground } = await import('../../../daemon/background.ts');
    const home = ctx.home;
    daemonOptions(home, values);
    const say = (what: string, pid: number, nodes: number): void => ctx.streams.stdout.write(`daemon ${what} (pid ${pid}, ${nodeCount(nodes)})\n`);
    const running = runningDaemon(home);
    if (running) return say('already running', running.pid, running.nodes);
    const flags = Object.entries(values).map(([name, value]) => `--${name}=${value}`);
    try {
      say('started', await startInBackground(home, [process.execPath, ...engineFlags(values.nodes), process.argv[1] ?? '', 'daemon', ...flags], { ...ctx.env, MOCK_KUBECTL_HOME: home.path }), values.nodes);
    } catch (error) {
      const quicker = runningDaemon(home);
      if (!quicker) throw error;
      say('already running', quicker.pid, quicker.nodes);
    }
  },
});
