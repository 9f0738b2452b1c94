/**
 * From a manifest's text to its documents, JSON or YAML (apimachinery util/yaml: NewYAMLOrJSONDecoder). Line numbers in
 * YAML errors count from the document's start, as kubectl's do.
 */
import { sortKeys, toJson } from '../../api/go-json.ts';
import type { JsonValue } from '../../api/json.ts';
import { CommandError } from '../errors.ts';
import { JsonError, readJsonStream } from './json-reader.ts';

export interface ManifestDocument {
  readonly value: JsonValue;
  /** The document as JSON: the file's own text for JSON, sorted and compact for YAML. */
  readonly raw: () => string;
}

/**
 * The documents of a text, one by one: those before a fault are handed out before it is thrown.
 * @param onMore told how many there are beside the first, as soon as that is known
 */
export async function* readManifest(text: string, source: string, onMore: (count: number) => void = () => undefined): AsyncGenerator<ManifestDocument> {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (!/^\s*\{/.test(body)) {
    yield* readYamlDocuments(body, source, onMore);
    return;
  }
  let count = 0;
  let end = 0;
  try {
    for (const { value, raw, end: after } of readJsonStream(body)) {
      if (count > 0) onMore(1);
      yield { value, raw: () => raw };
      count++;
      end = after;
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    // After two JSON values it is JSON; before that what began as JSON may turn out to be YAML ("{a: b}").
    if (count > 1) throw new CommandError(`error parsing ${source}: ${error.message}`);
    const at = error.at === undefined ? '' : `json: offset ${Buffer.byteLength(body.slice(0, error.at)) + 1}: `;
    yield* readYamlDocuments(body.slice(end).replace(/^[^\S\n]*\n?/, ''), source, onMore, `${at}${error.message}`);
  }
}

/** @param jsonFault what the text was as JSON: reported instead, where its first document is no YAML either */
async function* readYamlDocuments(text: string, source: string, onMore: (count: number) => void, jsonFault?: string): AsyncGenerator<ManifestDocument> {
  const { readYaml, YamlError } = await import('./yaml-reader.ts');
  let fault = jsonFault;
  const parts = splitDocuments(text);
  onMore(Math.max(0, parts.length - 1));
  for (const [index, part] of parts.entries()) {
    // A document is complete only at a proper end: a bad separator takes the one before it along.
    const separator = badSeparator(part) ?? badSeparator(parts[index + 1] ?? '');
    if (separator !== undefined) throw new CommandError(`error parsing ${source}: ${fault ?? `invalid Yaml document separator: ${separator}`}`);
    let value: JsonValue;
    try {
      // It becomes JSON on the way, by a map: faults are found in the order of its keys.
      value = sortKeys(readYaml(part) ?? null);
    } catch (error) {
      if (error instanceof YamlError) throw new CommandError(`error parsing ${source}: ${fault ?? `error converting YAML to JSON: ${error.message}`}`);
      throw error;
    }
    fault = undefined;
    if (value !== null) yield { value, raw: () => toJson(value, 'sorted', '') };
  }
}

/** What stands behind a "---" at the beginning, comments aside. */
const badSeparator = (part: string): string | undefined => /^---[^\S\n]*([^\s#][^\n]*)/.exec(part)?.[1]?.trim();

/** Cuts at lines that begin with "---"; one with more than a comment after it stays, and is a fault (util/yaml decoder.go: YAMLReader). */
function splitDocuments(text: string): string[] {
  const parts = text.split(/^---[^\S\n]*(?:#[^\n]*)?(?:\n|$)|^(?=---)/m);
  return parts.filter((part) => part.trim() !== '');
}
