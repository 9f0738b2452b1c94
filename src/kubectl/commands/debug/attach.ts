/** Waits for the debug container and attaches to it (kubectl pkg/cmd/debug/debug.go: handleAttachPod). */
import type { ContainerStatus, Pod } from '../../../api/generated/types.ts';
import { PODS } from '../../../api/kinds.ts';
import { notFound } from '../../../api/status.ts';
import type { CommandContext } from '../../command.ts';
import { textOf } from '../../errors.ts';
import { attachTo } from '../../shared/attach.ts';
import { printContainerLog } from '../../shared/container-log.ts';
import { FOREVER_MS, until } from '../../shared/until.ts';

interface Wish {
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
}

export async function attachWhenReady(ctx: CommandContext, { metadata }: Pod, container: string, { stdin, tty, quiet }: Wish): Promise<void> {
  const pod = await ready(ctx, metadata?.namespace ?? '', metadata?.name ?? '', container, quiet);
  if (statusOf(pod, container)?.state?.terminated) return printContainerLog(ctx, pod, container);
  try {
    await attachTo(ctx, pod, { container, stdin, tty, quiet, commandPath: `${ctx.program} attach` });
  } catch (error) {
    ctx.streams.stderr.write(`warning: couldn't attach to pod/${pod.metadata?.name ?? ''}, falling back to streaming logs: ${textOf(error)}\n`);
    await printContainerLog(ctx, pod, container);
  }
}

/** The pod once the container runs, or has ended; tells meanwhile what it waits for. */
async function ready(ctx: CommandContext, namespace: string, name: string, container: string, quiet: boolean): Promise<Pod> {
  let last: Pod | undefined;
  await until(ctx, {
    resource: PODS, namespace, name, deadlineMs: Date.now() + FOREVER_MS,
    done(object) {
      if (!object) throw notFound(PODS, '');
      last = object as Pod;
      const { state } = statusOf(last, container) ?? {};
      if (state?.running ?? state?.terminated) return true;
      if (!quiet && state?.waiting?.message) ctx.streams.stderr.write(`Warning: container ${container}: ${state.waiting.message}\n`);
      return false;
    },
  });
  return last as Pod;
}

function statusOf({ status }: Pod, container: string): ContainerStatus | undefined {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find(({ name }) => name === container);
}
