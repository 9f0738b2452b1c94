/** Runs Go templates on JSON values (text/template/exec.go). */
import { goQuote } from '../../../api/quote.ts';
import { sortedKeys } from '../../../api/go-value.ts';
import { show } from './format.ts';
import { CallError, FUNCTIONS, truth } from './functions.ts';
import { parseTemplate, type Operand, type Pipe, type PipeCommand, type TemplateNode } from './parser.ts';
import { Float, Int } from './values.ts';

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

const NAMES = new Set([...FUNCTIONS.keys(), 'and', 'or']);
const MAX_DEPTH = 1000;
/** No value at all: what a map without the key gives. Differs from a null that is there only to `printf`. */
const MISSING = undefined;

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
          if (node.pipe.declares.length === 0) this.#out.push(value === null || value === undefined ? '<no value>' : show(value));
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
    const entries = this.#entries(value, node.pipe);
    if (entries.length === 0) {
      if (node.otherwise) this.#walk(node.otherwise, dot);
      return;
    }
    const mark = this.#variables.length;
    const { declares, assigns } = node.pipe;
    for (const [key, element] of entries) {
      const values = declares.length > 1 ? [key, element] : [element];
      declares.forEach((name, index) => {
        if (assigns) this.#assign(name, values[index]);
        // The pipeline has declared its variables with its own value; each round gives them the element's.
        else this.#set(name, values[index]);
      });
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

  #entries(value: unknown, pipe: Pipe): readonly (readonly [unknown, unknown])[] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((element, index) => [new Int(index), element as unknown] as const);
    if (value instanceof Int) return Array.from({ length: Math.max(0, value.value) }, (_, index) => [new Int(index), new Int(index)] as const);
    if (typeof value === 'number' && Number.isInteger(value)) return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index] as const);
    if (typeof value === 'object' && !(value instanceof Float)) return sortedKeys(value).map((key) => [key, (value as Record<string, unknown>)[key]] as const);
    return this.#fail(rangeNode(pipe), `range can't iterate over ${show(value)}`);
  }

  #call(node: TemplateNode & { readonly type: 'template' }, dot: unknown): void {
    const body = this.templates.get(node.name);
    if (!body) this.#fail(node, `template ${goQuote(node.name)} not defined`);
    if (this.#depth >= MAX_DEPTH) this.#fail(node, `exceeded maximum template depth (${MAX_DEPTH})`);
    const data = node.pipe ? this.#pipe(dot, node.pipe) : null;
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
    let value: unknown;
    pipe.commands.forEach((command, index) => (value = this.#command(dot, command, index === 0 ? [] : [value])));
    for (const name of pipe.declares) {
      if (pipe.assigns) this.#assign(name, value);
      else this.#variables.push({ name, value });
    }
    return value;
  }

  #assign(name: string, value: unknown): void {
    this.#set(name, value);
  }

  #set(name: string, value: unknown): void {
    for (let i = this.#variables.length - 1; i >= 0; i--) {
      const variable = this.#variables[i];
      if (variable?.name === name) {
        variable.value = value;
        return;
      }
    }
  }

  /** `final` holds the value that the pipeline hands on, if it is not the first command. */
  #command(dot: unknown, command: PipeCommand, final: readonly unknown[]): unknown {
    const [first, ...rest] = command.operands as readonly [Operand, ...Operand[]];
    const hasArguments = rest.length > 0 || final.length > 0;
    switch (first.type) {
      case 'function':
        return this.#function(dot, first, command, rest, final);
      case 'field':
        return this.#path(first, dot, first.path, hasArguments);
      case 'chain':
        return this.#path(first, this.#operand(dot, first.of), first.path, hasArguments);
      case 'variable':
        return this.#path(first, this.#variable(first.name), first.path, hasArguments);
      case 'pipe':
        if (hasArguments) this.#fail(first, `can't give argument to non-function ${first.text}`);
        return this.#pipe(dot, first.pipe);
      case 'nil':
        return this.#fail(first, 'nil is not a command');
      default:
        if (hasArguments) this.#fail(first, `can't give argument to non-function ${first.text}`);
        return this.#operand(dot, first);
    }
  }

  #operand(dot: unknown, operand: Operand): unknown {
    switch (operand.type) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'string':
        return operand.value;
      case 'number':
        return operand.float ? new Float(operand.value) : new Int(operand.value);
      case 'field':
        return this.#path(operand, dot, operand.path, false);
      case 'variable':
        return this.#path(operand, this.#variable(operand.name), operand.path, false);
      case 'chain':
        return this.#path(operand, this.#operand(dot, operand.of), operand.path, false);
      case 'pipe':
        return this.#pipe(dot, operand.pipe);
      case 'function':
        return this.#function(dot, operand, { at: operand.at, text: operand.text, operands: [operand] }, [], []);
    }
  }

  #variable(name: string): unknown {
    for (let i = this.#variables.length - 1; i >= 0; i--) if (this.#variables[i]?.name === name) return this.#variables[i]?.value;
    return MISSING;
  }

  #path(node: Operand, start: unknown, path: readonly string[], hasArguments: boolean): unknown {
    let value = start;
    path.forEach((field, index) => (value = this.#field(node, value, field, hasArguments && index === path.length - 1)));
    if (path.length === 0 && hasArguments) this.#fail(node, `can't give argument to non-function ${node.text}`);
    return value;
  }

  #field(node: Operand, value: unknown, field: string, hasArguments: boolean): unknown {
    if (value === MISSING || value === null) {
      if (!this.allowMissingKeys && value === null) this.#fail(node, `nil data; no entry for key ${goQuote(field)}`);
      return MISSING;
    }
    if (typeof value !== 'object' || Array.isArray(value) || value instanceof Int || value instanceof Float) {
      return this.#fail(node, `can't evaluate field ${field} in type ${value instanceof Int ? 'int' : value instanceof Float ? 'float64' : 'interface {}'}`);
    }
    if (hasArguments) this.#fail(node, `${field} is not a method but has arguments`);
    if (Object.hasOwn(value, field)) {
      const found = (value as Record<string, unknown>)[field];
      if (found !== undefined) return found;
    }
    if (!this.allowMissingKeys) this.#fail(node, `map has no entry for key ${goQuote(field)}`);
    return MISSING;
  }

  #function(dot: unknown, node: Operand & { readonly type: 'function' }, command: PipeCommand, operands: readonly Operand[], final: readonly unknown[]): unknown {
    const { name } = node;
    const count = operands.length + final.length;
    if (name === 'and' || name === 'or') {
      if (count === 0) this.#fail(node, `wrong number of args for ${name}: want at least 1 got 0`);
      let value: unknown;
      for (const read of [...operands.map((operand) => () => this.#operand(dot, operand)), ...final.map((each) => () => each)]) {
        value = read();
        if (truth(value) === (name === 'or')) return value;
      }
      return value;
    }
    const definition = FUNCTIONS.get(name);
    if (!definition) return this.#fail(node, `${goQuote(name)} is not a defined function`);
    if (count < definition.min || count > definition.max) {
      this.#fail(node, `wrong number of args for ${name}: want ${definition.max === Infinity ? 'at least ' : ''}${definition.min} got ${count}`);
    }
    const args = [...operands.map((operand) => this.#operand(dot, operand)), ...final];
    try {
      return definition.call(...args);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return this.#fail({ at: node.at, text: final.length > 0 && operands.length === 0 ? node.text : command.text }, `error calling ${name}: ${error.message}`);
    }
  }

  #fail(node: { readonly at: number; readonly text: string }, message: string): never {
    const before = this.text.slice(0, node.at);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    throw new ExecutionError(`template: ${this.name}:${line}:${column}: executing ${goQuote(this.#template)} at <${node.text}>: ${message}`, this.#out.join(''));
  }
}

/** The node that Go names when a range fails: the last operand of its pipeline. */
function rangeNode(pipe: Pipe): { readonly at: number; readonly text: string } {
  const operand = pipe.commands[0]?.operands[0];
  return { at: operand?.at ?? pipe.at, text: pipe.text };
}

