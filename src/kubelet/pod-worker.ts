/**
 * Brings one pod to what its manifest asks for, step by step: admission, volumes, sandbox, init containers, containers,
 * restarts, probes, graceful end. Each `sync` looks at what is and does what is next; what takes time sets a timer that
 * looks again. Follows kubernetes pkg/kubelet/kubelet.go (SyncPod, SyncTerminatingPod, SyncTerminatedPod) and
 * pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions).
 */
import type { Container, Pod, PodStatus } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { qosClass } from '../api/pods.ts';
import { equal } from '../api/json.ts';
import { isConflict, isNotFound } from '../api/status.ts';
import { formatTime, parseTime } from '../api/time.ts';
import type { Timer, TimerKind } from '../simulation/clock.ts';
import { rejectPod } from './admission.ts';
import { Backoff } from './backoff.ts';
import { ContainerEntry, terminatedState, type ContainerKind } from './container-entry.ts';
import { ContainerStarter } from './container-starter.ts';
import type { ContainerRecord } from './cri/runtime.ts';
import { adoptContainers } from './adoption.ts';
import { Asking, type EnvironmentSource } from './environment.ts';
import type { PodHost } from './pod-host.ts';
import { generateStatus, isOverwritten, knownStatus, podPhase, statusPatch, type PodFacts } from './pod-status.ts';
import { runPreStop } from './lifecycle-hooks.ts';
import type { Waiter } from './references.ts';
import type { Client } from '../client/client.ts';
import { MountError, setUpVolumes, type VolumeFiles } from './volumes.ts';

/** Volume set-up is tried again after this, doubling (pkg/util/goroutinemap/exponentialbackoff). */
const MOUNT_FIRST_MS = 500;
const MOUNT_MAX_MS = 122_000;
const DEFAULT_GRACE_SECONDS = 30;
/** What a container gets of its grace period at the least after its preStop hook (kuberuntime_container.go: minimumGracePeriodInSeconds). */
const MINIMUM_GRACE_MS = 2000;
/** A new node gets its podCIDR in a moment; only a pod that waits longer is told, ms. */
const NETWORK_PATIENCE_MS = 2000;
const NETWORK_NOT_READY = 'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
const DEADLINE_MESSAGE = 'Pod was active on the node longer than the specified deadline';

/** How a worker begins: with a pod that is new to the node, one that waited or ran when the kubelet was stopped, or after a reboot. */
export type Beginning = 'new' | 'waiting' | 'found' | 'rebooted';

export class PodWorker implements Waiter {
  pod: Stored<Pod>;
  readonly entries: ContainerEntry[] = [];
  sandboxId: string | undefined;
  sandboxAttempt = 0;
  podIp = '';
  volumes: ReadonlyMap<string, VolumeFiles> = new Map();
  /** What ended containers left in the pod's own volumes. */
  readonly kept = new Map<string, ReadonlyMap<string, string>>();
  #admitted = false;
  #rejected: PodStatus | undefined;
  #volumesReady = false;
  #mountError = '';
  readonly #mountBackoff = new Backoff(MOUNT_FIRST_MS, MOUNT_MAX_MS);
  #networkError = '';
  #networkAwaitedMs: number | undefined;
  #failure: { readonly reason: string; readonly message: string } | undefined;
  #killing: { readonly sinceMs: number; graceMs: number } | undefined;
  /** Over: nothing is left to be done on the node. */
  #finished = false;
  #dead = false;
  #startTime = '';
  #status: PodStatus;
  #writing = false;
  /** The version that came of the last write. */
  #written = 0;
  #deleting = false;
  #syncing = false;
  #again = false;
  #retryTimer: Timer | undefined;
  #deadlineTimer: Timer | undefined;
  readonly #starter: ContainerStarter;
  readonly #endWaiters = new Set<{ readonly containerId: string; readonly ended: () => void }>();
  /** Was over before this kubelet knew it: nothing is to be written about it. */
  #silent = false;

  get client(): Client {
    return this.host.client;
  }

  constructor(
    readonly host: PodHost,
    pod: Stored<Pod>,
    private readonly beginning: Beginning,
  ) {
    this.pod = pod;
    this.#status = knownStatus(pod.status);
    this.#starter = new ContainerStarter(this);
    const { spec } = pod;
    for (const container of spec?.initContainers ?? []) this.#addEntry(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init');
    for (const container of spec?.containers ?? []) this.#addEntry(container, 'main');
    for (const container of spec?.ephemeralContainers ?? []) this.#addEntry(container, 'ephemeral');
    this.#startTime = pod.status?.startTime ?? '';
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (over) {
      this.#finished = true;
      this.#silent = true;
    }
    if (beginning !== 'new') this.#adopt(over);
  }

  get isHostNetwork(): boolean {
    return this.pod.spec?.hostNetwork === true;
  }
  /** "web-1_default(uid)". */
  get fullName(): string {
    const { name, namespace = '', uid } = this.pod.metadata;
    return `${name}_${namespace}(${uid})`;
  }
  get killed(): boolean {
    return this.#killing !== undefined;
  }
  /** The pod is not to start anything any more. */
  get ending(): boolean {
    return this.#dead || this.#killing !== undefined;
  }

  environmentSource(): EnvironmentSource {
    const { host, podIp } = this;
    return {
      references: host.references, waiter: this, podIp, hostIp: host.hostIp, nodeName: host.nodeName,
      allocatable: host.node()?.status?.allocatable ?? {}, services: (namespace) => host.services(namespace),
    };
  }

  /** The pod has changed in the API. */
  update(pod: Stored<Pod>): void {
    const old = this.pod;
    this.pod = pod;
    const respecified = old.spec !== pod.spec && !equal(old.spec, pod.spec);
    if (respecified) this.#takeSpec(pod);
    const overwritten = !this.#writing && Number(pod.metadata.resourceVersion) > this.#written && isOverwritten(pod.status, this.#status);
    if (overwritten) this.#status = knownStatus(pod.status);
    const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
    const deleted = deletionTimestamp !== pod.metadata.deletionTimestamp || deletionGracePeriodSeconds !== pod.metadata.deletionGracePeriodSeconds;
    // Status writes of our own come back too; nothing is to be done about them.
    if (respecified || overwritten || deleted || (pod.spec?.readinessGates?.length ?? 0) > 0) this.sync();
  }

  /** The pod is gone from the API, or the node's power is: nothing more is said about it. */
  abandon(): void {
    this.#dead = true;
    for (const entry of this.entries) {
      entry.stopProbes();
      entry.timer?.cancel();
    }
    this.#retryTimer?.cancel();
    this.#deadlineTimer?.cancel();
    this.host.references.forget(this);
    if (this.sandboxId !== undefined) this.#removeSandbox(this.sandboxId);
    this.sandboxId = undefined;
    this.#tellEnd(undefined);
  }

  /** Calls back when a container has ended or is no longer known; returns a function that forgets it. */
  onEnd(containerId: string, ended: () => void): () => void {
    const waiter = { containerId, ended };
    this.#endWaiters.add(waiter);
    return () => this.#endWaiters.delete(waiter);
  }

  #tellEnd(containerId: string | undefined): void {
    for (const waiter of [...this.#endWaiters]) if (containerId === undefined || waiter.containerId === containerId) waiter.ended();
  }

  wake(): void {
    if (!this.#dead) this.sync();
  }

  /** A container's process has ended. */
  containerExited(container: ContainerRecord): void {
    const entry = this.entries.find((each) => each.container?.id === container.id);
    if (!entry || this.#dead) return;
    this.#starter.ended(entry);
    this.#tellEnd(container.id);
    this.sync();
  }

  /** Looks at the pod and does what is next. */
  sync(): void {
    if (this.#dead) return;
    if (this.#syncing) {
      this.#again = true;
      return;
    }
    this.#syncing = true;
    try {
      do {
        this.#again = false;
        this.#step();
      } while (this.#again);
    } finally {
      this.#syncing = false;
    }
    this.#publish();
  }

  /** Looks again after a time; an earlier look stays. */
  later(entry: ContainerEntry, delayMs: number, kind: TimerKind): void {
    entry.timer?.cancel();
    entry.timer = this.host.clock.setTimer(delayMs, () => {
      entry.timer = undefined;
      this.sync();
    }, kind);
  }

  #step(): void {
    if (this.#finished || this.#rejected) {
      if (this.pod.metadata.deletionTimestamp !== undefined && this.#finished) void this.#delete();
      else if (this.pod.metadata.deletionTimestamp !== undefined) this.#finish();
      return;
    }
    if (this.pod.metadata.deletionTimestamp !== undefined || this.#killing) return this.#terminate();
    if (!this.#admitted && !this.#admit()) return;
    if (this.#overDeadline()) return this.#terminate();
    if (!this.#mountVolumes() || !this.#ensureSandbox()) return;
    if (this.#mainsAreDone()) this.#stopSidecars();
    else this.#starter.run();
    const phase = podPhase(this.#facts());
    if (phase === 'Succeeded' || phase === 'Failed') this.#terminate();
  }

  #addEntry(container: Container, kind: ContainerKind): void {
    this.entries.push(new ContainerEntry(container, kind));
  }

  /** Takes over changed images (containers start anew), resources and ephemeral containers. */
  #takeSpec(pod: Stored<Pod>): void {
    for (const container of pod.spec?.ephemeralContainers ?? []) {
      if (!this.entries.some(({ spec }) => spec.name === container.name)) this.#addEntry(container, 'ephemeral');
    }
    for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
      const entry = this.entries.find(({ spec }) => spec.name === container.name);
      if (!entry) continue;
      const changed = entry.spec.image !== container.image;
      entry.spec = container;
      if (!changed) continue;
      entry.imageReady = false;
      entry.pullFailures.reset();
      if (entry.waiting && !entry.exited) entry.waiting = undefined;
      if (entry.running && entry.kind !== 'init') this.killContainer(entry, `Container ${container.name} definition changed, will be restarted`);
    }
  }

  #adopt(over: boolean): void {
    this.#admitted = true;
    if (this.beginning === 'waiting') {
      this.host.usage.add(this.pod);
      adoptContainers(this, false);
      return;
    }
    if (!over) this.host.usage.add(this.pod);
    adoptContainers(this, this.beginning === 'rebooted');
    for (const entry of this.entries) if (entry.running) this.#starter.watch(entry, true);
  }

  #admit(): boolean {
    const { host, pod } = this;
    const node = host.node();
    if (!node) return false;
    const rejection = rejectPod(pod, node, host.usage);
    this.#startTime = pod.status?.startTime ?? formatTime(host.clock.now());
    if (rejection) {
      host.event(pod, 'Warning', rejection.reason, rejection.message);
      this.#rejected = { phase: 'Failed', reason: rejection.reason, message: `Pod was rejected: ${rejection.message}`, startTime: this.#startTime, qosClass: pod.status?.qosClass ?? qosClass(pod) };
      return false;
    }
    this.#admitted = true;
    host.usage.add(pod);
    return true;
  }

  #overDeadline(): boolean {
    const seconds = this.pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined) return false;
    const { clock } = this.host;
    const left = (parseTime(this.#startTime) || clock.now()) + seconds * 1000 - clock.now();
    if (left > 0) {
      this.#deadlineTimer ??= clock.setTimer(left, () => this.sync(), left <= 60_000 ? 'progress' : 'background');
      return false;
    }
    this.#failure = { reason: 'DeadlineExceeded', message: DEADLINE_MESSAGE };
    this.host.event(this.pod, 'Normal', 'DeadlineExceeded', DEADLINE_MESSAGE);
    return true;
  }

  #mountVolumes(): boolean {
    if (this.#volumesReady) return true;
    const { host } = this;
    try {
      this.volumes = setUpVolumes(this.pod, this.environmentSource());
    } catch (error) {
      if (error instanceof Asking) return false;
      if (!(error instanceof MountError)) throw error;
      const now = host.clock.now();
      this.#mountBackoff.next(now, now);
      // The kubelet before this one has told of the failure that it left.
      const told = this.beginning === 'waiting' && this.#mountError === '';
      if (!told) host.event(this.pod, 'Warning', 'FailedMount', error.message);
      this.#mountError = error.message;
      this.#retryAfter(this.#mountBackoff.delayMs);
      return false;
    }
    this.#volumesReady = true;
    return true;
  }

  #retryAfter(delayMs: number): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = this.host.clock.setTimer(delayMs, () => this.sync(), 'retry');
  }

  #ensureSandbox(): boolean {
    if (this.sandboxId !== undefined) return true;
    const { host, pod } = this;
    if (!this.isHostNetwork && !host.network.ready) {
      // The node tells its pods when it gets its podCIDR.
      this.#networkAwaitedMs ??= host.clock.now();
      if (host.clock.now() < this.#networkAwaitedMs + NETWORK_PATIENCE_MS) this.#retryAfter(NETWORK_PATIENCE_MS);
      else if (this.#networkError !== NETWORK_NOT_READY) {
        host.event(pod, 'Warning', 'NetworkNotReady', NETWORK_NOT_READY);
        this.#networkError = NETWORK_NOT_READY;
      }
      return false;
    }
    const { name, namespace = '', uid } = pod.metadata;
    if (this.sandboxAttempt > 0) host.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    const sandboxId = host.runtime.runPodSandbox({ podUid: uid, namespace, name, attempt: this.sandboxAttempt, hostname: this.isHostNetwork ? host.nodeName : (pod.spec?.hostname ?? name) });
    host.step(pod, 'RunPodSandbox', `sandbox ${sandboxId.slice(0, 12)} with registry.k8s.io/pause:3.10`);
    try {
      this.podIp = this.isHostNetwork ? host.hostIp : host.network.add(sandboxId);
    } catch (error) {
      const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${sandboxId}": ${(error as Error).message}`;
      if (this.#networkError === '') host.event(pod, 'Warning', 'FailedCreatePodSandBox', message);
      this.#networkError = message;
      host.runtime.removePodSandbox(sandboxId);
      this.#retryAfter(10_000);
      return false;
    }
    if (!this.isHostNetwork) host.step(pod, 'CNI ADD', `address ${this.podIp}`);
    host.runtime.setSandboxAddress(sandboxId, this.podIp);
    this.sandboxId = sandboxId;
    this.sandboxAttempt++;
    return true;
  }

  #mainsAreDone(): boolean {
    if (this.pod.spec?.restartPolicy === 'Always') return false;
    return this.entries.every((entry) => entry.kind !== 'main' || (entry.exited && !this.#starter.shouldRestart(entry)));
  }

  /** The end of a pod: containers first, then sidecars from the last to the first, then the sandbox. */
  #terminate(): void {
    const { host, pod } = this;
    const now = host.clock.now();
    const seconds = this.#failure ? (pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) : (pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS);
    const graceMs = Math.max(1, seconds) * 1000;
    if (!this.#killing) {
      this.#killing = { sinceMs: now, graceMs };
      host.references.forget(this);
      this.#retryTimer?.cancel();
      this.#deadlineTimer?.cancel();
      for (const entry of this.entries) {
        entry.timer?.cancel();
        if (!entry.running) entry.stopProbes();
        for (const prober of entry.probers) if (prober.type !== 'readiness') prober.stop();
      }
    } else if (graceMs < this.#killing.graceMs) {
      // Asked again with less patience: what is left of the shorter time.
      this.#killing.graceMs = graceMs;
      for (const entry of this.entries) if (entry.running && entry.stopping) host.runtime.stopContainer(entry.container?.id ?? '', graceMs);
    }
    for (const entry of this.entries) if (entry.running && !entry.stopping && entry.kind !== 'sidecar') this.killContainer(entry, `Stopping container ${entry.spec.name}`, graceMs);
    if (this.entries.some(({ running, kind }) => running && kind !== 'sidecar')) return;
    this.#stopSidecars();
    if (this.entries.some(({ running }) => running)) return;
    this.#finish();
  }

  #stopSidecars(): void {
    const sidecars = this.entries.filter(({ kind, running }) => kind === 'sidecar' && running);
    const last = sidecars.at(-1);
    if (!last || last.stopping) return;
    const graceMs = this.#killing ? Math.max(MINIMUM_GRACE_MS, this.#killing.graceMs - (this.host.clock.now() - this.#killing.sinceMs)) : (this.pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
    this.killContainer(last, `Stopping container ${last.spec.name}`, graceMs);
  }

  /** Runs the preStop hook and signals the process; its end comes as `containerExited`. */
  killContainer(entry: ContainerEntry, message: string, graceMs = (this.pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000): void {
    const { host, pod } = this;
    const id = entry.container?.id;
    if (id === undefined || !entry.running || entry.stopping) return;
    entry.stopping = true;
    host.event(pod, 'Normal', 'Killing', message, this.fieldPath(entry));
    const hookMs = Math.min(graceMs, runPreStop(this, entry));
    host.step(pod, 'StopContainer', `${entry.spec.name}: ${message}`);
    const stop = (): void => host.runtime.stopContainer(id, Math.max(MINIMUM_GRACE_MS, graceMs - hookMs));
    if (hookMs > 0) host.clock.setTimer(hookMs, stop);
    else stop();
  }

  fieldPath({ kind, spec }: ContainerEntry): string {
    return `spec.${kind === 'main' ? 'containers' : kind === 'ephemeral' ? 'ephemeralContainers' : 'initContainers'}{${spec.name}}`;
  }

  #finish(): void {
    if (!this.#finished) {
      this.#finished = true;
      for (const entry of this.entries) entry.stopProbes();
      this.#deadlineTimer?.cancel();
      this.host.usage.remove(this.pod.metadata.uid);
      if (this.sandboxId !== undefined) {
        this.host.runtime.stopPodSandbox(this.sandboxId);
        if (!this.isHostNetwork) {
          this.host.network.del(this.sandboxId);
          this.host.step(this.pod, 'CNI DEL', `address ${this.podIp} is free again`);
        }
        this.host.step(this.pod, 'StopPodSandbox', `sandbox ${this.sandboxId.slice(0, 12)}`);
      }
    }
    if (this.pod.metadata.deletionTimestamp !== undefined) void this.#delete();
  }

  #removeSandbox(sandboxId: string): void {
    this.host.usage.remove(this.pod.metadata.uid);
    this.host.network.del(sandboxId);
    this.host.runtime.removePodSandbox(sandboxId);
  }

  #facts(): PodFacts {
    const { pod, entries, host, podIp } = this;
    return {
      pod, entries, previous: this.#status, hasSandbox: this.sandboxId !== undefined && !this.#finished, podIp, hostIp: host.hostIp,
      startTime: this.#startTime, nowMs: host.clock.now(), ending: this.#finished || this.#killing !== undefined, failure: this.#failure,
    };
  }

  /** Writes the status where it has changed; while a write is under way the newest waits for it. */
  #publish(): void {
    if (this.#writing || this.#dead || this.#silent || (!this.#admitted && !this.#rejected)) return;
    const next = this.#rejected ?? generateStatus(this.#facts());
    const patch = statusPatch(this.pod.metadata.uid, this.#status, next);
    if (!patch) return;
    this.#status = next;
    this.#writing = true;
    void this.#write(patch, next);
  }

  async #write(patch: object, status: PodStatus): Promise<void> {
    const { name, namespace } = this.pod.metadata;
    try {
      const written = await this.host.pods.patch(namespace, name, patch, 'strategic', { subresource: 'status', reason: describe(status) });
      this.#written = Number(written.metadata.resourceVersion);
    } catch (error) {
      if (!isNotFound(error) && !this.#dead) {
        this.host.log.error(`cannot write the status of pod ${namespace}/${name}: ${(error as Error).message}`);
        // What the API has is unknown now: the next write says everything.
        this.#status = knownStatus(this.pod.status);
        this.#retryAfter(10_000);
      }
    } finally {
      this.#writing = false;
    }
    this.#publish();
    if (this.#finished && this.pod.metadata.deletionTimestamp !== undefined) void this.#delete();
  }

  /** The last step: the object goes, now that nothing of it is left on the node. */
  async #delete(): Promise<void> {
    if (this.#deleting || this.#dead) return;
    this.#publish();
    if (this.#writing) return;
    this.#deleting = true;
    const { name, namespace, uid } = this.pod.metadata;
    try {
      await this.host.pods.delete(namespace, name, { gracePeriodSeconds: 0, preconditions: { uid }, reason: 'all containers have ended and the sandbox is gone' });
    } catch (error) {
      if (isNotFound(error) || isConflict(error) || this.#dead) return;
      this.host.log.error(`cannot delete pod ${namespace}/${name}: ${(error as Error).message}`);
      this.#deleting = false;
      this.#retryAfter(10_000);
    }
  }

  /** Remembers what an ended container left in the pod's own volumes, for those that come after it. */
  keepFiles(entry: ContainerEntry): void {
    for (const { name, mountPath, readOnly, subPath } of entry.spec.volumeMounts ?? []) {
      const volume = this.pod.spec?.volumes?.find((each) => each.name === name);
      if (readOnly || subPath || !(volume?.emptyDir || volume?.persistentVolumeClaim || volume?.hostPath) || !entry.container) continue;
      const folder = mountPath.replace(/\/+$/, '');
      const files = this.host.runtime.filesUnder(entry.container.id, folder);
      if (files.size > 0) this.kept.set(name, new Map([...files].map(([path, content]) => [path.slice(1), content])));
    }
  }

  /** A container ended: its state becomes the last one's when a new one is made. */
  replace(entry: ContainerEntry): void {
    const ended = entry.container;
    if (!ended) return;
    if (entry.previous) this.host.runtime.removeContainer(entry.previous.id);
    entry.lastTerminated = terminatedState(ended);
    entry.previous = ended;
    entry.restartCount++;
  }
}

/** One line on a status for `trace`. */
function describe(status: PodStatus): string {
  const waiting = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(({ state }) => state?.waiting)?.state?.waiting;
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return `phase ${status.phase ?? ''}${ready ? ', Ready' : ''}${waiting?.reason ? `, waiting: ${waiting.reason}` : ''}${status.podIP ? `, address ${status.podIP}` : ''}`;
}
