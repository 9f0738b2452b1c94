/** A kubelet's /attach: a container's own process, as it goes on. Follows kubernetes pkg/kubelet/kubelet.go: GetAttach, and CRI's Attach. */
import type { ContainerStreams, ContainerTarget } from '../../api/node-connection.ts';
import { bytesOfText } from '../cri/process/bytes.ts';
import type { PodWorker } from '../pod-worker.ts';
import { runSession } from './session.ts';
import { runningContainer } from './target.ts';

export async function attach(worker: PodWorker, request: ContainerTarget, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
  const { runtime, clock } = worker.host;
  const { id, config } = runningContainer(worker, request.container);
  const own = runtime.openOwn(id);
  if (!own) return follow(worker, id, streams, signal);
  const { session: process, ageMs } = own;
  const { output } = process.run(ageMs);
  const past = output.filter(({ atMs }) => atMs <= ageMs);
  const code = await runSession({
    process, clock, tty: config.tty, ageMs,
    streams: config.stdin ? streams : { ...streams, stdin: undefined },
    // Only what comes from now on is shown, and the line that stands there.
    skip: config.tty ? past.findLastIndex(({ text }) => text.endsWith('\n')) + 1 : past.length,
    closes: config.stdinOnce && !config.tty,
    onEnd: (listener) => worker.onEnd(id, listener),
    ended: () => endOf(worker, id),
  }, signal);
  // Whoever only goes away leaves the process where it is, unless it was there for them.
  if (code === undefined && config.stdinOnce && !config.tty) process.close(clock.now() - runtime.containerStatus(id)!.startedAtMs);
  return code ?? 0;
}

/** A process that nobody can speak to, by its log. */
async function follow(worker: PodWorker, id: string, { stdout, stderr }: ContainerStreams, signal: AbortSignal): Promise<number> {
  const { runtime } = worker.host;
  let seen = runtime.readLogs(id).length;
  while (!signal.aborted) {
    const lines = runtime.containerStatus(id) ? runtime.readLogs(id) : [];
    for (const { stream, text } of lines.slice(seen)) (stream === 'stdout' ? stdout : stderr)?.(bytesOfText(`${text}\n`));
    seen = Math.max(seen, lines.length);
    const code = endOf(worker, id);
    if (code !== undefined) return code;
    await more(worker, id, runtime.nextLogMs(id), signal);
  }
  return 0;
}

function endOf({ host: { runtime } }: PodWorker, id: string): number | undefined {
  const record = runtime.containerStatus(id);
  return record?.state === 'running' ? undefined : (record?.exitCode ?? 0);
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
