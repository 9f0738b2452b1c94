/** The container that exec and attach are about. */
import { StatusError } from '../../api/status.ts';
import type { ContainerRecord } from '../cri/runtime.ts';
import type { PodWorker } from '../pod-worker.ts';

/** Throws the kubelet's error where no such container runs. */
export function runningContainer(worker: PodWorker, name: string): ContainerRecord {
  const container = worker.entries.find(({ spec }) => spec.name === name)?.container;
  if (container?.state === 'running') return container;
  throw new StatusError(404, 'NotFound', `container not found (${JSON.stringify(name)})`, {});
}
