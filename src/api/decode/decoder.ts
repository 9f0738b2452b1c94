/**
 * Decodes a JSON value into the form that Go's typed objects would give back: unknown fields and zero values go, structs
 * that nobody set appear, quantities and times become canonical. On the way it finds what is wrong, in the order and the
 * words of Go's decoder. Follows sigs.k8s.io/json internal/golang/encoding/json/decode.go and, for objects that come out
 * of a strategic merge patch, apimachinery pkg/runtime/converter.go.
 */
import { base64Fault } from '../base64.ts';
import { jsonKind } from '../json.ts';
import type { JsonNode } from '../json-scan.ts';
import { canonicalQuantity } from '../quantity.ts';
import { goQuote } from '../quote.ts';
import { readTime } from './go-time.ts';
import { structOf, type Field, type Shape, type Struct } from './table.ts';

/** The most strict errors that are kept. */
const MAX_STRICT_ERRORS = 100;

/** Ends decoding at once; faults of type are only noted, the first of them counts. */
class Fatal extends Error {}

type Fields = Record<string, unknown>;

export interface Decoded {
  readonly value: Fields;
  /** Why the body is no object of its kind at all. */
  readonly error?: string;
  /** Unknown and duplicate fields. */
  readonly strict: readonly string[];
}

/** Whose words are used: those of decoding JSON, or of converting a map (after a strategic merge patch). */
export type Wording = 'json' | 'converter';

/**
 * Decodes a whole object. `node` is the same value with its duplicate fields. Values that `decoded` holds at the same
 * place are known to be what decoding gives: they are taken as they are, and shared.
 */
export function decodeObject(model: Struct, body: Readonly<Fields>, wording: Wording, node?: JsonNode, decoded?: Readonly<Fields>): Decoded {
  const decoder = new Decoder(wording);
  try {
    const value = decoder.struct(model, body, node, decoded);
    return { value, strict: decoder.strict, ...(decoder.error === undefined ? {} : { error: decoder.error }) };
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    return { value: {}, strict: [], error: error.message };
  }
}

/** Duplicate fields of a value without a schema. */
export function duplicateFields(node: JsonNode): readonly string[] {
  const decoder = new Decoder('json');
  decoder.untyped(node);
  return decoder.strict;
}

class Decoder {
  error: string | undefined;
  readonly strict: string[] = [];
  /** The way from the root: names of fields, indexes, and keys of maps with a dot before them. */
  readonly #path: (string | number)[] = [];
  #struct = '';

  constructor(private readonly wording: Wording) {}

  struct(struct: Struct, value: Readonly<Fields>, node: JsonNode | undefined, known?: Readonly<Fields>): Fields {
    const result: Fields = {};
    const outer = this.#struct;
    if (node?.type === 'object') {
      const seen = new Set<string>();
      for (const [key, child] of node.members) {
        if (seen.has(key) && struct.fields.has(key)) this.#note(`duplicate field ${goQuote(this.#pathTo(key))}`);
        seen.add(key);
        this.#member(struct, result, key, plain(child), child);
      }
    } else {
      for (const key of Object.keys(value)) {
        const child = value[key];
        if (known !== undefined && child === known[key] && typeof child === 'object' && child !== null) set(result, key, child);
        else this.#member(struct, result, key, child, undefined);
      }
    }
    this.#struct = outer;
    for (const [name, field] of struct.implied) if (result[name] === undefined) set(result, name, zero(field.shape));
    return result;
  }

  #member(struct: Struct, result: Fields, key: string, value: unknown, node: JsonNode | undefined): void {
    const field = struct.fields.get(key);
    if (!field) return this.#note(`unknown field ${goQuote(this.#pathTo(key))}`);
    if (value === undefined) return;
    this.#path.push(key);
    this.#struct = struct.goName;
    const decoded = this.#field(field, value, node);
    if (decoded !== undefined) set(result, key, decoded);
    else if (node) delete result[key];
    this.#path.pop();
  }

  #field(field: Field, value: unknown, node: JsonNode | undefined): unknown {
    if (value === null) return undefined;
    const decoded = this.#value(field.shape, value, node);
    const { type } = field.shape;
    return field.pointer || field.always || type === 'struct' || type === 'union' || type === 'int-or-string' || type === 'any' || !isZero(decoded) ? decoded : undefined;
  }

  /** The decoded value; undefined where it is of the wrong type, which is noted. */
  #value(shape: Shape, value: unknown, node: JsonNode | undefined): unknown {
    switch (shape.type) {
      case 'list': return this.#list(shape, value, node);
      case 'map': return this.#map(shape, value, node);
      case 'struct': {
        if (!isFields(value)) return this.#mismatch(value, shape.goType, () => `cannot restore struct from: ${kindName(value)}`);
        const struct = structOf(shape.model);
        return struct ? this.struct(struct, value, node) : value;
      }
      case 'string': return typeof value === 'string' ? value : this.#mismatch(value, shape.goType, () => `cannot convert ${kindName(value)} to ${shape.goType}`);
      case 'boolean': return typeof value === 'boolean' ? value : this.#mismatch(value, shape.goType, () => 'unrecognized type: bool');
      case 'int32': return this.#integer(shape.goType, value, -(2 ** 31), 2 ** 31 - 1);
      case 'int64': return this.#integer(shape.goType, value, -(2 ** 63), 2 ** 63 - 1);
      case 'double': return typeof value === 'number' ? value : this.#mismatch(value, shape.goType, () => 'unrecognized type: float64');
      case 'bytes': return this.#bytes(value);
      case 'quantity': return this.#quantity(value);
      case 'time': case 'microtime': return this.#time(value, shape.type === 'microtime');
      case 'int-or-string': return this.#intOrString(value);
      case 'union': return this.#union(shape, value);
      case 'any':
        if (node) this.untyped(node);
        return value;
    }
  }

  /** The other decoder starts anew, and is not strict. */
  #union(shape: Shape & { readonly type: 'union' }, value: unknown): unknown {
    const struct = structOf(shape.model);
    if (Array.isArray(value)) return value.map((item: unknown) => this.#union(shape, item));
    if (!struct || !isFields(value)) return value;
    const { value: decoded, error } = decodeObject(struct, value, 'json');
    this.error ??= error;
    return decoded;
  }

  #list(shape: Shape & { readonly type: 'list' }, value: unknown, node: JsonNode | undefined): unknown {
    if (!Array.isArray(value)) return this.#mismatch(value, shape.goType, () => `cannot restore slice from ${kindName(value)}`);
    const nodes = node?.type === 'array' ? node.items : undefined;
    return value.map((item: unknown, index) => {
      this.#path.push(index);
      const decoded = item === null || item === undefined ? undefined : this.#value(shape.items, item, nodes?.[index]);
      this.#path.pop();
      return decoded ?? zero(shape.items);
    });
  }

  #map(shape: Shape & { readonly type: 'map' }, value: unknown, node: JsonNode | undefined): unknown {
    if (!isFields(value)) return this.#mismatch(value, shape.goType, () => `cannot restore map from ${kindName(value)}`);
    const result: Fields = {};
    if (node?.type === 'object') {
      const seen = new Set<string>();
      for (const [key, child] of node.members) {
        if (seen.has(key)) this.#note(`duplicate field ${goQuote(this.#pathTo(key))}`);
        seen.add(key);
        this.#entry(shape.values, result, key, plain(child), child);
      }
    } else for (const key of Object.keys(value)) this.#entry(shape.values, result, key, value[key], undefined);
    return result;
  }

  #entry(shape: Shape, result: Fields, key: string, value: unknown, node: JsonNode | undefined): void {
    if (value === undefined) return;
    if (shape.type === 'string' && typeof value === 'string') return set(result, key, value);
    this.#path.push(`.${key}`);
    set(result, key, value === null ? zero(shape) : (this.#value(shape, value, node) ?? zero(shape)));
    this.#path.pop();
  }

  #integer(goType: string, value: unknown, min: number, max: number): unknown {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    const kind = min === -(2 ** 31) ? 'int32' : 'int64';
    return this.#mismatch(value, goType, () => (typeof value === 'number' ? `cannot convert float64 to ${goType}` : `unrecognized type: ${kind}`), true);
  }

  #bytes(value: unknown): unknown {
    if (typeof value !== 'string') return this.#mismatch(value, '[]uint8', () => `cannot restore slice from ${kindName(value)}`);
    const fault = base64Fault(value);
    if (fault === undefined) return value.replace(/[\r\n]/g, '');
    if (this.wording === 'converter') throw new Fatal(`error decoding from json: ${fault}`);
    this.error ??= fault;
    return undefined;
  }

  #quantity(value: unknown): unknown {
    try {
      if (typeof value === 'string' || typeof value === 'number') return canonicalQuantity(typeof value === 'string' ? value.trim() : value);
      return canonicalQuantity(JSON.stringify(value) ?? '');
    } catch (error) {
      throw new Fatal((error as Error).message);
    }
  }

  #time(value: unknown, micro: boolean): unknown {
    if (typeof value !== 'string') throw new Fatal(this.#describe(jsonKind(value), 'string'));
    const read = readTime(value, micro);
    if ('error' in read) throw new Fatal(read.error);
    return read.time;
  }

  #intOrString(value: unknown): unknown {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value;
    throw new Fatal(this.#describe(typeof value === 'number' ? `number ${value}` : jsonKind(value), 'int32'));
  }

  /** Notes duplicates in a value that has no schema. */
  untyped(node: JsonNode): void {
    if (node.type === 'array') {
      for (const [index, item] of node.items.entries()) {
        this.#path.push(index);
        this.untyped(item);
        this.#path.pop();
      }
    } else if (node.type === 'object') {
      const seen = new Set<string>();
      for (const [key, child] of node.members) {
        if (seen.has(key)) this.#note(`duplicate field ${goQuote(this.#pathTo(key))}`);
        seen.add(key);
        this.#path.push(`.${key}`);
        this.untyped(child);
        this.#path.pop();
      }
    }
  }

  /** Where a key of the present value stands: "spec.containers[0].env". */
  #pathTo(key: string): string {
    let text = '';
    for (const part of [...this.#path, `.${key}`]) text += typeof part === 'number' ? `[${part}]` : part.startsWith('.') ? part : `.${part}`;
    return text.startsWith('.') ? text.slice(1) : text;
  }

  #note(text: string): void {
    if (this.strict.length < MAX_STRICT_ERRORS && !this.strict.includes(text)) this.strict.push(text);
  }

  #mismatch(value: unknown, goType: string, converting: () => string, quoteNumber = false): undefined {
    if (this.wording === 'converter') throw new Fatal(converting());
    this.error ??= this.#describe(quoteNumber && typeof value === 'number' ? `number ${value}` : jsonKind(value), goType);
    return undefined;
  }

  #describe(value: string, goType: string): string {
    const fields = this.#path.filter((part) => typeof part === 'string' && !part.startsWith('.'));
    return fields.length === 0 || this.wording === 'converter'
      ? `json: cannot unmarshal ${value} into Go value of type ${goType}`
      : `json: cannot unmarshal ${value} into Go struct field ${this.#struct}.${fields.join('.')} of type ${goType}`;
  }
}

function plain(node: JsonNode): unknown {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'array') return node.items.map(plain);
  const result: Fields = {};
  for (const [key, child] of node.members) set(result, key, plain(child));
  return result;
}

/** The zero value of a type, as it is written. */
function zero(shape: Shape): unknown {
  switch (shape.type) {
    case 'struct': {
      const result: Fields = {};
      for (const [name, field] of structOf(shape.model)?.implied ?? []) result[name] = zero(field.shape);
      return result;
    }
    case 'list': case 'map': case 'union': case 'any': case 'time': case 'microtime': return null;
    case 'quantity': return '0';
    case 'boolean': return false;
    case 'int32': case 'int64': case 'double': case 'int-or-string': return 0;
    case 'string': case 'bytes': return '';
  }
}

function isZero(value: unknown): boolean {
  if (value === undefined || value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function set(fields: Fields, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  else fields[key] = value;
}

/** The kind that a value has in Go once it is decoded without a type. */
function kindName(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'string';
}
