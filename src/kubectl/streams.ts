/**
 * Standard input, output and error of a command. Writing is synchronous and unbuffered by Node, so that the order of
 * the two outputs is kept and the process can end at once; process.stdout would cost milliseconds to set up.
 */
import { fstatSync, readFileSync, readSync, writeSync, type Stats } from 'node:fs';
import type { TerminalSize } from '../api/node-connection.ts';

export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTTY: boolean;
  /** Columns of the terminal; 0 where there is none. */
  readonly width: number;
  /** Tells the terminal's size, at once and whenever it changes, until the signal aborts. */
  onSize?(listener: (size: TerminalSize) => void, signal: AbortSignal): void;
}

export interface Input {
  /** All of it, as text. */
  read(): string;
  /** One line without its end; undefined at the end of the input. */
  readLine(): string | undefined;
  readonly isTTY: boolean;
  /** What comes, as it comes, until its end or until the signal aborts. `raw`: each key of a terminal by itself, without echo and signals. */
  live(options: { readonly raw: boolean; readonly signal: AbortSignal }): AsyncIterable<Uint8Array>;
}

/** What is drawn below the last line of the terminal, and is not to stay: out of the way while something is printed. */
export interface Overlay {
  clear(): void;
  /** Something has been printed; `wholeLine`: up to the end of a line. */
  printed(wholeLine: boolean): void;
}

/** The terminal that standard error is, to draw on beside what is printed. */
export interface Screen {
  /** Whether it may be drawn on: where standard output is a pipe, its reader may print to the same terminal at any time. */
  readonly usable: boolean;
  /** Columns. */
  readonly width: number;
  draw(text: string): void;
  overlay: Overlay | undefined;
}

export interface Streams {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly screen: Screen;
}

/** The reader of our output has gone (`| head`): the command ends quietly. */
export class BrokenPipeError extends Error {
  constructor() {
    super('broken pipe');
    this.name = 'BrokenPipeError';
  }
}

const FULL_PIPE_PAUSE_MS = 2;
const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_PAUSE_MS);
}

type OutputFd = 1 | 2;

function writeAll(fd: OutputFd, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (hasCode(error, 'EPIPE')) throw new BrokenPipeError();
      // A pipe that somebody set to non-blocking is full: wait for its reader.
      if (!hasCode(error, 'EAGAIN')) throw error;
      pause();
    }
  }
}

function statOf(fd: OutputFd): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}

const LINE_FEED = 0x0a;

class FileScreen implements Screen {
  overlay: Overlay | undefined;

  constructor(private readonly stderr: Output) {}

  get usable(): boolean {
    const stdout = statOf(1);
    return this.stderr.isTTY && stdout !== undefined && !stdout.isFIFO() && !stdout.isSocket();
  }

  get width(): number {
    return this.stderr.width;
  }

  draw(text: string): void {
    writeAll(2, Buffer.from(text));
  }
}

class FileOutput implements Output {
  readonly screen: FileScreen;
  #isDevice: boolean | undefined;

  constructor(
    private readonly fd: OutputFd,
    screen?: FileScreen,
  ) {
    this.screen = screen ?? new FileScreen(this);
  }

  write(text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    const { overlay } = this.screen;
    if (!overlay || bytes.length === 0 || !this.isTTY) return writeAll(this.fd, bytes);
    overlay.clear();
    writeAll(this.fd, bytes);
    overlay.printed(bytes.at(-1) === LINE_FEED);
  }

  get isTTY(): boolean {
    return this.width > 0;
  }

  /** process.stdout is set up only where a command asks (tables that fit the screen, colours), and not for what is no terminal. */
  get width(): number {
    this.#isDevice ??= statOf(this.fd)?.isCharacterDevice() === true;
    if (!this.#isDevice) return 0;
    const stream = this.fd === 1 ? process.stdout : process.stderr;
    return stream.isTTY ? stream.columns || 80 : 0;
  }

  onSize(listener: (size: TerminalSize) => void, signal: AbortSignal): void {
    const stream = this.fd === 1 ? process.stdout : process.stderr;
    if (!stream.isTTY) return;
    const tell = (): void => listener({ Width: stream.columns, Height: stream.rows });
    stream.on('resize', tell);
    signal.addEventListener('abort', () => stream.off('resize', tell), { once: true });
    tell();
  }
}

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** While a read blocks no handler of ours can run: until it returns, Ctrl-C ends the process as it would any other. */
function interruptible<Result>(read: () => Result): Result {
  const handlers = ENDING_SIGNALS.flatMap((signal) => process.rawListeners(signal).map((handler) => ({ signal, handler: handler as () => void })));
  for (const { signal, handler } of handlers) process.removeListener(signal, handler);
  try {
    return read();
  } finally {
    for (const { signal, handler } of handlers) process.on(signal, handler);
  }
}

class FileInput implements Input {
  #rest = '';
  #ended = false;

  constructor(private readonly screen: Screen) {}

  read(): string {
    this.screen.overlay?.clear();
    const text = this.#rest + (this.#ended ? '' : interruptible(() => readFileSync(0, 'utf8')));
    this.#rest = '';
    this.#ended = true;
    return text;
  }

  readLine(): string | undefined {
    for (;;) {
      const end = this.#rest.indexOf('\n');
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      if (this.#ended) {
        const line = this.#rest;
        this.#rest = '';
        return line === '' ? undefined : line;
      }
      this.#fill();
    }
  }

  #fill(): void {
    this.screen.overlay?.clear();
    const chunk = Buffer.alloc(4096);
    try {
      const count = interruptible(() => readSync(0, chunk));
      if (count === 0) this.#ended = true;
      this.#rest += chunk.toString('utf8', 0, count);
    } catch (error) {
      if (hasCode(error, 'EOF')) this.#ended = true;
      else if (hasCode(error, 'EAGAIN')) pause();
      else throw error;
    }
  }

  get isTTY(): boolean {
    return process.stdin.isTTY === true;
  }

  async *live({ raw, signal }: { readonly raw: boolean; readonly signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    if (this.#rest !== '') yield Buffer.from(this.#rest);
    this.#rest = '';
    if (this.#ended || signal.aborted) return;
    const { stdin } = process;
    const stop = (): void => void stdin.destroy();
    signal.addEventListener('abort', stop, { once: true });
    if (raw) stdin.setRawMode(true);
    try {
      for await (const part of stdin) yield part as Buffer;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (raw) stdin.setRawMode(false);
      signal.removeEventListener('abort', stop);
    }
  }
}

/** The process's own streams. */
export function processStreams(): Streams {
  const stderr = new FileOutput(2);
  const { screen } = stderr;
  return { stdin: new FileInput(screen), stdout: new FileOutput(1, screen), stderr, screen };
}

const asText = (text: string | Uint8Array): string => (typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));

/** Streams in memory, for tests: what was written can be read back. */
export function memoryStreams(input = '', width = 0): Streams & { readonly out: () => string; readonly err: () => string } {
  let out = '';
  let err = '';
  let rest = input;
  return {
    stdin: {
      isTTY: false,
      read() {
        const text = rest;
        rest = '';
        return text;
      },
      readLine() {
        if (rest === '') return undefined;
        const end = rest.indexOf('\n');
        const line = end < 0 ? rest : rest.slice(0, end);
        rest = end < 0 ? '' : rest.slice(end + 1);
        return line;
      },
      async *live() {
        if (rest !== '') yield Buffer.from(rest);
        rest = '';
      },
    },
    stdout: { isTTY: width > 0, width, write: (text) => void (out += asText(text)) },
    stderr: { isTTY: width > 0, width, write: (text) => void (err += asText(text)) },
    screen: { usable: width > 0, width, draw: (text) => void (err += text), overlay: undefined },
    out: () => out,
    err: () => err,
  };
}
