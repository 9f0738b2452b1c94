/** The tokens of a YAML text as libyaml cuts them (sigs.k8s.io/yaml goyaml.v2/scannerc.go), and its words for a text that is none. */

export type TokenType =
  | 'stream-end' | 'version-directive' | 'tag-directive' | 'document-start' | 'document-end'
  | 'block-sequence-start' | 'block-mapping-start' | 'block-end' | 'flow-sequence-start' | 'flow-sequence-end' | 'flow-mapping-start' | 'flow-mapping-end'
  | 'block-entry' | 'flow-entry' | 'key' | 'value' | 'alias' | 'anchor' | 'tag' | 'scalar';

export interface Token {
  readonly type: TokenType;
  /** The line where it begins, from 0. */
  readonly line: number;
  /** What a directive says, the handle of a tag, the name of an anchor or alias, and what a scalar says: "1.1", "!x!". */
  readonly text: string;
  /** What a tag's handle stands before, and a handle for in a directive. */
  readonly suffix?: string;
  /** A scalar without quotes, which may be more than text. */
  readonly plain?: boolean;
}

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

/** What may turn out to be a key once a ":" follows, on the same line and not too far away. */
interface SimpleKey {
  possible: boolean;
  readonly required: boolean;
  readonly token: number;
  readonly line: number;
  readonly column: number;
  readonly at: number;
}

const MAX_KEY_LENGTH = 1024;
const MAX_DEPTH = 10_000;
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;
const WORD = /[A-Za-z0-9_./=-]+/y;
const NEVER: SimpleKey = { possible: false, required: false, token: -1, line: 0, column: 0, at: 0 };

const isBreak = (char: string | undefined): boolean => char === '\n' || char === '\r' || char === '\u0085' || char === '\u2028' || char === '\u2029';
const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t';
const isBreakOrEnd = (char: string | undefined): boolean => char === undefined || isBreak(char);
const isBlankOrEnd = (char: string | undefined): boolean => isBlank(char) || isBreakOrEnd(char);
const isWord = (char: string | undefined): boolean => char !== undefined && /[0-9A-Za-z_-]/.test(char);
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
const isHex = (char: string | undefined): boolean => char !== undefined && /[0-9A-Fa-f]/.test(char);

/** Characters of a double-quoted scalar's escapes, and of those that say a code the number of its digits. */
const ESCAPES = '0abt\tnvfre "\'\\N_LP';
const CODE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const ESCAPED: Readonly<Record<string, string>> = { 0: '\0', a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b', N: '\u0085', _: '\xa0', L: '\u2028', P: '\u2029' };
const START_NO_PLAIN = '-?:,[]{}#&*!|>\'"%@`';

/** Line ends in a scalar that is not taken word for word: one is a space, of more the first does not count. */
const fold = ([first = '', ...more]: readonly string[]): string => (first !== '\n' ? `${first}${more.join('')}` : more.length === 0 ? ' ' : more.join(''));

export class Tokens {
  #at = 0;
  #line = 0;
  #column = 0;
  #flowLevel = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #keyAllowed = true;
  /** One for each level of flow; the last is that of where we are. */
  readonly #keys: SimpleKey[] = [NEVER];
  readonly #keyAt = new Map<number, SimpleKey>();
  readonly #queue: Token[] = [];
  /** How many tokens have been handed out. */
  #handed = 0;

  private readonly text: string;

  constructor(text: string) {
    // The mark of an encoding is no part of the text.
    this.text = text.startsWith('\ufeff') ? text.slice(1) : text;
    if (FORBIDDEN.test(text)) throw new SyntaxFault('control characters are not allowed', 'reader', 0, 0);
  }

  /** The next token; it stays the next one. */
  peek(): Token {
    for (;;) {
      const [head] = this.#queue;
      if (head) {
        // What may be a key may still have a token put before it.
        const key = this.#keyAt.get(this.#handed);
        if (!key || !this.#isPossible(key)) return head;
      }
      this.#fetch();
    }
  }

  skip(): void {
    this.#queue.shift();
    this.#handed++;
  }

  #fail(message: string, context: { readonly line: number } = { line: this.#line }): never {
    throw new SyntaxFault(message, 'scanner', this.#line, context.line);
  }

  #advance(count = 1): void {
    for (; count > 0; count--) {
      const code = this.text.charCodeAt(this.#at++);
      // Two halves of a character are one column.
      if (code < 0xdc00 || code > 0xdfff) this.#column++;
    }
  }

  /** Over what no scalar takes for anything else, at once: most of every text. */
  #skipWord(): void {
    WORD.lastIndex = this.#at;
    const length = WORD.exec(this.text)?.[0].length ?? 0;
    this.#at += length;
    this.#column += length;
  }

  /** Over a line's end; returns it as YAML has it in text. */
  #skipLine(): string {
    const char = this.#char() as string;
    this.#at += char === '\r' && this.#char(1) === '\n' ? 2 : 1;
    this.#column = 0;
    this.#line++;
    return char === '\u2028' || char === '\u2029' ? char : '\n';
  }

  #char(offset = 0): string | undefined {
    return this.text[this.#at + offset];
  }

  #add(type: TokenType, line = this.#line, text = '', suffix = ''): void {
    this.#queue.push({ type, line, text, suffix });
  }

  /** Before a token of the queue; where it has been handed out already, at the end. */
  #insert(position: number, token: Token): void {
    this.#queue.splice(position < 0 ? this.#queue.length : position, 0, token);
  }

  #scalar(line: number, text: string, plain: boolean): void {
    this.#queue.push({ type: 'scalar', line, text, plain });
  }

  #fetch(): void {
    this.#toNextToken();
    this.#unroll(this.#column);
    const char = this.#char();
    if (char === undefined) return this.#end();
    if (this.#column === 0) {
      if (char === '%') return this.#directive();
      const marker = this.#documentMarker();
      if (marker) return this.#documentIndicator(marker);
    }
    const after = this.#char(1);
    switch (char) {
      case '[':
        return this.#flowStart('flow-sequence-start');
      case '{':
        return this.#flowStart('flow-mapping-start');
      case ']':
        return this.#flowEnd('flow-sequence-end');
      case '}':
        return this.#flowEnd('flow-mapping-end');
      case ',':
        this.#dropKey();
        this.#keyAllowed = true;
        return this.#single('flow-entry');
      case '*':
      case '&':
        return this.#anchor(char === '*' ? 'alias' : 'anchor');
      case '!':
        return this.#tag();
      case "'":
      case '"':
        return this.#quoted(char);
    }
    if (char === '-' && isBlankOrEnd(after)) return this.#blockEntry();
    if (char === '?' && (this.#flowLevel > 0 || isBlankOrEnd(after))) return this.#key();
    if (char === ':' && (this.#flowLevel > 0 || isBlankOrEnd(after))) return this.#value();
    if ((char === '|' || char === '>') && this.#flowLevel === 0) return this.#blockScalar();
    const plain = !(isBlankOrEnd(char) || START_NO_PLAIN.includes(char)) || (char === '-' && !isBlank(after)) || (this.#flowLevel === 0 && (char === '?' || char === ':') && !isBlankOrEnd(after));
    if (plain) return this.#plain();
    this.#fail('found character that cannot start any token');
  }

  #toNextToken(): void {
    for (;;) {
      if (this.#column === 0 && this.#char() === '\ufeff') this.#advance();
      while (this.#char() === ' ' || ((this.#flowLevel > 0 || !this.#keyAllowed) && this.#char() === '\t')) this.#advance();
      if (this.#char() === '#') this.#toLineEnd();
      if (!isBreak(this.#char())) return;
      this.#skipLine();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #toLineEnd(): void {
    while (!isBreakOrEnd(this.#char())) this.#advance();
  }

  #documentMarker(): 'document-start' | 'document-end' | undefined {
    if (!isBlankOrEnd(this.#char(3))) return undefined;
    return this.text.startsWith('---', this.#at) ? 'document-start' : this.text.startsWith('...', this.#at) ? 'document-end' : undefined;
  }

  #isPossible(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.line >= this.#line && key.at + MAX_KEY_LENGTH >= this.#at) return true;
    if (key.required) this.#fail("could not find expected ':'", key);
    key.possible = false;
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#column;
    this.#dropKey();
    const key: SimpleKey = { possible: true, required, token: this.#handed + this.#queue.length, line: this.#line, column: this.#column, at: this.#at };
    this.#keys[this.#keys.length - 1] = key;
    this.#keyAt.set(key.token, key);
  }

  #dropKey(): void {
    const key = this.#keys.at(-1);
    if (!key?.possible) return;
    if (key.required) this.#fail("could not find expected ':'", key);
    key.possible = false;
    this.#keyAt.delete(key.token);
  }

  #roll(column: number, type: 'block-sequence-start' | 'block-mapping-start', line: number, position: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (this.#indents.length > MAX_DEPTH) this.#fail(`exceeded max depth of ${MAX_DEPTH}`);
    this.#insert(position, { type, line, text: '' });
  }

  #unroll(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#add('block-end');
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #single(type: TokenType): void {
    this.#add(type);
    this.#advance();
  }

  #end(): void {
    if (this.#column !== 0) {
      this.#column = 0;
      this.#line++;
    }
    this.#unroll(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    this.#add('stream-end');
  }

  #documentIndicator(type: 'document-start' | 'document-end'): void {
    this.#unroll(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    this.#add(type);
    this.#advance(3);
  }

  #flowStart(type: 'flow-sequence-start' | 'flow-mapping-start'): void {
    this.#saveKey();
    // As there: until something inside may be a key, this stands for the collection itself, which is none any more at its end.
    this.#keys.push({ ...NEVER, token: this.#handed + this.#queue.length });
    if (++this.#flowLevel > MAX_DEPTH) this.#fail(`exceeded max depth of ${MAX_DEPTH}`);
    this.#keyAllowed = true;
    this.#single(type);
  }

  #flowEnd(type: 'flow-sequence-end' | 'flow-mapping-end'): void {
    this.#dropKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      const key = this.#keys.pop();
      if (key) this.#keyAt.delete(key.token);
    }
    this.#keyAllowed = false;
    this.#single(type);
  }

  #blockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#fail('block sequence entries are not allowed in this context');
      this.#roll(this.#column, 'block-sequence-start', this.#line, this.#queue.length);
    }
    this.#dropKey();
    this.#keyAllowed = true;
    this.#single('block-entry');
  }

  #key(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#fail('mapping keys are not allowed in this context');
      this.#roll(this.#column, 'block-mapping-start', this.#line, this.#queue.length);
    }
    this.#dropKey();
    this.#keyAllowed = this.#flowLevel === 0;
    this.#single('key');
  }

  #value(): void {
    const key = this.#keys.at(-1) ?? NEVER;
    if (this.#isPossible(key)) {
      const position = key.token - this.#handed;
      this.#insert(position, { type: 'key', line: key.line, text: '' });
      this.#roll(key.column, 'block-mapping-start', key.line, position);
      key.possible = false;
      this.#keyAt.delete(key.token);
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) this.#fail('mapping values are not allowed in this context');
        this.#roll(this.#column, 'block-mapping-start', this.#line, this.#queue.length);
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#single('value');
  }

  #anchor(type: 'alias' | 'anchor'): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const { start, line } = this.#begin();
    this.#advance();
    while (isWord(this.#char())) this.#advance();
    const after = this.#char();
    if (this.#at === start + 1 || !(isBlankOrEnd(after) || '?:,]}%@`'.includes(after ?? ''))) this.#fail('did not find expected alphabetic or numeric character', { line });
    this.#add(type, line, this.text.slice(start + 1, this.#at));
  }

  #begin(): { readonly start: number; readonly line: number } {
    return { start: this.#at, line: this.#line };
  }

  #tag(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const { line } = this.#begin();
    let handle = '';
    let suffix: string;
    if (this.#char(1) === '<') {
      this.#advance(2);
      suffix = this.#tagUri(false, line);
      if (this.#char() !== '>') this.#fail("did not find the expected '>'", { line });
      this.#advance();
    } else {
      handle = this.#tagHandle(false, line);
      const named = handle.length > 1 && handle.endsWith('!');
      suffix = this.#tagUri(!named, line);
      if (!named) [handle, suffix] = handle === '!' && suffix === '' ? ['', '!'] : ['!', `${handle.slice(1)}${suffix}`];
    }
    if (!isBlankOrEnd(this.#char())) this.#fail('did not find expected whitespace or line break', { line });
    this.#add('tag', line, handle, suffix);
  }

  #tagHandle(directive: boolean, line: number): string {
    const start = this.#at;
    if (this.#char() !== '!') this.#fail("did not find expected '!'", { line });
    this.#advance();
    while (isWord(this.#char())) this.#advance();
    if (this.#char() === '!') this.#advance();
    else if (directive && this.#at > start + 1) this.#fail("did not find expected '!'", { line });
    return this.text.slice(start, this.#at);
  }

  /** @param optional something of the tag has been read already */
  #tagUri(optional: boolean, line: number): string {
    const start = this.#at;
    for (;;) {
      const char = this.#char();
      if (char === '%') {
        if (!isHex(this.#char(1)) || !isHex(this.#char(2))) this.#fail('did not find URI escaped octet', { line });
        this.#advance(3);
      } else if (isWord(char) || (char !== undefined && ";/?:@&=+$,.!~*'()[]".includes(char))) this.#advance();
      else break;
    }
    if (!optional && this.#at === start) this.#fail('did not find expected tag URI', { line });
    const uri = this.text.slice(start, this.#at);
    return uri.includes('%') ? Buffer.from(uri.replace(/%(..)|[^%]+/g, (part, code?: string) => code ?? Buffer.from(part).toString('hex')), 'hex').toString() : uri;
  }

  #directive(): void {
    this.#unroll(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    const { line } = this.#begin();
    this.#advance();
    const start = this.#at;
    while (isWord(this.#char())) this.#advance();
    const name = this.text.slice(start, this.#at);
    if (name === '') this.#fail('could not find expected directive name', { line });
    if (!isBlankOrEnd(this.#char())) this.#fail('found unexpected non-alphabetical character', { line });
    if (name === 'YAML') this.#add('version-directive', line, this.#version(line));
    else if (name === 'TAG') this.#add('tag-directive', line, ...this.#tagDirective(line));
    else this.#fail('found unknown directive name', { line });
    this.#blanks();
    if (this.#char() === '#') this.#toLineEnd();
    if (!isBreakOrEnd(this.#char())) this.#fail('did not find expected comment or line break', { line });
    if (isBreak(this.#char())) this.#skipLine();
  }

  #blanks(): void {
    while (isBlank(this.#char())) this.#advance();
  }

  #version(line: number): string {
    this.#blanks();
    const major = this.#versionNumber(line);
    if (this.#char() !== '.') this.#fail("did not find expected digit or '.' character", { line });
    this.#advance();
    return `${major}.${this.#versionNumber(line)}`;
  }

  #versionNumber(line: number): number {
    const start = this.#at;
    while (isDigit(this.#char())) {
      if (this.#at - start === 2) this.#fail('found extremely long version number', { line });
      this.#advance();
    }
    if (this.#at === start) this.#fail('did not find expected version number', { line });
    return Number(this.text.slice(start, this.#at));
  }

  #tagDirective(line: number): readonly [handle: string, prefix: string] {
    this.#blanks();
    const handle = this.#tagHandle(true, line);
    if (!isBlank(this.#char())) this.#fail('did not find expected whitespace', { line });
    this.#blanks();
    const prefix = this.#tagUri(false, line);
    if (!isBlankOrEnd(this.#char())) this.#fail('did not find expected whitespace or line break', { line });
    return [handle, prefix];
  }

  #blockScalar(): void {
    this.#dropKey();
    this.#keyAllowed = true;
    const { line } = this.#begin();
    const folded = this.#char() === '>';
    this.#advance();
    let increment = 0;
    let chomp = '';
    const chomping = (): boolean => {
      const char = this.#char();
      if (char !== '+' && char !== '-') return false;
      chomp = char;
      this.#advance();
      return true;
    };
    const indentation = (): void => {
      if (!isDigit(this.#char())) return;
      if (this.#char() === '0') this.#fail('found an indentation indicator equal to 0', { line });
      increment = Number(this.#char());
      this.#advance();
    };
    if (chomping()) indentation();
    else {
      indentation();
      if (increment > 0) chomping();
    }
    this.#blanks();
    if (this.#char() === '#') this.#toLineEnd();
    if (!isBreakOrEnd(this.#char())) this.#fail('did not find expected comment or line break', { line });
    if (isBreak(this.#char())) this.#skipLine();
    let { indent, breaks } = this.#blockScalarBreaks(increment === 0 ? 0 : Math.max(this.#indent, 0) + increment, line);
    let text = '';
    let lineEnd = '';
    let blankBefore = false;
    while (this.#column === indent && this.#char() !== undefined) {
      const blank = isBlank(this.#char());
      if (!folded || blankBefore || blank || lineEnd !== '\n') text += lineEnd;
      else if (breaks === '') text += ' ';
      text += breaks;
      blankBefore = blank;
      const start = this.#at;
      this.#toLineEnd();
      text += this.text.slice(start, this.#at);
      lineEnd = isBreak(this.#char()) ? this.#skipLine() : '';
      ({ indent, breaks } = this.#blockScalarBreaks(indent, line));
    }
    this.#scalar(line, `${text}${chomp === '-' ? '' : lineEnd}${chomp === '+' ? breaks : ''}`, false);
  }

  /** Past empty lines and indentation: the ends of those lines, and how deep the text is indented. */
  #blockScalarBreaks(indent: number, line: number): { readonly indent: number; readonly breaks: string } {
    let deepest = 0;
    let breaks = '';
    for (;;) {
      while ((indent === 0 || this.#column < indent) && this.#char() === ' ') this.#advance();
      deepest = Math.max(deepest, this.#column);
      if ((indent === 0 || this.#column < indent) && this.#char() === '\t') this.#fail('found a tab character where an indentation space is expected', { line });
      if (!isBreak(this.#char())) break;
      breaks += this.#skipLine();
    }
    return { indent: indent === 0 ? Math.max(deepest, this.#indent + 1, 1) : indent, breaks };
  }

  #quoted(quote: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const { line } = this.#begin();
    this.#advance();
    let text = '';
    for (;;) {
      if (this.#column === 0 && this.#documentMarker()) this.#fail('found unexpected document indicator', { line });
      if (this.#char() === undefined) this.#fail('found unexpected end of stream', { line });
      const word = this.#quotedWord(quote, line);
      text += word.text;
      if (this.#char() === quote) break;
      text += this.#between(word.joined);
    }
    this.#advance();
    this.#scalar(line, text, false);
  }

  /** Up to a blank, a line break or the closing quote; `joined`: over a line's end that does not count. */
  #quotedWord(quote: string, line: number): { readonly text: string; readonly joined: boolean } {
    let text = '';
    for (;;) {
      const char = this.#char();
      if (isBlankOrEnd(char)) return { text, joined: false };
      if (char === quote) {
        if (quote === '"' || this.#char(1) !== "'") return { text, joined: false };
        this.#advance(2);
        text += "'";
      } else if (quote === '"' && char === '\\') {
        if (isBreak(this.#char(1))) {
          this.#advance();
          this.#skipLine();
          return { text, joined: true };
        }
        text += this.#escape(line);
      } else {
        const start = this.#at;
        this.#advance();
        this.#skipWord();
        text += this.text.slice(start, this.#at);
      }
    }
  }

  /** What blanks and line ends between two words of a scalar say. @param broken a line has ended already, without a word of it */
  #between(broken: boolean): string {
    const start = this.#at;
    while (isBlank(this.#char())) this.#advance();
    const blanks = broken ? '' : this.text.slice(start, this.#at);
    const ends: string[] = [];
    while (isBreak(this.#char())) {
      ends.push(this.#skipLine());
      while (isBlank(this.#char())) this.#advance();
    }
    if (broken) return ends.join('');
    return ends.length === 0 ? blanks : fold(ends);
  }

  #escape(line: number): string {
    const letter = this.#char(1) ?? '\0';
    const digits = CODE_DIGITS[letter] ?? 0;
    if (digits === 0 && !ESCAPES.includes(letter)) this.#fail('found unknown escape character', { line });
    this.#advance(2);
    if (digits === 0) return ESCAPED[letter] ?? letter;
    const code = this.text.slice(this.#at, this.#at + digits);
    if (code.length < digits || ![...code].every(isHex)) this.#fail('did not find expected hexdecimal number', { line });
    const value = Number.parseInt(code, 16);
    if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) this.#fail('found invalid Unicode character escape code', { line });
    this.#advance(digits);
    return String.fromCodePoint(value);
  }

  #plain(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const { line } = this.#begin();
    const indent = this.#indent + 1;
    let afterBreak = false;
    let text = '';
    let between = '';
    for (;;) {
      if (this.#column === 0 && this.#documentMarker()) break;
      if (this.#char() === '#') break;
      const word = this.#at;
      for (let char = this.#char(); !isBlankOrEnd(char); char = this.#char()) {
        if (char === ':' && isBlankOrEnd(this.#char(1))) break;
        if (this.#flowLevel > 0 && ',?[]{}'.includes(char as string)) break;
        afterBreak = false;
        this.#advance();
        this.#skipWord();
      }
      if (this.#at > word) text += `${between}${this.text.slice(word, this.#at)}`;
      if (!isBlank(this.#char()) && !isBreak(this.#char())) break;
      const start = this.#at;
      const ends: string[] = [];
      while (isBlank(this.#char()) || isBreak(this.#char())) {
        if (isBreak(this.#char())) {
          ends.push(this.#skipLine());
          afterBreak = true;
          continue;
        }
        if (afterBreak && this.#column < indent && this.#char() === '\t') this.#fail('found a tab character that violates indentation', { line });
        this.#advance();
      }
      between = ends.length === 0 ? this.text.slice(start, this.#at) : fold(ends);
      if (this.#flowLevel === 0 && this.#column < indent) break;
    }
    this.#scalar(line, text, true);
    if (afterBreak) this.#keyAllowed = true;
  }
}
