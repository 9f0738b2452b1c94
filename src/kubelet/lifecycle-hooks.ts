/** postStart and preStop handlers. Follows kubernetes pkg/kubelet/lifecycle/handlers.go. */
import type { LifecycleHandler } from '../api/generated/types.ts';
import type { ContainerEntry } from './container-entry.ts';
import { portNumber } from './probes/probe.ts';
import type { PodWorker } from './pod-worker.ts';

interface HookResult {
  readonly tookMs: number;
  readonly error?: string;
}

function runHandler(worker: PodWorker, entry: ContainerEntry, handler: LifecycleHandler): HookResult {
  const { runtime } = worker.host;
  if (handler.sleep) return { tookMs: handler.sleep.seconds * 1000 };
  if (handler.exec) {
    const result = runtime.execSync(entry.container?.id ?? '', handler.exec.command ?? [], Infinity);
    return result.code === 0 ? { tookMs: result.tookMs } : { tookMs: result.tookMs, error: `command '${(handler.exec.command ?? []).join(' ')}' exited with ${result.code}: ${result.stderr}` };
  }
  if (handler.httpGet && worker.sandboxId !== undefined) {
    const port = portNumber(handler.httpGet.port, entry.spec);
    const host = handler.httpGet.host ?? worker.podIp;
    const answer = runtime.httpGet(worker.sandboxId, port, handler.httpGet.path ?? '/');
    if (typeof answer !== 'number') return { tookMs: 0, error: `Get "http://${host}:${port}${handler.httpGet.path ?? '/'}": dial tcp ${host}:${port}: connect: connection refused` };
  }
  return { tookMs: 0 };
}

/** Runs the postStart hook; how long it takes, and whether it failed. */
export function runPostStart(worker: PodWorker, entry: ContainerEntry): { readonly tookMs: number; readonly failed: boolean } {
  const handler = entry.spec.lifecycle?.postStart;
  if (!handler) return { tookMs: 0, failed: false };
  const { tookMs, error } = runHandler(worker, entry, handler);
  if (error !== undefined) worker.host.event(worker.pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', worker.fieldPath(entry));
  return { tookMs, failed: error !== undefined };
}

/** Runs the preStop hook; returns how long it takes, ms. */
export function runPreStop(worker: PodWorker, entry: ContainerEntry): number {
  const handler = entry.spec.lifecycle?.preStop;
  if (!handler) return 0;
  const { tookMs, error } = runHandler(worker, entry, handler);
  if (error !== undefined) worker.host.event(worker.pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', worker.fieldPath(entry));
  return tookMs;
}
