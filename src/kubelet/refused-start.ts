/**
 * A container that the kubelet cannot begin with: its image's name is none, may not be pulled, or something that its
 * configuration needs is missing. Such a start is no back-off: the pod's next sync tries, and tells, it anew. Follows
 * kubernetes pkg/kubelet/pod_workers.go (completeWork) and kuberuntime_manager.go (SyncPod).
 */
import type { ContainerEntry } from './container-entry.ts';
import type { PodHost } from './pod-host.ts';

/** How soon a pod whose sync has failed is synced again, ms (backOffPeriod). */
export const REFUSED_MS = 10_000;

/** Notes why the container waits, tells of it once until the next try, and sees to it that there is one. */
export function refuseStart(
  host: PodHost,
  { entry, later }: { readonly entry: ContainerEntry; later(delayMs: number, kind: 'retry'): void },
  waiting: { readonly reason: string; readonly message: string },
  tell: () => void,
): void {
  const now = host.clock.now();
  entry.waiting = waiting;
  if (entry.refusal?.message !== waiting.message) {
    tell();
    entry.refusal = { message: waiting.message, untilMs: now + REFUSED_MS };
  }
  later(entry.refusal.untilMs - now, 'retry');
}
