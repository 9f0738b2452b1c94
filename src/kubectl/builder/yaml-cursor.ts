/** Where a scanner stands in a YAML text, and what it steps over (sigs.k8s.io/yaml goyaml.v2/{readerc,scannerc,yamlprivateh}.go). */

/** A fault of the text, with the line where it shows and that of what holds it, both from 0. */
export class SyntaxFault extends Error {
  constructor(
    message: string,
    readonly by: 'reader' | 'scanner' | 'parser',
    readonly line: number,
    readonly contextLine: number,
  ) {
    super(message);
    this.name = 'SyntaxFault';
  }
}

const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;
const WORD = /[A-Za-z0-9_./=-]+/y;

export const isBreak = (char: string | undefined): boolean => char === '\n' || char === '\r' || char === '\u0085' || char === '\u2028' || char === '\u2029';
export const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t';
export const isBreakOrEnd = (char: string | undefined): boolean => char === undefined || isBreak(char);
export const isBlankOrEnd = (char: string | undefined): boolean => isBlank(char) || isBreakOrEnd(char);
export const isWord = (char: string | undefined): boolean => char !== undefined && /[0-9A-Za-z_-]/.test(char);
export const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
export const isHex = (char: string | undefined): boolean => char !== undefined && /[0-9A-Fa-f]/.test(char);

export class Cursor {
  at = 0;
  /** From 0, as the column. */
  line = 0;
  column = 0;
  readonly text: string;

  /** Throws a SyntaxFault for a text with characters that none may have. */
  constructor(text: string) {
    // The mark of an encoding is no part of the text.
    this.text = text.startsWith('\ufeff') ? text.slice(1) : text;
    if (FORBIDDEN.test(text)) throw new SyntaxFault('control characters are not allowed', 'reader', 0, 0);
  }

  char(offset = 0): string | undefined {
    return this.text[this.at + offset];
  }

  /** The text from there to here. */
  since(start: number): string {
    return this.text.slice(start, this.at);
  }

  advance(count = 1): void {
    for (; count > 0; count--) {
      const code = this.text.charCodeAt(this.at++);
      // Two halves of a character are one column.
      if (code < 0xdc00 || code > 0xdfff) this.column++;
    }
  }

  /** Over what no scalar takes for anything else, at once: most of every text. */
  skipWord(): void {
    WORD.lastIndex = this.at;
    const length = WORD.exec(this.text)?.[0].length ?? 0;
    this.at += length;
    this.column += length;
  }

  /** Over a line's end; returns it as YAML has it in text. */
  skipLine(): string {
    const char = this.char() as string;
    this.at += char === '\r' && this.char(1) === '\n' ? 2 : 1;
    this.column = 0;
    this.line++;
    return char === '\u2028' || char === '\u2029' ? char : '\n';
  }

  toLineEnd(): void {
    while (!isBreakOrEnd(this.char())) this.advance();
  }

  blanks(): void {
    while (isBlank(this.char())) this.advance();
  }

  documentMarker(): 'document-start' | 'document-end' | undefined {
    if (!isBlankOrEnd(this.char(3))) return undefined;
    return this.text.startsWith('---', this.at) ? 'document-start' : this.text.startsWith('...', this.at) ? 'document-end' : undefined;
  }

  /** @param context where what does not end well begins */
  fail(message: string, context: { readonly line: number } = { line: this.line }): never {
    throw new SyntaxFault(message, 'scanner', this.line, context.line);
  }
}
