/** A kubelet's /containerLogs. Follows kubernetes pkg/kubelet/kubelet_pods.go: validateContainerLogStatus, and pkg/kubelet/kuberuntime/logs. */
import type { ContainerLogsRequest } from '../api/node-connection.ts';
import { badRequest } from '../api/status.ts';
import type { ContainerEntry } from './container-entry.ts';
import type { OutputLine } from './cri/process/machine.ts';
import type { ContainerRecord } from './cri/runtime.ts';
import type { PodWorker } from './pod-worker.ts';

/** The container whose log is asked for; throws StatusError with the kubelet's text where there is none. */
function containerOf(worker: PodWorker, entry: ContainerEntry, previous: boolean): ContainerRecord {
  const name = JSON.stringify(entry.spec.name);
  const pod = JSON.stringify(worker.pod.metadata.name);
  const { container, waiting } = entry;
  if (previous) {
    // While it waits for its next start, the newest container is the previous one.
    const ended = waiting && entry.exited ? container : entry.previous;
    if (!ended) throw badRequest(`previous terminated container ${name} in pod ${pod} not found`);
    return ended;
  }
  if (container && container.state !== 'created') return container;
  switch (waiting?.reason) {
    case 'ErrImagePull':
      throw badRequest(`container ${name} in pod ${pod} is waiting to start: image can't be pulled`);
    case 'ImagePullBackOff':
      throw badRequest(`container ${name} in pod ${pod} is waiting to start: trying and failing to pull image`);
    default:
      throw badRequest(`container ${name} in pod ${pod} is waiting to start: ${waiting?.reason ?? ((worker.pod.spec?.initContainers?.length ?? 0) > 0 ? 'PodInitializing' : 'ContainerCreating')}`);
  }
}

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000000Z`;

/** Sends the log, and with `follow` what comes later, until the container ends or the signal aborts. */
export async function streamLogs(worker: PodWorker, request: ContainerLogsRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
  const { runtime, clock } = worker.host;
  const entry = worker.entries.find(({ spec }) => spec.name === request.container);
  if (!entry) throw badRequest(`container ${JSON.stringify(request.container)} in pod ${JSON.stringify(request.pod)} is not available`);
  const container = containerOf(worker, entry, request.previous);
  const sinceMs = request.sinceTime !== undefined ? Date.parse(request.sinceTime) : request.sinceSeconds !== undefined ? clock.now() - request.sinceSeconds * 1000 : -Infinity;
  let budget = request.limitBytes ?? Infinity;
  const send = (lines: readonly OutputLine[]): void => {
    let text = '';
    for (const line of lines) text += `${request.timestamps ? `${stamp(container.startedAtMs + line.atMs)} ` : ''}${line.text}\n`;
    if (text.length > budget) text = text.slice(0, budget);
    budget -= text.length;
    if (text !== '') onText(text);
  };
  let seen = runtime.readLogs(container.id);
  const wanted = seen.filter(({ atMs }) => container.startedAtMs + atMs >= sinceMs);
  send(request.tailLines === undefined || request.tailLines < 0 ? wanted : request.tailLines === 0 ? [] : wanted.slice(-request.tailLines));
  if (!request.follow) return;
  while (!signal?.aborted && budget > 0) {
    const running = runtime.containerStatus(container.id)?.state === 'running';
    if (running) await pause(worker, container.id, runtime.nextLogMs(container.id), signal);
    if (signal?.aborted || !runtime.containerStatus(container.id)) return;
    const now = runtime.readLogs(container.id);
    send(now.slice(seen.length));
    seen = now;
    if (!running) return;
  }
}

/** Until the next line, the container's end or the signal, whichever is first. */
function pause(worker: PodWorker, id: string, nextMs: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer?.cancel();
      forget();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = nextMs === undefined ? undefined : worker.host.clock.setTimer(nextMs, done, 'background');
    const forget = worker.onEnd(id, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
