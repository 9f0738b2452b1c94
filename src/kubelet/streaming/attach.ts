/** A kubelet's /attach: a container's own process, as it goes on. Follows kubernetes pkg/kubelet/kubelet.go: GetAttach, and CRI's Attach. */
import type { ContainerStreams, ContainerTarget } from '../../api/node-connection.ts';
import type { PodWorker } from '../pod-worker.ts';
import { write } from './exec.ts';
import { runSession } from './session.ts';
import { runningContainer } from './target.ts';

export async function attach(worker: PodWorker, request: ContainerTarget, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
  const { runtime, clock } = worker.host;
  const { id, config, user } = runningContainer(worker, request.container);
  const shell = streams.stdin && config.stdin ? runtime.openShell(id, undefined) : undefined;
  if (shell) {
    const code = await runSession({ shell, streams, clock, user: user.uid, hostname: worker.pod.metadata.name }, signal);
    // Whoever only goes away leaves the shell where it is.
    if (!signal.aborted) runtime.exitContainer(id, code);
    return code;
  }
  // Only what comes from now on is shown.
  let seen = runtime.readLogs(id).length;
  while (!signal.aborted) {
    const record = runtime.containerStatus(id);
    const lines = record ? runtime.readLogs(id) : [];
    for (const { stream, text } of lines.slice(seen)) write(streams, stream === 'stdout' ? `${text}\n` : '', stream === 'stderr' ? `${text}\n` : '');
    seen = Math.max(seen, lines.length);
    if (record?.state !== 'running') return record?.exitCode ?? 0;
    await more(worker, id, runtime.nextLogMs(id), signal);
  }
  return 0;
}

/** Until the next line, the container's end or the signal, whichever is first. */
function more(worker: PodWorker, id: string, nextMs: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer?.cancel();
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = nextMs === undefined ? undefined : worker.host.clock.setTimer(nextMs, done, 'background');
    const forget = worker.onEnd(id, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
