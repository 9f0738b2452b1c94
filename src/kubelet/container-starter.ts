/**
 * Starts a pod's containers in their order, again after they ended where the restart policy says so, and watches over
 * them with their probes. Follows kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go and kuberuntime_container.go.
 */
import type { Probe } from '../api/generated/types.ts';
import { parseQuantity } from '../api/quantity.ts';
import type { ContainerEntry } from './container-entry.ts';
import type { ContainerConfig } from './cri/runtime.ts';
import { Asking, ConfigError, expandReferences, makeEnvironment } from './environment.ts';
import { ensureImage } from './image-puller.ts';
import { runPostStart } from './lifecycle-hooks.ts';
import { refuseStart } from './refused-start.ts';
import type { PodWorker } from './pod-worker.ts';
import { runProbe } from './probes/probe.ts';
import { Prober, type ProbeType } from './probes/prober.ts';
import { containerFiles } from './volumes.ts';

/** How soon a container that couldn't be started is tried again before its back-off begins, ms. */
const START_RETRY_MS = 1000;
/** Realistic starts, ms: at least, and up to how much more. */
const START_MS = 300;
const START_SPREAD_MS = 500;

export class ContainerStarter {
  constructor(private readonly worker: PodWorker) {}

  /** Starts what is to be started now. */
  run(): void {
    const { entries } = this.worker;
    for (const entry of entries) if (entry.kind === 'ephemeral' && !entry.container) this.#start(entry);
    for (const entry of entries) {
      if (entry.kind === 'init') {
        if (entry.succeeded) continue;
        if (entry.running || !this.#wanted(entry)) return;
        this.#start(entry);
        return;
      }
      if (entry.kind === 'sidecar') {
        if (!entry.running && !this.#start(entry) && !this.#mainsBegan()) return;
        if (!(entry.running && entry.started) && !this.#mainsBegan()) return;
      }
    }
    for (const entry of entries) {
      if (entry.kind !== 'main' || entry.running || !this.#wanted(entry)) continue;
      // Containers are started one after the other: a pull holds up those behind it.
      if (!this.#start(entry) && (entry.pull !== undefined || entry.startDueMs !== undefined)) return;
    }
  }

  /** Whether an ended container is to run again. */
  shouldRestart({ kind, container }: ContainerEntry): boolean {
    if (kind === 'ephemeral') return false;
    if (kind === 'sidecar') return true;
    const policy = this.worker.pod.spec?.restartPolicy ?? 'Always';
    if (kind === 'init') return policy !== 'Never' && container?.exitCode !== 0;
    return policy === 'Always' || (policy === 'OnFailure' && container?.exitCode !== 0);
  }

  /** A process has ended: probes stop, files in shared volumes stay. */
  ended(entry: ContainerEntry): void {
    const { worker } = this;
    entry.stopProbes();
    entry.timer?.cancel();
    Object.assign(entry, { started: false, ready: false, stopping: false, imageReady: false, startDueMs: undefined, postStartDueMs: undefined, waiting: undefined });
    worker.keepFiles(entry);
    const message = this.#terminationMessage(entry);
    if (message !== '' && entry.container) entry.container = { ...entry.container, message };
  }

  #mainsBegan(): boolean {
    return this.worker.entries.some(({ kind, container }) => kind === 'main' && container !== undefined);
  }

  #wanted(entry: ContainerEntry): boolean {
    return !entry.exited || this.shouldRestart(entry);
  }

  /** Whether the container runs now; where it doesn't, the entry says why or has a timer. */
  #start(entry: ContainerEntry): boolean {
    const { worker } = this;
    const { host, pod } = worker;
    const now = host.clock.now();
    if (entry.exited && this.#backsOff(entry, now)) return false;
    if (entry.refusal && now >= entry.refusal.untilMs) Object.assign(entry, { refusal: undefined, imageReady: false });
    const image = ensureImage(host, { pod, entry, fieldPath: worker.fieldPath(entry), later: (delayMs, kind) => worker.later(entry, delayMs, kind) });
    if (image !== 'ready') return false;
    if (host.realistic) {
      entry.startDueMs ??= now + START_MS + host.random.stream(`start ${pod.metadata.uid} ${entry.spec.name} ${entry.restartCount}`).int(START_SPREAD_MS);
      if (now < entry.startDueMs) {
        worker.later(entry, entry.startDueMs - now, 'progress');
        return false;
      }
      entry.startDueMs = undefined;
    }
    const config = this.#configure(entry);
    return config !== undefined && this.#create(entry, config);
  }

  #backsOff(entry: ContainerEntry, now: number): boolean {
    const { worker } = this;
    const { host, pod } = worker;
    const since = entry.container?.finishedAtMs ?? now;
    // A start that failed shows its own reason until the next look.
    if (entry.waiting?.reason === 'RunContainerError' && now < since + START_RETRY_MS) {
      worker.later(entry, since + START_RETRY_MS - now, 'progress');
      return true;
    }
    if (entry.imageReady || entry.pull) return false;
    const wait = entry.crash.remaining(since, now);
    if (wait > 0) {
      if (entry.waiting?.reason !== 'CrashLoopBackOff') host.event(pod, 'Warning', 'BackOff', `Back-off restarting failed container ${entry.spec.name} in pod ${worker.fullName}`, worker.fieldPath(entry));
      const delay = entry.crash.delayMs / 1000;
      const shown = delay < 60 ? `${delay}s` : `${Math.floor(delay / 60)}m${delay % 60}s`;
      entry.waiting = { reason: 'CrashLoopBackOff', message: `back-off ${shown} restarting failed container=${entry.spec.name} pod=${worker.fullName}` };
      worker.later(entry, wait, 'retry');
      return true;
    }
    entry.crash.next(since, now);
    return false;
  }

  /** The runtime's configuration; undefined where something that it needs is missing (CreateContainerConfigError). */
  #configure(entry: ContainerEntry): ContainerConfig | undefined {
    const { worker } = this;
    const { pod, host } = worker;
    const { spec } = entry;
    try {
      const environment = makeEnvironment(pod, spec, worker.environmentSource());
      this.#verifyUser(entry);
      const security = { ...pod.spec?.securityContext, ...spec.securityContext };
      const limit = spec.resources?.limits?.['memory'];
      const fsGroup = pod.spec?.securityContext?.fsGroup;
      return {
        name: spec.name, attempt: entry.container ? entry.restartCount + 1 : entry.restartCount, image: spec.image ?? '',
        command: (spec.command ?? []).map((word) => expandReferences(word, environment)), args: (spec.args ?? []).map((word) => expandReferences(word, environment)),
        environment: () => this.#environment(entry), workingDir: spec.workingDir, runAsUser: security.runAsUser, runAsGroup: security.runAsGroup,
        supplementalGroups: [...(fsGroup === undefined ? [] : [fsGroup]), ...(pod.spec?.securityContext?.supplementalGroups ?? [])],
        memoryLimit: limit === undefined ? undefined : parseQuantity(limit).value(),
        files: () => containerFiles(spec, worker.volumes, worker.kept), mounts: (spec.volumeMounts ?? []).map(({ mountPath }) => mountPath.replace(/\/+$/, '')),
        stdin: spec.stdin === true, stdinOnce: spec.stdinOnce === true, tty: spec.tty === true,
      };
    } catch (error) {
      if (error instanceof Asking) return undefined;
      if (!(error instanceof ConfigError)) throw error;
      const { message } = error;
      refuseStart(host, { entry, later: (delayMs, kind) => worker.later(entry, delayMs, kind) }, { reason: 'CreateContainerConfigError', message }, () => host.event(pod, 'Warning', 'Failed', `Error: ${message}`, worker.fieldPath(entry)));
      return undefined;
    }
  }

  /** The configuration of a container that runs already. What it referred to may have gone meanwhile. */
  configOf(entry: ContainerEntry, attempt: number): ContainerConfig {
    const { pod, volumes, kept } = this.worker;
    const { spec } = entry;
    const security = { ...pod.spec?.securityContext, ...spec.securityContext };
    const limit = spec.resources?.limits?.['memory'];
    return {
      name: spec.name, attempt, image: spec.image ?? '', command: spec.command ?? [], args: spec.args ?? [], environment: () => this.#environment(entry),
      workingDir: spec.workingDir, runAsUser: security.runAsUser, runAsGroup: security.runAsGroup, supplementalGroups: pod.spec?.securityContext?.supplementalGroups ?? [],
      memoryLimit: limit === undefined ? undefined : parseQuantity(limit).value(), files: () => containerFiles(spec, volumes, kept), mounts: (spec.volumeMounts ?? []).map(({ mountPath }) => mountPath.replace(/\/+$/, '')),
      stdin: spec.stdin === true, stdinOnce: spec.stdinOnce === true, tty: spec.tty === true,
    };
  }

  #environment(entry: ContainerEntry): ReadonlyMap<string, string> {
    const { worker } = this;
    try {
      return makeEnvironment(worker.pod, entry.spec, worker.environmentSource());
    } catch (error) {
      if (error instanceof Asking || error instanceof ConfigError) return new Map((entry.spec.env ?? []).map(({ name, value = '' }) => [name, value]));
      throw error;
    }
  }

  #verifyUser(entry: ContainerEntry): void {
    const { pod, host } = this.worker;
    const security = { ...pod.spec?.securityContext, ...entry.spec.securityContext };
    if (!security.runAsNonRoot) return;
    const where = `(pod: ${JSON.stringify(this.worker.fullName)}, container: ${entry.spec.name})`;
    if (security.runAsUser !== undefined) {
      if (security.runAsUser === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${where}`);
      return;
    }
    const user = host.runtime.imageStatus(entry.spec.image ?? '')?.user ?? 0;
    if (typeof user === 'string') throw new ConfigError(`container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`);
    if (user === 0) throw new ConfigError(`container has runAsNonRoot and image will run as root ${where}`);
  }

  #create(entry: ContainerEntry, config: ContainerConfig): boolean {
    const { worker } = this;
    const { host, pod, sandboxId } = worker;
    if (sandboxId === undefined) return false;
    const { name } = entry.spec;
    const fieldPath = worker.fieldPath(entry);
    worker.replace(entry);
    entry.waiting = undefined;
    entry.refusal = undefined;
    entry.container = host.runtime.createContainer(sandboxId, config);
    host.event(pod, 'Normal', 'Created', `Created container: ${name}`, fieldPath);
    host.step(pod, 'CreateContainer', `${name} from ${entry.container.image.name}`);
    try {
      entry.container = host.runtime.startContainer(entry.container.id);
    } catch (error) {
      const { message } = error as Error;
      host.event(pod, 'Warning', 'Failed', `Error: ${message}`, fieldPath);
      entry.waiting = { reason: 'RunContainerError', message };
      entry.imageReady = false;
      entry.container = { ...entry.container, ...host.runtime.containerStatus(entry.container.id) };
      if (this.shouldRestart(entry)) worker.later(entry, START_RETRY_MS, 'progress');
      else entry.waiting = undefined;
      return false;
    }
    host.event(pod, 'Normal', 'Started', `Started container ${name}`, fieldPath);
    host.step(pod, 'StartContainer', name);
    entry.imageReady = false;
    const hook = runPostStart(worker, entry);
    if (hook.failed) worker.killContainer(entry, 'FailedPostStartHook');
    else if (hook.tookMs > 0) host.clock.setTimer(hook.tookMs, () => {
      if (!entry.running || entry.stopping) return;
      this.watch(entry, false);
      worker.sync();
    });
    else this.watch(entry, false);
    return true;
  }

  /** Begins the probes of a running container; without a startup probe it has started. */
  watch(entry: ContainerEntry, found: boolean): void {
    if (entry.kind === 'init' || entry.kind === 'ephemeral') return;
    const { startupProbe } = entry.spec;
    if (startupProbe && !(found && entry.started)) {
      entry.started = false;
      this.#probe(entry, 'startup', startupProbe, found);
    } else {
      entry.started = true;
      this.#watchStarted(entry, found);
    }
  }

  #watchStarted(entry: ContainerEntry, found: boolean): void {
    const { readinessProbe, livenessProbe } = entry.spec;
    if (!readinessProbe) entry.ready = true;
    else this.#probe(entry, 'readiness', readinessProbe, found);
    if (livenessProbe) this.#probe(entry, 'liveness', livenessProbe, found);
  }

  #probe(entry: ContainerEntry, type: ProbeType, spec: Probe, found: boolean): void {
    const { worker } = this;
    const { host } = worker;
    const containerId = entry.container?.id ?? '';
    const label = type.charAt(0).toUpperCase() + type.slice(1);
    const prober: Prober = new Prober({
      type, spec, ticker: host.ticker, startedAtMs: entry.container?.startedAtMs ?? 0,
      initialResult: found ? (type === 'readiness' ? entry.ready : type === 'liveness' ? true : undefined) : undefined,
      enabled: () => entry.running && entry.container?.id === containerId,
      probe: () => runProbe(spec, { runtime: host.runtime, sandboxId: entry.container?.sandboxId ?? '', containerId, podIp: worker.podIp, container: entry.spec }),
      failed: (message) => host.event(worker.pod, 'Warning', 'Unhealthy', `${label} probe failed: ${message}`, worker.fieldPath(entry)),
      changed: (result) => this.#probed(entry, type, spec, result),
    });
    entry.probers = [...entry.probers, prober];
    prober.start(host.realistic && !found ? host.random.stream(`probe ${containerId} ${type}`).int((spec.periodSeconds ?? 10) * 1000) : 0);
  }

  #probed(entry: ContainerEntry, type: ProbeType, spec: Probe, result: boolean): void {
    const { worker } = this;
    if (type === 'readiness') entry.ready = result;
    else if (type === 'startup' && result) {
      entry.started = true;
      this.#watchStarted(entry, false);
    } else if (!result) {
      const graceMs = spec.terminationGracePeriodSeconds === undefined ? undefined : spec.terminationGracePeriodSeconds * 1000;
      worker.killContainer(entry, `Container ${entry.spec.name} failed ${type} probe${this.#willRestart(entry) ? ', will be restarted' : ''}`, graceMs);
    }
    worker.sync();
  }

  #willRestart({ kind }: ContainerEntry): boolean {
    return kind === 'sidecar' || this.worker.pod.spec?.restartPolicy !== 'Never';
  }

  /** What the container wrote to its termination log, or the end of its output. */
  #terminationMessage(entry: ContainerEntry): string {
    const { container, spec } = entry;
    if (!container || container.message !== '') return '';
    const { runtime } = this.worker.host;
    const written = runtime.readFile(container.id, spec.terminationMessagePath ?? '/dev/termination-log') ?? '';
    if (written !== '' || spec.terminationMessagePolicy !== 'FallbackToLogsOnError' || container.exitCode === 0) return written.slice(0, 4096);
    return runtime.readLogs(container.id).slice(-80).map(({ text }) => `${text}\n`).join('').slice(-2048);
  }
}
