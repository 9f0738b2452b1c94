/** What a pod worker knows about one of its containers, and the status that follows. */
import type { Container, ContainerState, ContainerStateTerminated, ContainerStatus, VolumeMountStatus } from '../api/generated/types.ts';
import { formatTime } from '../api/time.ts';
import type { Timer } from '../simulation/clock.ts';
import type { Draft } from '../api/json.ts';
import { Backoff } from './backoff.ts';
import type { ContainerRecord, Pull } from './cri/runtime.ts';
import type { Prober } from './probes/prober.ts';

export type ContainerKind = 'init' | 'sidecar' | 'main' | 'ephemeral';

/** First wait and longest wait after failed pulls and crashed containers, ms (kubelet.go: MaxContainerBackOff, backOffPeriod). */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;

export class ContainerEntry {
  /** The newest container: created, running or ended. */
  container: ContainerRecord | undefined;
  /** The one before it, kept for its logs. */
  previous: ContainerRecord | undefined;
  lastTerminated: ContainerStateTerminated | undefined;
  restartCount = 0;
  /** Why there is no container, or no new one yet. */
  waiting: { readonly reason: string; readonly message?: string } | undefined;
  /** Past its startup probe and postStart hook. */
  started = false;
  ready = false;
  readonly crash = new Backoff(BACKOFF_FIRST_MS, BACKOFF_MAX_MS);
  readonly pullFailures = new Backoff(BACKOFF_FIRST_MS, BACKOFF_MAX_MS);
  pullFailedMs = 0;
  /** What the last failed pull said. */
  pullError = '';
  pull: { readonly promise: Pull; readonly dueMs: number; readonly sinceMs: number } | undefined;
  /** The image is there for the next start. */
  imageReady = false;
  /** A realistic start takes until then. */
  startDueMs: number | undefined;
  postStartDueMs: number | undefined;
  stopping = false;
  probers: readonly Prober[] = [];
  timer: Timer | undefined;
  /** Why the last start was refused; tried, and told, again then. */
  refusal: { readonly message: string; readonly untilMs: number } | undefined;

  constructor(
    public spec: Container,
    readonly kind: ContainerKind,
  ) {}

  get running(): boolean {
    return this.container?.state === 'running';
  }
  get exited(): boolean {
    return this.container?.state === 'exited';
  }
  get succeeded(): boolean {
    return this.container?.state === 'exited' && this.container.exitCode === 0;
  }

  stopProbes(): void {
    for (const prober of this.probers) prober.stop();
    this.probers = [];
  }
}

/** The API's form of a container's end. */
export function terminatedState(container: ContainerRecord): ContainerStateTerminated {
  return {
    exitCode: container.exitCode, reason: container.reason, ...(container.message ? { message: container.message } : {}),
    startedAt: formatTime(container.startedAtMs), finishedAt: formatTime(container.finishedAtMs), containerID: `containerd://${container.id}`,
  };
}

function volumeMounts(spec: Container): VolumeMountStatus[] {
  return (spec.volumeMounts ?? []).map(({ name, mountPath, readOnly, recursiveReadOnly }) => ({
    name, mountPath,
    ...(readOnly ? { readOnly, recursiveReadOnly: recursiveReadOnly === 'Enabled' || recursiveReadOnly === 'IfPossible' ? 'Enabled' : 'Disabled' } : {}),
  }));
}

/** Follows kubernetes pkg/kubelet/kubelet_pods.go: convertToAPIContainerStatuses. */
export function containerStatus(entry: ContainerEntry, initializing: boolean): ContainerStatus {
  const { spec, container, waiting } = entry;
  let state: ContainerState;
  let last = entry.lastTerminated;
  if (!container || container.state === 'created') state = { waiting: waiting ?? { reason: initializing ? 'PodInitializing' : 'ContainerCreating' } };
  else if (container.state === 'running') state = { running: { startedAt: formatTime(container.startedAtMs) } };
  else if (waiting) {
    state = { waiting };
    last = terminatedState(container);
  } else state = { terminated: terminatedState(container) };
  const mounts = volumeMounts(spec);
  const { requests, limits } = spec.resources ?? {};
  const status: Draft<ContainerStatus> = {
    name: spec.name, state: state as Draft<ContainerState>, lastState: last ? { terminated: { ...last } } : {},
    ready: entry.kind === 'init' ? entry.succeeded : entry.running && entry.ready, restartCount: entry.restartCount,
    image: container?.image.name ?? spec.image ?? '', imageID: container?.image.id ?? '', ...(container ? { containerID: `containerd://${container.id}` } : {}),
    started: entry.running && entry.started,
  };
  if (container) {
    if (requests) status.allocatedResources = { ...requests };
    status.resources = { ...(limits ? { limits: { ...limits } } : {}), ...(requests ? { requests: { ...requests } } : {}) };
  }
  if (mounts.length > 0) status.volumeMounts = mounts;
  if (container) status.user = { linux: { gid: container.user.gid, supplementalGroups: [...container.user.supplementalGroups], uid: container.user.uid } };
  return status;
}
