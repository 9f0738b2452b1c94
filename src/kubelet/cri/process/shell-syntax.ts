/** Reads the shell language of manifests' commands into a tree: lists, pipes, loops, conditions, quotes, redirections. */

/** A word in parts; a quoted part is not split at spaces after expansion. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly operator: string; readonly word: string; readonly quoted: boolean }
  | { readonly kind: 'command'; readonly script: string; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: string; readonly quoted: boolean };
export type Word = readonly WordPart[];

export interface Redirection {
  readonly from: 'in' | 'out' | 'error' | 'both';
  readonly how: 'write' | 'append' | 'read' | 'duplicate';
  readonly target: Word;
}

export type ShellNode =
  | { readonly kind: 'simple'; readonly assignments: readonly { readonly name: string; readonly value: Word }[]; readonly words: readonly Word[]; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'pipe'; readonly commands: readonly ShellNode[]; readonly negated: boolean }
  | { readonly kind: 'and' | 'or'; readonly left: ShellNode; readonly right: ShellNode }
  | { readonly kind: 'list'; readonly items: readonly { readonly node: ShellNode; readonly background: boolean }[] }
  | { readonly kind: 'loop'; readonly until: boolean; readonly condition: ShellNode; readonly body: ShellNode; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: ShellNode; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'if'; readonly branches: readonly { readonly condition: ShellNode; readonly body: ShellNode }[]; readonly otherwise: ShellNode | undefined; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'case'; readonly word: Word; readonly branches: readonly { readonly patterns: readonly Word[]; readonly body: ShellNode }[] }
  | { readonly kind: 'group'; readonly body: ShellNode; readonly subshell: boolean; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'function'; readonly name: string; readonly body: ShellNode };

/** A script that the shell would refuse. */
export class ShellSyntaxError extends Error {
  /** More text could still make it right. */
  get unfinished(): boolean {
    return /unterminated quoted string|unexpected (?:end of file|EOF)/.test(this.message);
  }
}

type Token = { readonly kind: 'word'; readonly word: Word; readonly plain: string | undefined } | { readonly kind: 'operator'; readonly text: string };

const OPERATORS = ['&&', '||', ';;', '&>>', '&>', '2>&1', '1>&2', '>&2', '2>>', '2>', '1>>', '1>', '>>', '>', '<<<', '<', '|', ';', '&', '(', ')', '\n'];
const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'do', 'done', 'case', 'esac', 'while', 'until', 'for', '{', '}']);
const parsed = new Map<string, ShellNode>();

/** Parses a script; remembers what it has parsed. */
export function parseShell(script: string): ShellNode {
  let node = parsed.get(script);
  if (!node) {
    const parser = new Parser(tokenize(script));
    node = parser.list([]);
    parser.end();
    if (parsed.size > 500) parsed.clear();
    parsed.set(script, node);
  }
  return node;
}

/** The index after the bracket that closes the one before `start`. */
function closing(text: string, start: number, open: string, close: string): number {
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') i++;
    else if (char === "'") i = quoteEnd(text, i + 1, "'");
    else if (char === open) depth++;
    else if (char === close && --depth === 0) return i;
  }
  throw new ShellSyntaxError(`syntax error: unterminated quoted string`);
}

function quoteEnd(text: string, start: number, quote: string): number {
  const end = text.indexOf(quote, start);
  if (end < 0) throw new ShellSyntaxError('syntax error: unterminated quoted string');
  return end;
}

/** What a dollar sign at `i` begins, and the index after it. */
function dollar(text: string, i: number, quoted: boolean): { part: WordPart; next: number } {
  if (text.startsWith('$((', i)) {
    const end = text.indexOf('))', i);
    if (end < 0) throw new ShellSyntaxError('syntax error: missing "))"');
    return { part: { kind: 'arithmetic', expression: text.slice(i + 3, end), quoted }, next: end + 2 };
  }
  if (text[i + 1] === '(') {
    const end = closing(text, i + 2, '(', ')');
    return { part: { kind: 'command', script: text.slice(i + 2, end), quoted }, next: end + 1 };
  }
  if (text[i + 1] === '{') {
    const end = closing(text, i + 2, '{', '}');
    const match = /^(#?[A-Za-z_]\w*|[0-9?#@*$!])(:?[-=+?]|%%?|##?|)([\s\S]*)$/.exec(text.slice(i + 2, end));
    if (!match) throw new ShellSyntaxError('syntax error: bad substitution');
    return { part: { kind: 'variable', name: match[1] ?? '', operator: match[2] ?? '', word: match[3] ?? '', quoted }, next: end + 1 };
  }
  const match = /^(?:[A-Za-z_]\w*|[0-9?#@*$!])/.exec(text.slice(i + 1, i + 80));
  if (!match) return { part: { kind: 'text', text: '$', quoted }, next: i + 1 };
  return { part: { kind: 'variable', name: match[0], operator: '', word: '', quoted }, next: i + 1 + match[0].length };
}

/** The parts of a text between double quotes, or of a here-string. */
export function quotedParts(text: string): WordPart[] {
  const parts: WordPart[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain, quoted: true });
    plain = '';
  };
  for (let i = 0; i < text.length; ) {
    const char = text[i] ?? '';
    if (char === '\\' && '$`"\\\n'.includes(text[i + 1] ?? ' ')) {
      if (text[i + 1] !== '\n') plain += text[i + 1];
      i += 2;
    } else if (char === '$') {
      flush();
      const { part, next } = dollar(text, i, true);
      parts.push(part);
      i = next;
    } else if (char === '`') {
      flush();
      const end = quoteEnd(text, i + 1, '`');
      parts.push({ kind: 'command', script: text.slice(i + 1, end), quoted: true });
      i = end + 1;
    } else {
      plain += char;
      i++;
    }
  }
  flush();
  return parts.length > 0 ? parts : [{ kind: 'text', text: '', quoted: true }];
}

function tokenize(script: string): Token[] {
  const tokens: Token[] = [];
  let i = 0;
  while (i < script.length) {
    const char = script[i] ?? '';
    if (char === ' ' || char === '\t' || char === '\r') i++;
    else if (char === '\\' && script[i + 1] === '\n') i += 2;
    else if (char === '#') while (i < script.length && script[i] !== '\n') i++;
    else {
      const operator = OPERATORS.find((text) => script.startsWith(text, i));
      if (operator !== undefined) {
        tokens.push({ kind: 'operator', text: operator });
        i += operator.length;
      } else i = readWord(script, i, tokens);
    }
  }
  return tokens;
}

function readWord(script: string, start: number, tokens: Token[]): number {
  const parts: WordPart[] = [];
  let plain = '';
  let bare = true;
  let i = start;
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain, quoted: false });
    plain = '';
  };
  while (i < script.length) {
    const char = script[i] ?? '';
    if (' \t\r\n;&|<>()'.includes(char)) break;
    if (char === '\\') {
      bare = false;
      flush();
      if (script[i + 1] !== '\n') parts.push({ kind: 'text', text: script[i + 1] ?? '', quoted: true });
      i += 2;
    } else if (char === "'") {
      bare = false;
      flush();
      const end = quoteEnd(script, i + 1, "'");
      parts.push({ kind: 'text', text: script.slice(i + 1, end), quoted: true });
      i = end + 1;
    } else if (char === '"') {
      bare = false;
      flush();
      let end = i + 1;
      while (end < script.length && script[end] !== '"') {
        if (script[end] === '\\') end += 2;
        else if (script.startsWith('$(', end)) end = closing(script, end + 2, '(', ')') + 1;
        else end++;
      }
      if (end >= script.length) throw new ShellSyntaxError('syntax error: unterminated quoted string');
      parts.push(...quotedParts(script.slice(i + 1, end)));
      i = end + 1;
    } else if (char === '$') {
      bare = false;
      flush();
      const { part, next } = dollar(script, i, false);
      parts.push(part);
      i = next;
    } else if (char === '`') {
      bare = false;
      flush();
      const end = quoteEnd(script, i + 1, '`');
      parts.push({ kind: 'command', script: script.slice(i + 1, end), quoted: false });
      i = end + 1;
    } else {
      plain += char;
      i++;
    }
  }
  flush();
  tokens.push({ kind: 'word', word: parts, plain: bare ? script.slice(start, i) : undefined });
  return i;
}

class Parser {
  #next = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  end(): void {
    const token = this.tokens[this.#next];
    if (token) throw this.#unexpected(token);
  }

  /** Commands up to one of the closing words, which stays. */
  list(closers: readonly string[]): ShellNode {
    const items: { node: ShellNode; background: boolean }[] = [];
    for (;;) {
      while (this.#isOperator(';') || this.#isOperator('\n')) this.#next++;
      const token = this.tokens[this.#next];
      if (!token || (token.kind === 'word' && token.plain !== undefined && closers.includes(token.plain)) || (token.kind === 'operator' && closers.includes(token.text))) break;
      const node = this.#andOr();
      const background = this.#isOperator('&');
      if (background) this.#next++;
      items.push({ node, background });
      if (!background && !this.#isOperator(';') && !this.#isOperator('\n')) break;
    }
    if (items.length === 0 && closers.length > 0 && !closers.includes(';;')) throw this.#unexpected(this.tokens[this.#next]);
    return items.length === 1 && items[0] && !items[0].background ? items[0].node : { kind: 'list', items };
  }

  #andOr(): ShellNode {
    let left = this.#pipe();
    while (this.#isOperator('&&') || this.#isOperator('||')) {
      const kind = this.#isOperator('&&') ? 'and' : 'or';
      this.#next++;
      while (this.#isOperator('\n')) this.#next++;
      left = { kind, left, right: this.#pipe() };
    }
    return left;
  }

  #pipe(): ShellNode {
    const negated = this.#isWord('!');
    if (negated) this.#next++;
    const commands = [this.#command()];
    while (this.#isOperator('|')) {
      this.#next++;
      while (this.#isOperator('\n')) this.#next++;
      commands.push(this.#command());
    }
    const [only] = commands;
    return commands.length === 1 && !negated && only ? only : { kind: 'pipe', commands, negated };
  }

  #command(): ShellNode {
    const token = this.tokens[this.#next];
    if (!token) throw new ShellSyntaxError('syntax error: unexpected end of file');
    if (token.kind === 'operator' && token.text === '(') {
      this.#next++;
      const body = this.list([')']);
      this.#expect(')');
      return { kind: 'group', body, subshell: true, redirections: this.#redirections() };
    }
    const word = token.kind === 'word' ? token.plain : undefined;
    if (word === '{') {
      this.#next++;
      const body = this.list(['}']);
      this.#expect('}');
      return { kind: 'group', body, subshell: false, redirections: this.#redirections() };
    }
    if (word === 'while' || word === 'until') {
      this.#next++;
      const condition = this.list(['do']);
      const body = this.#doGroup();
      return { kind: 'loop', until: word === 'until', condition, body, redirections: this.#redirections() };
    }
    if (word === 'for') return this.#for();
    if (word === 'if') return this.#if();
    if (word === 'case') return this.#case();
    const after = this.tokens[this.#next + 1];
    const last = this.tokens[this.#next + 2];
    if (word !== undefined && /^[A-Za-z_]\w*$/.test(word) && after?.kind === 'operator' && after.text === '(' && last?.kind === 'operator' && last.text === ')') {
      this.#next += 3;
      while (this.#isOperator('\n')) this.#next++;
      return { kind: 'function', name: word, body: this.#command() };
    }
    return this.#simple();
  }

  #for(): ShellNode {
    this.#next++;
    const name = this.#plain();
    const words: Word[] = [];
    while (this.#isOperator('\n')) this.#next++;
    if (this.#isWord('in')) {
      this.#next++;
      for (let token = this.tokens[this.#next]; token?.kind === 'word'; token = this.tokens[this.#next]) {
        words.push(token.word);
        this.#next++;
      }
    }
    while (this.#isOperator(';') || this.#isOperator('\n')) this.#next++;
    const body = this.#doGroup();
    return { kind: 'for', name, words, body, redirections: this.#redirections() };
  }

  #doGroup(): ShellNode {
    this.#expect('do');
    const body = this.list(['done']);
    this.#expect('done');
    return body;
  }

  #if(): ShellNode {
    const branches: { condition: ShellNode; body: ShellNode }[] = [];
    let otherwise: ShellNode | undefined;
    this.#next++;
    for (;;) {
      const condition = this.list(['then']);
      this.#expect('then');
      branches.push({ condition, body: this.list(['elif', 'else', 'fi']) });
      if (!this.#isWord('elif')) break;
      this.#next++;
    }
    if (this.#isWord('else')) {
      this.#next++;
      otherwise = this.list(['fi']);
    }
    this.#expect('fi');
    return { kind: 'if', branches, otherwise, redirections: this.#redirections() };
  }

  #case(): ShellNode {
    this.#next++;
    const word = this.#word();
    const branches: { patterns: Word[]; body: ShellNode }[] = [];
    while (this.#isOperator('\n')) this.#next++;
    this.#expect('in');
    for (;;) {
      while (this.#isOperator('\n') || this.#isOperator(';;')) this.#next++;
      if (this.#isWord('esac')) break;
      if (this.#isOperator('(')) this.#next++;
      const patterns = [this.#word()];
      while (this.#isOperator('|')) {
        this.#next++;
        patterns.push(this.#word());
      }
      this.#expect(')');
      branches.push({ patterns, body: this.list([';;', 'esac']) });
    }
    this.#expect('esac');
    return { kind: 'case', word, branches };
  }

  #simple(): ShellNode {
    const assignments: { name: string; value: Word }[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.#redirection();
      if (redirection) {
        redirections.push(redirection);
        continue;
      }
      const token = this.tokens[this.#next];
      if (token?.kind !== 'word') break;
      const [first] = token.word;
      const match = words.length === 0 && first?.kind === 'text' && !first.quoted ? /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(first.text) : null;
      if (match) assignments.push({ name: match[1] ?? '', value: [{ kind: 'text', text: match[2] ?? '', quoted: false }, ...token.word.slice(1)] });
      else words.push(token.word);
      this.#next++;
    }
    if (assignments.length + words.length + redirections.length === 0) throw this.#unexpected(this.tokens[this.#next]);
    return { kind: 'simple', assignments, words, redirections };
  }

  #redirections(): Redirection[] {
    const all: Redirection[] = [];
    for (let one = this.#redirection(); one; one = this.#redirection()) all.push(one);
    return all;
  }

  #redirection(): Redirection | undefined {
    const token = this.tokens[this.#next];
    if (token?.kind !== 'operator') return undefined;
    const { text } = token;
    if (text === '2>&1' || text === '1>&2' || text === '>&2') {
      this.#next++;
      return { from: text === '2>&1' ? 'error' : 'out', how: 'duplicate', target: [] };
    }
    const kinds: Readonly<Record<string, readonly [Redirection['from'], Redirection['how']]>> = {
      '>': ['out', 'write'], '1>': ['out', 'write'], '>>': ['out', 'append'], '1>>': ['out', 'append'], '2>': ['error', 'write'], '2>>': ['error', 'append'], '&>': ['both', 'write'], '&>>': ['both', 'append'], '<': ['in', 'read'],
    };
    const kind = kinds[text];
    if (!kind) return undefined;
    this.#next++;
    return { from: kind[0], how: kind[1], target: this.#word() };
  }

  #word(): Word {
    const token = this.tokens[this.#next];
    if (token?.kind !== 'word') throw this.#unexpected(token);
    this.#next++;
    return token.word;
  }

  #plain(): string {
    const token = this.tokens[this.#next];
    if (token?.kind !== 'word' || token.plain === undefined) throw this.#unexpected(token);
    this.#next++;
    return token.plain;
  }

  #expect(text: string): void {
    if (!this.#isWord(text) && !this.#isOperator(text)) throw this.#unexpected(this.tokens[this.#next], text);
    this.#next++;
  }

  #isWord(text: string): boolean {
    const token = this.tokens[this.#next];
    return token?.kind === 'word' && token.plain === text;
  }

  #isOperator(text: string): boolean {
    const token = this.tokens[this.#next];
    return token?.kind === 'operator' && token.text === text;
  }

  #unexpected(token: Token | undefined, expected?: string): ShellSyntaxError {
    const what = !token ? 'end of file' : token.kind === 'operator' ? (token.text === '\n' ? 'newline' : `"${token.text}"`) : RESERVED.has(token.plain ?? '') ? `"${token.plain}"` : 'word';
    return new ShellSyntaxError(`syntax error: unexpected ${what}${expected ? ` (expecting "${expected}")` : ''}`);
  }
}
