/** The container runtime as the kubelet sees it: CRI's verbs. What would take time says how long; waiting is the caller's. */
import type { FileHistory } from './process/files.ts';
import type { OutputLine } from './process/machine.ts';
import type { ProcessSession } from './process/process-session.ts';
import type { ExecResult } from './process/process.ts';

export interface SandboxConfig {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly attempt: number;
  readonly hostname: string;
}

export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  /** As in the manifest; it must have been pulled. */
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** In order; later ones win. Read when the process needs them. */
  readonly environment: () => ReadonlyMap<string, string>;
  readonly workingDir: string | undefined;
  readonly runAsUser: number | undefined;
  readonly runAsGroup: number | undefined;
  readonly supplementalGroups: readonly number[];
  /** Bytes. */
  readonly memoryLimit: number | undefined;
  /** The volumes' files, put together when a process first looks. */
  readonly files: () => FileHistory;
  readonly mounts: readonly string[];
  /** Its process has a standard input that somebody may come and write to (spec.stdin). */
  readonly stdin: boolean;
  /** That input ends when the first who came has no more. */
  readonly stdinOnce: boolean;
  readonly tty: boolean;
}

export interface ImageStatus {
  /** "docker.io/library/nginx:latest". */
  readonly name: string;
  /** "docker.io/library/nginx@sha256:…". */
  readonly id: string;
  readonly sizeBytes: number;
  /** uid of the image's user, or its name where it is none. */
  readonly user: number | string;
}

/** What a pull will come to, and when. */
export interface Pull {
  readonly durationMs: number;
  /** Time spent behind other pulls; comes first. */
  readonly waitingMs: number;
  readonly outcome: { readonly image: ImageStatus } | { readonly error: string };
}

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups: readonly number[];
}

export interface ContainerRecord {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  readonly image: ImageStatus;
  readonly user: ContainerUser;
  readonly state: 'created' | 'running' | 'exited';
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** Completed, Error, OOMKilled, StartError, Unknown. */
  readonly reason: string;
  readonly message: string;
}

/** A container that ran before this kubelet was started: still running, or ended. */
export interface AdoptedContainer {
  readonly id: string;
  readonly startedAtMs: number;
  readonly ended?: { readonly finishedAtMs: number; readonly exitCode: number; readonly reason: string; readonly message: string };
}

export interface RuntimeService {
  runPodSandbox(config: SandboxConfig): string;
  setSandboxAddress(sandboxId: string, ip: string): void;
  /** Kills what is left in it. */
  stopPodSandbox(sandboxId: string): void;
  removePodSandbox(sandboxId: string): void;
  createContainer(sandboxId: string, config: ContainerConfig): ContainerRecord;
  /** Throws an Error with containerd's words where the process can't be started; the container has then exited with 128. */
  startContainer(id: string): ContainerRecord;
  /** Signals the process; it ends by itself or is killed when the grace period is over. `graceMs` 0 kills at once. */
  stopContainer(id: string, graceMs: number): void;
  removeContainer(id: string): void;
  containerStatus(id: string): ContainerRecord | undefined;
  execSync(id: string, command: readonly string[], timeoutMs: number): ExecResult;
  /** Why a command cannot be started in the container; undefined where it can. */
  execFailure(id: string, command: readonly string[]): string | undefined;
  /** Starts a command in the container, for somebody who talks to it. */
  openExec(id: string, command: readonly string[], wants: { readonly stdin: boolean; readonly tty: boolean }): ProcessSession;
  /** The container's own process, with its age now; undefined where it has neither a standard input nor a terminal. */
  openOwn(id: string): { readonly session: ProcessSession; readonly ageMs: number } | undefined;
  /** Lines up to now. */
  readLogs(id: string): readonly OutputLine[];
  /** Milliseconds until more may come; undefined where nothing more is to be expected. */
  nextLogMs(id: string): number | undefined;
  adopt(sandboxId: string, config: ContainerConfig, known: AdoptedContainer): ContainerRecord;
  /** Whether something in the sandbox listens on the port. */
  listens(sandboxId: string, port: number): boolean;
  /** What an HTTP GET to the sandbox answers: a status code, or why there is none. */
  httpGet(sandboxId: string, port: number, path: string): number | 'refused' | 'malformed';
  grpcHealth(sandboxId: string, port: number): 'serving' | 'refused' | 'unimplemented';
}

export interface ImageService {
  imageStatus(image: string): ImageStatus | undefined;
  pullImage(image: string): Pull;
  listImages(): readonly ImageStatus[];
}
