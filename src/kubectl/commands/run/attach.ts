/**
 * `run --attach` and `run -i`: waits for the pod, attaches, and ends as the container ends. Where the server does not
 * attach, its logs take the place (kubectl pkg/cmd/run/run.go: handleAttachPod, logOpts, waitForPod).
 */
import type { Pod } from '../../../api/generated/types.ts';
import { PODS, SERVICES } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import { isPodReady } from '../../../api/pods.ts';
import type { PropagationPolicy } from '../../../api/request.ts';
import { isNotFound, notFound } from '../../../api/status.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, PlainError, textOf } from '../../errors.ts';
import { attachTo } from '../../shared/attach.ts';
import { printContainerLog } from '../../shared/container-log.ts';
import { until } from '../../shared/until.ts';
import type { RunFlags } from '../run.ts';

export async function attachAndWait(ctx: CommandContext, flags: RunFlags, pod: KubeObject, service: KubeObject | undefined, propagationPolicy: PropagationPolicy): Promise<void> {
  try {
    await attach(ctx, flags, pod);
  } finally {
    if (flags.values.rm) await remove(ctx, flags, [pod, ...(service ? [service] : [])], propagationPolicy);
  }
}

async function attach(ctx: CommandContext, { values }: RunFlags, created: KubeObject): Promise<void> {
  const timeoutMs = values['pod-running-timeout'];
  const running = await waitFor(ctx, created, timeoutMs, (pod) => ended(pod) || (pod.status?.phase === 'Running' && isPodReady(pod)));
  if (ended(running)) await printContainerLog(ctx, running, containerOf(running));
  else {
    try {
      const { program } = ctx;
      await attachTo(ctx, running, { container: '', stdin: values.stdin, tty: values.tty, quiet: values.quiet, commandPath: `${program} attach` });
    } catch (error) {
      ctx.streams.stderr.write(`warning: couldn't attach to pod/${running.metadata?.name ?? ''}, falling back to streaming logs: ${textOf(error)}\n`);
      await printContainerLog(ctx, running, containerOf(running));
    }
  }
  const restart = values.restart || (values.stdin ? 'OnFailure' : 'Always');
  if (values['leave-stdin-open'] || restart === 'Always') return;
  const last = await waitFor(ctx, created, timeoutMs, (pod) => (restart === 'OnFailure' ? pod.status?.phase === 'Succeeded' : ended(pod)));
  if (last.status?.phase === 'Succeeded') return;
  const { namespace = '', name = '' } = last.metadata ?? {};
  const terminated = last.status?.containerStatuses?.[0]?.state?.terminated;
  if (!terminated || terminated.exitCode === 0) throw new CommandError(`pod ${namespace}/${name} failed with unknown exit code`);
  throw new PlainError(`pod ${namespace}/${name} terminated (${terminated.reason ?? ''})\n${terminated.message ?? ''}`, terminated.exitCode);
}

const ended = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

async function waitFor(ctx: CommandContext, { metadata }: KubeObject, timeoutMs: number, done: (pod: Pod) => boolean): Promise<Pod> {
  let last: Pod | undefined;
  await until(ctx, {
    resource: PODS, namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', deadlineMs: Date.now() + timeoutMs,
    done(object) {
      if (!object) {
        if (last) throw notFound(PODS, '');
        return false;
      }
      last = object as Pod;
      return done(last);
    },
  });
  return last as Pod;
}

const containerOf = (pod: Pod): string => pod.spec?.containers?.[0]?.name ?? '';

/** --rm: what was created goes again. */
async function remove(ctx: CommandContext, { values }: RunFlags, objects: readonly KubeObject[], propagationPolicy: PropagationPolicy): Promise<void> {
  const client = await ctx.client();
  for (const { kind = '', metadata } of objects) {
    const name = metadata?.name ?? '';
    try {
      await client.of<KubeObject>(kind === 'Service' ? SERVICES : PODS).delete(metadata?.namespace, name, { propagationPolicy });
    } catch (error) {
      if (isNotFound(error)) continue;
      throw error;
    }
    if (!values.quiet) ctx.streams.stdout.write(`${kind.toLowerCase()} "${name}" deleted\n`);
  }
}
