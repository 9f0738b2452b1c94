/**
 * What a container's process does over its life, worked out from its image and command line: when it ends and how, what
 * it prints when, which ports answer, which files are there. Nothing is kept that can be worked out again.
 */
import type { ImageEntry, Program, ServerBehaviour } from '../../images/image.ts';
import { COMMANDS, OutOfMemory } from './commands.ts';
import { momentForms } from './dates.ts';
import { absolutePath, type FileHistory } from './files.ts';
import { Interrupted, MoreInput } from './input.ts';
import { Horizon, Machine, ProcessExit, type Intervention, type MachineOptions, type OutputLine, type ProcessNetwork } from './machine.ts';
import { RememberedNetwork, SessionInput, WrittenSoFar, type Output, type ProcessSession, type SessionRun } from './process-session.ts';
import { Shell } from './shell.ts';
import { LineSink, type Sink } from './sinks.ts';

export interface ProcessOptions {
  readonly entry: ImageEntry;
  readonly argv: readonly string[];
  readonly environment: () => ReadonlyMap<string, string>;
  readonly hostname: string;
  readonly workingDir: string;
  readonly startedAtMs: number;
  readonly uid: number;
  readonly memoryLimit: number | undefined;
  /** Servers take their start-up time before they listen. */
  readonly realistic: boolean;
  /** The files of the mounted volumes at the start. */
  readonly files: () => FileHistory;
  /** Folders that volumes are mounted on. */
  readonly mounts: readonly string[];
  readonly network: ProcessNetwork | undefined;
  /** Its standard input stays open for whoever comes; else there is nothing to read. */
  readonly stdin?: boolean;
  /** It has a terminal. */
  readonly tty?: boolean;
}

export interface ProcessEnd {
  /** Milliseconds since the start. */
  readonly atMs: number;
  readonly code: number;
  readonly reason?: 'OOMKilled';
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

interface Serving extends ServerBehaviour {
  readonly listens: readonly number[];
  readonly fromMs: number;
}

interface Run {
  readonly machine: Machine;
  readonly horizonMs: number;
  readonly end: ProcessEnd | undefined;
  readonly exhausted: boolean;
  /** It waits for input. */
  readonly waiting: boolean;
  /** What an attached client sees; only of processes with a standard input. */
  readonly shown: readonly Output[];
}

/** How far ahead an unfinished run is looked at the first time, ms. */
const FIRST_LOOK_MS = 60_000;
/** One who takes more than this to answer an exec is cut off anyway. */
const EXEC_LIMIT_MS = 86_400_000;

const baseName = (word: string | undefined): string => (word ?? '').slice((word ?? '').lastIndexOf('/') + 1);

/** The program of an image that a command line starts. */
function programOf(entry: ImageEntry, argv: readonly string[]): Program | undefined {
  const name = baseName(argv[0]);
  return entry.programs?.find(({ command }) => command[0] === name && command.every((word, index) => index === 0 || argv[index] === word));
}

/** Ports as flags, arguments and the environment set them. */
function portsOf(server: ServerBehaviour, argv: readonly string[], environment: () => ReadonlyMap<string, string>): readonly number[] {
  const rest = server.ports.slice(1);
  const { portFlag } = server;
  if (portFlag !== undefined) {
    const index = argv.findIndex((word) => word === portFlag || word === `-${portFlag}`);
    const given = index >= 0 ? argv[index + 1] : argv.find((word) => word.startsWith(`${portFlag}=`))?.slice(portFlag.length + 1);
    const port = Number(given?.replace(/^.*:/, ''));
    if (port > 0) return [port, ...rest];
  }
  if (server.portArgument) {
    const port = Number(argv.find((word) => /^\d+$/.test(word)));
    if (port > 0) return [port, ...rest];
  }
  const port = Number(server.portEnv === undefined ? undefined : environment().get(server.portEnv));
  return port > 0 ? [port, ...rest] : server.ports;
}

/** Why a command line cannot even be started; undefined where it can (runc's words). */
export function startFailure(entry: ImageEntry, argv: readonly string[]): string | undefined {
  const [command = ''] = argv;
  if (command === '') return 'no command specified';
  if (programOf(entry, argv)) return undefined;
  if (entry.tools !== 'none' && isKnownCommand(baseName(command))) return undefined;
  return command.includes('/') ? `exec: "${command}": stat ${command}: no such file or directory` : `exec: "${command}": executable file not found in $PATH`;
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);
function isKnownCommand(name: string): boolean {
  return SHELLS.has(name) || Object.hasOwn(COMMANDS, name);
}

export class Process {
  readonly #interventions: Intervention[] = [];
  readonly #input: SessionInput | undefined;
  #run: Run | undefined;
  #serving: Serving | undefined | null = null;

  constructor(readonly options: ProcessOptions) {
    if (options.stdin || options.tty) this.#input = new SessionInput(options.tty === true || options.stdin === true, options.tty === true);
  }

  /** Its natural end, as far as it can be seen; `lookAgainMs` says when to look further where it can't. */
  end(): { readonly end?: ProcessEnd; readonly lookAgainMs?: number } {
    if (this.serving) return {};
    const run = this.#upTo(FIRST_LOOK_MS);
    return this.#seen(run);
  }

  /** The same, looking further: from a moment of its life on. */
  endAfter(ageMs: number): { readonly end?: ProcessEnd; readonly lookAgainMs?: number } {
    return this.serving ? {} : this.#seen(this.#upTo(Math.max(FIRST_LOOK_MS, ageMs * 2)));
  }

  #seen(run: Run): { readonly end?: ProcessEnd; readonly lookAgainMs?: number } {
    if (run.end) return { end: run.end };
    return run.waiting || run.exhausted || run.machine.nowMs === Infinity ? {} : { lookAgainMs: run.horizonMs };
  }

  /** The server that it is; undefined for everything else. */
  get serving(): Serving | undefined {
    if (this.#serving === null) this.#serving = this.#findServer();
    return this.#serving;
  }

  /** Whether something listens on the port at this age. */
  listens(port: number, ageMs: number): boolean {
    const { serving } = this;
    if (serving) return ageMs >= serving.fromMs && serving.listens.includes(port);
    const { machine } = this.#upTo(ageMs);
    const since = machine.listening.get(port);
    return since !== undefined && since <= ageMs;
  }

  /** The status code for a path; undefined where the server speaks no HTTP. */
  http(path: string, ageMs: number): number | undefined {
    const http = this.serving?.http;
    if (!http) return undefined;
    const [plain = '/'] = path.split('?');
    const root = http.documentRoot;
    if (root !== undefined && this.options.mounts.some((mount) => root === mount || root.startsWith(`${mount}/`) || mount.startsWith(`${root}/`))) {
      const files = this.filesAt(ageMs);
      const target = absolutePath(`${root}${plain}`, '/');
      if (files.read(target, ageMs) !== undefined) return 200;
      if (target === root || plain.endsWith('/')) return files.read(`${target}/index.html`, ageMs) !== undefined ? 200 : target === root ? 403 : 404;
      if (this.options.mounts.includes(root)) return 404;
    }
    const known = http.paths.find((candidate) => candidate.path === plain);
    if (!known) return http.otherwise;
    return known.untilMs !== undefined && ageMs > known.untilMs ? (known.thenCode ?? known.code) : known.code;
  }

  /** What a GET of a file or known path brings. */
  body(path: string, ageMs: number): string {
    const root = this.serving?.http?.documentRoot;
    const [plain = '/'] = path.split('?');
    if (root !== undefined) {
      const files = this.filesAt(ageMs);
      const content = files.read(absolutePath(`${root}${plain}`, '/'), ageMs) ?? files.read(absolutePath(`${root}${plain}/index.html`, '/'), ageMs);
      if (content !== undefined) return content;
    }
    return '';
  }

  /** Lines printed up to an age. */
  output(ageMs: number): readonly OutputLine[] {
    const { output } = this.#upTo(ageMs, true).machine;
    return output.filter((line) => line.atMs <= ageMs);
  }

  /** When the next line after an age comes, as far as it can be seen. */
  nextOutputMs(ageMs: number): number | undefined {
    if (this.serving) return undefined;
    return this.#upTo(ageMs + FIRST_LOOK_MS, true).machine.output.find((line) => line.atMs > ageMs)?.atMs;
  }

  filesAt(ageMs: number): FileHistory {
    return this.#upTo(ageMs).machine.files;
  }

  /** What SIGTERM does: an exit code, or undefined where the process ignores it. */
  onStop(ageMs: number): number | undefined {
    const program = this.#program();
    if (program) return program.onStop ?? (program.exit || program.wrapper ? 143 : undefined);
    const { trap } = this.#upTo(ageMs).machine;
    if (!trap || trap.atMs > ageMs) return undefined;
    const match = /exit\s+(\d+)/.exec(trap.script);
    return match ? Number(match[1]) : trap.script.includes('exit') ? 0 : undefined;
  }

  /** Runs a command in the container at an age; what it does to files stays. */
  exec(argv: readonly string[], ageMs: number, limitMs = EXEC_LIMIT_MS): ExecResult {
    const { entry } = this.options;
    if (entry.tools === 'none' && !programOf(entry, argv)) {
      return { code: 126, stdout: '', stderr: `OCI runtime exec failed: exec failed: unable to start container process: exec: "${argv[0] ?? ''}": executable file not found in $PATH: unknown`, tookMs: 0 };
    }
    const machine = this.#machine(limitMs, this.filesAt(ageMs).at(ageMs), this.options.startedAtMs + ageMs, []);
    let stdout = '';
    let stderr = '';
    const sink: Sink = { write: (stream, text) => void (stream === 'stdout' ? (stdout += text) : (stderr += text)) };
    let code: number;
    let tookMs: number | undefined;
    try {
      code = this.#shell(machine).execute(argv, sink);
    } catch (error) {
      if (error instanceof ProcessExit) code = error.code;
      else if (error instanceof Horizon) {
        code = 137;
        tookMs = limitMs + 1;
      } else throw error;
    }
    this.#keepWritten(machine, ageMs);
    return { code, stdout, stderr, tookMs: tookMs ?? machine.nowMs };
  }

  /** Runs a command in the container from an age on, for somebody who talks to it. */
  open(argv: readonly string[], ageMs: number, { stdin, tty }: { readonly stdin: boolean; readonly tty: boolean }): ProcessSession {
    const input = new SessionInput(stdin || tty, tty);
    const network = this.options.network && new RememberedNetwork(this.options.network);
    const written = new WrittenSoFar();
    const files = this.filesAt(ageMs).at(ageMs);
    const own = new Set<Intervention>();
    let known: { readonly run: SessionRun; readonly machine: Machine; readonly changes: number; readonly until: number } | undefined;
    const changes = (): number => input.changes + this.#interventions.length - own.size;
    return {
      feed: (event) => input.feed(event),
      close: (atMs) => input.close(atMs),
      resize: (atMs, rows, columns) => input.resize(atMs, rows, columns),
      run: (nowMs) => {
        if (known?.changes !== changes() || known.until <= nowMs) {
          const until = nowMs + FIRST_LOOK_MS;
          // What others do to files meanwhile is seen, too.
          const others = this.#interventions.filter((change) => change.atMs > ageMs && !own.has(change)).map((change) => ({ ...change, atMs: change.atMs - ageMs }));
          const machine = this.#machine(until, files.at(0), this.options.startedAtMs + ageMs, others, { input, ...(network ? { network } : {}) });
          if (network) network.now = () => machine.nowMs;
          if (tty) machine.environment.set('TERM', 'xterm');
          known = { run: this.#session(machine, argv, until), machine, changes: changes(), until };
        }
        for (const change of written.take(known.machine.written, nowMs)) {
          const kept = { ...change, atMs: ageMs + change.atMs };
          own.add(kept);
          this.#interventions.push(kept);
          this.#run = undefined;
        }
        return known.run;
      },
    };
  }

  #session(machine: Machine, argv: readonly string[], untilMs: number): SessionRun {
    const output: Output[] = [];
    const write = (stream: Output['stream'], text: string): void => void (text !== '' && output.push({ atMs: machine.nowMs, stream, text }));
    let code: number | undefined;
    let waiting = false;
    try {
      code = this.#shell(machine).execute(argv, { write, prompt: (text) => write('prompt', text) }, machine.stdin);
    } catch (error) {
      if (error instanceof ProcessExit || error instanceof Interrupted) code = error.code;
      else if (error instanceof OutOfMemory) code = 137;
      else if (error instanceof MoreInput) waiting = true;
      else if (!(error instanceof Horizon)) throw error;
    }
    // What goes on in the background has written at its own time.
    output.sort((a, b) => a.atMs - b.atMs);
    const endless = waiting || machine.nowMs === Infinity || machine.nowMs <= untilMs;
    return { output, end: code === undefined ? undefined : { atMs: machine.nowMs, code }, knownUntilMs: code === undefined && !endless ? untilMs : undefined };
  }

  /** The process itself, for somebody who is attached to it; times are its age. undefined where it reads and shows nothing. */
  own(): ProcessSession | undefined {
    const input = this.#input;
    if (!input) return undefined;
    const changed = <Args extends readonly unknown[]>(act: (...args: Args) => void) => (...args: Args): void => {
      act(...args);
      this.#run = undefined;
    };
    return {
      feed: changed((event) => input.feed(event)),
      close: changed((atMs) => input.close(atMs)),
      resize: changed((atMs, rows, columns) => input.resize(atMs, rows, columns)),
      run: (nowMs) => {
        const run = this.#upTo(nowMs + FIRST_LOOK_MS, true);
        return { output: run.shown, end: run.end, knownUntilMs: run.end || run.waiting || run.exhausted || run.machine.nowMs === Infinity ? undefined : run.horizonMs };
      },
    };
  }

  #keepWritten(machine: Machine, ageMs: number): void {
    if (machine.written.length === 0) return;
    for (const change of machine.written) this.#interventions.push({ ...change, atMs: ageMs });
    this.#run = undefined;
  }

  /** Forgets what can be worked out again. */
  forget(): void {
    this.#run = undefined;
  }

  /** Interventions change what comes after them; whoever set a timer for the end has to look again. */
  get interventions(): number {
    return this.#interventions.length + (this.#input?.changes ?? 0);
  }

  /** The program behind wrappers that pass their arguments on ("docker-entrypoint.sh nginx …"). */
  #unwrapped(): { argv: readonly string[]; wrappers: readonly Program[] } {
    let { argv } = this.options;
    const wrappers: Program[] = [];
    for (let program = programOf(this.options.entry, argv); program?.wrapper && argv.length > 1; program = programOf(this.options.entry, argv)) {
      wrappers.push(program);
      argv = argv[1]?.startsWith('-') ? [...(this.options.entry.cmd ?? []).slice(0, 1), ...argv.slice(1)] : argv.slice(1);
    }
    return { argv, wrappers };
  }

  #program(): Program | undefined {
    return programOf(this.options.entry, this.#unwrapped().argv);
  }

  #findServer(): Serving | undefined {
    const { argv } = this.#unwrapped();
    const { entry, environment, realistic } = this.options;
    const direct = programOf(entry, argv);
    const program = direct ?? (SHELLS.has(baseName(argv[0])) && argv[1] === '-c' ? programOf(entry, (argv[2] ?? '').trim().replace(/^exec\s+/, '').split(/\s+/)) : undefined);
    if (!program?.server || !this.#hasRequired(program)) return undefined;
    return { ...program.server, listens: portsOf(program.server, argv, environment), fromMs: realistic ? program.server.startupMs : 0 };
  }

  #hasRequired({ requiredEnv }: Program): boolean {
    return !requiredEnv || requiredEnv.anyOf.some((name) => (this.options.environment().get(name) ?? '') !== '');
  }

  /** The run up to an age at least; kept until someone interferes. */
  #upTo(ageMs: number, forOutput = false): Run {
    const known = this.#run;
    const settled = known !== undefined && known.machine.nowMs === Infinity && !known.machine.backgroundCut;
    if (known && (settled || known.waiting || known.end !== undefined || known.horizonMs >= ageMs || (known.exhausted && !forOutput))) return known;
    const horizonMs = Math.max(ageMs, known ? known.horizonMs * 2 : 0);
    this.#run = this.#simulate(horizonMs);
    return this.#run;
  }

  /** What the image has, where no volume is mounted over it, and the volumes' own. */
  #firstFiles(): FileHistory {
    const { entry, mounts } = this.options;
    const files = this.options.files();
    for (const [path, content] of Object.entries(entry.files ?? {})) if (!mounts.some((mount) => path === mount || path.startsWith(`${mount}/`))) files.write(path, content, 0);
    return files;
  }

  #machine(horizonMs: number, files: FileHistory, startedAtMs: number, interventions: readonly Intervention[], more: Pick<MachineOptions, 'input' | 'network'> = {}): Machine {
    const { entry, environment, hostname, workingDir, uid, memoryLimit, network } = this.options;
    return new Machine({ files, environment: environment(), hostname, workingDir, startedAtMs, horizonMs, tools: entry.tools, uid, interventions, ...(memoryLimit === undefined ? {} : { memoryLimit }), ...(network ? { network } : {}), ...more });
  }

  #simulate(horizonMs: number): Run {
    const { startedAtMs } = this.options;
    const machine = this.#machine(horizonMs, this.#firstFiles(), startedAtMs, this.#interventions, this.#input ? { input: this.#input } : {});
    if (this.options.tty) machine.environment.set('TERM', 'xterm');
    const shown: Output[] = [];
    const sink = new LineSink(machine, this.#input && ((stream, text) => void shown.push({ atMs: machine.nowMs, stream, text })));
    const { argv, wrappers } = this.#unwrapped();
    let end: ProcessEnd | undefined;
    let exhausted = false;
    let waiting = false;
    try {
      for (const wrapper of wrappers) this.#print(wrapper, sink);
      // Even the shortest process takes a moment.
      const code = this.#shell(machine).execute(argv, sink, machine.stdin);
      end = { atMs: Math.max(1, machine.nowMs), code };
    } catch (error) {
      if (error instanceof ProcessExit || error instanceof Interrupted) end = { atMs: Math.max(1, machine.nowMs), code: error.code };
      else if (error instanceof MoreInput) waiting = true;
      else if (error instanceof OutOfMemory) end = { atMs: Math.max(1, machine.nowMs), code: 137, reason: 'OOMKilled' };
      else if (error instanceof Horizon) exhausted = machine.nowMs <= horizonMs;
      else throw error;
    }
    sink.flush();
    machine.finish();
    shown.sort((a, b) => a.atMs - b.atMs);
    return { machine, horizonMs, end, exhausted, waiting, shown };
  }

  #shell(machine: Machine): Shell {
    const name = baseName(this.options.argv[0]);
    return new Shell(machine, (argv, sink) => this.#runProgram(machine, argv, sink), SHELLS.has(name) ? name : 'sh');
  }

  #runProgram(machine: Machine, argv: readonly string[], sink: Sink): number | undefined {
    const program = programOf(this.options.entry, argv);
    if (!program) return undefined;
    if (program.requiredEnv && !this.#hasRequired(program)) {
      for (const line of program.requiredEnv.output) sink.write('stderr', `${this.#fill(line)}\n`);
      return program.requiredEnv.code;
    }
    this.#print(program, sink);
    if (program.exit) {
      machine.wait(program.exit.afterMs);
      return program.exit.code;
    }
    if (program.server) for (const port of portsOf(program.server, argv, () => machine.environment)) if (!machine.listening.has(port)) machine.listening.set(port, machine.nowMs);
    if (program.server || program.runsForever) machine.wait(Infinity);
    return 0;
  }

  #print({ output = [], errorOutput = [] }: Program, sink: Sink): void {
    for (const line of output) sink.write('stdout', `${this.#fill(line)}\n`);
    for (const line of errorOutput) sink.write('stderr', `${this.#fill(line)}\n`);
  }

  #fill(line: string): string {
    if (!line.includes('${')) return line;
    const forms = momentForms(this.options.startedAtMs);
    return line.replace(/\$\{(\w+)\}/g, (_, name: string) => forms[name] ?? (name === 'HOSTNAME' ? this.options.hostname : this.options.environment().get(name)) ?? '');
  }
}
