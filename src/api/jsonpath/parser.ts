/** kubectl's JSONPath dialect: text with {actions} → a tree (client-go util/jsonpath/parser.go). */

export type PathNode =
  | { readonly type: 'list'; readonly nodes: readonly PathNode[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'number'; readonly value: number; readonly float: boolean }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'array'; readonly start?: number; readonly end?: number; readonly endDerived: boolean; readonly step?: number }
  | { readonly type: 'filter'; readonly left: PathNode; readonly operator: string; readonly right: PathNode }
  | { readonly type: 'union'; readonly nodes: readonly PathNode[] }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' };

/** A fault in the template or in its evaluation; the message is client-go's. */
export class JsonPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonPathError';
  }
}

const fail = (message: string): never => {
  throw new JsonPathError(message);
};

const TERMINATORS = new Set([' ', '\t', '\r', '\n', '.', ',', '[', ']', '$', '@', '{', '}']);
const isTerminator = (char: string): boolean => char === '' || TERMINATORS.has(char);
const isWordCharacter = (char: string): boolean => char !== '' && /[_\p{L}\p{Nd}]/u.test(char);
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const FILTER = /^([^!<>=]+)([!<>=]+)(.+?)$/;

/** Parses a template: text and actions in order. */
export function parseJsonPath(template: string): readonly PathNode[] {
  return new Parser(template).template();
}

class Parser {
  #at = 0;

  constructor(private readonly input: string) {}

  template(): PathNode[] {
    const nodes: PathNode[] = [];
    while (this.#at < this.input.length) {
      const brace = this.input.indexOf('{', this.#at);
      if (brace < 0) {
        nodes.push({ type: 'text', text: this.input.slice(this.#at) });
        break;
      }
      if (brace > this.#at) nodes.push({ type: 'text', text: this.input.slice(this.#at, brace) });
      this.#at = brace + 1;
      nodes.push({ type: 'list', nodes: this.#action() });
    }
    return nodes;
  }

  /** Everything up to the closing brace. */
  #action(): PathNode[] {
    const nodes: PathNode[] = [];
    for (;;) {
      if (this.#startsWith('}')) {
        this.#at++;
        return nodes;
      }
      if (this.#startsWith('[?(')) {
        nodes.push(this.#filter());
        continue;
      }
      if (this.#startsWith('..')) {
        if (nodes[nodes.length - 1]?.type === 'recursive') fail('invalid multiple recursive descent');
        this.#at += 2;
        nodes.push({ type: 'recursive' });
        if (isWordCharacter(this.#peek())) nodes.push(this.#field());
        continue;
      }
      const char = this.#next();
      if (char === '' || char === '\r' || char === '\n') fail('unclosed action');
      else if (char === ' ' || char === '@' || char === '$') continue;
      else if (char === '[') nodes.push(...this.#array());
      else if (char === '"' || char === "'") nodes.push(this.#quote(char));
      else if (char === '.') nodes.push(this.#field());
      else if (/[-+0-9]/.test(char)) nodes.push(this.#number());
      else if (isWordCharacter(char)) nodes.push(this.#identifier());
      else fail(`unrecognized character in action: U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`);
    }
  }

  #field(): PathNode {
    let name = '';
    for (;;) {
      const char = this.#peek();
      if (char === '\\') {
        this.#next();
        name += this.#next();
      } else if (isTerminator(char)) break;
      else name += this.#next();
    }
    return name === '*' ? { type: 'wildcard' } : { type: 'field', name };
  }

  #identifier(): PathNode {
    const start = this.#at - 1;
    while (!isTerminator(this.#peek())) this.#next();
    const name = this.input.slice(start, this.#at).trimStart();
    return name === 'true' || name === 'false' ? { type: 'bool', value: name === 'true' } : { type: 'identifier', name };
  }

  #number(): PathNode {
    const start = this.#at - 1;
    while (/[.0-9]/.test(this.#peek())) this.#next();
    const text = this.input.slice(start, this.#at);
    if (/^[-+]?\d+$/.test(text)) return { type: 'number', value: Number(text), float: false };
    if (/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) return { type: 'number', value: Number(text), float: true };
    return fail(`cannot parse number ${text}`);
  }

  #array(): readonly PathNode[] {
    const start = this.#at;
    for (;;) {
      const char = this.#next();
      if (char === '' || char === '\n') fail('unterminated array');
      if (char === ']') break;
    }
    const inside = this.input.slice(start, this.#at - 1);
    const text = inside === '*' ? ':' : inside;
    const parts = text.split(',');
    if (parts.length > 1) return [{ type: 'union', nodes: parts.map((part) => action(`[${part.replace(/^ +| +$/g, '')}]`)) }];
    const key = /^'([^']*)'$/.exec(text);
    if (key) {
      const inner = action(`.${key[1]}`);
      return inner.type === 'list' ? inner.nodes : [inner];
    }
    return [slice(text)];
  }

  #filter(): PathNode {
    this.#at += '[?('.length;
    const start = this.#at;
    let begun = false;
    let ended = false;
    let pair = '';
    for (;;) {
      const char = this.#next();
      if (char === '' || char === '\n') fail('unterminated filter');
      if (char === '"' || char === "'") {
        if (!begun) {
          begun = true;
          pair = char;
        } else if (this.input[this.#at - 2] !== '\\' && char === pair) ended = true;
      } else if (char === ')' && begun === ended) break;
    }
    if (this.#next() !== ']') fail('unclosed array expect ]');
    const text = this.input.slice(start, this.#at - 2);
    const match = FILTER.exec(text);
    if (!match) return { type: 'filter', left: action(text), operator: 'exists', right: { type: 'list', nodes: [] } };
    return { type: 'filter', left: action(match[1] as string), operator: match[2] as string, right: action(match[3] as string) };
  }

  #quote(end: string): PathNode {
    const start = this.#at - 1;
    for (;;) {
      const char = this.#next();
      if (char === '' || char === '\n') fail('unterminated quoted string');
      if (char === end && this.input[this.#at - 2] !== '\\') break;
    }
    const quoted = this.input.slice(start, this.#at);
    const text = unquote(quoted.slice(1, -1), end);
    return text === undefined ? fail(`unquote string ${quoted} error invalid syntax`) : { type: 'text', text };
  }

  #startsWith(prefix: string): boolean {
    return this.input.startsWith(prefix, this.#at);
  }

  #peek(): string {
    const code = this.input.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #next(): string {
    const char = this.#peek();
    this.#at += char.length;
    return char;
  }
}

/** The content of an action on its own. */
function action(text: string): PathNode {
  return parseJsonPath(`{${text}}`)[0] ?? { type: 'list', nodes: [] };
}

function slice(text: string): PathNode {
  const match = SLICE.exec(text);
  if (!match) return fail(`invalid array index ${text}`);
  const number = (part: string | undefined, colon: boolean): number | undefined => {
    const digits = (part ?? '').slice(colon ? 1 : 0);
    if (digits === '') return undefined;
    if (digits === '-') return fail(`array index ${digits} is not a number`);
    return Number(digits);
  };
  const start = number(match[1], false);
  const endDerived = match[2] === undefined || match[2] === '';
  const end = endDerived ? (start ?? 0) + 1 : number(match[2], true);
  const step = number(match[3], true);
  return { type: 'array', ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }), endDerived, ...(step === undefined ? {} : { step }) };
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

/** strconv.UnquoteChar over a whole string; undefined where an escape is none. */
function unquote(text: string, quote: string): string | undefined {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char !== '\\') {
      if (char === quote) return undefined;
      result += char;
      continue;
    }
    const escape = text[++i] ?? '';
    const named = ESCAPES[escape];
    if (named !== undefined) result += named;
    else if (escape === quote) result += quote;
    else if (escape === 'x' || escape === 'u' || escape === 'U') {
      const length = escape === 'x' ? 2 : escape === 'u' ? 4 : 8;
      const digits = text.slice(i + 1, i + 1 + length);
      if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(digits) || Number.parseInt(digits, 16) > 0x10ffff) return undefined;
      result += String.fromCodePoint(Number.parseInt(digits, 16));
      i += length;
    } else if (/[0-7]/.test(escape)) {
      const digits = text.slice(i, i + 3);
      if (!/^[0-3][0-7]{2}$/.test(digits)) return undefined;
      result += String.fromCharCode(Number.parseInt(digits, 8));
      i += 2;
    } else return undefined;
  }
  return result;
}
