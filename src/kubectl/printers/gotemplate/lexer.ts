/** Go text/template: text and actions → tokens (text/template/parse/lex.go). */

import { goQuote } from '../../../api/quote.ts';

export type TokenKind =
  | 'text' | 'left' | 'right' | 'identifier' | 'keyword' | 'field' | 'variable' | 'string' | 'char' | 'number' | 'bool' | 'nil' | 'dot' | 'pipe' | 'open' | 'close' | 'declare' | 'assign' | 'space' | 'other' | 'eof' | 'error';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Position in the template. */
  readonly at: number;
}

const KEYWORDS = new Set(['if', 'else', 'end', 'range', 'with', 'define', 'template', 'block', 'break', 'continue']);
const WORD = /[_\p{L}\p{Nd}]/u;
const SPACE = /[ \t\r\n]/;

/** The tokens of a template; faults become a token of kind "error" where they stand, as the parser may fail before it. */
export function tokenize(input: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at <= input.length) {
    const open = input.indexOf('{{', at);
    let text = open < 0 ? input.slice(at) : input.slice(at, open);
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, '');
    const trimThis = open >= 0 && input[open + 2] === '-' && SPACE.test(input[open + 3] ?? '');
    if (trimThis) text = text.replace(/[ \t\r\n]+$/, '');
    if (text !== '') tokens.push({ kind: 'text', text, at });
    if (open < 0) break;
    let inside = open + 2 + (trimThis ? 2 : 0);
    if (input.startsWith('/*', inside)) {
      const end = input.indexOf('*/', inside);
      if (end < 0) {
        tokens.push({ kind: 'error', text: 'unclosed comment', at: inside });
        break;
      }
      const after = /^(?:[ \t\r\n]-)?\}\}/.exec(input.slice(end + 2));
      if (!after) {
        tokens.push({ kind: 'error', text: 'comment ends before closing delimiter', at: end });
        break;
      }
      trimNext = after[0].length === 4;
      at = end + 2 + after[0].length;
      continue;
    }
    tokens.push({ kind: 'left', text: '{{', at: open });
    const action = new ActionLexer(input, inside, tokens);
    inside = action.run();
    if (action.failed) break;
    trimNext = action.trimAfter;
    at = inside;
  }
  if (tokens.at(-1)?.kind !== 'error') tokens.push({ kind: 'eof', text: '', at: input.length });
  return tokens;
}

class ActionLexer {
  failed = false;
  trimAfter = false;
  #depth = 0;

  constructor(
    private readonly input: string,
    private at: number,
    private readonly tokens: Token[],
  ) {}

  /** Lexes up to the closing delimiter; returns the position after it. */
  run(): number {
    for (;;) {
      const start = this.at;
      const rest = this.input.slice(start, start + 4);
      if (/^[ \t\r\n]-\}\}/.test(rest) || rest.startsWith('}}')) {
        if (this.#depth > 0) return this.#fail('unclosed left paren');
        this.trimAfter = !rest.startsWith('}}');
        this.at += this.trimAfter ? 4 : 2;
        this.#push('right', start);
        return this.at;
      }
      const char = this.#char();
      if (char === '') return this.#fail('unclosed action');
      if (SPACE.test(char)) this.#space(start);
      else if (!this.#token(char, start)) return this.at;
    }
  }

  #token(char: string, start: number): boolean {
    const next = this.input[start + 1] ?? '';
    if (char === '=') this.#single('assign');
    else if (char === ':') {
      if (next !== '=') return this.#fault("expected :=");
      this.at += 2;
      this.#push('declare', start);
    } else if (char === '|') this.#single('pipe');
    else if (char === '"') return this.#quoted('"', 'string', 'unterminated quoted string');
    else if (char === '`') return this.#raw(start);
    else if (char === "'") return this.#quoted("'", 'char', 'unterminated character constant');
    else if (char === '$') return this.#named('variable', 'variable', start);
    else if (char === '.' && !/[0-9]/.test(next)) return this.#named('field', 'dot', start);
    else if (/[-+0-9.]/.test(char)) return this.#number(start);
    else if (WORD.test(char)) {
      this.#word();
      if (!this.#atTerminator()) return this.#badCharacter();
      const word = this.input.slice(start, this.at);
      this.#push(KEYWORDS.has(word) ? 'keyword' : word === 'true' || word === 'false' ? 'bool' : word === 'nil' ? 'nil' : 'identifier', start);
    } else if (char === '(') {
      this.#depth++;
      this.#single('open');
    } else if (char === ')') {
      if (--this.#depth < 0) return this.#fault('unexpected right paren');
      this.#single('close');
    } else if (char > ' ' && char <= '~') this.#single('other');
    else return this.#fault(`unrecognized character in action: ${unicode(char)}`);
    return true;
  }

  #space(start: number): void {
    while (SPACE.test(this.input[this.at] ?? '') && !/^[ \t\r\n]-\}\}/.test(this.input.slice(this.at, this.at + 4))) this.at++;
    this.#push('space', start);
  }

  #quoted(end: string, kind: TokenKind, unterminated: string): boolean {
    const start = this.at++;
    for (; ; this.at++) {
      const char = this.input[this.at] ?? '';
      if (char === '\\' && this.input[this.at + 1] !== undefined && this.input[this.at + 1] !== '\n') this.at++;
      else if (char === '' || char === '\n') return this.#fault(unterminated);
      else if (char === end) break;
    }
    this.at++;
    this.#push(kind, start);
    return true;
  }

  #raw(start: number): boolean {
    const end = this.input.indexOf('`', start + 1);
    if (end < 0) return this.#fault('unterminated raw quoted string');
    this.at = end + 1;
    this.#push('string', start);
    return true;
  }

  /** "$" and "." alone, or with a name. */
  #named(kind: TokenKind, alone: TokenKind, start: number): boolean {
    this.at++;
    if (this.#atTerminator()) {
      this.#push(alone, start);
      return true;
    }
    this.#word();
    if (!this.#atTerminator()) return this.#badCharacter();
    this.#push(kind, start);
    return true;
  }

  #number(start: number): boolean {
    const bad = (): boolean => this.#fault(`bad number syntax: ${goQuote(this.input.slice(start, this.at))}`);
    if (!this.#scanNumber()) return bad();
    // A complex number: "1+2i".
    if (/[-+]/.test(this.#char()) && (!this.#scanNumber() || this.input[this.at - 1] !== 'i')) return bad();
    this.#push('number', start);
    return true;
  }

  /** Digits, point, exponent and "i", whether they make sense together or not. */
  #scanNumber(): boolean {
    const form = /[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/y;
    form.lastIndex = this.at;
    this.at += form.exec(this.input)?.[0].length ?? 0;
    if (!WORD.test(this.#char())) return true;
    this.at += this.#char().length;
    return false;
  }

  #word(): void {
    while (WORD.test(this.#char())) this.at += this.#char().length;
  }

  #atTerminator(): boolean {
    const char = this.#char();
    return char === '' || SPACE.test(char) || '.,|:)('.includes(char) || this.input.startsWith('}}', this.at);
  }

  #badCharacter(): boolean {
    return this.#fault(`bad character ${unicode(this.#char())}`);
  }

  #char(): string {
    const code = this.input.codePointAt(this.at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #single(kind: TokenKind): void {
    this.at++;
    this.#push(kind, this.at - 1);
  }

  #push(kind: TokenKind, start: number): void {
    this.tokens.push({ kind, text: this.input.slice(start, this.at), at: start });
  }

  #fault(message: string): boolean {
    this.#fail(message);
    return false;
  }

  #fail(message: string): number {
    this.tokens.push({ kind: 'error', text: message, at: this.at });
    this.failed = true;
    return this.at;
  }
}

const unicode = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`;
