/** Takes over the containers of a pod that ran before this kubelet was started: from its status, which is all there is. */
import type { ContainerStateTerminated, ContainerStatus } from '../api/generated/types.ts';
import { parseTime } from '../api/time.ts';
import type { ContainerEntry } from './container-entry.ts';
import { ContainerStarter } from './container-starter.ts';
import type { AdoptedContainer, ContainerRecord } from './cri/runtime.ts';
import { REFUSED_MS } from './refused-start.ts';
import type { PodWorker } from './pod-worker.ts';
import { setUpVolumes } from './volumes.ts';

/** What containerd says of a container that a reboot took down. */
const AFTER_REBOOT = { exitCode: 255, reason: 'Unknown', message: '' };

const idOf = (containerID: string | undefined): string => (containerID ?? '').replace(/^containerd:\/\//, '');

/** `rebooted`: what ran has ended, and the sandbox with it. */
export function adoptContainers(worker: PodWorker, rebooted: boolean): void {
  const { pod, host } = worker;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? []), ...(pod.status?.ephemeralContainerStatuses ?? [])];
  if (!rebooted) for (const entry of worker.entries) resumeWaiting(worker, entry, statuses.find((each) => each.name === entry.spec.name));
  if (!pod.status?.podIP && !statuses.some(({ containerID }) => containerID)) return;
  try {
    worker.volumes = setUpVolumes(pod, worker.environmentSource());
  } catch {
    // What the volumes were made of has gone since: their files stay unknown.
  }
  const { name, namespace = '', uid } = pod.metadata;
  const terminal = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  const sandboxId = host.runtime.runPodSandbox({ podUid: uid, namespace, name, attempt: 0, hostname: worker.isHostNetwork ? host.nodeName : (pod.spec?.hostname ?? name) });
  worker.sandboxAttempt = 1;
  worker.podIp = pod.status?.podIP ?? '';
  host.runtime.setSandboxAddress(sandboxId, worker.podIp);
  const starter = new ContainerStarter(worker);
  for (const entry of worker.entries) {
    const status = statuses.find((each) => each.name === entry.spec.name);
    if (status) adopt(worker, starter, entry, status, sandboxId, rebooted && !terminal);
  }
  if (rebooted && !terminal) {
    for (const entry of worker.entries) if (entry.kind === 'init' && entry.exited) rerun(entry);
    return;
  }
  worker.sandboxId = sandboxId;
  if (!worker.isHostNetwork && worker.podIp && !terminal) host.network.adopt(sandboxId, worker.podIp);
}

function adopt(worker: PodWorker, starter: ContainerStarter, entry: ContainerEntry, status: ContainerStatus, sandboxId: string, rebooted: boolean): void {
  const { runtime, clock } = worker.host;
  const take = (known: AdoptedContainer, attempt: number): ContainerRecord | undefined => {
    try {
      return runtime.adopt(sandboxId, starter.configOf(entry, attempt), known);
    } catch {
      // The image is no longer one that the registries have.
      return undefined;
    }
  };
  const ended = (state: ContainerStateTerminated, attempt: number): ContainerRecord | undefined =>
    take({ id: idOf(state.containerID), startedAtMs: parseTime(state.startedAt) ?? 0, ended: { finishedAtMs: parseTime(state.finishedAt) ?? 0, exitCode: state.exitCode, reason: state.reason ?? '', message: state.message ?? '' } }, attempt);
  const { restartCount, state, lastState } = status;
  entry.restartCount = restartCount;
  const last = lastState?.terminated;
  if (state?.running) {
    const startedAtMs = parseTime(state.running.startedAt) ?? clock.now();
    entry.container = take({ id: idOf(status.containerID), startedAtMs, ...(rebooted ? { ended: { finishedAtMs: clock.now(), ...AFTER_REBOOT } } : {}) }, restartCount);
    entry.started = !rebooted && status.started === true;
    entry.ready = !rebooted && status.ready;
  } else if (state?.terminated?.containerID) entry.container = ended(state.terminated, restartCount);
  else if (last?.containerID) {
    // It waited for its next start.
    entry.container = ended(last, restartCount);
    if (!rebooted && state?.waiting?.reason === 'CrashLoopBackOff') {
      entry.waiting = { reason: state.waiting.reason, ...(state.waiting.message ? { message: state.waiting.message } : {}) };
      entry.crash.resume(restartCount, entry.container?.finishedAtMs ?? clock.now());
    }
    return;
  }
  if (last?.containerID && entry.container) {
    entry.lastTerminated = last;
    entry.previous = ended(last, restartCount - 1);
  }
}

/** What was said already is not said again: the reasons for waiting go on from where they were. */
function resumeWaiting({ host }: PodWorker, entry: ContainerEntry, status: ContainerStatus | undefined): void {
  const { reason, message = '' } = status?.state?.waiting ?? {};
  if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') {
    // When the last attempt was is not known any more: the first back-off begins now.
    entry.waiting = { reason, message };
    entry.pullError = message.replace(/^Back-off pulling image "[^"]*": ErrImagePull: /, '');
    entry.pullFailedMs = host.clock.now();
    entry.pullFailures.resume(1, entry.pullFailedMs);
  } else if (reason === 'CreateContainerConfigError' || reason === 'InvalidImageName' || reason === 'ErrImageNeverPull') {
    entry.waiting = { reason, message };
    entry.refusal = { message, untilMs: host.clock.now() + REFUSED_MS };
    entry.imageReady = reason === 'CreateContainerConfigError';
  }
}

/** Init containers run again in a new sandbox. */
function rerun(entry: ContainerEntry): void {
  entry.container = undefined;
  entry.lastTerminated = undefined;
}
