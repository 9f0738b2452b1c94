/** The program as a user meets it: real processes, a home of their own, and what they print. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// Real processes on a busy machine: what takes long is not wrong yet.
jest.setTimeout(60_000);

export const root = resolve(__dirname, '../..');

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** At a terminal of so many columns: both outputs come as one, and input is what is written to the process's. */
  readonly columns?: number;
}

/** A process that was started and not yet awaited. */
export interface Running {
  readonly process: ChildProcess;
  readonly result: Promise<Result>;
  /** Resolves when it has printed this (on either output); fails when it ends without. */
  printed(text: string | RegExp): Promise<void>;
  /** What it has printed so far, on both outputs. */
  said(): string;
  interrupt(signal?: NodeJS.Signals): void;
}

/** A terminal with a fresh home. */
export class Session {
  readonly home: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.home = mkdtempSync(join(tmpdir(), 'mk-'));
    this.#env = { PATH: process.env.PATH ?? '', HOME: this.home, MOCK_KUBECTL_HOME: join(this.home, 'cluster'), ...env };
  }

  /** The cluster's folder. */
  get cluster(): string {
    return this.#env.MOCK_KUBECTL_HOME ?? '';
  }

  path(...names: string[]): string {
    return join(this.home, ...names);
  }

  /** Starts a command line, typed without the program's name; quotes as in a shell. */
  start(line: string, options: RunOptions = {}): Running {
    const program = join(process.env.MOCK_KUBECTL_E2E ?? root, 'bin/mock-kubectl');
    const command = [process.execPath, program, ...words(line)];
    const env = { ...this.#env, ...options.env };
    const [file, ...args] = options.columns === undefined ? command : ['script', '-qec', `stty cols ${options.columns} -echoctl; exec ${command.map((word) => `'${word}'`).join(' ')}`, '/dev/null'];
    const child = spawn(file as string, args, { cwd: options.cwd ?? root, env: options.columns === undefined ? env : { TERM: 'xterm', ...env }, stdio: 'pipe' });
    const output = { stdout: '', stderr: '' };
    const listeners = new Set<() => void>();
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        for (const listener of listeners) listener();
      });
    }
    child.stdin.on('error', () => undefined);
    if (options.columns === undefined) child.stdin.end(options.input ?? '');
    const result = new Promise<Result>((settle, fail) => {
      child.once('error', fail);
      child.once('close', (code, signal) => {
        settle({ code: code ?? (signal ? -1 : 0), ...output });
        for (const listener of listeners) listener();
      });
    });
    return {
      process: child,
      result,
      printed: (text) =>
        new Promise((settle, fail) => {
          const look = (): void => {
            const all = output.stdout + output.stderr;
            if (typeof text === 'string' ? all.includes(text) : text.test(all)) settle();
            else if (child.exitCode !== null || child.signalCode !== null) fail(new Error(`${line}: ended without ${String(text)}:\n${all}`));
            else return;
            listeners.delete(look);
          };
          listeners.add(look);
          look();
        }),
      said: () => output.stdout + output.stderr,
      interrupt: (signal = 'SIGINT') => void child.kill(signal),
    };
  }

  run(line: string, options?: RunOptions): Promise<Result> {
    return this.start(line, options).result;
  }

  /** Runs it, expects success and nothing on standard error, and returns what it printed. */
  async ok(line: string, options?: RunOptions): Promise<string> {
    const { code, stdout, stderr } = await this.run(line, options);
    if (code !== 0 || stderr !== '') throw new Error(`${line}: exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs it, expects it to fail with nothing on standard output, and returns the message. */
  async fails(line: string, options?: RunOptions, expectedCode = 1): Promise<string> {
    const { code, stdout, stderr } = await this.run(line, options);
    if (code !== expectedCode || stdout !== '' || /^\s+at .*:\d+:\d+/m.test(stderr)) throw new Error(`${line}: exit code ${code}\n${stdout}${stderr}`);
    return stderr;
  }

  /** The pid of the home's daemon. */
  daemonPid(): number {
    return (JSON.parse(readFileSync(join(this.cluster, 'daemon.pid'), 'utf8')) as { pid: number }).pid;
  }

  /** Stops the daemon if there is one, and removes everything. */
  async end(): Promise<void> {
    await this.run('daemon stop');
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A session with a daemon, for all tests of a file. */
export function sharedDaemon(flags = '--nodes 3 --seed 1'): Session {
  const session = new Session();
  beforeAll(async () => {
    expect(await session.ok(`daemon start ${flags}`)).toMatch(/^daemon started \(pid \d+, \d+ nodes?\)\n$/);
  });
  afterAll(() => session.end());
  return session;
}

/** A session whose home is removed at the end of the test file; without a daemon unless a test starts one. */
export function session(env?: Readonly<Record<string, string>>): Session {
  const it = new Session(env);
  afterAll(() => it.end());
  return it;
}

/** Splits a command line as a shell does: blanks, 'single' and "double" quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''));
}

/** Whether a process of this number is there and not dead, waiting to be collected. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

/** A table's rows by column heading; columns are parted by two blanks at least, as kubectl prints them. */
export function table(text: string): Record<string, string>[] {
  const [head = '', ...rows] = text.trimEnd().split('\n');
  const columns = [...head.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], at: match.index }));
  return rows.map((row) => Object.fromEntries(columns.map(({ name, at }, i) => [name, row.slice(at, columns[i + 1]?.at).trim()])));
}
