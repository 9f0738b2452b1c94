/** Values into the structs of `go-types.ts`, with the faults and the words of Go's encoding/json (Go 1.24, which names embedded structs). */
import { compareBytes } from '../../api/go-json.ts';
import { isObject, jsonKind, type JsonObject, type JsonValue } from '../../api/json.ts';
import { readYaml, YamlError } from '../builder/yaml-reader.ts';
import { KustomizeError } from './errors.ts';
import { ALIASES, STRUCTS } from './go-types.ts';

/** How closely it is read. */
export interface Strictness {
  /** Unknown fields are faults. */
  readonly strict?: boolean;
  /** Numbers and truths may stand where a text should, as for sigs.k8s.io/yaml where it knows the type: not in fields of embedded structs. */
  readonly scalarsAsText?: boolean;
}

/** The fields of a Go type by their right names; what nobody set, and what is null, is left out. Throws KustomizeError with the first fault. */
export function decode<T>(type: string, value: unknown, strictness: Strictness): T {
  const decoder = new Decoder(strictness);
  const decoded = decoder.value(type, value);
  if (decoder.fault !== undefined) throw new KustomizeError(`json: ${decoder.fault}`);
  return (decoded ?? {}) as T;
}

/** The YAML text as a Go type, as sigs.k8s.io/yaml reads it. */
export function decodeYaml<T>(type: string, text: string, strict = false): T {
  return decodeLoosely(type, readDocument(text), strict);
}

/** The same for what has been read already. */
export function decodeLoosely<T>(type: string, value: unknown, strict = false): T {
  try {
    return decode(type, value, { scalarsAsText: true, strict });
  } catch (error) {
    throw error instanceof KustomizeError ? new KustomizeError(`error unmarshaling JSON: while decoding JSON: ${error.message}`) : error;
  }
}

function readDocument(text: string): JsonValue | undefined {
  try {
    return readYaml(text);
  } catch (error) {
    throw error instanceof YamlError ? new KustomizeError(`error converting YAML to JSON: ${error.message}`) : error;
  }
}

class Decoder {
  /** The first fault; Go goes on after it. */
  fault: string | undefined;
  #struct = '';
  /** How many of the fields on the way are embedded structs'. */
  #embedded = 0;
  readonly #path: string[] = [];

  constructor(private readonly strictness: Strictness) {}

  value(type: string, given: unknown): unknown {
    if (given === null || given === undefined) return undefined;
    const goType = type.replace(/^\*/, '');
    const plain = ALIASES[goType] ?? goType;
    if (plain.startsWith('[]')) return Array.isArray(given) ? (given as unknown[]).map((each) => this.value(plain.slice(2), each) ?? zero(plain.slice(2))) : this.#misfit(given, goType);
    if (plain.startsWith('map[string]')) return isObject(given) ? this.#map(plain.slice('map[string]'.length), given as JsonObject) : this.#misfit(given, goType);
    switch (plain) {
      case 'interface {}': return given;
      case 'string': return typeof given === 'string' ? given : this.strictness.scalarsAsText && this.#embedded === 0 && typeof given !== 'object' ? String(given) : this.#misfit(given, goType);
      case 'bool': return typeof given === 'boolean' ? given : this.#misfit(given, goType);
      case 'int': case 'int64': return Number.isInteger(given) ? given : this.#misfit(given, goType);
      default: return isObject(given) ? this.#fields(plain, given as JsonObject) : this.#misfit(given, goType);
    }
  }

  #map(type: string, given: JsonObject): Record<string, unknown> {
    return Object.fromEntries(sorted(given).map(([key, each]) => [key, this.value(type, each) ?? zero(type)]));
  }

  #fields(type: string, given: JsonObject): Record<string, unknown> {
    const known = fieldsOf(type);
    const result: Record<string, unknown> = {};
    for (const [key, each] of sorted(given)) {
      // Go's decoder takes names in any case.
      const name = known.has(key) ? key : [...known.keys()].find((field) => field.toLowerCase() === key.toLowerCase());
      const field = name === undefined ? undefined : known.get(name);
      if (name === undefined || field === undefined) {
        if (this.strictness.strict) this.fault ??= `unknown field ${JSON.stringify(key)}`;
        continue;
      }
      const outer = this.#struct;
      this.#struct = shortName(type);
      this.#path.push(...field.through, name);
      this.#embedded += field.through.length;
      const value = this.value(field.type, each);
      this.#embedded -= field.through.length;
      this.#path.length -= field.through.length + 1;
      this.#struct = outer;
      if (value !== undefined) result[name] = value;
    }
    return result;
  }

  #misfit(given: unknown, type: string): undefined {
    const kind = typeof given === 'number' && type.startsWith('int') ? `number ${given}` : jsonKind(given);
    const place = this.#path.length === 0 ? 'Go value' : `Go struct field ${this.#struct}.${this.#path.join('.')}`;
    this.fault ??= `cannot unmarshal ${kind} into ${place} of type ${type}`;
    return undefined;
  }
}

const sorted = (given: JsonObject): [string, JsonValue | undefined][] => Object.entries(given).sort(([a], [b]) => compareBytes(a, b));

/** "types.Patch" -> "Patch", as errors name a struct. */
const shortName = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

const structOf = (type: string): Readonly<Record<string, string>> => STRUCTS[type] ?? STRUCTS[shortName(type)] ?? {};

interface Field {
  readonly type: string;
  /** The embedded structs on the way. */
  readonly through: readonly string[];
}

function fieldsOf(type: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, fieldType] of Object.entries(structOf(type))) {
    if (!name.startsWith('+')) fields.set(name, { type: fieldType, through: [] });
    else for (const [inner, field] of fieldsOf(fieldType)) fields.set(inner, { type: field.type, through: [name.slice(1), ...field.through] });
  }
  return fields;
}

function zero(type: string): unknown {
  if (type.startsWith('*')) return null;
  if (type.startsWith('[]')) return [];
  return ({ string: '', bool: false, int: 0, int64: 0 } as Readonly<Record<string, unknown>>)[ALIASES[type] ?? type] ?? (type === 'interface {}' ? null : {});
}

/** What Go writes of a value: without what is empty (`omitempty`). */
export function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(withoutEmpty);
  if (!isObject(value)) return value;
  const isEmpty = (each: unknown): boolean => each === undefined || each === null || each === '' || each === 0 || each === false || (Array.isArray(each) && each.length === 0);
  return Object.fromEntries(Object.entries(value as JsonObject).filter(([, each]) => !isEmpty(each)).map(([key, each]) => [key, withoutEmpty(each)]));
}
