/**
 * From a manifest's text to its documents, JSON or YAML (apimachinery util/yaml: NewYAMLOrJSONDecoder). Line numbers in
 * YAML errors count from the document's start, as kubectl's do.
 */
import type { JsonValue } from '../../api/json.ts';
import { CommandError } from '../errors.ts';
import { JsonError, readJsonStream } from './json-reader.ts';

export interface ManifestDocument {
  readonly value: JsonValue;
  /** The document as JSON: the file's own text for JSON, sorted and compact for YAML. */
  readonly raw: () => string;
}

/** The documents of a text, one by one: those before a fault are handed out before it is thrown. */
export async function* readManifest(text: string, source: string): AsyncGenerator<ManifestDocument> {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (/^\s*\{/.test(body)) {
    // A text that begins as JSON may go on as YAML documents after "---".
    const split = /^---/m.exec(body);
    try {
      for (const { value, raw } of readJsonStream(split ? body.slice(0, split.index) : body)) yield { value, raw: () => raw };
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      const asYaml = await flowMapping(body);
      if (asYaml === undefined) throw new CommandError(`error parsing ${source}: ${error.message}`);
      yield* asYaml;
      return;
    }
    if (!split) return;
    yield* readYamlDocuments(body.slice(split.index), source);
    return;
  }
  yield* readYamlDocuments(body, source);
}

/** "{a: b}" begins as JSON does and is YAML; undefined where it is neither. */
async function flowMapping(text: string): Promise<ManifestDocument[] | undefined> {
  if (/^\s*\{\s*"/.test(text)) return undefined;
  const { readYaml } = await import('./yaml-reader.ts');
  try {
    const documents: ManifestDocument[] = [];
    for (const part of splitDocuments(text)) {
      const value = readYaml(part);
      if (value !== undefined && value !== null) documents.push({ value, raw: () => sortedJson(value) });
    }
    return documents;
  } catch {
    return undefined;
  }
}

async function* readYamlDocuments(text: string, source: string): AsyncGenerator<ManifestDocument> {
  const { readYaml, YamlError } = await import('./yaml-reader.ts');
  for (const part of splitDocuments(text)) {
    if (/^\s*\{\s*"/.test(part)) {
      yield* readManifest(part, source);
      continue;
    }
    let value: JsonValue | undefined;
    try {
      value = readYaml(part);
    } catch (error) {
      if (error instanceof YamlError) throw new CommandError(`error parsing ${source}: error converting YAML to JSON: ${error.message}`);
      throw error;
    }
    if (value !== undefined && value !== null) yield { value, raw: () => sortedJson(value) };
  }
}

/** Cuts at lines that begin with "---" (util/yaml decoder.go: splitYAMLDocument). */
function splitDocuments(text: string): string[] {
  const parts = text.replace(/^---[^\n]*(?:\n|$)/, '').split(/\n---[^\n]*(?:\n|$)/);
  return parts.filter((part) => part.trim() !== '');
}

/** encoding/json's text of a value: keys sorted, no spaces, <, > and & escaped. */
export function sortedJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  const object = value as Readonly<Record<string, JsonValue | undefined>>;
  const fields = Object.keys(object).sort().filter((key) => object[key] !== undefined);
  return `{${fields.map((key) => `${sortedJson(key)}:${sortedJson(object[key] as JsonValue)}`).join(',')}}`;
}
