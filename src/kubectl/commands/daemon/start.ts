/** `daemon start`: a daemon in the background; returns when it serves. */
import type { DaemonRecord } from '../../../daemon/pid-file.ts';
import { defineCommand } from '../../command.ts';
import { requireNoArguments } from '../../shared/no-arguments.ts';
import { withProgress } from '../../shared/progress.ts';
import { daemonArguments, daemonFlags, daemonOptions, nodeCount } from '../../shared/daemon-flags.ts';

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
    const say = (what: string, { pid, nodes, etcdServers }: Pick<DaemonRecord, 'pid' | 'nodes' | 'etcdServers'>): void =>
      ctx.streams.stdout.write(`daemon ${what} (pid ${pid}, ${nodeCount(nodes)}${etcdServers ? `, etcd ${etcdServers.join(',')}` : ''})\n`);
    const running = runningDaemon(home);
    if (running) return say('already running', running);
    try {
      const program = [process.execPath, ...engineFlags(values.nodes), process.argv[1] ?? '', 'daemon', ...daemonArguments(values)];
      const pid = await withProgress(ctx, (tell) => {
        tell('starting the daemon');
        return startInBackground(home, program, { ...ctx.env, MOCK_KUBECTL_HOME: home.path }, { signal: ctx.signal, onStage: (stage) => tell(`starting the daemon: ${stage}`) });
      });
      say('started', runningDaemon(home) ?? { pid, nodes: values.nodes });
    } catch (error) {
      ctx.signal.throwIfAborted();
      const quicker = runningDaemon(home);
      if (!quicker) throw error;
      say('already running', quicker);
    }
  },
});
