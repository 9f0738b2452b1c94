/** Lines of a description, indented by level, cells separated by tabs (kubectl pkg/describe/describe.go: PrefixWriter). */

/** Control characters that could trouble a terminal are shown, not sent (cli-runtime printers/terminal.go). */
export const escapeTerminal = (text: string): string => text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');

export class PrefixWriter {
  #parts: string[] = [];

  /** `base`: levels added to those of every line. */
  constructor(private readonly base = 0) {}

  /** Text that begins at a level; a newline is written only where the text has one. */
  write(level: number, text: string): void {
    this.#parts.push('  '.repeat(this.base + level), escapeTerminal(text));
  }

  /** Text as it is, without indentation. */
  raw(text: string): void {
    this.#parts.push(escapeTerminal(text));
  }

  toString(): string {
    return this.#parts.join('');
  }
}
