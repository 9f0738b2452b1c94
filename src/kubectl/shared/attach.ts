/** Attaching to a container's own process, for attach, run and debug (kubectl pkg/cmd/attach/attach.go: Run). */
import type { Pod } from '../../api/generated/types.ts';
import type { CommandContext } from '../command.ts';
import { CommandError, textOf } from '../errors.ts';
import { containerOrDefault, findContainer } from './containers.ts';
import { converseHere, usesTerminal } from './pod-session.ts';

export interface AttachWish {
  /** '' for the default one. */
  readonly container: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
  /** "kubectl attach": what to call to come back. */
  readonly commandPath: string;
}

/** Speaks to the container until it or the user ends. */
export async function attachTo(ctx: CommandContext, pod: Pod, wish: AttachWish): Promise<void> {
  const { stdin, quiet } = wish;
  const { stdout, stderr } = ctx.streams;
  const container = chosen(ctx, pod, wish);
  let { tty } = wish;
  if (tty && !container.tty) {
    tty = false;
    if (!quiet) stderr.write(`error: Unable to use a TTY - container ${container.name} did not allocate one\n`);
  } else if (!tty && container.tty) tty = true;
  const raw = usesTerminal(ctx, { stdin, tty, quiet });
  if (!quiet) stderr.write("If you don't see a command prompt, try pressing enter.\n");
  await converseHere(ctx, { pod, container: container.name, raw, input: stdin });
  if (quiet || !stdin || !raw || pod.spec?.restartPolicy !== 'Always') return;
  const again = `'${wish.commandPath} ${pod.metadata?.name ?? ''} -c ${container.name} -i -t'`;
  const ephemeral = findContainer(pod, container.name)?.list === 'ephemeralContainers';
  stdout.write(ephemeral ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${again} if it is still running\n` : `Session ended, resume using ${again} command when the pod is running\n`);
}

function chosen(ctx: CommandContext, pod: Pod, { container, quiet }: AttachWish): ReturnType<typeof containerOrDefault> {
  try {
    return containerOrDefault(pod, container, (text) => quiet || ctx.streams.stderr.write(text));
  } catch (error) {
    throw new CommandError(`cannot attach to the container: ${textOf(error)}`);
  }
}
