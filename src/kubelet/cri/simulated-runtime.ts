/** A container runtime of one node in which nothing runs: processes are worked out (process/), their ends are timers. */
import type { Clock, Timer } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import { resolveImage, type RegistryImage } from '../images/registry.ts';
import type { OutputLine, ProcessNetwork } from './process/machine.ts';
import type { ProcessSession } from './process/process-session.ts';
import { Process, startFailure, type ExecResult } from './process/process.ts';
import type { AdoptedContainer, ContainerConfig, ContainerRecord, ContainerUser, ImageService, ImageStatus, Pull, RuntimeService, SandboxConfig } from './runtime.ts';

export interface RuntimeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly realistic: boolean;
  readonly onExit: (container: ContainerRecord, podUid: string) => void;
  /** What processes reach beyond their own pod. */
  readonly network?: (namespace: string) => ProcessNetwork;
}

interface Container extends ContainerRecord {
  state: 'created' | 'running' | 'exited';
  startedAtMs: number;
  finishedAtMs: number;
  exitCode: number;
  reason: string;
  message: string;
  process: Process | undefined;
  /** Its natural end, or the end that a signal brings. */
  timer: Timer | undefined;
  stopping: boolean;
}

interface Sandbox {
  readonly id: string;
  readonly config: SandboxConfig;
  ip: string;
  readonly containers: Set<Container>;
}

/** Ends within this time are worth waiting for ("until converged"), ms. */
const SOON_MS = 60_000;
/** Realistic pulls: bytes a millisecond, and what a pull takes beside the transfer, ms. */
const BYTES_PER_MS = 30_000;
const PULL_OVERHEAD_MS = 400;
const HEX = '0123456789abcdef';

const statusOf = (image: RegistryImage): ImageStatus => ({ name: image.reference.name, id: image.imageId, sizeBytes: image.sizeBytes, user: image.entry.userName ?? image.entry.uid ?? 0 });

export class SimulatedRuntime implements RuntimeService, ImageService {
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, Container>();
  readonly #images = new Map<string, ImageStatus>();
  /** Until when the node's serial image puller is busy. */
  #pullingUntilMs = 0;

  constructor(private readonly options: RuntimeOptions) {}

  runPodSandbox(config: SandboxConfig): string {
    const id = this.options.random.stream(`sandbox ${config.podUid} ${config.attempt}`).string(HEX, 64);
    this.#sandboxes.set(id, { id, config, ip: '', containers: new Set() });
    return id;
  }

  setSandboxAddress(sandboxId: string, ip: string): void {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (sandbox) sandbox.ip = ip;
  }

  stopPodSandbox(sandboxId: string): void {
    for (const container of this.#sandboxes.get(sandboxId)?.containers ?? []) container.timer?.cancel();
  }

  removePodSandbox(sandboxId: string): void {
    this.stopPodSandbox(sandboxId);
    for (const { id } of this.#sandboxes.get(sandboxId)?.containers ?? []) this.#containers.delete(id);
    this.#sandboxes.delete(sandboxId);
  }

  imageStatus(image: string): ImageStatus | undefined {
    return this.#images.get(resolveName(image));
  }

  listImages(): readonly ImageStatus[] {
    return [...this.#images.values()];
  }

  /** Images that the node had before this kubelet was started. */
  restoreImages(names: readonly string[]): void {
    for (const name of names) {
      try {
        const status = statusOf(resolveImage(name));
        if (!name.includes('@')) this.#images.set(status.name, status);
      } catch {
        // The registries know it no more; nor does the node.
      }
    }
  }

  pullImage(image: string): Pull {
    const now = this.options.clock.now();
    try {
      const found = resolveImage(image);
      const status = statusOf(found);
      this.#images.set(image, status);
      this.#images.set(status.name, status);
      if (!this.options.realistic) return { durationMs: 0, waitingMs: 0, outcome: { image: status } };
      const durationMs = PULL_OVERHEAD_MS + Math.round(found.sizeBytes / BYTES_PER_MS) + this.options.random.stream(`pull ${image} ${now}`).int(400);
      return { ...this.#queue(now, durationMs), outcome: { image: status } };
    } catch (error) {
      return { ...(this.options.realistic ? this.#queue(now, 1500) : { durationMs: 0, waitingMs: 0 }), outcome: { error: (error as Error).message } };
    }
  }

  #queue(now: number, durationMs: number): { durationMs: number; waitingMs: number } {
    const begins = Math.max(now, this.#pullingUntilMs);
    this.#pullingUntilMs = begins + durationMs;
    return { durationMs, waitingMs: begins - now };
  }

  createContainer(sandboxId: string, config: ContainerConfig): ContainerRecord {
    const sandbox = this.#sandbox(sandboxId);
    const { podUid } = sandbox.config;
    return this.#add(sandbox, config, this.options.random.stream(`container ${podUid} ${config.name} ${config.attempt}`).string(HEX, 64));
  }

  adopt(sandboxId: string, config: ContainerConfig, known: AdoptedContainer): ContainerRecord {
    const container = this.#add(this.#sandbox(sandboxId), config, known.id);
    container.startedAtMs = known.startedAtMs;
    if (known.ended) {
      Object.assign(container, { state: 'exited', ...known.ended });
      return container;
    }
    container.state = 'running';
    this.#awaitEnd(container);
    return container;
  }

  #add(sandbox: Sandbox, config: ContainerConfig, id: string): Container {
    const image = this.#registryImage(config.image);
    const container: Container = { id, sandboxId: sandbox.id, config, image: statusOf(image), user: userOf(config, image), state: 'created', startedAtMs: 0, finishedAtMs: 0, exitCode: 0, reason: '', message: '', process: undefined, timer: undefined, stopping: false };
    this.#images.set(config.image, container.image);
    this.#images.set(container.image.name, container.image);
    this.#containers.set(id, container);
    sandbox.containers.add(container);
    return container;
  }

  startContainer(id: string): ContainerRecord {
    const container = this.#container(id);
    const image = this.#registryImage(container.config.image);
    const now = this.options.clock.now();
    container.startedAtMs = now;
    const failure = startFailure(image.entry, commandLine(container.config, image));
    if (failure !== undefined) {
      const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${failure}: unknown`;
      // containerd never started it: the times are the epoch's.
      Object.assign(container, { state: 'exited', startedAtMs: 0, finishedAtMs: now, exitCode: 128, reason: 'StartError', message });
      throw new Error(message);
    }
    container.state = 'running';
    this.#awaitEnd(container);
    return container;
  }

  stopContainer(id: string, graceMs: number): void {
    const container = this.#containers.get(id);
    if (container?.state !== 'running') return;
    const age = this.options.clock.now() - container.startedAtMs;
    const code = graceMs > 0 ? this.#process(container).onStop(age) : undefined;
    const natural = container.stopping ? undefined : this.#process(container).end().end;
    container.stopping = true;
    container.timer?.cancel();
    const end = (exitCode: number, reason: string) => () => this.#exit(container, exitCode, reason);
    if (code !== undefined) container.timer = this.options.clock.setTimer(this.options.realistic ? 100 : 0, end(code, code === 0 ? 'Completed' : 'Error'));
    else if (natural && natural.atMs - age <= graceMs) container.timer = this.options.clock.setTimer(natural.atMs - age, end(natural.code, natural.reason ?? (natural.code === 0 ? 'Completed' : 'Error')));
    else container.timer = this.options.clock.setTimer(graceMs, end(137, 'Error'));
  }

  removeContainer(id: string): void {
    const container = this.#containers.get(id);
    if (!container) return;
    container.timer?.cancel();
    this.#containers.delete(id);
    this.#sandboxes.get(container.sandboxId)?.containers.delete(container);
  }

  containerStatus(id: string): ContainerRecord | undefined {
    return this.#containers.get(id);
  }

  execSync(id: string, command: readonly string[], timeoutMs: number): ExecResult {
    const container = this.#container(id);
    return this.#interfere(container, (process) => process.exec(command, this.options.clock.now() - container.startedAtMs, timeoutMs));
  }

  execFailure(id: string, command: readonly string[]): string | undefined {
    const failure = startFailure(this.#registryImage(this.#container(id).config.image).entry, command);
    const execId = this.options.random.stream(`exec ${id} ${this.options.clock.now()}`).string(HEX, 64);
    return failure && `failed to exec in container: failed to start exec "${execId}": OCI runtime exec failed: exec failed: unable to start container process: ${failure}: unknown`;
  }

  openExec(id: string, command: readonly string[], wants: { readonly stdin: boolean; readonly tty: boolean }): ProcessSession {
    const container = this.#container(id);
    return this.#interfering(container, this.#process(container).open(command, this.options.clock.now() - container.startedAtMs, wants));
  }

  openOwn(id: string): { readonly session: ProcessSession; readonly ageMs: number } | undefined {
    const container = this.#container(id);
    const session = this.#process(container).own();
    return session && { session: this.#interfering(container, session), ageMs: this.options.clock.now() - container.startedAtMs };
  }

  #interfering(container: Container, session: ProcessSession): ProcessSession {
    return {
      feed: (event) => this.#interfere(container, () => session.feed(event)),
      close: (atMs) => this.#interfere(container, () => session.close(atMs)),
      resize: (atMs, rows, columns) => session.resize(atMs, rows, columns),
      run: (nowMs) => this.#interfere(container, () => session.run(nowMs)),
    };
  }

  /** What is done to a container's files may bring its end forward. */
  #interfere<Result>(container: Container, act: (process: Process) => Result): Result {
    const process = this.#process(container);
    const before = process.interventions;
    const result = act(process);
    if (process.interventions !== before && container.state === 'running' && !container.stopping) this.#awaitEnd(container);
    return result;
  }

  readLogs(id: string): readonly OutputLine[] {
    const container = this.#container(id);
    if (container.startedAtMs === 0) return [];
    const until = container.state === 'exited' ? container.finishedAtMs : this.options.clock.now();
    return this.#process(container).output(until - container.startedAtMs);
  }

  nextLogMs(id: string): number | undefined {
    const container = this.#container(id);
    if (container.state !== 'running') return undefined;
    const age = this.options.clock.now() - container.startedAtMs;
    const next = this.#process(container).nextOutputMs(age);
    return next === undefined ? undefined : next - age;
  }

  listens(sandboxId: string, port: number): boolean {
    const now = this.options.clock.now();
    for (const container of this.#sandboxes.get(sandboxId)?.containers ?? []) {
      if (container.state === 'running' && this.#process(container).listens(port, now - container.startedAtMs)) return true;
    }
    return false;
  }

  httpGet(sandboxId: string, port: number, path: string): number | 'refused' | 'malformed' {
    const now = this.options.clock.now();
    for (const container of this.#sandboxes.get(sandboxId)?.containers ?? []) {
      if (container.state !== 'running') continue;
      const age = now - container.startedAtMs;
      const process = this.#process(container);
      if (process.listens(port, age)) return process.http(path, age) ?? 'malformed';
    }
    return 'refused';
  }

  grpcHealth(sandboxId: string, port: number): 'serving' | 'refused' | 'unimplemented' {
    const now = this.options.clock.now();
    for (const container of this.#sandboxes.get(sandboxId)?.containers ?? []) {
      if (container.state !== 'running') continue;
      const process = this.#process(container);
      if (process.listens(port, now - container.startedAtMs)) return process.serving?.grpc ? 'serving' : 'unimplemented';
    }
    return 'refused';
  }

  /** The body of a page, for processes that fetch it. */
  page(sandboxId: string, port: number, path: string): string {
    const now = this.options.clock.now();
    for (const container of this.#sandboxes.get(sandboxId)?.containers ?? []) {
      if (container.state !== 'running') continue;
      const process = this.#process(container);
      if (process.listens(port, now - container.startedAtMs)) return process.body(path, now - container.startedAtMs);
    }
    return '';
  }

  /** Files of a container under a folder, at its end or now: what a volume then holds. */
  filesUnder(id: string, folder: string): ReadonlyMap<string, string> {
    const container = this.#containers.get(id);
    const found = new Map<string, string>();
    if (!container || container.startedAtMs === 0) return found;
    const age = (container.state === 'exited' ? container.finishedAtMs : this.options.clock.now()) - container.startedAtMs;
    const process = this.#process(container);
    if (process.serving) return found;
    const files = process.filesAt(age);
    for (const path of files.under(folder, age)) found.set(path.slice(folder.length), files.read(path, age) ?? '');
    return found;
  }

  /** A file of a container at its end or now. */
  readFile(id: string, path: string): string | undefined {
    const container = this.#containers.get(id);
    if (!container || container.startedAtMs === 0) return undefined;
    const age = (container.state === 'exited' ? container.finishedAtMs : this.options.clock.now()) - container.startedAtMs;
    const process = this.#process(container);
    return process.serving ? undefined : process.filesAt(age).read(path, age);
  }

  /** The power is cut: nothing runs any more and nobody is told. */
  powerOff(): void {
    for (const container of this.#containers.values()) container.timer?.cancel();
    this.#containers.clear();
    this.#sandboxes.clear();
  }

  #awaitEnd(container: Container): void {
    container.timer?.cancel();
    const age = this.options.clock.now() - container.startedAtMs;
    const process = this.#process(container);
    const { end, lookAgainMs } = age === 0 ? process.end() : process.endAfter(age);
    if (end) container.timer = this.options.clock.setTimer(end.atMs - age, () => this.#exit(container, end.code, end.reason ?? (end.code === 0 ? 'Completed' : 'Error')), end.atMs - age <= SOON_MS ? 'progress' : 'background');
    else if (lookAgainMs !== undefined) container.timer = this.options.clock.setTimer(Math.max(1, lookAgainMs - age), () => this.#awaitEnd(container), 'background');
    if (process.serving) process.forget();
  }

  #exit(container: Container, exitCode: number, reason: string): void {
    if (container.state !== 'running') return;
    container.timer = undefined;
    Object.assign(container, { state: 'exited', finishedAtMs: this.options.clock.now(), exitCode, reason });
    const sandbox = this.#sandboxes.get(container.sandboxId);
    if (sandbox) this.options.onExit(container, sandbox.config.podUid);
  }

  #process(container: Container): Process {
    if (container.process) return container.process;
    const { config } = container;
    const image = this.#registryImage(config.image);
    const sandbox = this.#sandbox(container.sandboxId);
    const { network } = this.options;
    container.process = new Process({
      entry: image.entry, argv: commandLine(config, image), hostname: sandbox.config.hostname,
      environment: () => new Map([...Object.entries(image.entry.env ?? {}), ['HOSTNAME', sandbox.config.hostname] as const, ...config.environment()]),
      workingDir: config.workingDir ?? image.entry.workingDir ?? '/', startedAtMs: container.startedAtMs, uid: container.user.uid,
      memoryLimit: config.memoryLimit, realistic: this.options.realistic, files: config.files, mounts: config.mounts,
      network: this.#networkOf(sandbox, network?.(sandbox.config.namespace)), stdin: config.stdin, tty: config.tty,
    });
    return container.process;
  }

  /** localhost and the pod's own address are its own; the rest is the cluster's. */
  #networkOf(sandbox: Sandbox, beyond: ProcessNetwork | undefined): ProcessNetwork {
    const own = (host: string): boolean => host === 'localhost' || host === '127.0.0.1' || host === sandbox.ip || host === sandbox.config.hostname;
    return {
      http: (host, port, path) => {
        if (!own(host)) return beyond?.http(host, port, path) ?? 'unknown';
        const code = this.httpGet(sandbox.id, port, path);
        return typeof code === 'number' ? { code, body: this.page(sandbox.id, port, path) } : 'refused';
      },
      connect: (host, port) => (own(host) ? (port === 0 || this.listens(sandbox.id, port) ? 'open' : 'refused') : (beyond?.connect(host, port) ?? 'unknown')),
    };
  }

  #registryImage(image: string): RegistryImage {
    return resolveImage(image);
  }

  #sandbox(id: string): Sandbox {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox) throw new Error(`rpc error: code = NotFound desc = an error occurred when try to find sandbox "${id}": not found`);
    return sandbox;
  }

  #container(id: string): Container {
    const container = this.#containers.get(id);
    if (!container) throw new Error(`rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`);
    return container;
  }
}

function resolveName(image: string): string {
  try {
    return resolveImage(image).reference.name;
  } catch {
    return image;
  }
}

/** The manifest's command replaces entrypoint and arguments, its args only the arguments. */
function commandLine({ command, args }: ContainerConfig, { entry }: RegistryImage): readonly string[] {
  if (command.length > 0) return [...command, ...args];
  return [...(entry.entrypoint ?? []), ...(args.length > 0 ? args : (entry.cmd ?? []))];
}

function userOf(config: ContainerConfig, { entry }: RegistryImage): ContainerUser {
  const uid = config.runAsUser ?? entry.uid ?? 0;
  const gid = config.runAsGroup ?? (config.runAsUser === undefined ? (entry.gid ?? 0) : 0);
  const own = config.runAsUser === undefined ? (entry.groups ?? []) : [];
  return { uid, gid, supplementalGroups: [...new Set([gid, ...own, ...config.supplementalGroups])] };
}
