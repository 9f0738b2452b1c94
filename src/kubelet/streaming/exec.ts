/** A kubelet's /exec: runs a command in a container with the client's streams. Follows kubernetes pkg/kubelet/kubelet.go: GetExec, and CRI's Exec. */
import type { ContainerStreams, ExecRequest } from '../../api/node-connection.ts';
import type { PodWorker } from '../pod-worker.ts';
import { runSession } from './session.ts';
import { runningContainer } from './target.ts';

/** Of a command that was killed. */
const KILLED = 137;

export async function exec(worker: PodWorker, request: ExecRequest, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
  const { runtime, clock } = worker.host;
  const { id } = runningContainer(worker, request.container);
  const failure = runtime.execFailure(id, request.command);
  if (failure !== undefined) throw new Error(`error executing command in container: ${failure}`);
  const process = runtime.openExec(id, request.command, { stdin: streams.stdin !== undefined, tty: streams.tty });
  const code = await runSession({
    process, streams, clock, tty: streams.tty, ageMs: 0, skip: 0, closes: true,
    onEnd: (listener) => worker.onEnd(id, listener),
    ended: () => (runtime.containerStatus(id)?.state === 'running' ? undefined : KILLED),
  }, signal);
  return code ?? KILLED;
}
