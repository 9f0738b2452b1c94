/**
 * YAML as kubectl reads it: nodes to the values of go-yaml (sigs.k8s.io/yaml goyaml.v2/{decode,resolve}.go: YAML 1.1
 * booleans, octal numbers with a leading 0, merge keys; the last of two equal keys wins; what looks like a time stays
 * text), and those to JSON (sigs.k8s.io/yaml yaml.go: convertToJSONableObject). Loaded only when YAML is read.
 */
import type { JsonValue } from '../../api/json.ts';
import { goFloat32, goSyntax, goText } from '../../api/go-value.ts';
import { goQuote } from '../../api/quote.ts';
import { parseYaml, YamlError, type YamlAlias, type YamlMapping, type YamlNode, type YamlScalar } from './yaml-parser.ts';

export { YamlError } from './yaml-parser.ts';

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const NAN = /^\.(?:nan|NaN|NAN)$/;
const INFINITE = /^([-+]?)\.(?:inf|Inf|INF)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

const CORE = 'tag:yaml.org,2002:';

/** Which words are booleans: YAML 1.1's with yes, no, on and off, or only true and false (go-yaml v3, kustomize). */
export type Booleans = 'yes-no' | 'true-false';

/** One document's value. Throws YamlError; undefined for an empty document. */
export function readYaml(text: string, booleans: Booleans = 'yes-no'): JsonValue | undefined {
  const root = parseYaml(text, booleans === 'yes-no' ? 'v2' : 'v3');
  return root && new Reader(booleans).read(root);
}

/** What go-yaml says where keys of a document stand twice in a mapping; undefined where none do. */
export function duplicateKeys(text: string): string | undefined {
  const root = parseYaml(text, 'v2');
  const reader = new Reader('yes-no');
  if (root) reader.read(root);
  return reader.duplicates.length === 0 ? undefined : `yaml: unmarshal errors:\n${reader.duplicates.join('\n')}`;
}

/** A scalar's value, and what go-yaml calls its type. */
interface Resolved {
  readonly type: 'str' | 'bool' | 'int' | 'float' | 'null' | 'binary';
  /** Whole numbers exactly, if need be as bigint. */
  readonly value: string | boolean | number | bigint | null;
}

/** Of so many nodes that share may come through aliases. */
const ALIASES = { low: 400_000, high: 4_000_000, most: 0.99, least: 0.1 };

class Reader {
  readonly duplicates: string[] = [];
  /** Aliases that we are within. */
  readonly #within = new Set<YamlNode>();
  #nodes = 0;
  #aliased = 0;
  /** What no JSON can say; found after all of the YAML has been read. */
  #unsupportedKey: string | undefined;
  #unsupportedValue = false;

  constructor(private readonly booleans: Booleans) {}

  read(root: YamlNode): JsonValue {
    const value = this.#value(root);
    if (this.#unsupportedKey !== undefined) throw new YamlError(this.#unsupportedKey);
    if (this.#unsupportedValue) refuseNonFinite(value);
    return value;
  }

  #value(node: YamlNode): JsonValue {
    this.#count();
    switch (node.kind) {
      case 'scalar': {
        const { value } = resolve(node, this.booleans);
        if (typeof value === 'number' && !Number.isFinite(value)) this.#unsupportedValue = true;
        return typeof value === 'bigint' ? Number(value) : value;
      }
      case 'sequence': return node.items.map((item) => this.#value(item));
      case 'mapping': return this.#mapping(node, {});
      case 'alias': return this.#through(node, (target) => this.#value(target));
    }
  }

  /** Reads what an alias stands for. */
  #through<Result>(alias: YamlAlias, read: (target: YamlNode) => Result): Result {
    if (this.#within.has(alias)) throw new YamlError(`yaml: anchor '${alias.name}' value contains itself`);
    this.#within.add(alias);
    const result = read(alias.target);
    this.#within.delete(alias);
    return result;
  }

  /** Refuses a document that is mostly aliases of aliases (goyaml.v2/decode.go: allowedAliasRatio). */
  #count(): void {
    this.#nodes++;
    if (this.#within.size === 0) return;
    this.#aliased++;
    if (this.#aliased <= 100 || this.#nodes <= 1000) return;
    const { low, high, most, least } = ALIASES;
    const allowed = this.#nodes <= low ? most : this.#nodes >= high ? least : most - (most - least) * ((this.#nodes - low) / (high - low));
    if (this.#aliased / this.#nodes > allowed) throw new YamlError('yaml: document contains excessive aliasing');
  }

  /** Into a mapping that there may be already: merged ones come where they stand, but in v3 they never win over a key of one's own. */
  #mapping({ entries }: YamlMapping, into: Record<string, JsonValue>): Record<string, JsonValue> {
    const merged: YamlNode[] = [];
    const own = this.booleans === 'yes-no' ? undefined : new Set<string>();
    for (const [key, value] of entries) {
      if (isMerge(key)) {
        if (own) merged.push(value);
        else this.#merge(value, into);
        continue;
      }
      const name = this.#key(key, value);
      const read = this.#value(value);
      if (name === undefined) continue;
      if (Object.hasOwn(into, name.text)) this.duplicates.push(`  line ${value.line + 1}: key ${name.shown} already set in map`);
      define(into, name.text, read);
      own?.add(name.text);
    }
    for (const source of merged) {
      const from: Record<string, JsonValue> = {};
      this.#merge(source, from);
      for (const [name, value] of Object.entries(from)) if (!Object.hasOwn(into, name)) define(into, name, value);
    }
    return into;
  }

  /** A mapping, or several of which the earlier ones win. */
  #merge(node: YamlNode, into: Record<string, JsonValue>): void {
    for (const each of node.kind === 'sequence' ? node.items.toReversed() : [node]) {
      const source = each.kind === 'alias' ? each.target : each;
      if (source.kind !== 'mapping') throw new YamlError('yaml: map merge requires map or sequence of maps as the value');
      this.#count();
      if (each.kind === 'alias') this.#through(each, () => this.#mapping(source, into));
      else this.#mapping(source, into);
    }
  }

  /** A key as JSON has it, and as go-yaml's errors show it; undefined where JSON has no such key. */
  #key(node: YamlNode, value: YamlNode): { readonly text: string; readonly shown: string } | undefined {
    const scalar = node.kind === 'alias' ? node.target : node;
    this.#count();
    if (scalar.kind !== 'scalar') throw new YamlError(`yaml: invalid map key: ${yamlSyntax(this.#value(node))}`);
    const { value: key, type } = resolve(scalar, this.booleans);
    if (typeof key === 'string') return { text: key, shown: goQuote(key) };
    if (type === 'bool' || (type === 'int' && BigInt(key as number | bigint) <= MAX_INT64)) return { text: String(key), shown: String(key) };
    if (typeof key === 'number') return { text: INFINITE_KEYS[String(key)] ?? goFloat32(key), shown: goText(key, 'float64') };
    const [goType, shown] = key === null ? ['%!s(<nil>)', '<nil>'] : ['uint64', `0x${BigInt(key).toString(16)}`];
    this.#unsupportedKey ??= `unsupported map key of type: ${goType}, key: ${shown}, value: ${topSyntax(this.#value(value))}`;
    return undefined;
  }
}

/** As go-yaml writes them. */
const INFINITE_KEYS: Readonly<Record<string, string>> = { Infinity: '.inf', '-Infinity': '-.inf', NaN: '.nan' };

const isMerge = (key: YamlNode): boolean => key.kind === 'scalar' && key.text === '<<' && (key.implicit || key.tag === `${CORE}merge`);

/** %#v of a value of go-yaml's; at the top nil stands bare. */
const yamlSyntax = (value: JsonValue): string => goSyntax(value, 'int64').replaceAll('map[string]interface {}', 'map[interface {}]interface {}');
const topSyntax = (value: JsonValue): string => (value === null ? '<nil>' : yamlSyntax(value));

function define(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** encoding/json's refusal of numbers that are none. */
function refuseNonFinite(value: JsonValue): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new YamlError(`json: unsupported value: ${goText(value, 'float64')}`);
  if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) if (each !== undefined) refuseNonFinite(each as JsonValue);
}

/** A scalar's value by its tag, or by its text. Throws where the two do not agree. */
function resolve({ text, tag, implicit }: YamlScalar, booleans: Booleans): Resolved {
  if (tag === '') return implicit ? resolvePlain(text, booleans) : { type: 'str', value: text };
  switch (tag) {
    case `${CORE}bool`: case `${CORE}int`: case `${CORE}float`: case `${CORE}null`: {
      const wanted = tag.slice(CORE.length);
      const found = resolvePlain(text, booleans);
      if (found.type === wanted) return found;
      if (wanted === 'float' && found.type === 'int') return { type: 'float', value: Number(found.value) };
      throw new YamlError(`yaml: cannot decode !!${found.type} \`${text}\` as a !!${wanted}`);
    }
    case `${CORE}binary`: {
      const body = text.replace(/[\r\n]/g, '');
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(body)) throw new YamlError('yaml: !!binary value contains invalid base64 data');
      return { type: 'binary', value: Buffer.from(body, 'base64').toString('utf8') };
    }
    default:
      return { type: 'str', value: text };
  }
}

/** What an unquoted scalar means. */
function resolvePlain(text: string, booleans: Booleans): Resolved {
  if (NULL.has(text)) return { type: 'null', value: null };
  if (TRUE.has(text) || FALSE.has(text)) {
    if (booleans === 'yes-no' || /^(?:true|false)$/i.test(text)) return { type: 'bool', value: TRUE.has(text) };
    return { type: 'str', value: text };
  }
  const first = text.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!numeric) return { type: 'str', value: text };
  if (NAN.test(text)) return { type: 'float', value: NaN };
  const infinite = INFINITE.exec(text);
  if (infinite) return { type: 'float', value: infinite[1] === '-' ? -Infinity : Infinity };
  const digits = first === 46 ? text : text.replaceAll('_', '');
  const integer = INTEGER.test(digits) ? integerOf(digits) : undefined;
  if (integer !== undefined) return { type: 'int', value: integer };
  const float = FLOAT.test(digits) ? Number(digits) : NaN;
  return Number.isFinite(float) ? { type: 'float', value: float } : { type: 'str', value: text };
}

/** A whole number that 64 bits hold. */
function integerOf(digits: string): number | bigint | undefined {
  if (digits.length < 16 && /^[1-9]/.test(digits)) return Number(digits);
  const magnitude = digits.replace(/^[-+]/, '');
  const value = BigInt(/^0[0-7]+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude.toLowerCase());
  if (digits.startsWith('-')) return -value >= MIN_INT64 ? -value : undefined;
  return value <= (digits.startsWith('+') ? MAX_INT64 : MAX_UINT64) ? value : undefined;
}

/** The value of an unquoted scalar as JSON has it. Throws YamlError for what JSON does not have. */
export function plainScalar(text: string, booleans: Booleans): JsonValue {
  const { value } = resolvePlain(text, booleans);
  if (typeof value === 'bigint') return Number(value);
  refuseNonFinite(value);
  return value;
}
