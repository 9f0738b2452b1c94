/**
 * How functions are declared: a signature as text, `name(types): result` or `type.name(types): result` for a member, and
 * what it does. Types are read by parseType; a signature may have several overloads, told apart by the kinds of arguments.
 */
import { parseType, splitTypes, type CelType } from '../types.ts';
import { CelList, CelOpaque, CelOptional, isMap, typeOfValue, type CelValue } from '../values.ts';

export interface Overload {
  readonly name: string;
  readonly member: boolean;
  /** The member's own type first. */
  readonly args: readonly CelType[];
  readonly result: CelType;
  /** Takes the arguments in the order of `args`. Throws CelError. */
  readonly run: (args: readonly CelValue[]) => CelValue;
  /** What a call costs beyond nothing; 1 where it isn't said. */
  readonly cost?: (args: readonly CelValue[], result: CelValue) => number;
}

/** Arguments are of the declared types when `run` is called, so implementations name the types that they take. */
type Run = (...args: never[]) => CelValue;

export function overload(signature: string, run: Run, cost?: (...args: never[]) => number): Overload {
  const open = findOpen(signature);
  const close = signature.lastIndexOf('):');
  const head = signature.slice(0, open);
  const member = memberOf(head);
  const args = splitTypes(signature.slice(open + 1, close)).map(parseType);
  const call = run as (...args: readonly CelValue[]) => CelValue;
  const price = cost as ((...args: readonly CelValue[]) => number) | undefined;
  return {
    name: member ? member.name : head,
    member: member !== undefined,
    args: member ? [parseType(member.type), ...args] : args,
    result: parseType(signature.slice(close + 2).trim()),
    run: (values) => call(...values),
    ...(price ? { cost: (values: readonly CelValue[], result: CelValue) => price(...values, result) } : {}),
  };
}

/** Where the arguments' bracket opens: the last one on the outer level before "):". */
function findOpen(signature: string): number {
  let depth = 0;
  for (let i = signature.lastIndexOf('):'); i >= 0; i--) {
    if (signature[i] === ')') depth++;
    else if (signature[i] === '(' && --depth === 0) return i;
  }
  throw new Error(`no signature: ${signature}`);
}

/** "list(A).sum" is the member sum of list(A); "ip.isCanonical" and "cel.x" are functions with a dot in their names. */
function memberOf(head: string): { type: string; name: string } | undefined {
  const dot = head.lastIndexOf('.');
  if (dot < 0) return undefined;
  const type = head.slice(0, dot);
  return NAMESPACES.has(type) ? undefined : { type, name: head.slice(dot + 1) };
}

const NAMESPACES = new Set(['ip', 'format', 'sets', 'optional', 'strings']);

/** Whether a value may be given for a declared type; what lists and maps hold is not looked at. */
export function accepts({ kind, name }: CelType, value: CelValue): boolean {
  switch (kind) {
    case 'dyn':
    case 'param':
    case 'error':
      return true;
    case 'list':
      return value instanceof CelList;
    case 'map':
    case 'object':
      return isMap(value);
    case 'opaque':
      return value instanceof CelOptional ? name === 'optional_type' : value instanceof CelOpaque && value.type.name === name;
    default:
      return typeOfValue(value).kind === kind;
  }
}

/** The size of a value for reckoning costs. */
export function sizeOf(value: CelValue | undefined): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof CelList) return value.size;
  if (value instanceof CelOptional) return value.present ? sizeOf(value.value) : 1;
  return value !== undefined && isMap(value) ? value.size : 1;
}

/** The cost of walking through texts of so many characters. */
export const traversal = (size: number): number => Math.ceil(size * 0.1);
