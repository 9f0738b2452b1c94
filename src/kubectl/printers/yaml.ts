/**
 * `-o yaml`: the text that sigs.k8s.io/yaml (go-yaml v2 and its libyaml emitter) makes of an object, byte for byte: key
 * order, which strings are quoted and how, literal blocks, folding of long lines. Follows go-yaml v2 encode.go, sorter.go,
 * resolve.go and emitterc.go.
 */
import { compareKeys } from './yaml-key-order.ts';
import { analyze, doubleQuoted, foldDouble, foldPlain, foldSingle, literalBody, literalHeader, resolvesToOther, throughJson, type Analysis } from './yaml-scalar.ts';

const INDENT = 2;
/** Past this column a scalar is folded at its next space (best_width). */
const BEST_WIDTH = 80;
/** Longer keys take the "? key" form (yaml_emitter_check_simple_key). */
const MAX_SIMPLE_KEY_BYTES = 128;
/** Strings that need no look: no indicator, no number, nothing that resolves. */
const OBVIOUSLY_PLAIN = /^(?:[a-eg-mp-suvwxzA-EG-MP-SUVWXZ_/][\w./-]*|[a-zA-Z]\w{6,}[\w./-]*)$/;

/** A value as a YAML document; ends with a newline. */
export function toYaml(value: unknown): string {
  const writer = new Writer();
  writer.document(value);
  return writer.text();
}

class Writer {
  readonly #parts: string[] = [];

  text(): string {
    return this.#parts.join('');
  }

  document(value: unknown): void {
    if (isMap(value) && hasKeys(value)) this.#map(value, 0, false);
    else if (Array.isArray(value) && value.length > 0) this.#sequence(value, 0, false);
    else this.#parts.push(`${scalarText(value, 0, INDENT)}\n`);
  }

  /** `inline`: the first key stands on the line that is already begun ("- key"). */
  #map(map: Readonly<Record<string, unknown>>, indent: number, inline: boolean): void {
    const pad = ' '.repeat(indent);
    let first = inline;
    for (const key of Object.keys(map).sort(compareKeys)) {
      const value = map[key];
      if (value === undefined) continue;
      const start = first ? '' : pad;
      first = false;
      if (isComplexKey(key)) {
        this.#parts.push(`${start}? ${stringText(key, indent + INDENT, indent + INDENT)}\n${pad}`);
        this.#value(value, indent, indent + 1);
      } else {
        const text = keyText(key);
        this.#parts.push(`${start}${text}`);
        this.#value(value, indent, indent + text.length + 1);
      }
    }
  }

  /** What follows a key: ":" and the value. */
  #value(value: unknown, indent: number, column: number): void {
    if (isMap(value) && hasKeys(value)) {
      this.#parts.push(':\n');
      this.#map(value, indent + INDENT, false);
    } else if (Array.isArray(value) && value.length > 0) {
      this.#parts.push(':\n');
      this.#sequence(value, indent, false);
    } else this.#parts.push(`: ${scalarText(value, column + 1, indent + INDENT)}\n`);
  }

  #sequence(items: readonly unknown[], indent: number, inline: boolean): void {
    const pad = ' '.repeat(indent);
    let first = inline;
    for (const item of items) {
      this.#parts.push(`${first ? '' : pad}- `);
      first = false;
      if (isMap(item) && hasKeys(item)) this.#map(item, indent + INDENT, true);
      else if (Array.isArray(item) && item.length > 0) this.#sequence(item, indent + INDENT, true);
      else this.#parts.push(`${scalarText(item, indent + INDENT, indent + INDENT)}\n`);
    }
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function hasKeys(map: Readonly<Record<string, unknown>>): boolean {
  for (const key in map) if (map[key] !== undefined) return true;
  return false;
}

/** A scalar (or an empty map or list) that begins at `column`; its further lines are indented by `indent`. */
function scalarText(value: unknown, column: number, indent: number): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return stringText(value, column, indent);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return Array.isArray(value) ? '[]' : '{}';
}

/** Integers as they are; others as strconv.FormatFloat(value, 'g', -1, 64). */
function numberText(value: number): string {
  if (Number.isInteger(value) && value < 2 ** 64 && value >= -(2 ** 63)) return Object.is(value, -0) ? '0' : BigInt(value).toString();
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  return power >= -4 && power < 6 ? String(value) : goExponent(mantissa, power);
}

const goExponent = (mantissa: string, power: number): string => `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;

function stringText(given: string, column: number, indent: number): string {
  if (given.length < BEST_WIDTH && OBVIOUSLY_PLAIN.test(given)) return given;
  const text = throughJson(given);
  if (text === '') return '""';
  const analysis = analyze(text);
  switch (styleOf(text, analysis)) {
    case 'literal':
      return `${literalHeader(text)}\n${literalBody(text, indent)}`;
    case 'plain':
      return foldPlain(text, column, indent, BEST_WIDTH);
    case 'single':
      return foldSingle(text, column, indent, BEST_WIDTH);
    case 'double':
      return foldDouble(text, column, indent, BEST_WIDTH);
  }
}

function styleOf(text: string, analysis: Analysis): 'plain' | 'single' | 'double' | 'literal' {
  if (text.includes('\n')) return analysis.blockAllowed ? 'literal' : 'double';
  if (resolvesToOther(text)) return 'double';
  if (analysis.plainAllowed) return 'plain';
  return analysis.singleAllowed ? 'single' : 'double';
}

/** A key on one line: never folded. */
function keyText(key: string): string {
  if (OBVIOUSLY_PLAIN.test(key)) return key;
  if (key === '') return '""';
  const analysis = analyze(key);
  const style = styleOf(key, analysis);
  if (style === 'plain') return key;
  return style === 'single' ? `'${key.replaceAll("'", "''")}'` : `"${doubleQuoted(key)}"`;
}

const isComplexKey = (key: string): boolean => (key.length > MAX_SIMPLE_KEY_BYTES / 4 && Buffer.byteLength(key) > MAX_SIMPLE_KEY_BYTES) || key.includes('\n');
