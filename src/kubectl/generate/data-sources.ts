/**
 * --from-file, --from-literal and --from-env-file: key-value pairs for ConfigMaps and Secrets. Follows kubectl
 * pkg/util/util.go (ParseFileSource, ParseLiteralSource) and pkg/cmd/util/env_file.go.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { goQuote } from '../../api/quote.ts';
import { systemText } from '../builder/files.ts';
import { CommandError } from '../errors.ts';

export interface DataSources {
  readonly files: readonly string[];
  readonly literals: readonly string[];
  readonly envFiles: readonly string[];
  /** Environment, for lines of an env file that name a variable and no value. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Takes one pair; throws what its kind has against the key. */
export type AddPair = (key: string, value: Buffer) => void;

export function addLiterals(literals: readonly string[], add: AddPair): void {
  for (const literal of literals) {
    const equals = literal.indexOf('=');
    if (equals <= 0) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), Buffer.from(literal.slice(equals + 1)));
  }
}

export function addFiles(sources: readonly string[], add: AddPair): void {
  for (const source of sources) {
    const { key, path } = fileSource(source);
    const stat = statOf(path);
    if (!stat.isDirectory()) {
      add(key, readBytes(path));
      continue;
    }
    if (source.includes('=')) throw new CommandError('cannot give a key name for a directory path');
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isFile()) add(entry.name, readBytes(join(path, entry.name)));
    }
  }
}

/** `kind` is how the error calls the file: "config" or "secret". */
export function addEnvFiles(paths: readonly string[], kind: string, env: DataSources['env'], add: AddPair): void {
  for (const path of paths) {
    if (statOf(path).isDirectory()) throw new CommandError(`env ${kind} file cannot be a directory`);
    for (const [key, value] of envPairs(path, readBytes(path), env)) add(key, Buffer.from(value));
  }
}

function fileSource(source: string): { readonly key: string; readonly path: string } {
  const separators = source.split('=').length - 1;
  if (separators === 0) return { key: basename(source.replaceAll('\\', process.platform === 'win32' ? '/' : '\\')), path: source };
  if (separators > 1) throw new CommandError("key names or file paths cannot contain '='");
  if (source.startsWith('=')) throw new CommandError(`key name for file path ${source.slice(1)} missing`);
  if (source.endsWith('=')) throw new CommandError(`file path for key name ${source.slice(0, -1)} missing`);
  const [key = '', path = ''] = source.split('=');
  return { key, path };
}

function statOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (error) {
    const text = systemText(error, path);
    throw new CommandError(`error reading ${path}: ${text.slice(text.lastIndexOf(': ') + 2)}`);
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(systemText(error, path));
  }
}

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/** What is wrong with a variable's name (validation.IsEnvVarName). */
export function envNameErrors(name: string): string[] {
  const errors: string[] = [];
  if (!ENV_NAME.test(name)) {
    errors.push("a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')");
  }
  return [...errors, ...dotErrors(name)];
}

/** What is wrong with a key of a ConfigMap or Secret (validation.IsConfigMapKey). */
export function configKeyErrors(key: string): string[] {
  const errors: string[] = [];
  if (key.length > 253) errors.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) errors.push("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
  return [...errors, ...dotErrors(key)];
}

function dotErrors(name: string): string[] {
  if (name === '.') return ["must not be '.'"];
  if (name === '..') return ["must not be '..'"];
  return name.startsWith('..') ? ["must not start with '..'"] : [];
}

function* envPairs(path: string, bytes: Buffer, env: DataSources['env']): Generator<[string, string]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let number = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    let line = bytes.subarray(at, end < 0 ? bytes.length : end);
    if (line.at(-1) === 13) line = line.subarray(0, -1);
    at = end < 0 ? bytes.length : end + 1;
    number++;
    let text: string;
    try {
      text = decoder.decode(line);
    } catch {
      throw new CommandError(`env file ${path} contains invalid utf8 bytes at line ${number}: [${[...line].join(' ')}]`);
    }
    if (number === 1 && text.startsWith('\ufeff')) text = text.slice(1);
    text = text.trimStart();
    if (text === '' || text.startsWith('#')) continue;
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    const errors = envNameErrors(key);
    if (errors.length > 0) throw new CommandError(`${goQuote(key)} is not a valid key name: ${errors.join(';')}`);
    yield [key, equals < 0 ? (env[key] ?? '') : text.slice(equals + 1)];
  }
}
