/** The tokens of a YAML text as libyaml cuts them (sigs.k8s.io/yaml goyaml.v2/scannerc.go), and its words for a text that is none. */
import { Cursor, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isDigit, isHex, isWord } from './yaml-cursor.ts';
import { scanBlock, scanPlain, scanQuoted } from './yaml-scalars.ts';

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
const NEVER: SimpleKey = { possible: false, required: false, token: -1, line: 0, column: 0, at: 0 };

const START_NO_PLAIN = '-?:,[]{}#&*!|>\'"%@`';

export class Tokens {
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

  readonly #cursor: Cursor;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
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

  #add(type: TokenType, line = this.#cursor.line, text = '', suffix = ''): void {
    this.#queue.push({ type, line, text, suffix });
  }

  /** Before a token of the queue; where it has been handed out already, at the end. */
  #insert(position: number, token: Token): void {
    this.#queue.splice(position < 0 ? this.#queue.length : position, 0, token);
  }

  #fetch(): void {
    this.#toNextToken();
    this.#unroll(this.#cursor.column);
    const char = this.#cursor.char();
    if (char === undefined) return this.#end();
    if (this.#cursor.column === 0) {
      if (char === '%') return this.#directive();
      const marker = this.#cursor.documentMarker();
      if (marker) return this.#documentIndicator(marker);
    }
    const after = this.#cursor.char(1);
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
    this.#cursor.fail('found character that cannot start any token');
  }

  #toNextToken(): void {
    for (;;) {
      if (this.#cursor.column === 0 && this.#cursor.char() === '\ufeff') this.#cursor.advance();
      while (this.#cursor.char() === ' ' || ((this.#flowLevel > 0 || !this.#keyAllowed) && this.#cursor.char() === '\t')) this.#cursor.advance();
      if (this.#cursor.char() === '#') this.#cursor.toLineEnd();
      if (!isBreak(this.#cursor.char())) return;
      this.#cursor.skipLine();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #isPossible(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.line >= this.#cursor.line && key.at + MAX_KEY_LENGTH >= this.#cursor.at) return true;
    if (key.required) this.#cursor.fail("could not find expected ':'", key);
    key.possible = false;
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#cursor.column;
    this.#dropKey();
    const key: SimpleKey = { possible: true, required, token: this.#handed + this.#queue.length, line: this.#cursor.line, column: this.#cursor.column, at: this.#cursor.at };
    this.#keys[this.#keys.length - 1] = key;
    this.#keyAt.set(key.token, key);
  }

  #dropKey(): void {
    const key = this.#keys.at(-1);
    if (!key?.possible) return;
    if (key.required) this.#cursor.fail("could not find expected ':'", key);
    key.possible = false;
    this.#keyAt.delete(key.token);
  }

  #roll(column: number, type: 'block-sequence-start' | 'block-mapping-start', line: number, position: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (this.#indents.length > MAX_DEPTH) this.#cursor.fail(`exceeded max depth of ${MAX_DEPTH}`);
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
    this.#cursor.advance();
  }

  #end(): void {
    if (this.#cursor.column !== 0) {
      this.#cursor.column = 0;
      this.#cursor.line++;
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
    this.#cursor.advance(3);
  }

  #flowStart(type: 'flow-sequence-start' | 'flow-mapping-start'): void {
    this.#saveKey();
    // As there: until something inside may be a key, this stands for the collection itself, which is none any more at its end.
    this.#keys.push({ ...NEVER, token: this.#handed + this.#queue.length });
    if (++this.#flowLevel > MAX_DEPTH) this.#cursor.fail(`exceeded max depth of ${MAX_DEPTH}`);
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
      if (!this.#keyAllowed) this.#cursor.fail('block sequence entries are not allowed in this context');
      this.#roll(this.#cursor.column, 'block-sequence-start', this.#cursor.line, this.#queue.length);
    }
    this.#dropKey();
    this.#keyAllowed = true;
    this.#single('block-entry');
  }

  #key(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#cursor.fail('mapping keys are not allowed in this context');
      this.#roll(this.#cursor.column, 'block-mapping-start', this.#cursor.line, this.#queue.length);
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
        if (!this.#keyAllowed) this.#cursor.fail('mapping values are not allowed in this context');
        this.#roll(this.#cursor.column, 'block-mapping-start', this.#cursor.line, this.#queue.length);
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#single('value');
  }

  #anchor(type: 'alias' | 'anchor'): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const { start, line } = this.#begin();
    this.#cursor.advance();
    while (isWord(this.#cursor.char())) this.#cursor.advance();
    const after = this.#cursor.char();
    if (this.#cursor.at === start + 1 || !(isBlankOrEnd(after) || '?:,]}%@`'.includes(after ?? ''))) this.#cursor.fail('did not find expected alphabetic or numeric character', { line });
    this.#add(type, line, this.#cursor.since(start + 1));
  }

  #begin(): { readonly start: number; readonly line: number } {
    return { start: this.#cursor.at, line: this.#cursor.line };
  }

  #tag(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const { line } = this.#begin();
    let handle = '';
    let suffix: string;
    if (this.#cursor.char(1) === '<') {
      this.#cursor.advance(2);
      suffix = this.#tagUri(false, line);
      if (this.#cursor.char() !== '>') this.#cursor.fail("did not find the expected '>'", { line });
      this.#cursor.advance();
    } else {
      handle = this.#tagHandle(false, line);
      const named = handle.length > 1 && handle.endsWith('!');
      suffix = this.#tagUri(!named, line);
      if (!named) [handle, suffix] = handle === '!' && suffix === '' ? ['', '!'] : ['!', `${handle.slice(1)}${suffix}`];
    }
    if (!isBlankOrEnd(this.#cursor.char())) this.#cursor.fail('did not find expected whitespace or line break', { line });
    this.#add('tag', line, handle, suffix);
  }

  #tagHandle(directive: boolean, line: number): string {
    const start = this.#cursor.at;
    if (this.#cursor.char() !== '!') this.#cursor.fail("did not find expected '!'", { line });
    this.#cursor.advance();
    while (isWord(this.#cursor.char())) this.#cursor.advance();
    if (this.#cursor.char() === '!') this.#cursor.advance();
    else if (directive && this.#cursor.at > start + 1) this.#cursor.fail("did not find expected '!'", { line });
    return this.#cursor.since(start);
  }

  /** @param optional something of the tag has been read already */
  #tagUri(optional: boolean, line: number): string {
    const start = this.#cursor.at;
    for (;;) {
      const char = this.#cursor.char();
      if (char === '%') {
        if (!isHex(this.#cursor.char(1)) || !isHex(this.#cursor.char(2))) this.#cursor.fail('did not find URI escaped octet', { line });
        this.#cursor.advance(3);
      } else if (isWord(char) || (char !== undefined && ";/?:@&=+$,.!~*'()[]".includes(char))) this.#cursor.advance();
      else break;
    }
    if (!optional && this.#cursor.at === start) this.#cursor.fail('did not find expected tag URI', { line });
    const uri = this.#cursor.since(start);
    return uri.includes('%') ? Buffer.from(uri.replace(/%(..)|[^%]+/g, (part, code?: string) => code ?? Buffer.from(part).toString('hex')), 'hex').toString() : uri;
  }

  #directive(): void {
    this.#unroll(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    const { line } = this.#begin();
    this.#cursor.advance();
    const start = this.#cursor.at;
    while (isWord(this.#cursor.char())) this.#cursor.advance();
    const name = this.#cursor.since(start);
    if (name === '') this.#cursor.fail('could not find expected directive name', { line });
    if (!isBlankOrEnd(this.#cursor.char())) this.#cursor.fail('found unexpected non-alphabetical character', { line });
    if (name === 'YAML') this.#add('version-directive', line, this.#version(line));
    else if (name === 'TAG') this.#add('tag-directive', line, ...this.#tagDirective(line));
    else this.#cursor.fail('found unknown directive name', { line });
    this.#cursor.blanks();
    if (this.#cursor.char() === '#') this.#cursor.toLineEnd();
    if (!isBreakOrEnd(this.#cursor.char())) this.#cursor.fail('did not find expected comment or line break', { line });
    if (isBreak(this.#cursor.char())) this.#cursor.skipLine();
  }

  #version(line: number): string {
    this.#cursor.blanks();
    const major = this.#versionNumber(line);
    if (this.#cursor.char() !== '.') this.#cursor.fail("did not find expected digit or '.' character", { line });
    this.#cursor.advance();
    return `${major}.${this.#versionNumber(line)}`;
  }

  #versionNumber(line: number): number {
    const start = this.#cursor.at;
    while (isDigit(this.#cursor.char())) {
      if (this.#cursor.at - start === 2) this.#cursor.fail('found extremely long version number', { line });
      this.#cursor.advance();
    }
    if (this.#cursor.at === start) this.#cursor.fail('did not find expected version number', { line });
    return Number(this.#cursor.since(start));
  }

  #tagDirective(line: number): readonly [handle: string, prefix: string] {
    this.#cursor.blanks();
    const handle = this.#tagHandle(true, line);
    if (!isBlank(this.#cursor.char())) this.#cursor.fail('did not find expected whitespace', { line });
    this.#cursor.blanks();
    const prefix = this.#tagUri(false, line);
    if (!isBlankOrEnd(this.#cursor.char())) this.#cursor.fail('did not find expected whitespace or line break', { line });
    return [handle, prefix];
  }

  #blockScalar(): void {
    this.#dropKey();
    this.#keyAllowed = true;
    const { line } = this.#cursor;
    this.#queue.push({ type: 'scalar', line, text: scanBlock(this.#cursor, this.#indent), plain: false });
  }

  #quoted(quote: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const { line } = this.#cursor;
    this.#queue.push({ type: 'scalar', line, text: scanQuoted(this.#cursor, quote), plain: false });
  }

  #plain(): void {
    this.#saveKey();
    const { line } = this.#cursor;
    const { text, afterBreak } = scanPlain(this.#cursor, this.#indent + 1, this.#flowLevel > 0);
    this.#queue.push({ type: 'scalar', line, text, plain: true });
    this.#keyAllowed = afterBreak;
  }
}
