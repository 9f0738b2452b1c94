/** The fields of a kubeconfig in the order of Go's structs (client-go tools/clientcmd/api/v1/types.go), and how they are read and written. */
import { compareBytes, toJson } from '../../../api/go-json.ts';
import { base64Fault } from '../../../api/base64.ts';
import { isObject, jsonKind, type JsonObject, type JsonValue } from '../../../api/json.ts';

/** `strings` and `raw` are kept as they are; bytes stand in base64. */
export type FieldKind = 'string' | 'bytes' | 'bool' | 'strings' | 'raw';

export interface FieldSpec {
  readonly kind: FieldKind | Struct;
  /** Written even when it is empty. */
  readonly always?: boolean;
  /** The name that `config set` knows it by, where that is another (clientcmd/api/types.go). */
  readonly step?: string;
  /** A path, relative to the file's folder. */
  readonly path?: boolean;
}

export interface Struct {
  /** As errors name it. */
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

const text: FieldSpec = { kind: 'string' };
const path: FieldSpec = { kind: 'string', path: true };
const bytes: FieldSpec = { kind: 'bytes' };
const bool: FieldSpec = { kind: 'bool' };
const extensions: FieldSpec = { kind: 'raw' };

export const CLUSTER: Struct = {
  name: 'Cluster',
  fields: {
    server: { kind: 'string', always: true }, 'tls-server-name': text, 'insecure-skip-tls-verify': bool, 'certificate-authority': path,
    'certificate-authority-data': bytes, 'proxy-url': text, 'disable-compression': bool, extensions,
  },
};

const AUTH_PROVIDER: Struct = { name: 'AuthProviderConfig', fields: { name: { kind: 'string', always: true }, config: { kind: 'raw', always: true } } };

const EXEC: Struct = {
  name: 'ExecConfig',
  fields: {
    command: { kind: 'string', always: true }, args: { kind: 'strings', always: true }, env: { kind: 'raw', always: true }, apiVersion: text, installHint: text,
    provideClusterInfo: { kind: 'bool', always: true }, interactiveMode: text,
  },
};

export const USER: Struct = {
  name: 'AuthInfo',
  fields: {
    'client-certificate': path, 'client-certificate-data': bytes, 'client-key': path, 'client-key-data': bytes, token: text, tokenFile: path,
    as: { kind: 'string', step: 'act-as' }, 'as-uid': { kind: 'string', step: 'act-as-uid' }, 'as-groups': { kind: 'strings', step: 'act-as-groups' },
    'as-user-extra': { kind: 'raw', step: 'act-as-user-extra' }, username: text, password: text, 'auth-provider': { kind: AUTH_PROVIDER }, exec: { kind: EXEC }, extensions,
  },
};

export const CONTEXT: Struct = { name: 'Context', fields: { cluster: { kind: 'string', always: true }, user: { kind: 'string', always: true }, namespace: text, extensions } };

export const PREFERENCES: Struct = { name: 'Preferences', fields: { colors: bool, extensions } };

/** The file holds no object. */
export class FormError extends Error {
  constructor(value: unknown) {
    super(`couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`);
    this.name = 'FormError';
  }
}

/** A value does not have its field's type; worded as Go's encoding/json does. */
export class FieldTypeError extends Error {
  constructor(message: string | undefined);
  constructor(value: unknown, where: string, type: string);
  constructor(value: unknown, where?: string, type?: string) {
    super(where === undefined ? String(value) : `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${where} of type ${type ?? ''}`);
    this.name = 'FieldTypeError';
  }
}

const CHECKS: Readonly<Record<Exclude<FieldKind, 'raw'>, { readonly type: string; test(value: unknown): boolean }>> = {
  string: { type: 'string', test: (value) => typeof value === 'string' },
  bytes: { type: '[]uint8', test: (value) => typeof value === 'string' },
  bool: { type: 'bool', test: (value) => typeof value === 'boolean' },
  strings: { type: '[]string', test: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string') },
};

/** The known fields of a value; what is unknown is dropped, as clientcmd does. Throws FieldTypeError. */
export function readFields(struct: Struct, value: unknown, where: string): JsonObject {
  if (value === null || value === undefined) return {};
  if (!isObject(value)) throw new FieldTypeError(value, where, `v1.${struct.name}`);
  const fields: Record<string, JsonValue> = {};
  // YAML becomes JSON with sorted keys first: the first fault in that order is told.
  for (const name of Object.keys(value as JsonObject).sort(compareBytes)) {
    const kind = struct.fields[name]?.kind;
    const given = (value as JsonObject)[name];
    if (kind === undefined || given === undefined || given === null) continue;
    if (typeof kind === 'object') fields[name] = readFields(kind, given, `${where}.${name}`);
    else if (kind !== 'raw' && !CHECKS[kind].test(given)) throw new FieldTypeError(given, `${struct.name}.${where}.${name}`, CHECKS[kind].type);
    else if (kind === 'bytes' && base64Fault(given as string) !== undefined) throw new FieldTypeError(base64Fault(given as string));
    else fields[name] = name === 'extensions' ? inOrder(given) : kind === 'raw' ? sortedKeysOf(given) : given;
  }
  return fields;
}

/** Named extensions as they are written: the name, then what it holds, with sorted keys. */
export function inOrder(extensions: JsonValue): JsonValue {
  if (!Array.isArray(extensions)) return extensions;
  return (extensions as readonly JsonValue[]).map((each) => (isObject(each) ? { name: (each as JsonObject)['name'] ?? '', extension: sortedKeysOf((each as JsonObject)['extension'] ?? null) } : each));
}

/** The value with the keys of all its maps in order. */
function sortedKeysOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sortedKeysOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value as JsonObject).sort(([a], [b]) => compareBytes(a, b)).map(([key, each]) => [key, sortedKeysOf(each ?? null)]));
}

/** What %v shows of a struct in a struct: where Go has it in memory. */
const ADDRESS = '0xc000120000';

/** Fields as Go's %v shows the struct. */
export function goValue(struct: Struct, fields: JsonObject): string {
  const shown = Object.entries(struct.fields).map(([name, { kind }]) => {
    const value = fields[name];
    if (kind === 'string') return String(value ?? '');
    if (kind === 'bool') return String(value ?? false);
    if (kind === 'bytes') return `[${[...Buffer.from(String(value ?? ''), 'base64')].join(' ')}]`;
    if (kind === 'strings') return `[${((value ?? []) as readonly string[]).join(' ')}]`;
    if (name === 'extensions') return `[${((value ?? []) as readonly JsonObject[]).map((each) => `{${String(each['name'] ?? '')} {[${[...Buffer.from(toJson(each['extension'] ?? null, 'sorted', ''))].join(' ')}] <nil>}}`).join(' ')}]`;
    if (kind === 'raw') return `map[${Object.entries((value ?? {}) as Readonly<Record<string, readonly string[]>>).map(([key, all]) => `${key}:[${all.join(' ')}]`).join(' ')}]`;
    return value === undefined ? '<nil>' : ADDRESS;
  });
  return `{${shown.join(' ')}}`;
}

const EMPTY: Readonly<Record<FieldKind, JsonValue>> = { string: '', bytes: '', bool: false, strings: null, raw: null };

/** The fields as they are written: in order, empty ones left out. */
export function writeFields(struct: Struct, fields: JsonObject): JsonObject {
  const written: Record<string, JsonValue> = {};
  for (const [name, { kind, always }] of Object.entries(struct.fields)) {
    const value = fields[name];
    if (typeof kind === 'object') {
      if (value !== undefined) written[name] = writeFields(kind, value as JsonObject);
    } else if (!isEmpty(value)) written[name] = value as JsonValue;
    else if (always) written[name] = value ?? EMPTY[kind];
  }
  return written;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
}
