/**
 * Finds and reads the kuberc file. Follows kubectl v1.33 pkg/kuberc/kuberc.go (DefaultGetPreferences, getExplicitKuberc)
 * and marshal.go. Of KUBERC that version heeds only "off"; a file that it names is not read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJson } from '../../api/go-json.ts';
import { jsonSyntaxError, scanJson, type JsonNode } from '../../api/json-scan.ts';
import { systemText } from '../builder/files.ts';
import { duplicateKeys, readYaml, YamlError } from '../builder/yaml-reader.ts';
import { CommandError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { decodePreference, type Preference } from './preference.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The preferences of this command line; undefined where there are none. Throws CommandError where a file that was asked for cannot be used. */
export function readPreference(argv: readonly string[], env: Env, { stderr }: Streams): Preference | undefined {
  const given = kubercFlag(argv);
  if (env['KUBERC'] === 'off') {
    if (given !== '') throw new CommandError('kuberc error disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive');
    return undefined;
  }
  const file = given || join(env['HOME'] ?? '', '.kube', 'kuberc');
  const { preference, fault, missing = false } = read(file);
  // What can be understood of a file that was asked for is taken; one that was not has to be flawless, or is left alone.
  if (fault === undefined) return preference;
  if (given === '') {
    if (!missing) stderr.write(`kuberc: no preferences loaded from ${file}: ${fault}`);
    return undefined;
  }
  if (!preference) throw new CommandError(`kuberc error kuberc: ${fault}`);
  stderr.write(`kuberc: ignoring strict decoding error in ${file}: ${fault}`);
  return preference;
}

/** What --kuberc says, which is needed before any flag is parsed; '' where it is not there. */
function kubercFlag(argv: readonly string[]): string {
  for (const [index, word] of argv.entries()) {
    if (word === '--') return '';
    const value = word === '--kuberc' ? argv[index + 1] : word.includes('--kuberc=') ? word.split('=')[1] || undefined : '';
    if (value === undefined) throw new CommandError('kuberc file is not found');
    if (value !== '' || word === '--kuberc') return value;
  }
  return '';
}

interface Read {
  /** Undefined where the file has no document, or is wrong. */
  readonly preference?: Preference;
  readonly fault?: string;
  readonly missing?: boolean;
}

/** The first document with preferences in it. */
function read(file: string): Read {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { fault: systemText(error, file), missing: (error as NodeJS.ErrnoException).code === 'ENOENT' };
  }
  let attempted = false;
  for (const document of documents(text)) {
    if (typeof document !== 'string') return document;
    if (document.trim() === '') continue;
    attempted = true;
    const parsed = parse(document);
    const decoded = parsed && decodePreference(parsed.node);
    if (!decoded) continue;
    const faults = [...(parsed.duplicates === undefined ? [] : [parsed.duplicates]), ...decoded.strict];
    return { preference: decoded.preference, ...(faults.length === 0 ? {} : { fault: `strict decoding error: ${faults.join(', ')}` }) };
  }
  return attempted ? { fault: `no valid preferences found in ${file}, use --v=5 to see details` } : {};
}

/** A document's value, with duplicate keys of YAML as go-yaml tells of them; undefined where it is neither JSON nor YAML. */
function parse(document: string): { readonly node: JsonNode; readonly duplicates?: string | undefined } | undefined {
  if (/^\s*\{/.test(document)) return jsonSyntaxError(document) === undefined ? { node: scanJson(document).node } : undefined;
  try {
    return { node: scanJson(toJson(readYaml(document) ?? null, 'sorted', '')).node, duplicates: duplicateKeys(document) };
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** A text's documents. What stands before a separator that is none is lost with it (apimachinery pkg/util/yaml/decoder.go: YAMLReader). */
function* documents(text: string): Generator<string | { readonly fault: string }> {
  let document = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (line.startsWith('---')) {
      const rest = line.slice(3).trim();
      if (rest !== '' && !rest.startsWith('#')) return yield { fault: `invalid Yaml document separator: ${rest}` };
      if (document !== '') {
        yield document;
        document = '';
        continue;
      }
    }
    document += line;
  }
  if (document !== '') yield document;
}
