/** `daemon stop`: asks the daemon to stop and waits until it is gone. */
import { SocketTransport } from '../../../client/transports/unix-socket.ts';
import { defineCommand } from '../../command.ts';
import { requireNoArguments } from '../../shared/no-arguments.ts';

export const command = defineCommand({
  name: 'stop',
  usage: 'stop',
  short: 'Stop the daemon',
  flags: {},
  async run(ctx, args) {
    requireNoArguments(ctx, args);
    const { stopDaemon } = await import('../../../daemon/background.ts');
    const home = ctx.home;
    const stopped = await stopDaemon(home, new SocketTransport({ socketPath: home.socket }));
    ctx.streams.stdout.write(stopped ? 'daemon stopped\n' : 'no daemon is running\n');
  },
});
