/** Go text/template: tokens → trees by template name (text/template/parse/parse.go). */
import { goQuote } from '../../../api/quote.ts';
import { tokenize, type Token } from './lexer.ts';
import { parseFloat64, unquote } from './literals.ts';

/** A malformed template; the message is Go's, with template name and line. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateError';
  }
}

/** What Go makes of a number where nothing says which type it is to have; "overflow" is too large for an int. */
export type NumberForm = 'int' | 'float' | 'complex' | 'overflow';

export type Operand =
  | { readonly type: 'dot'; readonly at: number; readonly text: string }
  | { readonly type: 'nil'; readonly at: number; readonly text: string }
  | { readonly type: 'bool'; readonly at: number; readonly text: string; readonly value: boolean }
  | { readonly type: 'number'; readonly at: number; readonly text: string; readonly value: number; readonly number: NumberForm }
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

/** Parses a template and those that it defines. `functions` are the names that may be called. */
export function parseTemplate(name: string, input: string, functions: ReadonlySet<string>): ReadonlyMap<string, readonly TemplateNode[]> {
  return new Parser(name, input, functions).run();
}

type Stop = 'end' | 'else' | 'eof';

class Parser {
  readonly #tokens: readonly Token[];
  readonly #templates = new Map<string, readonly TemplateNode[]>();
  #next = 0;
  /** The last token that was looked at, whose line errors name. */
  #furthest = 0;
  /** Where the action that is being read begins. */
  #actionAt: number | undefined;
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
        case 'else': {
          // What follows "else if" and "else with" is read by who looks for it.
          const next = this.#peekNonSpace();
          if (next.text !== 'if' && next.text !== 'with') this.#expect('right', 'else');
          return { nodes, stop: 'else' };
        }
        case 'define':
          if (!top) this.#unexpected(first, 'command');
          this.#define();
          break;
        case 'block':
          nodes.push(this.#block());
          break;
        case 'template':
          nodes.push(this.#template());
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
      const next = this.#peek();
      if (type !== 'range' && next.kind === 'keyword' && next.text === type) {
        this.#takeNonSpace();
        otherwise = [this.#control(type, next)];
        this.#variables.length = variables;
        return { type, at: token.at, pipe, body, otherwise };
      }
      const rest = next.kind === 'keyword' && (next.text === 'if' || next.text === 'with') ? this.#takeNonSpace() && this.#unexpected(next, 'input') : this.#list();
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
    const name = this.#unquoted(token.text);
    this.#expect('right', 'define clause');
    this.#add(name, this.#body('define clause'));
  }

  /** A name may be given anew only where one of the two bodies is empty. */
  #add(name: string, body: readonly TemplateNode[]): void {
    const isEmpty = (nodes: readonly TemplateNode[]): boolean => nodes.every((node) => node.type === 'text' && node.text.trim() === '');
    const known = this.#templates.get(name);
    if (known === undefined || isEmpty(known)) this.#templates.set(name, body);
    else if (!isEmpty(body)) this.#fail(`template: multiple definition of template ${goQuote(name)}`);
  }

  #body(context: string): readonly TemplateNode[] {
    const outer = this.#variables;
    this.#variables = ['$'];
    const { nodes, stop } = this.#list();
    this.#variables = outer;
    if (stop === 'eof') this.#fail('unexpected EOF');
    if (stop !== 'end') this.#fail(`unexpected {{else}} in ${context}`);
    return nodes;
  }

  #block(): TemplateNode {
    const token = this.#takeNonSpace();
    if (token.kind !== 'string') this.#unexpected(token, 'block clause');
    const name = this.#unquoted(token.text);
    const pipe = this.#pipe('block clause', 'right');
    this.#add(name, this.#body('block clause'));
    return { type: 'template', at: token.at, name, text: `{{template ${goQuote(name)} ${pipe.text}}}`, pipe };
  }

  #template(): TemplateNode {
    const token = this.#takeNonSpace();
    if (token.kind !== 'string') this.#unexpected(token, 'template clause');
    const name = this.#unquoted(token.text);
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
      this.#take();
      const after = this.#peekNonSpace();
      if (after.kind === 'declare' || after.kind === 'assign') {
        this.#take();
        declares.push(variable.text);
        this.#variables.push(variable.text);
        assigns = after.kind === 'assign';
        break;
      }
      if (after.text !== ',') {
        this.#next = mark;
        break;
      }
      this.#take();
      declares.push(variable.text);
      this.#variables.push(variable.text);
      if (context !== 'range' || declares.length >= 2) this.#fail(`too many declarations in ${context}`);
      if (!['variable', 'right', 'close'].includes(this.#peekNonSpace().kind)) this.#fail('range can only initialize variables');
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
        return { type: 'number', at, text, value: this.#character(text), number: 'int' };
      case 'number':
        return this.#number(token);
      case 'open': {
        const pipe = this.#pipe('parenthesized pipeline', 'close');
        return { type: 'pipe', at, text: `(${pipe.text})`, pipe };
      }
      case 'string':
        return { type: 'string', at, text, value: this.#unquoted(text) };
      default:
        this.#next--;
        return undefined;
    }
  }

  #number({ at, text }: Token): Operand {
    const number = (value: number, form: NumberForm): Operand => ({ type: 'number', at, text, value, number: form });
    const integer = /^([-+]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][\d_]*|0)$/.exec(text);
    if (integer && !/__|_$/.test(text)) {
      const digits = (integer[2] as string).replaceAll('_', '').toLowerCase();
      const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
      const value = integer[1] === '-' ? -magnitude : magnitude;
      if (value >= -(2n ** 63n) && value < 2n ** 63n) return number(Number(value), 'int');
      if (integer[1] === '' && magnitude < 2n ** 64n) return number(Number(value), 'overflow');
    }
    const float = parseFloat64(text.replace(/i$/, ''));
    if (text.endsWith('i')) {
      if (float === undefined) return this.#fail(`illegal number syntax: ${goQuote(text)}`);
      return number(float, float === 0 ? 'int' : 'complex');
    }
    if (float === undefined) return this.#fail(`illegal number syntax: ${goQuote(text)}`);
    return /[.eEpP]/.test(text) ? number(float, 'float') : this.#fail(`integer overflow: ${goQuote(text)}`);
  }

  #character(text: string): number {
    const value = unquote(text);
    if (value === undefined) return this.#fail('invalid syntax');
    return [...value].length === 1 ? (value.codePointAt(0) as number) : this.#fail(value === '' ? 'invalid syntax' : `malformed character constant: ${text}`);
  }

  #unquoted(text: string): string {
    return unquote(text) ?? this.#fail('invalid syntax');
  }

  #peek(): Token {
    this.#furthest = Math.max(this.#furthest, Math.min(this.#next, this.#tokens.length - 1));
    return this.#tokens[this.#next] ?? (this.#tokens[this.#tokens.length - 1] as Token);
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    if (token.kind === 'left') this.#actionAt = token.at;
    if (token.kind === 'error') this.#fail(token.text + this.#startedAt(token), token.at);
    return token;
  }

  #lineOf(at: number): number {
    return this.input.slice(0, at).split('\n').length;
  }

  /** Where the action began that a fault is in, if on another line. */
  #startedAt({ at, text }: Token): string {
    if (this.#actionAt === undefined || text.includes('comment') || this.#lineOf(this.#actionAt) === this.#lineOf(at)) return '';
    return `${text.endsWith(' action') ? '' : ' in action'} started at ${this.name}:${this.#lineOf(this.#actionAt)}`;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === 'space') this.#next++;
    return this.#peek();
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
    const { kind, text } = token;
    const shown = kind === 'eof' ? 'EOF' : kind === 'keyword' || kind === 'dot' || kind === 'nil' ? `<${text}>` : [...text].length > 10 ? `${goQuote([...text].slice(0, 10).join(''))}...` : goQuote(text);
    return this.#fail(`unexpected ${shown}${kind === 'eof' && context === 'input' ? '' : ` in ${context}`}`);
  }

  #fail(message: string, at = this.#tokens[this.#furthest]?.at ?? 0): never {
    throw new TemplateError(`template: ${this.name}:${this.#lineOf(at)}: ${message}`);
  }
}
