/** `daemon status`: whether a daemon runs for this home, and how. Exit code 0 when it does, 1 when not. */
import { humanDuration } from '../../../api/duration.ts';
import { SocketTransport } from '../../../client/transports/unix-socket.ts';
import type { ClockView } from '../../../daemon/clock-paths.ts';
import { defineCommand } from '../../command.ts';
import { ExitError } from '../../errors.ts';
import { colours } from '../../shared/colours.ts';
import { requireNoArguments } from '../../shared/no-arguments.ts';

export const command = defineCommand({
  name: 'status',
  usage: 'status',
  short: 'Show whether a daemon runs and how',
  flags: {},
  async run(ctx, args) {
    requireNoArguments(ctx, args);
    const { runningDaemon } = await import('../../../daemon/background.ts');
    const home = ctx.home;
    const { stdout } = ctx.streams;
    const running = runningDaemon(home);
    if (!running) {
      stdout.write(`no daemon is running on ${home.path}\n`);
      throw new ExitError(1);
    }
    const transport = new SocketTransport({ socketPath: home.socket });
    const clock = JSON.parse((await transport.raw('GET', '/mock/clock')).body) as ClockView;
    const rows: [string, string][] = [
      ['Status', 'running'],
      ['Pid', String(running.pid)],
      ['Up for', humanDuration(Date.now() - running.startedMs)],
      ['Home', home.path],
      ['Socket', home.socket],
      ['Server', running.server ?? '<none>'],
      ...(running.etcdServers ? [['Etcd', running.etcdServers.join(',')] as [string, string]] : []),
      ['Nodes', String(running.nodes)],
      ['Timing', running.timing],
      ['Seed', running.seed === undefined ? '<none>' : String(running.seed)],
      ['Clock', `${new Date(clock.nowMs).toISOString()}${clock.paused ? ' (paused)' : clock.speed === 1 ? '' : ` (speed ${clock.speed})`}`],
    ];
    if (stdout.isTTY) {
      const { default: Table } = await import('cli-table3');
      const chalk = await colours(ctx);
      const table = new Table({ style: { head: [], border: chalk ? ['gray'] : [] } });
      table.push(...rows.map(([name, value]) => ({ [chalk?.bold(name) ?? name]: name === 'Status' ? (chalk?.green(value) ?? value) : value })));
      stdout.write(`${table.toString()}\n`);
      return;
    }
    for (const [name, value] of rows) stdout.write(`${`${name}:`.padEnd(9)}${value}\n`);
  },
});
