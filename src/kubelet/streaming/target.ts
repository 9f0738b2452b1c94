/** The container that exec and attach are about, and how they wait. */
import { StatusError } from '../../api/status.ts';
import type { Clock } from '../../simulation/clock.ts';
import type { ContainerRecord } from '../cri/runtime.ts';
import type { PodWorker } from '../pod-worker.ts';

/** Throws the kubelet's error where no such container runs. */
export function runningContainer(worker: PodWorker, name: string): ContainerRecord {
  const container = worker.entries.find(({ spec }) => spec.name === name)?.container;
  if (container?.state === 'running') return container;
  throw new StatusError(404, 'NotFound', `container not found (${JSON.stringify(name)})`, {});
}

/** Lets cluster time pass, or until the signal aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimer(delayMs, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
