/** The line discipline of a terminal: echo, line editing, and the keys that are signals (Linux drivers/tty/n_tty.c, as `stty sane` sets it). */
import { SIGINT, SIGQUIT, type InputEvent } from '../cri/process/input.ts';

/** What a key means to the process, at whatever time it is. */
export type Typed = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'end' } | { readonly kind: 'signal'; readonly signal: number };

const SIGNALS: Readonly<Record<string, { readonly signal: number; readonly shown: string }>> = { '\x03': { signal: SIGINT, shown: '^C' }, '\x1c': { signal: SIGQUIT, shown: '^\\' } };
const END = '\x04';
const ERASE = new Set(['\x7f', '\b']);
const ERASE_LINE = '\x15';
const ERASE_WORD = '\x17';
/** Cursor keys and the like. */
const SEQUENCE = /^\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/;

export class Terminal {
  readonly #decoder = new TextDecoder();
  #line = '';

  /** @param echo shows text to whoever types */
  constructor(private readonly echo: (text: string) => void) {}

  /** What keys come to; lines come whole. */
  *type(bytes: Uint8Array): Generator<Typed> {
    let text = this.#decoder.decode(bytes, { stream: true });
    while (text !== '') {
      const sequence = SEQUENCE.exec(text)?.[0];
      const key = sequence ?? (String.fromCodePoint(text.codePointAt(0) as number));
      text = text.slice(key.length);
      if (sequence === undefined) yield* this.#key(key);
    }
  }

  *#key(key: string): Generator<Typed> {
    const signal = SIGNALS[key];
    if (signal) {
      this.#line = '';
      this.echo(signal.shown);
      yield { kind: 'signal', signal: signal.signal };
    } else if (key === '\r' || key === '\n') {
      this.echo('\n');
      yield { kind: 'text', text: `${this.#taken()}\n` };
    } else if (key === END) {
      const text = this.#taken();
      yield text === '' ? { kind: 'end' } : { kind: 'text', text };
    } else if (ERASE.has(key)) this.#erase([...this.#line].slice(0, -1).join(''));
    else if (key === ERASE_LINE) this.#erase('');
    else if (key === ERASE_WORD) this.#erase(this.#line.replace(/\S*\s*$/, ''));
    else if (key >= ' ' || key === '\t') {
      this.echo(key);
      this.#line += key;
    }
  }

  #taken(): string {
    const line = this.#line;
    this.#line = '';
    return line;
  }

  #erase(rest: string): void {
    this.echo('\b \b'.repeat([...this.#line].length - [...rest].length));
    this.#line = rest;
  }
}

/** The same at a time. */
export const at = (typed: Typed, atMs: number): InputEvent => ({ ...typed, atMs });
