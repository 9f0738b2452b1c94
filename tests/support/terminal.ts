/** What a terminal shows of the text that was written to it: \r, \n, ESC[K (erase to the end of the line), and lines that are too long. */
export class Terminal {
  readonly #lines: string[] = [''];
  #column = 0;

  constructor(readonly columns: number) {}

  write(text: string): void {
    for (const [part] of text.matchAll(/\x1b\[[\d;]*[A-Za-z]|[^]/g)) this.#put(part);
  }

  /** All that stands on it, scrolled away or not. */
  text(): string {
    return this.#lines.join('\n');
  }

  /** The line that the cursor is in. */
  get line(): string {
    return this.#lines.at(-1) as string;
  }

  #put(part: string): void {
    const last = this.#lines.length - 1;
    if (part === '\r') this.#column = 0;
    else if (part === '\n') this.#newLine();
    else if (part === '\x1b[K') this.#lines[last] = this.line.slice(0, this.#column);
    else if (part.startsWith('\x1b')) throw new Error(`a terminal of these tests does not know ${JSON.stringify(part)}`);
    else {
      if (this.#column === this.columns) this.#newLine();
      this.#lines[this.#lines.length - 1] = this.line.slice(0, this.#column).padEnd(this.#column) + part + this.line.slice(this.#column + 1);
      this.#column++;
    }
  }

  /** Also what ONLCR of a real one's driver does. */
  #newLine(): void {
    this.#lines.push('');
    this.#column = 0;
  }
}
