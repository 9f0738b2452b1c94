/** Runs Go templates on JSON values (text/template/exec.go). */
import { goQuote } from '../../../api/quote.ts';
import { sortedKeys } from '../../../api/go-value.ts';
import { show } from './format.ts';
import { CallError, FUNCTIONS, NAME_OF_CALLED, truth, type Parameter, type TemplateFunction } from './functions.ts';
import { parseTemplate, type Operand, type Pipe, type PipeCommand, type TemplateNode } from './parser.ts';
import { boxed, Boxed, Complex, Float, Int, isMap, typeOf, unboxed } from './values.ts';

export { TemplateError } from './parser.ts';

/** A template failed on an object; the message is Go's. `partial` is what it had printed. */
export class ExecutionError extends Error {
  constructor(
    message: string,
    readonly partial: string,
  ) {
    super(message);
    this.name = 'ExecutionError';
  }
}

/** Marks where a loop is left. */
class LoopSignal {
  constructor(readonly kind: 'break' | 'continue') {}
}

const NAMES = new Set(FUNCTIONS.keys());
const MAX_DEPTH = 1000;
/** No value at all: what a map without the key gives. */
const MISSING = undefined;
/** Nothing comes down the pipeline: the command is its first. */
const FIRST = Symbol('first');

/** What an error names: a place in the text, and the words that stand there. */
interface Place {
  readonly at: number;
  readonly text: string;
}

export class Template {
  readonly #templates: ReadonlyMap<string, readonly TemplateNode[]>;

  /** Throws TemplateError where the template is malformed. */
  constructor(
    private readonly name: string,
    private readonly text: string,
    private readonly allowMissingKeys = true,
  ) {
    this.#templates = parseTemplate(name, text, NAMES);
  }

  /** The template's text for a value. */
  execute(data: unknown): string {
    const run = new Run(this.name, this.text, this.#templates, this.allowMissingKeys);
    return run.start(data);
  }
}

class Run {
  readonly #out: string[] = [];
  #variables: { name: string; value: unknown }[] = [];
  #template: string;
  #depth = 0;
  /** The node that was come to last, which errors name. */
  #place: Place = { at: 0, text: '' };

  constructor(
    private readonly name: string,
    private readonly text: string,
    private readonly templates: ReadonlyMap<string, readonly TemplateNode[]>,
    private readonly allowMissingKeys: boolean,
  ) {
    this.#template = name;
  }

  start(data: unknown): string {
    this.#variables = [{ name: '$', value: data }];
    this.#walk(this.templates.get(this.name) ?? [], data);
    return this.#out.join('');
  }

  #walk(nodes: readonly TemplateNode[], dot: unknown): void {
    for (const node of nodes) {
      switch (node.type) {
        case 'text':
          this.#out.push(node.text);
          break;
        case 'action': {
          const value = this.#pipe(dot, node.pipe);
          if (node.pipe.declares.length === 0) this.#out.push(value === MISSING ? '<no value>' : show(value));
          break;
        }
        case 'if':
        case 'with':
          this.#scoped(() => {
            const value = this.#pipe(dot, node.pipe);
            if (truth(value)) this.#walk(node.body, node.type === 'with' ? value : dot);
            else if (node.otherwise) this.#walk(node.otherwise, dot);
          });
          break;
        case 'range':
          this.#scoped(() => this.#range(node, dot));
          break;
        case 'template':
          this.#call(node, dot);
          break;
        case 'break':
        case 'continue':
          throw new LoopSignal(node.type);
      }
    }
  }

  #scoped(action: () => void): void {
    const depth = this.#variables.length;
    action();
    this.#variables.length = depth;
  }

  #range(node: TemplateNode & { readonly type: 'if' | 'range' | 'with' }, dot: unknown): void {
    const value = this.#pipe(dot, node.pipe);
    const entries = this.#entries(value, node.pipe.declares.length);
    if (entries.length === 0) {
      if (node.otherwise) this.#walk(node.otherwise, dot);
      return;
    }
    const mark = this.#variables.length;
    const { declares, assigns } = node.pipe;
    for (const [key, element] of entries) {
      const values = declares.length > 1 ? [key, element] : [element];
      // The pipeline has declared its variables with its own value; each round gives them the element's.
      declares.forEach((name, index) => this.#set(name, values[index], assigns ? this.#variables.length : mark));
      try {
        this.#walk(node.body, element);
      } catch (error) {
        if (!(error instanceof LoopSignal)) throw error;
        if (error.kind === 'break') break;
      } finally {
        this.#variables.length = mark;
      }
    }
    this.#variables.length = mark;
  }

  #entries(given: unknown, variables: number): readonly (readonly [unknown, unknown])[] {
    const value = unboxed(given);
    if (value === MISSING || value === null) return [];
    if (Array.isArray(value)) return value.map((element, index) => [new Int(index), boxed(element)] as const);
    if ((value instanceof Int || Number.isInteger(value)) && variables > 1) return this.#fail(`can't use ${show(value)} to iterate over more than one variable`);
    if (value instanceof Int) return Array.from({ length: Math.max(0, value.value) }, (_, index) => [new Int(index, value.type), new Int(index, value.type)] as const);
    if (typeof value === 'number' && Number.isInteger(value)) return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index] as const);
    if (isMap(value)) return sortedKeys(value).map((key) => [key, boxed(value[key])] as const);
    return this.#fail(`range can't iterate over ${show(value)}`);
  }

  #call(node: TemplateNode & { readonly type: 'template' }, dot: unknown): void {
    this.#place = node;
    const body = this.templates.get(node.name);
    if (!body) this.#fail(`template ${goQuote(node.name)} not defined`);
    if (this.#depth >= MAX_DEPTH) this.#fail(`exceeded maximum template depth (${MAX_DEPTH})`);
    const data = node.pipe ? this.#pipe(dot, node.pipe) : MISSING;
    const outer = { variables: this.#variables, template: this.#template };
    this.#variables = [{ name: '$', value: data }];
    this.#template = node.name;
    this.#depth++;
    this.#walk(body as readonly TemplateNode[], data);
    this.#depth--;
    this.#variables = outer.variables;
    this.#template = outer.template;
  }

  #pipe(dot: unknown, pipe: Pipe): unknown {
    this.#place = pipe;
    let value: unknown = FIRST;
    for (const command of pipe.commands) value = unboxed(this.#command(dot, command, value));
    for (const name of pipe.declares) {
      if (pipe.assigns) this.#set(name, value);
      else this.#variables.push({ name, value });
    }
    return value;
  }

  /** Gives the last variable of the name, among the first `until`, another value. */
  #set(name: string, value: unknown, until = this.#variables.length): void {
    const variable = this.#variables.slice(0, until).findLast((each) => each.name === name);
    if (!variable) return this.#fail(`undefined variable: ${name}`);
    variable.value = value;
  }

  /** `final` is the value that the pipeline hands on, or FIRST. */
  #command(dot: unknown, command: PipeCommand, final: unknown): unknown {
    const [first, ...rest] = command.operands as readonly [Operand, ...Operand[]];
    const hasArguments = rest.length > 0 || final !== FIRST;
    if (first.type === 'function') return this.#function(dot, first, command, rest, final);
    if (first.type === 'field' || first.type === 'chain' || first.type === 'variable') return this.#path(dot, first, hasArguments);
    if (first.type !== 'pipe') this.#place = first;
    if (hasArguments) this.#fail(`can't give argument to non-function ${first.text}`);
    if (first.type === 'pipe') return this.#pipe(dot, first.pipe);
    return first.type === 'nil' ? this.#fail('nil is not a command') : this.#constant(dot, first);
  }

  /** What stands for itself. */
  #constant(dot: unknown, operand: Operand): unknown {
    switch (operand.type) {
      case 'dot':
        return dot;
      case 'bool':
      case 'string':
        return operand.value;
      case 'number':
        if (operand.number === 'overflow') this.#fail(`${operand.text} overflows int`);
        return operand.number === 'complex' ? new Complex(operand.value) : operand.number === 'float' ? new Float(operand.value) : new Int(operand.value);
      default:
        return this.#fail(`can't evaluate command ${goQuote(operand.text)}`);
    }
  }

  #path(dot: unknown, node: Operand & { readonly type: 'field' | 'chain' | 'variable' }, hasArguments: boolean): unknown {
    this.#place = node;
    if (node.type === 'variable' && node.path.length === 0) {
      if (hasArguments) this.#fail(`can't give argument to non-function ${node.text}`);
      return this.#variable(node.name);
    }
    let value = node.type === 'field' ? dot : node.type === 'variable' ? this.#variable(node.name) : this.#receiver(dot, node.of);
    node.path.forEach((field, index) => (value = this.#field(value, field, hasArguments && index === node.path.length - 1)));
    return value;
  }

  /** What stands before a chain of fields: a pipeline in parentheses, or a function. */
  #receiver(dot: unknown, operand: Operand): unknown {
    this.#place = operand.type === 'pipe' ? operand.pipe : operand;
    if (operand.type === 'pipe') return this.#pipe(dot, operand.pipe);
    return operand.type === 'function' ? this.#function(dot, operand, operand, [], FIRST) : this.#constant(dot, operand);
  }

  #variable(name: string): unknown {
    const variable = this.#variables.findLast((each) => each.name === name);
    return variable ? variable.value : this.#fail(`undefined variable: ${name}`);
  }

  #field(given: unknown, field: string, hasArguments: boolean): unknown {
    if (given === MISSING) return this.allowMissingKeys ? MISSING : this.#fail(`nil data; no entry for key ${goQuote(field)}`);
    if (given instanceof Boxed && given.value === null) return this.#fail(`nil pointer evaluating interface {}.${field}`);
    const value = unboxed(given);
    if (!isMap(value)) return this.#fail(`can't evaluate field ${field} in type ${typeOf(given)}`);
    if (hasArguments) this.#fail(`${field} is not a method but has arguments`);
    if (Object.hasOwn(value, field) && value[field] !== undefined) return boxed(value[field]);
    return this.allowMissingKeys ? MISSING : this.#fail(`map has no entry for key ${goQuote(field)}`);
  }

  /** `whole` is what an error of the function itself names. */
  #function(dot: unknown, node: Operand & { readonly type: 'function' }, whole: Place, operands: readonly Operand[], final: unknown): unknown {
    this.#place = node;
    const { name } = node;
    const definition = FUNCTIONS.get(name) as TemplateFunction;
    const { parameters, rest } = definition;
    const count = operands.length + (final === FIRST ? 0 : 1);
    if (rest !== undefined && count < parameters.length) this.#fail(`wrong number of args for ${name}: want at least ${parameters.length} got ${operands.length}`);
    if (rest === undefined && count !== parameters.length) this.#fail(`wrong number of args for ${name}: want ${parameters.length} got ${count}`);
    const type = (index: number): Parameter => parameters[index] ?? rest ?? 'any';
    if (name === 'and' || name === 'or') return this.#andOr(dot, name, operands, final);
    const args = operands.map((operand, index) => this.#argument(dot, type(index), operand));
    if (final !== FIRST) args.push(this.#validated(final, type(operands.length)));
    try {
      return definition.call(...args);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#place = whole;
      const [first] = operands;
      const called = (first?.type === 'pipe' ? first.pipe.text : first?.text) ?? (typeof final === 'string' ? final : `<${final === MISSING ? 'invalid' : typeOf(final)} Value>`);
      return this.#fail(`error calling ${name}: ${error.message.replace(NAME_OF_CALLED, () => called)}`);
    }
  }

  #andOr(dot: unknown, name: 'and' | 'or', operands: readonly Operand[], final: unknown): unknown {
    let value: unknown;
    for (const operand of operands) {
      value = this.#argument(dot, 'value', operand);
      if (truth(value) === (name === 'or')) return value;
    }
    return final === FIRST ? value : final;
  }

  #argument(dot: unknown, type: Parameter, operand: Operand): unknown {
    this.#place = operand.type === 'pipe' ? operand.pipe : operand;
    switch (operand.type) {
      case 'nil':
        return type === 'string' ? this.#fail('cannot assign nil to string') : MISSING;
      case 'field':
      case 'variable':
      case 'chain':
        return this.#validated(this.#path(dot, operand, false), type);
      case 'pipe':
        return this.#validated(this.#pipe(dot, operand.pipe), type);
      case 'function':
        return this.#validated(this.#function(dot, operand, operand, [], FIRST), type);
      case 'dot':
        return this.#validated(dot, type);
      default:
        if (type === 'string' && operand.type !== 'string') this.#fail(`expected string; found ${operand.text}`);
        return this.#constant(dot, operand);
    }
  }

  /** The value as a parameter takes it. */
  #validated(value: unknown, type: Parameter): unknown {
    if (type === 'value') return value;
    if (type === 'any') return value instanceof Boxed ? value.value : (value ?? null);
    if (value === MISSING) return this.#fail('invalid value; expected string');
    const text = value instanceof Boxed && value.value !== null ? value.value : value;
    return typeof text === 'string' ? text : this.#fail(`wrong type for value; expected string; got ${typeOf(text)}`);
  }

  #fail(message: string): never {
    const { at, text } = this.#place;
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    throw new ExecutionError(`template: ${this.name}:${line}:${column}: executing ${goQuote(this.#template)} at <${text}>: ${message}`, this.#out.join(''));
  }
}
