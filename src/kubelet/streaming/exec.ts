/** A kubelet's /exec: runs a command in a container with the client's streams. Follows kubernetes pkg/kubelet/kubelet.go: GetExec, and CRI's Exec. */
import type { ContainerStreams, ExecRequest } from '../../api/node-connection.ts';
import { bytesOfText, textOfBytes } from '../cri/process/bytes.ts';
import type { PodWorker } from '../pod-worker.ts';
import { runSession } from './session.ts';
import { pause, runningContainer } from './target.ts';

/** A command that takes longer is given up. */
const LIMIT_MS = 86_400_000;

export async function exec(worker: PodWorker, request: ExecRequest, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
  const { runtime, clock } = worker.host;
  const container = runningContainer(worker, request.container);
  const failure = runtime.execFailure(container.id, request.command);
  if (failure !== undefined) throw new Error(`error executing command in container: ${failure}`);
  const shell = streams.stdin && runtime.openShell(container.id, request.command);
  if (shell) return runSession({ shell, streams, clock, user: container.user.uid, hostname: worker.pod.metadata.name }, signal);
  const stdin = streams.stdin ? await textOf(streams.stdin, signal) : '';
  if (signal.aborted) return 137;
  const { code, stdout, stderr, tookMs } = runtime.execSync(container.id, request.command, LIMIT_MS, stdin);
  await pause(clock, tookMs, signal);
  write(streams, stdout, stderr);
  return code;
}

/** Both outputs; a terminal has one, with a carriage return before each newline. */
export function write({ tty, stdout, stderr }: ContainerStreams, out: string, err: string): void {
  if (tty) {
    const text = (out + err).replace(/\r?\n/g, '\r\n');
    if (text !== '') stdout?.(bytesOfText(text));
    return;
  }
  if (out !== '') stdout?.(bytesOfText(out));
  if (err !== '') stderr?.(bytesOfText(err));
}

async function textOf(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of source) {
    if (signal.aborted) break;
    parts.push(part);
  }
  return textOfBytes(Buffer.concat(parts));
}
