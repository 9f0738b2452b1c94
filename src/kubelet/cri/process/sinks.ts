/** Where the output of commands goes. */
import type { Piece } from './input.ts';
import type { Machine } from './machine.ts';

/** Takes what a command prints. */
export interface Sink {
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** What an interactive shell asks with; only people want to see it. */
  prompt?(text: string): void;
}

/** Prints whole lines to the machine's output, at the moment that their end is written. */
export class LineSink implements Sink {
  readonly #partial = { stdout: '', stderr: '' };
  /** @param show told of everything as it is written, prompts included */
  constructor(
    private readonly machine: Machine,
    private readonly show?: (stream: 'stdout' | 'stderr' | 'prompt', text: string) => void,
  ) {}

  prompt(text: string): void {
    this.show?.('prompt', text);
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (text !== '') this.show?.(stream, text);
    const whole = this.#partial[stream] + text;
    const end = whole.lastIndexOf('\n');
    if (end >= 0) this.machine.print(stream, whole.slice(0, end));
    this.#partial[stream] = whole.slice(end + 1);
  }

  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) if (this.#partial[stream] !== '') this.machine.print(stream, this.#partial[stream]);
  }
}

/** Keeps standard output, piece by piece; errors go on to another. */
export class BufferSink implements Sink {
  readonly pieces: Piece[] = [];
  constructor(
    private readonly machine: Machine,
    private readonly errors: Sink,
  ) {}

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (stream === 'stderr') this.errors.write(stream, text);
    else if (text !== '') this.pieces.push({ atMs: this.machine.nowMs, text });
  }

  get stdout(): string {
    return this.pieces.map(({ text }) => text).join('');
  }
}
