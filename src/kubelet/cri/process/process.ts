/**
 * What a container's process does over its life, worked out from its image and command line: when it ends and how, what
 * it prints when, which ports answer, which files are there. Nothing is kept that can be worked out again.
 */
import type { ImageEntry, Program, ServerBehaviour } from '../../images/image.ts';
import { COMMANDS, OutOfMemory } from './commands.ts';
import { momentForms } from './dates.ts';
import { absolutePath, type FileHistory } from './files.ts';
import { Horizon, Machine, ProcessExit, type Intervention, type OutputLine, type ProcessNetwork } from './machine.ts';
import { LineSink, Shell, type Sink } from './shell.ts';

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
}

export interface ProcessEnd {
  /** Milliseconds since the start. */
  readonly atMs: number;
  readonly code: number;
  readonly reason?: 'OOMKilled';
}

/** A shell that takes its commands one by one. */
export interface ShellSession {
  /** The folder that it is in. */
  readonly folder: string;
  /** Runs a piece of script; undefined while it is not whole ("for i in 1 2"). `exited` when the shell is over. */
  run(script: string): (ExecResult & { readonly exited: boolean }) | undefined;
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
  #run: Run | undefined;
  #serving: Serving | undefined | null = null;

  constructor(readonly options: ProcessOptions) {}

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
    return run.exhausted || run.machine.nowMs === Infinity ? {} : { lookAgainMs: run.horizonMs };
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
  exec(argv: readonly string[], ageMs: number, limitMs = EXEC_LIMIT_MS, stdin = ''): ExecResult {
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
      code = this.#shell(machine).execute(argv, sink, stdin);
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

  /** Whether a command line is a shell that asks for its commands. */
  isShell(argv: readonly string[]): boolean {
    return this.options.entry.tools !== 'none' && SHELLS.has(baseName(argv[0])) && argv.slice(1).every((word) => /^-[il]+$|^--login$/.test(word));
  }

  /** A shell in the container from an age on; what it does to files stays. */
  openShell(ageMs: number): ShellSession {
    const machine = this.#machine(EXEC_LIMIT_MS, this.filesAt(ageMs).at(ageMs), this.options.startedAtMs + ageMs, []);
    const shell = this.#shell(machine);
    const keep = (): void => this.#keepWritten(machine, ageMs + machine.nowMs);
    return {
      get folder() {
        return machine.workingDir;
      },
      run(script) {
        const output = { stdout: '', stderr: '' };
        const before = machine.nowMs;
        const ended = shell.line(script, { write: (stream, text) => void (output[stream] += text) });
        keep();
        return ended && { ...ended, ...output, tookMs: machine.nowMs - before };
      },
    };
  }

  #keepWritten(machine: Machine, ageMs: number): void {
    if (machine.written.length === 0) return;
    for (const change of machine.written.splice(0)) this.#interventions.push({ ...change, atMs: ageMs });
    this.#run = undefined;
  }

  /** Forgets what can be worked out again. */
  forget(): void {
    this.#run = undefined;
  }

  /** Interventions change what comes after them; whoever set a timer for the end has to look again. */
  get interventions(): number {
    return this.#interventions.length;
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
    if (known && (settled || known.end !== undefined || known.horizonMs >= ageMs || (known.exhausted && !forOutput))) return known;
    const horizonMs = Math.max(ageMs, known ? known.horizonMs * 2 : 0);
    this.#run = this.#simulate(horizonMs);
    return this.#run;
  }

  #machine(horizonMs: number, files: FileHistory, startedAtMs: number, interventions: readonly Intervention[]): Machine {
    const { entry, environment, hostname, workingDir, uid, memoryLimit, network } = this.options;
    return new Machine({ files, environment: environment(), hostname, workingDir, startedAtMs, horizonMs, tools: entry.tools, uid, interventions, ...(memoryLimit === undefined ? {} : { memoryLimit }), ...(network ? { network } : {}) });
  }

  #simulate(horizonMs: number): Run {
    const { startedAtMs } = this.options;
    const machine = this.#machine(horizonMs, this.options.files(), startedAtMs, this.#interventions);
    const sink = new LineSink(machine);
    const { argv, wrappers } = this.#unwrapped();
    let end: ProcessEnd | undefined;
    let exhausted = false;
    try {
      for (const wrapper of wrappers) this.#print(wrapper, sink);
      // Even the shortest process takes a moment.
      const code = this.#shell(machine).execute(argv, sink);
      end = { atMs: Math.max(1, machine.nowMs), code };
    } catch (error) {
      if (error instanceof ProcessExit) end = { atMs: Math.max(1, machine.nowMs), code: error.code };
      else if (error instanceof OutOfMemory) end = { atMs: Math.max(1, machine.nowMs), code: 137, reason: 'OOMKilled' };
      else if (error instanceof Horizon) exhausted = machine.nowMs <= horizonMs;
      else throw error;
    }
    sink.flush();
    machine.finish();
    return { machine, horizonMs, end, exhausted };
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
