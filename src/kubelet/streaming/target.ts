/** The container that exec and attach are about. */
import { StatusError } from '../../api/status.ts';
import type { ContainerRecord } from '../cri/runtime.ts';
import type { PodWorker } from '../pod-worker.ts';

const running = (worker: PodWorker, name: string): ContainerRecord | undefined => {
  const container = worker.entries.find(({ spec }) => spec.name === name)?.container;
  return container?.state === 'running' ? container : undefined;
};

/** The kubelet's word where no such container runs (pkg/kubelet/kubelet_pods.go: GetExec). */
export function refusalOf(worker: PodWorker, name: string): string | undefined {
  return running(worker, name) ? undefined : `container not found (${JSON.stringify(name)})`;
}

/** Throws the kubelet's error where no such container runs. */
export function runningContainer(worker: PodWorker, name: string): ContainerRecord {
  const container = running(worker, name);
  if (container) return container;
  throw new StatusError(404, 'NotFound', refusalOf(worker, name) ?? '', {});
}
