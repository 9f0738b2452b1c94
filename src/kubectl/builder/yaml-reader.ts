/**
 * YAML as kubectl reads it (sigs.k8s.io/yaml over go-yaml v2): YAML 1.1 booleans, octal numbers with a leading 0,
 * anchors, merge keys; the last of two equal keys wins; what looks like a time stays text. Loaded only when YAML is read.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { JsonValue } from '../../api/json.ts';
import { goQuote } from '../../api/quote.ts';
import { syntaxFault } from './yaml-syntax.ts';

/** Why a text is no YAML; the message is libyaml's. */
export class YamlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'YamlError';
  }
}

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;

/** Which words are booleans: YAML 1.1's with yes, no, on and off, or only true and false (go-yaml v3, kustomize). */
export type Booleans = 'yes-no' | 'true-false';

/** What is read, and how far down. */
interface Reading {
  readonly document: Document;
  readonly booleans: Booleans;
  readonly inside: Set<Node>;
}

const OPTIONS = { version: '1.1', schema: 'failsafe', uniqueKeys: false, merge: false, logLevel: 'silent', prettyErrors: false } as const;

/** One document's value. Throws YamlError; undefined for an empty document. */
export function readYaml(text: string, booleans: Booleans = 'yes-no'): JsonValue | undefined {
  const fault = syntaxFault(text, booleans === 'yes-no' ? 'v2' : 'v3');
  if (fault !== undefined) throw new YamlError(fault);
  const document = parseDocument(text, OPTIONS);
  return document.contents === null ? undefined : toJson(document.contents, { document, booleans, inside: new Set() });
}

/** What go-yaml says where keys of a document stand twice in a mapping; undefined where none do. */
export function duplicateKeys(text: string): string | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter });
  const faults: string[] = [];
  const look = (node: unknown): void => {
    if (isAlias(node)) return look(node.resolve(document));
    if (isSeq(node)) return node.items.forEach(look);
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      look(value);
      if (!isScalar(key)) continue;
      const read = toJson(key, { document, booleans: 'yes-no', inside: new Set() });
      const name = typeof read === 'string' ? goQuote(read) : read === null ? 'interface {}(nil)' : JSON.stringify(read);
      if (seen.has(name)) faults.push(`  line ${lineCounter.linePos(key.range?.[0] ?? 0).line}: key ${name} already set in map`);
      seen.add(name);
    }
  };
  look(document.contents);
  return faults.length === 0 ? undefined : `yaml: unmarshal errors:\n${faults.join('\n')}`;
}

function toJson(node: Node, reading: Reading): JsonValue {
  const { document, booleans, inside } = reading;
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (!target) return null;
    if (inside.has(target)) throw new YamlError(`yaml: anchor '${node.source}' value contains itself`);
    return toJson(target, reading);
  }
  if (isScalar(node)) return scalar(node.value === null ? '' : String(node.value), node.type === 'PLAIN' || node.value === null, node.tag, booleans);
  inside.add(node);
  try {
    if (isSeq(node)) return node.items.map((item) => (item === null ? null : toJson(item as Node, reading)));
    if (isMap(node)) return mapping(node, reading);
  } finally {
    inside.delete(node);
  }
  return null;
}

function mapping(node: { readonly items: readonly { readonly key: unknown; readonly value: unknown }[] }, reading: Reading): JsonValue {
  const result: Record<string, JsonValue> = {};
  const merged: Node[] = [];
  for (const { key, value } of node.items) {
    if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN') {
      merged.push(value as Node);
      continue;
    }
    define(result, keyText(key as Node | null, reading), value === null ? null : toJson(value as Node, reading));
  }
  for (const source of merged) {
    const value = toJson(source, reading);
    for (const from of Array.isArray(value) ? value : [value]) {
      if (typeof from !== 'object' || from === null || Array.isArray(from)) throw new YamlError('yaml: map merge requires map or sequence of maps as the value');
      for (const [name, each] of Object.entries(from)) if (!Object.hasOwn(result, name)) define(result, name, each as JsonValue);
    }
  }
  return result;
}

function define(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** Keys become JSON strings: numbers and booleans as Go prints them. */
function keyText(key: Node | null, reading: Reading): string {
  const value = key === null ? null : toJson(key, reading);
  if (typeof value === 'object' && value !== null) throw new YamlError(`yaml: invalid map key: ${JSON.stringify(value)}`);
  if (value === null) throw new YamlError('unsupported map key of type: %!s(<nil>), key: <nil>, value: <nil>');
  return String(value);
}

function scalar(text: string, plain: boolean, tag: string | undefined, booleans: Booleans): JsonValue {
  switch (tag) {
    case undefined:
      return plain ? plainScalar(text, booleans) : text;
    case 'tag:yaml.org,2002:null':
      return null;
    case 'tag:yaml.org,2002:bool':
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
      return plainScalar(text, booleans);
    case 'tag:yaml.org,2002:binary':
      return Buffer.from(text.replace(/\s+/g, ''), 'base64').toString('latin1');
    default:
      return text;
  }
}

/** What an unquoted scalar means (go-yaml v2 resolve.go). */
export function plainScalar(text: string, booleans: Booleans): JsonValue {
  if (booleans === 'true-false' && (TRUE.has(text) || FALSE.has(text)) && !/^(?:true|false)$/i.test(text)) return text;
  if (NULL.has(text)) return null;
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  const first = text.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!numeric) return text;
  if (/^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/.test(text)) throw new YamlError(`json: unsupported value: ${text.toLowerCase().includes('nan') ? 'NaN' : text.startsWith('-') ? '-Inf' : '+Inf'}`);
  const digits = text.replaceAll('_', '');
  if (INTEGER.test(digits)) {
    const negative = digits.startsWith('-');
    const magnitude = digits.replace(/^[-+]/, '');
    const octal = /^0[0-7]+$/.test(magnitude);
    const value = BigInt(octal ? `0o${magnitude.slice(1)}` : magnitude.toLowerCase());
    return Number(negative ? -value : value);
  }
  // What no float64 holds is text to Go.
  if (FLOAT.test(digits) && Number.isFinite(Number(digits))) return Number(digits);
  return text;
}
