/**
 * What a process reads, as it comes. A process that wants more than there is yet ends its run with MoreInput; when more has
 * come it is run again from its beginning: what it did before comes out the same, since all that it sees has a time.
 */

/** Something at a process's standard input: what was written to it, its end, or a key of its terminal that is a signal. */
export type InputEvent = { readonly atMs: number } & ({ readonly kind: 'text'; readonly text: string } | { readonly kind: 'end' } | { readonly kind: 'signal'; readonly signal: number });

export const SIGINT = 2;
export const SIGQUIT = 3;

/** The process waits for input that has not come yet. */
export class MoreInput extends Error {}

/** A signal from the terminal. */
export class Interrupted extends Error {
  constructor(readonly signal: number) {
    super(`signal ${signal}`);
  }

  /** As shells count it. */
  get code(): number {
    return 128 + this.signal;
  }
}

/** A piece of what one command of a pipe writes for the next. */
export interface Piece {
  readonly atMs: number;
  readonly text: string;
}

/** Standard input, to be read once. Reading throws MoreInput and Interrupted. */
export class Input {
  #rest = '';
  #ended = false;

  /** @param next the next part as it came; undefined at the end */
  constructor(
    private readonly next: () => string | undefined,
    readonly terminal = false,
  ) {}

  static of(text: string): Input {
    let rest: string | undefined = text === '' ? undefined : text;
    return new Input(() => {
      const part = rest;
      rest = undefined;
      return part;
    });
  }

  static get none(): Input {
    return Input.of('');
  }

  /** What one read brings; undefined at the end. */
  read(): string | undefined {
    if (this.#rest !== '') {
      const part = this.#rest;
      this.#rest = '';
      return part;
    }
    // The end of a terminal's input is not for ever, but for whoever reads now.
    if (this.#ended && !this.terminal) return undefined;
    const part = this.next();
    this.#ended = part === undefined;
    return part;
  }

  /** The next line without its end, and nothing beyond it; undefined at the end. `whole`: its end was there. */
  line(): { readonly text: string; readonly whole: boolean } | undefined {
    let text = '';
    for (;;) {
      const part = this.read();
      if (part === undefined) return text === '' ? undefined : { text, whole: false };
      const end = part.indexOf('\n');
      if (end >= 0) {
        this.#rest = part.slice(end + 1);
        return { text: text + part.slice(0, end), whole: true };
      }
      text += part;
    }
  }

  /** All lines, as they come in. */
  *lines(): Generator<string> {
    let rest = '';
    for (let part = this.read(); part !== undefined; part = this.read()) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() as string;
      yield* lines;
    }
    if (rest !== '') yield rest;
  }

  /** Everything up to the end. */
  all(): string {
    let text = '';
    for (let part = this.read(); part !== undefined; part = this.read()) text += part;
    return text;
  }
}
