/** CEL's types as the checker knows them, written as cel-go writes them (checker/format.go). */

export type Kind = 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration' | 'dyn' | 'error' | 'list' | 'map' | 'type' | 'object' | 'opaque' | 'param';

export interface CelType {
  readonly kind: Kind;
  /** As errors show it, parameters left out. */
  readonly name: string;
  readonly params: readonly CelType[];
  /** The type of an object's field; undefined where it has no such field. Only objects have it. */
  readonly field?: (name: string) => CelType | undefined;
}

const simple = (kind: Kind, name: string = kind): CelType => ({ kind, name, params: [] });

export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const NULL = simple('null');
export const TIMESTAMP = simple('timestamp');
export const DURATION = simple('duration');
export const DYN = simple('dyn');
export const ERROR = simple('error', '!error!');

export const listOf = (item: CelType): CelType => ({ kind: 'list', name: 'list', params: [item] });
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', name: 'map', params: [key, value] });
export const optionalOf = (value: CelType): CelType => ({ kind: 'opaque', name: 'optional_type', params: [value] });
export const typeOf = (type: CelType): CelType => ({ kind: 'type', name: 'type', params: [type] });
/** A type variable of a function's signature, or one that the checker has yet to find out. */
export const param = (name: string): CelType => simple('param', name);
/** A type that only functions can look into: quantities, URLs, the authorizer. */
export const opaque = (name: string): CelType => simple('opaque', name);
/** An object with known fields; they may be found lazily, so that types can contain themselves. */
export const objectType = (name: string, field: (name: string) => CelType | undefined): CelType => ({ kind: 'object', name, params: [], field });

export const isOptional = (type: CelType): boolean => type.kind === 'opaque' && type.name === 'optional_type';

export function formatType(type: CelType): string {
  return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(formatType).join(', ')})`;
}

export function sameType(a: CelType, b: CelType): boolean {
  return a === b || (a.kind === b.kind && a.name === b.name && a.params.length === b.params.length && a.params.every((each, i) => sameType(each, b.params[i]!)));
}

const NAMED: ReadonlyMap<string, CelType> = new Map([
  ...[BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL, TIMESTAMP, DURATION, DYN].map((type): [string, CelType] => [type.name, type]),
  ['google.protobuf.Timestamp', TIMESTAMP],
  ['google.protobuf.Duration', DURATION],
]);

/**
 * Reads a type as signatures name it: "list(A)", "map(string, dyn)", "optional(A)", "kubernetes.Quantity". A single
 * capital letter is a type variable; a name that CEL does not know is an opaque type.
 */
export function parseType(text: string): CelType {
  const open = text.indexOf('(');
  if (open < 0) return NAMED.get(text) ?? (/^[A-Z]$/.test(text) ? param(text) : opaque(text));
  const params = splitTypes(text.slice(open + 1, -1)).map(parseType);
  const [first = DYN, second = DYN] = params;
  switch (text.slice(0, open)) {
    case 'list':
      return listOf(first);
    case 'map':
      return mapOf(first, second);
    case 'optional':
      return optionalOf(first);
    case 'type':
      return typeOf(first);
    default:
      throw new Error(`no CEL type: ${text}`);
  }
}

/** "a, list(b, c)" → "a", "list(b, c)" */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' ? parts : [...parts, last];
}
