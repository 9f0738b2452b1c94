/** Where a process runs in imagination: its time, files, environment and output. Nothing here is a real process. */
import { FileHistory } from './files.ts';
import { Input, Interrupted, MoreInput, type InputEvent } from './input.ts';

export interface OutputLine {
  /** Milliseconds since the process started. */
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** The run has reached the moment up to which it is wanted, or has used up its steps. */
export class Horizon extends Error {}
/** `exit N`, or a fatal signal to the process itself. */
export class ProcessExit extends Error {
  constructor(readonly code: number) {
    super('exit');
  }
}

export interface MachineOptions {
  readonly files?: FileHistory;
  readonly environment: ReadonlyMap<string, string>;
  readonly hostname: string;
  readonly workingDir: string;
  /** The cluster's time at the start of the process, ms since the epoch. */
  readonly startedAtMs: number;
  readonly horizonMs: number;
  readonly maxSteps?: number;
  readonly tools: 'busybox' | 'posix' | 'none';
  readonly uid: number;
  /** Bytes; undefined: no limit. */
  readonly memoryLimit?: number;
  readonly network?: ProcessNetwork;
  /** What has come at standard input, in order; without it there is nothing to read. */
  readonly input?: StandardInput;
  /** What others did to the files while the process ran, in order. */
  readonly interventions?: readonly Intervention[];
}

export interface StandardInput {
  readonly events: readonly InputEvent[];
  /** More may come. */
  readonly open: boolean;
  readonly terminal: boolean;
  /** What the terminal's size was from when on. */
  readonly sizes: readonly { readonly atMs: number; readonly rows: number; readonly columns: number }[];
}

/** A change of files from outside the process (kubectl exec, a hook, a probe). */
export interface Intervention {
  readonly atMs: number;
  readonly path: string;
  /** undefined: removed. */
  readonly content: string | undefined;
  /** A folder was made. */
  readonly folder?: boolean;
}

export interface HttpAnswer {
  readonly code: number;
  readonly body: string;
}

/** What a process finds when it connects to somewhere. */
export interface ProcessNetwork {
  /** 'unknown': no such name; 'refused': nobody listens. */
  http(host: string, port: number, path: string): HttpAnswer | 'unknown' | 'refused';
  connect(host: string, port: number): 'open' | 'unknown' | 'refused';
}

/** Files that take everything and keep nothing. */
export function isDevice(path: string): boolean {
  return path.startsWith('/dev/') && path !== '/dev/termination-log' && !path.startsWith('/dev/shm/');
}

const MAX_STEPS = 20_000;

export class Machine {
  /** Now, in ms since the start. */
  nowMs = 0;
  readonly files: FileHistory;
  readonly environment: Map<string, string>;
  readonly output: OutputLine[] = [];
  /** Ports opened by `nc -l`, servers and the like, with when. */
  readonly listening = new Map<number, number>();
  readonly written: Intervention[] = [];
  readonly stdin: Input;
  /** The exit code on SIGTERM once a trap is set. */
  trap: { readonly script: string; readonly atMs: number } | undefined;
  workingDir: string;
  /** Something in the background goes on beyond the horizon. */
  backgroundCut = false;
  #steps = 0;
  #applied = 0;
  /** How many events of the input have been taken. */
  #taken = 0;

  constructor(readonly options: MachineOptions) {
    this.files = options.files ?? new FileHistory();
    this.environment = new Map(options.environment);
    this.workingDir = options.workingDir;
    this.files.makeFolder(options.workingDir);
    this.stdin = new Input(() => this.#nextInput(), options.input?.terminal);
  }

  /** One more step; ends runs that never end. */
  step(): void {
    if (++this.#steps > (this.options.maxSteps ?? MAX_STEPS)) throw new Horizon();
  }

  /** Lets time pass for the process. */
  wait(ms: number): void {
    this.step();
    const { events = [] } = this.options.input ?? {};
    const signal = events.findIndex((event, index) => index >= this.#taken && event.kind === 'signal' && event.atMs <= this.nowMs + ms);
    if (signal >= 0) this.#take(events[signal] as InputEvent, signal);
    this.nowMs += ms;
    if (this.nowMs > this.options.horizonMs) throw new Horizon();
  }

  /** Columns and rows of the terminal; undefined where there is none. */
  get terminal(): { readonly rows: number; readonly columns: number } | undefined {
    const { input } = this.options;
    if (!input?.terminal) return undefined;
    return input.sizes.findLast(({ atMs }) => atMs <= this.nowMs) ?? { rows: 0, columns: 0 };
  }

  #nextInput(): string | undefined {
    const { input } = this.options;
    const event = input?.events[this.#taken];
    if (event) return this.#take(event, this.#taken);
    if (input?.open) throw new MoreInput();
    return undefined;
  }

  /** Takes an event at its time, with what came before it; what that lets happen is counted anew. */
  #take(event: InputEvent, index: number): string | undefined {
    this.#taken = index + 1;
    this.nowMs = Math.max(this.nowMs, event.atMs);
    this.#steps = 0;
    if (event.kind === 'signal') throw new Interrupted(event.signal);
    return event.kind === 'text' ? event.text : undefined;
  }

  readFile(path: string): string | undefined {
    this.#catchUp();
    return this.files.read(path, this.nowMs);
  }

  writeFile(path: string, content: string | undefined): void {
    if (isDevice(path)) return;
    this.#catchUp();
    this.files.write(path, content, this.nowMs);
    this.written.push({ path, content, atMs: this.nowMs });
  }

  makeFolder(path: string): void {
    this.files.makeFolder(path);
    this.written.push({ path, content: undefined, folder: true, atMs: this.nowMs });
  }

  print(stream: 'stdout' | 'stderr', text: string): void {
    for (const line of text.split('\n')) this.output.push({ atMs: this.nowMs, stream, text: line });
  }

  #catchUp(): void {
    const all = this.options.interventions;
    if (!all) return;
    for (let next = all[this.#applied]; next && next.atMs <= this.nowMs; next = all[++this.#applied]) this.#apply(next);
  }

  /** Takes in what others still did up to a moment; call it at the end of a run. */
  finish(): void {
    const all = this.options.interventions ?? [];
    for (; this.#applied < all.length; this.#applied++) {
      const next = all[this.#applied];
      if (next) this.#apply(next);
    }
  }

  #apply({ path, content, folder, atMs }: Intervention): void {
    if (folder === true) this.files.makeFolder(path);
    else this.files.write(path, content, atMs);
  }
}
