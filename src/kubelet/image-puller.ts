/** Gets a container's image as its pull policy says, with events and back-off. Follows kubernetes pkg/kubelet/images/image_manager.go. */
import type { Pod } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { formatGoDuration } from '../api/duration.ts';
import type { ContainerEntry } from './container-entry.ts';
import { parseImageReference } from './images/reference.ts';
import type { PodHost } from './pod-host.ts';
import { refuseStart } from './refused-start.ts';

/** How soon after a failed pull the next look at the container finds it backing off, ms. */
const NEXT_LOOK_MS = 1000;

export interface PullTask {
  readonly pod: Stored<Pod>;
  readonly entry: ContainerEntry;
  readonly fieldPath: string;
  /** Looks at the pod again after a time. */
  later(delayMs: number, kind: 'progress' | 'retry'): void;
}

/** 'ready': the image is there; 'pulling': it will be; 'failed': the entry says why it waits. */
export function ensureImage(host: PodHost, task: PullTask): 'ready' | 'pulling' | 'failed' {
  const { pod, entry, fieldPath } = task;
  if (entry.imageReady) return 'ready';
  if (entry.pull) return finishPull(host, task);
  const image = entry.spec.image ?? '';
  const warn = (reason: string, message: string): void => host.event(pod, 'Warning', reason, message, fieldPath);
  try {
    parseImageReference(image);
  } catch (error) {
    const message = `Failed to apply default image tag ${JSON.stringify(image)}: ${(error as Error).message}`;
    refuseStart(host, task, { reason: 'InvalidImageName', message }, () => {
      warn('InspectFailed', message);
      warn('Failed', 'Error: InvalidImageName');
    });
    return 'failed';
  }
  const present = host.runtime.imageStatus(image) !== undefined;
  const policy = entry.spec.imagePullPolicy ?? 'IfNotPresent';
  if (present && policy !== 'Always') {
    host.event(pod, 'Normal', 'Pulled', `Container image ${JSON.stringify(image)} already present on machine`, fieldPath);
    entry.imageReady = true;
    return 'ready';
  }
  if (policy === 'Never') {
    const message = `Container image ${JSON.stringify(image)} is not present with pull policy of Never`;
    refuseStart(host, task, { reason: 'ErrImageNeverPull', message }, () => {
      warn('ErrImageNeverPull', message);
      warn('Failed', 'Error: ErrImageNeverPull');
    });
    return 'failed';
  }
  const now = host.clock.now();
  const wait = entry.pullFailures.remaining(entry.pullFailedMs, now);
  if (wait > 0) return backOff(host, task, wait);
  host.event(pod, 'Normal', 'Pulling', `Pulling image ${JSON.stringify(image)}`, fieldPath);
  const promise = host.runtime.pullImage(image);
  entry.pull = { promise, sinceMs: now, dueMs: now + promise.waitingMs + promise.durationMs };
  return finishPull(host, task);
}

function finishPull(host: PodHost, task: PullTask): 'ready' | 'pulling' | 'failed' {
  const { pod, entry, fieldPath } = task;
  const { pull } = entry;
  if (!pull) return 'failed';
  const now = host.clock.now();
  if (now < pull.dueMs) {
    task.later(pull.dueMs - now, 'progress');
    return 'pulling';
  }
  entry.pull = undefined;
  const image = entry.spec.image ?? '';
  const { outcome } = pull.promise;
  if ('image' in outcome) {
    const took = formatGoDuration(Math.max(1, pull.promise.durationMs));
    const whole = formatGoDuration(Math.max(1, now - pull.sinceMs));
    host.step(pod, 'PullImage', `${outcome.image.name}, ${outcome.image.sizeBytes} bytes`);
    host.event(pod, 'Normal', 'Pulled', `Successfully pulled image ${JSON.stringify(image)} in ${took} (${whole} including waiting). Image size: ${outcome.image.sizeBytes} bytes.`, fieldPath);
    entry.imageReady = true;
    entry.pullFailures.reset();
    host.imagesChanged();
    return 'ready';
  }
  host.step(pod, 'PullImage', `failed: ${outcome.error}`);
  host.event(pod, 'Warning', 'Failed', `Failed to pull image ${JSON.stringify(image)}: ${outcome.error}`, fieldPath);
  host.event(pod, 'Warning', 'Failed', 'Error: ErrImagePull', fieldPath);
  entry.waiting = { reason: 'ErrImagePull', message: outcome.error };
  entry.pullError = outcome.error;
  entry.pullFailedMs = now;
  entry.pullFailures.next(now, now);
  task.later(NEXT_LOOK_MS, 'progress');
  return 'failed';
}

function backOff(host: PodHost, task: PullTask, waitMs: number): 'failed' {
  const { pod, entry, fieldPath } = task;
  const image = JSON.stringify(entry.spec.image ?? '');
  // The first look comes from the worker that just told of the failure; it shows ErrImagePull until the next.
  if (entry.waiting?.reason === 'ErrImagePull' && host.clock.now() < entry.pullFailedMs + NEXT_LOOK_MS) return 'failed';
  if (entry.waiting?.reason !== 'ImagePullBackOff') {
    host.event(pod, 'Normal', 'BackOff', `Back-off pulling image ${image}`, fieldPath);
    host.event(pod, 'Warning', 'Failed', 'Error: ImagePullBackOff', fieldPath);
  }
  entry.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image ${image}: ErrImagePull: ${entry.pullError}` };
  task.later(waitMs, 'retry');
  return 'failed';
}
