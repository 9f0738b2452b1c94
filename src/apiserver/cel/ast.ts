/**
 * An expression as a tree. The grammar is the work of @marcbachmann/cel-js; this file takes its tree, finds the places
 * that cel-go points at in errors (the operator, the opening bracket, the dot), and resolves the macros.
 */
import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { CelCompileError, type Issue } from './errors.ts';
import { syntaxIssue } from './syntax-issue.ts';
import type { CelValue } from './values.ts';
import { CelUint } from './values.ts';

export type Macro = 'all' | 'exists' | 'existsOne' | 'map' | 'filter' | 'transformList' | 'transformMap' | 'transformMapEntry';

interface Place {
  /** The offset in the text that errors point at. */
  readonly at: number;
}
export interface Literal extends Place {
  readonly kind: 'literal';
  readonly value: CelValue;
}
export interface Ident extends Place {
  readonly kind: 'ident';
  readonly name: string;
}
export interface Select extends Place {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** has(operand.field) */
  readonly test: boolean;
  /** operand.?field */
  readonly optional: boolean;
}
/** A function, an operator ("_+_") or a member function of its target. */
export interface Call extends Place {
  readonly kind: 'call';
  readonly name: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}
export interface ListExpr extends Place {
  readonly kind: 'list';
  readonly items: readonly Expr[];
}
export interface MapExpr extends Place {
  readonly kind: 'map';
  readonly entries: readonly (readonly [Expr, Expr])[];
}
/** range.macro(vars…, condition, transform) */
export interface Comprehension extends Place {
  readonly kind: 'comprehension';
  readonly macro: Macro;
  readonly range: Expr;
  readonly vars: readonly string[];
  readonly condition?: Expr;
  readonly transform?: Expr;
}
/** value.optMap(name, body): the body with what an optional holds, if it holds anything. */
export interface Bind extends Place {
  readonly kind: 'bind';
  readonly form: 'optMap' | 'optFlatMap';
  readonly name: string;
  readonly value: Expr;
  readonly body: Expr;
}
export type Expr = Literal | Ident | Select | Call | ListExpr | MapExpr | Comprehension | Bind;

const grammar = new Environment({ enableOptionalTypes: true, limits: { maxAstNodes: 100_000, maxDepth: 250, maxListElements: 10_000, maxMapEntries: 10_000, maxCallArguments: 100 } });

const BINARY: Readonly<Record<string, string>> = {
  '!=': '_!=_', '==': '_==_', in: '@in', '+': '_+_', '-': '_-_', '*': '_*_', '/': '_/_', '%': '_%_', '<': '_<_', '<=': '_<=_', '>': '_>_', '>=': '_>=_', '&&': '_&&_', '||': '_||_',
};

/** Reads an expression. Throws CelCompileError with cel-go's wording. */
export function parse(expression: string): Expr {
  let root: ASTNode;
  try {
    root = grammar.parse(expression).ast;
  } catch (error) {
    if (error instanceof ParseError) throw new CelCompileError(expression, [syntaxIssue(expression, error)]);
    throw error;
  }
  const reader = new Reader(expression);
  const expr = reader.read(root);
  if (reader.issues.length > 0) throw new CelCompileError(expression, reader.issues);
  return expr;
}

class Reader {
  readonly issues: Issue[] = [];

  constructor(private readonly text: string) {}

  read(node: ASTNode): Expr {
    switch (node.op) {
      case 'value':
        return this.#literal(node.start, literal(node.args));
      case 'id':
        return { kind: 'ident', at: node.start, name: node.args };
      case '.':
      case '.?':
        return { kind: 'select', at: this.#after(node.args[0], '.'), operand: this.read(node.args[0]), field: node.args[1], test: false, optional: node.op === '.?' };
      case '[]':
      case '[?]':
        return { kind: 'call', at: this.#after(node.args[0], '['), name: node.op === '[]' ? '_[_]' : '_[?_]', args: [this.read(node.args[0]), this.read(node.args[1])] };
      case 'list':
        return { kind: 'list', at: node.start, items: node.args.map((item) => this.read(item)) };
      case 'map':
        return { kind: 'map', at: node.start, entries: node.args.map(([key, value]) => [this.read(key), this.read(value)] as const) };
      case '?:':
        return { kind: 'call', at: this.#after(node.args[0], '?'), name: '_?_:_', args: node.args.map((arg) => this.read(arg)) };
      case '!_':
        return { kind: 'call', at: node.start, name: '!_', args: [this.read(node.args)] };
      case '-_':
        return this.#negative(node.start, node.args);
      case 'call':
        return this.#call(node.args[0], node.args[1], this.text.indexOf('(', node.start));
      case 'rcall':
        return this.#memberCall(node.args[0], node.args[1], node.args[2]);
      default:
        return { kind: 'call', at: this.#after(node.args[0], node.op), name: BINARY[node.op] ?? node.op, args: [this.read(node.args[0]), this.read(node.args[1])] };
    }
  }

  /** Where a sign stands behind a node: closing brackets, white space and comments may lie between. */
  #after(node: ASTNode, sign: string): number {
    let at = node.end;
    while (at < this.text.length && !this.text.startsWith(sign, at)) {
      if (this.text.startsWith('//', at) && sign !== '/') at = this.text.indexOf('\n', at);
      if (at < 0) break;
      at++;
    }
    return at < 0 || at >= this.text.length ? node.start : at;
  }

  /** "-5" is a number; what else a minus stands before is negated. */
  #negative(at: number, operand: ASTNode): Expr {
    if (operand.op === 'value' && this.text.slice(at + 1, operand.start).trim() === '') {
      const value = literal(operand.args);
      if (typeof value === 'bigint' || typeof value === 'number') return this.#literal(at, -value);
    }
    return { kind: 'call', at, name: '-_', args: [this.read(operand)] };
  }

  #literal(at: number, value: CelValue): Expr {
    if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) return this.#wrong(at, 'invalid int literal');
    return { kind: 'literal', at, value };
  }

  #call(name: string, args: readonly ASTNode[], at: number): Expr {
    const [only] = args;
    if (name === 'has' && args.length === 1 && only) {
      const argument = this.read(only);
      if (argument.kind === 'select' && !argument.optional) return { ...argument, at, test: true };
      return this.#wrong(argument.at, 'invalid argument to has() macro');
    }
    return { kind: 'call', at, name, args: args.map((arg) => this.read(arg)) };
  }

  #memberCall(name: string, receiver: ASTNode, args: readonly ASTNode[]): Expr {
    const at = this.text.indexOf('(', this.#after(receiver, '.'));
    const [first, second] = args;
    if ((name === 'optMap' || name === 'optFlatMap') && first && second && args.length === 2) {
      if (first.op !== 'id') return this.#wrong(first.start, `${name}() variable name must be a simple identifier`);
      return { kind: 'bind', form: name, at, name: first.args, value: this.read(receiver), body: this.read(second) };
    }
    return this.#comprehension(name, receiver, args, at) ?? { kind: 'call', at, name, target: this.read(receiver), args: args.map((arg) => this.read(arg)) };
  }

  #comprehension(name: string, receiver: ASTNode, args: readonly ASTNode[], at: number): Expr | undefined {
    const shape = shapeOf(name, args.length);
    if (!shape) return undefined;
    const vars: string[] = [];
    for (const arg of args.slice(0, shape.vars)) {
      if (arg.op !== 'id') return this.#wrong(arg.start, shape.vars === 2 || QUANTIFIERS.includes(name) ? 'argument must be a simple name' : 'argument is not an identifier');
      if (arg.args === '__result__') return this.#wrong(arg.start, 'iteration variable overwrites accumulator variable');
      if (vars.includes(arg.args)) return this.#wrong(arg.start, `duplicate variable name: ${arg.args}`);
      vars.push(arg.args);
    }
    const rest = args.slice(shape.vars).map((arg) => this.read(arg));
    const [condition, transform] = shape.transforms && rest.length === 1 ? [undefined, rest[0]] : rest;
    return { kind: 'comprehension', at, macro: shape.macro, range: this.read(receiver), vars, ...(condition ? { condition } : {}), ...(transform ? { transform } : {}) };
  }

  #wrong(at: number, message: string): Expr {
    this.issues.push({ at, message });
    return { kind: 'literal', at, value: null };
  }
}

const QUANTIFIERS = ['all', 'exists', 'exists_one', 'existsOne'];

interface Shape {
  readonly macro: Macro;
  readonly vars: 1 | 2;
  readonly transforms: boolean;
}

/** Which macro a member call of so many arguments is, if any. */
function shapeOf(name: string, args: number): Shape | undefined {
  switch (name) {
    case 'all':
    case 'exists':
    case 'existsOne':
    case 'exists_one': {
      const macro = name === 'exists_one' ? 'existsOne' : name;
      if (args === 2) return { macro, vars: 1, transforms: false };
      return args === 3 && name !== 'exists_one' ? { macro, vars: 2, transforms: false } : undefined;
    }
    case 'filter':
      return args === 2 ? { macro: 'filter', vars: 1, transforms: false } : undefined;
    case 'map':
      return args === 2 || args === 3 ? { macro: 'map', vars: 1, transforms: true } : undefined;
    case 'transformList':
    case 'transformMap':
    case 'transformMapEntry':
      return args === 3 || args === 4 ? { macro: name, vars: 2, transforms: true } : undefined;
    default:
      return undefined;
  }
}

function literal(value: unknown): CelValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array) return value;
  if (typeof value === 'bigint') return value;
  return new CelUint(BigInt(String(value)));
}
