/** Go text/template: tokens → trees by template name (text/template/parse/parse.go). */
import { goQuote } from '../../../api/quote.ts';
import { tokenize, type Token } from './lexer.ts';

/** A malformed template; the message is Go's, with template name and line. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateError';
  }
}

export type Operand =
  | { readonly type: 'dot'; readonly at: number; readonly text: string }
  | { readonly type: 'nil'; readonly at: number; readonly text: string }
  | { readonly type: 'bool'; readonly at: number; readonly text: string; readonly value: boolean }
  | { readonly type: 'number'; readonly at: number; readonly text: string; readonly value: number; readonly float: boolean }
  | { readonly type: 'string'; readonly at: number; readonly text: string; readonly value: string }
  | { readonly type: 'field'; readonly at: number; readonly text: string; readonly path: readonly string[] }
  | { readonly type: 'variable'; readonly at: number; readonly text: string; readonly name: string; readonly path: readonly string[] }
  | { readonly type: 'function'; readonly at: number; readonly text: string; readonly name: string }
  | { readonly type: 'chain'; readonly at: number; readonly text: string; readonly of: Operand; readonly path: readonly string[] }
  | { readonly type: 'pipe'; readonly at: number; readonly text: string; readonly pipe: Pipe };

export interface PipeCommand {
  readonly at: number;
  readonly text: string;
  readonly operands: readonly Operand[];
}
export interface Pipe {
  readonly at: number;
  readonly text: string;
  readonly declares: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly PipeCommand[];
}

export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | { readonly type: 'if' | 'range' | 'with'; readonly at: number; readonly pipe: Pipe; readonly body: readonly TemplateNode[]; readonly otherwise: readonly TemplateNode[] | undefined }
  | { readonly type: 'template'; readonly at: number; readonly name: string; readonly text: string; readonly pipe: Pipe | undefined }
  | { readonly type: 'break' | 'continue' };

export interface ParsedTemplates {
  readonly templates: ReadonlyMap<string, readonly TemplateNode[]>;
}

/** Parses a template and those that it defines. `functions` are the names that may be called. */
export function parseTemplate(name: string, input: string, functions: ReadonlySet<string>): ReadonlyMap<string, readonly TemplateNode[]> {
  return new Parser(name, input, functions).run();
}

type Stop = 'end' | 'else' | 'eof';

class Parser {
  readonly #tokens: readonly Token[];
  readonly #templates = new Map<string, readonly TemplateNode[]>();
  #next = 0;
  #variables: string[] = ['$'];
  #rangeDepth = 0;

  constructor(
    private readonly name: string,
    private readonly input: string,
    private readonly functions: ReadonlySet<string>,
  ) {
    this.#tokens = tokenize(input);
  }

  run(): ReadonlyMap<string, readonly TemplateNode[]> {
    const { nodes, stop } = this.#list(true);
    if (stop !== 'eof') this.#fail(`unexpected {{${stop}}}`);
    this.#templates.set(this.name, nodes);
    return this.#templates;
  }

  #list(top = false): { nodes: TemplateNode[]; stop: Stop } {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === 'eof') return { nodes, stop: 'eof' };
      if (token.kind === 'text') {
        nodes.push({ type: 'text', text: token.text });
        continue;
      }
      if (token.kind !== 'left') this.#unexpected(token, 'input');
      const first = this.#peekNonSpace();
      if (first.kind !== 'keyword') {
        nodes.push({ type: 'action', pipe: this.#pipe('command', 'right') });
        continue;
      }
      this.#takeNonSpace();
      switch (first.text) {
        case 'end':
          this.#expect('right', 'end');
          return { nodes, stop: 'end' };
        case 'else':
          return { nodes, stop: 'else' };
        case 'define':
          if (!top) this.#unexpected(first, '{{define}}');
          this.#define();
          break;
        case 'block':
          nodes.push(this.#block(first));
          break;
        case 'template':
          nodes.push(this.#template(first));
          break;
        case 'break':
        case 'continue':
          if (this.#rangeDepth === 0) this.#fail(`{{${first.text}}} outside {{range}}`);
          this.#expect('right', `{{${first.text}}}`);
          nodes.push({ type: first.text });
          break;
        case 'if':
        case 'with':
        case 'range':
          nodes.push(this.#control(first.text, first));
          break;
      }
    }
  }

  #control(type: 'if' | 'with' | 'range', token: Token): TemplateNode {
    const variables = this.#variables.length;
    const pipe = this.#pipe(type, 'right');
    if (type === 'range') this.#rangeDepth++;
    const { nodes: body, stop } = this.#list();
    if (type === 'range') this.#rangeDepth--;
    if (stop === 'eof') this.#fail('unexpected EOF');
    let otherwise: readonly TemplateNode[] | undefined;
    if (stop === 'else') {
      const next = this.#peekNonSpace();
      if (type !== 'range' && next.kind === 'keyword' && next.text === type) {
        this.#takeNonSpace();
        otherwise = [this.#control(type, next)];
        this.#variables.length = variables;
        return { type, at: token.at, pipe, body, otherwise };
      }
      this.#expect('right', 'else');
      const rest = this.#list();
      if (rest.stop === 'eof') this.#fail('unexpected EOF');
      if (rest.stop !== 'end') this.#fail('expected end; found {{else}}');
      otherwise = rest.nodes;
    }
    this.#variables.length = variables;
    return { type, at: token.at, pipe, body, otherwise };
  }

  #define(): void {
    const token = this.#takeNonSpace();
    if (token.kind !== 'string') this.#unexpected(token, 'define clause');
    this.#expect('right', 'define clause');
    this.#templates.set(unquote(token.text), this.#body());
  }

  #body(): readonly TemplateNode[] {
    const outer = this.#variables;
    this.#variables = ['$'];
    const { nodes, stop } = this.#list();
    this.#variables = outer;
    if (stop === 'eof') this.#fail('unexpected EOF');
    if (stop !== 'end') this.#fail('unexpected {{else}} in define clause');
    return nodes;
  }

  #block(first: Token): TemplateNode {
    const token = this.#takeNonSpace();
    if (token.kind !== 'string') this.#unexpected(token, 'block clause');
    const name = unquote(token.text);
    const pipe = this.#pipe('block clause', 'right');
    this.#templates.set(name, this.#body());
    return { type: 'template', at: first.at, name, text: `{{template ${goQuote(name)} ${pipe.text}}}`, pipe };
  }

  #template(_first: Token): TemplateNode {
    const token = this.#takeNonSpace();
    if (token.kind !== 'string') this.#unexpected(token, 'template clause');
    const name = unquote(token.text);
    let pipe: Pipe | undefined;
    if (this.#peekNonSpace().kind === 'right') this.#takeNonSpace();
    else pipe = this.#pipe('template clause', 'right');
    return { type: 'template', at: token.at, name, text: `{{template ${goQuote(name)}${pipe ? ` ${pipe.text}` : ''}}}`, pipe };
  }

  #pipe(context: string, end: 'right' | 'close'): Pipe {
    const at = this.#peekNonSpace().at;
    const declares: string[] = [];
    let assigns = false;
    for (;;) {
      const variable = this.#peekNonSpace();
      if (variable.kind !== 'variable') break;
      const mark = this.#next;
      this.#takeNonSpace();
      const after = this.#peekNonSpace();
      if (after.kind === 'declare' || after.kind === 'assign') {
        this.#takeNonSpace();
        declares.push(variable.text);
        assigns = after.kind === 'assign';
        if (!assigns) this.#variables.push(...declares);
        break;
      }
      if (context === 'range' && after.text === ',' && declares.length < 2) {
        this.#takeNonSpace();
        declares.push(variable.text);
        continue;
      }
      this.#next = mark;
      break;
    }
    const commands: PipeCommand[] = [];
    for (;;) {
      const token = this.#takeNonSpace();
      if (token.kind === end) {
        if (commands.length === 0) this.#fail(`missing value for ${context}`);
        for (const command of commands.slice(1)) {
          const first = command.operands[0];
          if (first && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.type)) this.#fail(`non executable command in pipeline stage ${commands.indexOf(command) + 1}`);
        }
        const text = `${declares.length ? `${declares.join(', ')} ${assigns ? '=' : ':='} ` : ''}${commands.map((command) => command.text).join(' | ')}`;
        return { at, text, declares, assigns, commands };
      }
      if (['bool', 'char', 'dot', 'field', 'identifier', 'number', 'nil', 'string', 'variable', 'open'].includes(token.kind)) {
        this.#next--;
        commands.push(this.#command());
      } else this.#unexpected(token, context);
    }
  }

  #command(): PipeCommand {
    const at = this.#peekNonSpace().at;
    const operands: Operand[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand) operands.push(operand);
      const token = this.#take();
      if (token.kind === 'space') continue;
      if (token.kind === 'right' || token.kind === 'close') this.#next--;
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (operands.length === 0) this.#fail('empty command');
    return { at, text: operands.map((operand) => operand.text).join(' '), operands };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (!term) return undefined;
    if (this.#peek().kind !== 'field') return term;
    const { at } = this.#peek();
    const path: string[] = [];
    while (this.#peek().kind === 'field') path.push(this.#take().text.slice(1));
    const suffix = path.map((name) => `.${name}`).join('');
    switch (term.type) {
      case 'field':
      case 'variable':
        return { ...term, at, text: term.text + suffix, path: [...term.path, ...path] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${goQuote(term.text)}`);
      default:
        return { type: 'chain', at, text: `${term.text}${suffix}`, of: term, path };
    }
  }

  #term(): Operand | undefined {
    const token = this.#takeNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.functions.has(text)) this.#fail(`function ${goQuote(text)} not defined`);
        return { type: 'function', at, text, name: text };
      case 'dot':
        return { type: 'dot', at, text };
      case 'nil':
        return { type: 'nil', at, text };
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${goQuote(text)}`);
        return { type: 'variable', at, text, name: text, path: [] };
      case 'field':
        return { type: 'field', at, text, path: [text.slice(1)] };
      case 'bool':
        return { type: 'bool', at, text, value: text === 'true' };
      case 'char':
        return { type: 'number', at, text, value: unquote(text).codePointAt(0) ?? 0, float: false };
      case 'number':
        return this.#number(token);
      case 'open': {
        const pipe = this.#pipe('parenthesized pipeline', 'close');
        return { type: 'pipe', at, text: `(${pipe.text})`, pipe };
      }
      case 'string':
        return { type: 'string', at, text, value: unquote(text) };
      default:
        this.#next--;
        return undefined;
    }
  }

  #number({ at, text }: Token): Operand {
    const plain = text.replaceAll('_', '');
    const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+)$/.exec(plain);
    if (integer) {
      const digits = integer[2] as string;
      const magnitude = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits.toLowerCase());
      return { type: 'number', at, text, value: integer[1] === '-' ? -magnitude : magnitude, float: false };
    }
    const value = Number(plain);
    if (Number.isNaN(value)) return this.#fail(`bad number syntax: ${goQuote(text)}`);
    // A float that is whole ("1e3") is an integer as well, unless it is written with a point.
    return { type: 'number', at, text, value, float: !Number.isInteger(value) || plain.includes('.') };
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? (this.#tokens[this.#tokens.length - 1] as Token);
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    if (token.kind === 'error') this.#fail(token.text, token.at);
    return token;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === 'space') this.#next++;
    const token = this.#peek();
    if (token.kind === 'error') this.#fail(token.text, token.at);
    return token;
  }

  #takeNonSpace(): Token {
    this.#peekNonSpace();
    return this.#take();
  }

  #expect(kind: Token['kind'], context: string): void {
    const token = this.#takeNonSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
  }

  #unexpected(token: Token, context: string): never {
    const shown = token.kind === 'eof' ? 'EOF' : token.kind === 'keyword' ? `<${token.text}>` : token.text.length > 10 ? `${goQuote(token.text.slice(0, 10))}...` : goQuote(token.text);
    return this.#fail(`unexpected ${shown}${token.kind === 'eof' ? '' : ` in ${context}`}`);
  }

  #fail(message: string, at = this.#tokens[Math.max(0, this.#next - 1)]?.at ?? 0): never {
    const line = this.input.slice(0, at).split('\n').length;
    throw new TemplateError(`template: ${this.name}:${line}: ${message}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };

/** strconv.Unquote */
function unquote(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1);
  return text.slice(1, -1).replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))/g, (_, x?: string, u?: string, long?: string, octal?: string, plain?: string) => {
    const hex = x ?? u ?? long;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return octal === undefined ? (ESCAPES[plain ?? ''] ?? plain ?? '') : String.fromCharCode(Number.parseInt(octal, 8));
  });
}
