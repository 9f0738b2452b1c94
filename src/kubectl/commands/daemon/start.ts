/** `daemon start`: a daemon in the background; returns when it serves. */
import { defineCommand } from '../../command.ts';
import { daemonFlags, daemonOptions } from '../../shared/daemon-flags.ts';

export const command = defineCommand({
  name: 'start',
  usage: 'start',
  short: 'Start a daemon in the background and return when it is ready',
  flags: daemonFlags,
  async run(ctx, _args, { values }) {
    const { runningDaemon, startInBackground } = await import('../../../daemon/background.ts');
    const home = ctx.home;
    daemonOptions(home, values);
    const running = runningDaemon(home);
    if (running) {
      ctx.streams.stdout.write(`daemon already running (pid ${running.pid}, ${running.nodes} nodes)\n`);
      return;
    }
    const flags = Object.entries(values).map(([name, value]) => `--${name}=${value}`);
    const pid = await startInBackground(home, [process.execPath, process.argv[1] ?? '', 'daemon', ...flags], { ...ctx.env, MOCK_KUBECTL_HOME: home.path });
    ctx.streams.stdout.write(`daemon started (pid ${pid}, ${values.nodes} nodes)\n`);
  },
});
