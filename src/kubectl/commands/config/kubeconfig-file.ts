/**
 * The kubeconfig as an object that commands look at and change. Follows client-go tools/clientcmd: config.go
 * (ModifyConfig), loader.go. There is one file: the home's, or that of --kubeconfig.
 */
import { chmodSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { equal, isObject, type JsonObject, type JsonValue } from '../../../api/json.ts';
import { realDisk } from '../../../simulation/disk.ts';
import { compareBytes } from '../../../api/go-json.ts';
import { readYaml, YamlError } from '../../builder/yaml-reader.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { toYaml } from '../../printers/yaml.ts';
import { CLUSTER, CONTEXT, FieldTypeError, FormError, goValue, PREFERENCES, inOrder, readFields, USER, writeFields, type Struct } from './schema.ts';

/** Two entries of one name. */
class DuplicateError extends Error {
  constructor(section: Section, name: string, list: readonly Named[]) {
    const { struct } = SECTIONS[section];
    const values = list.map((entry) => `{${entry.name} ${goValue(struct, entry.fields)}}`);
    super(`error converting *[]Named${struct.name} into *map[string]*api.${struct.name}: duplicate name ${JSON.stringify(name)} in list: [${values.join(' ')}]`);
    this.name = 'DuplicateError';
  }
}

/** The named entries of a section. */
export type Entries = Record<string, JsonObject>;

/** May be changed by whoever has loaded it. */
export interface Kubeconfig {
  preferences: JsonObject;
  clusters: Entries;
  users: Entries;
  contexts: Entries;
  'current-context': string;
  extensions?: JsonValue;
}

/** Sections of named entries: what an entry's value is called, and what it holds. */
export const SECTIONS = {
  clusters: { item: 'cluster', struct: CLUSTER, goType: 'v1.NamedCluster' },
  users: { item: 'user', struct: USER, goType: 'v1.NamedAuthInfo' },
  contexts: { item: 'context', struct: CONTEXT, goType: 'v1.NamedContext' },
} as const satisfies Readonly<Record<string, { readonly item: string; readonly struct: Struct; readonly goType: string }>>;
export type Section = keyof typeof SECTIONS;
const SECTION_NAMES = Object.keys(SECTIONS) as Section[];

/** The file that commands are about. */
export function kubeconfigFile(ctx: CommandContext): string {
  return ctx.globals.values.kubeconfig || ctx.home.kubeconfig;
}

/** What the file holds, paths resolved unless the file was named; an empty configuration where there is none. */
export function readKubeconfig(ctx: CommandContext): Kubeconfig {
  const file = kubeconfigFile(ctx);
  const config = loadFile(file);
  return ctx.globals.values.kubeconfig === '' ? resolvePaths(config, dirname(file)) : config;
}

/** What the file holds, as it stands there; nothing where there is none. Throws CommandError for a file that cannot be read as a kubeconfig. */
export function loadFile(file: string): Kubeconfig {
  if (!existsSync(file)) return { preferences: {}, clusters: {}, users: {}, contexts: {}, 'current-context': '' };
  try {
    return loadFromFile(file);
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(`error loading config file ${JSON.stringify(file)}: ${error.message}`) : error;
  }
}

/** The same without a word about loading (clientcmd.LoadFromFile): the file has to be there. */
export function loadFromFile(file: string): Kubeconfig {
  try {
    return parse(readYaml(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof YamlError || error instanceof FieldTypeError || error instanceof FormError || error instanceof DuplicateError) throw new CommandError(error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new CommandError(`read ${file}: is a directory`);
    const reason = code === 'EACCES' ? 'permission denied' : code === 'ENOENT' ? 'no such file or directory' : undefined;
    throw reason === undefined ? error : new CommandError(`open ${file}: ${reason}`);
  }
}

/** All is decoded before two entries of a name are noticed. */
function parse(value: unknown): Kubeconfig {
  if (value !== undefined && value !== null && !isObject(value)) throw new FormError(value);
  const config = (value ?? {}) as JsonObject;
  const [kind, version] = [config['kind'] ?? '', config['apiVersion'] ?? ''].map(String) as [string, string];
  if ((kind || 'Config') !== 'Config' || (version || 'v1') !== 'v1') throw new FieldTypeError(`no kind ${JSON.stringify(kind || 'Config')} is registered for version ${JSON.stringify(version || 'v1')} in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"`);
  const lists = { clusters: parseList(config, 'clusters'), contexts: parseList(config, 'contexts') };
  const current = config['current-context'] ?? '';
  if (typeof current !== 'string') throw new FieldTypeError(current, 'Config.current-context', 'string');
  const { extensions } = config;
  const preferences = readFields(PREFERENCES, config['preferences'], 'preferences');
  const users = parseList(config, 'users');
  return {
    preferences, clusters: named('clusters', lists.clusters), users: named('users', users), contexts: named('contexts', lists.contexts),
    'current-context': current,
    ...(extensions === undefined || extensions === null ? {} : { extensions: inOrder(extensions) }),
  };
}

interface Named {
  readonly name: string;
  readonly fields: JsonObject;
}

function parseList(config: JsonObject, section: Section): readonly Named[] {
  const { item, struct, goType } = SECTIONS[section];
  const list = config[section] ?? [];
  if (!Array.isArray(list)) throw new FieldTypeError(list, `Config.${section}`, `[]${goType}`);
  return (list as readonly JsonValue[]).map((entry) => {
    if (!isObject(entry)) throw new FieldTypeError(entry, `Config.${section}`, goType);
    const { name } = entry as JsonObject;
    return { name: typeof name === 'string' ? name : '', fields: readFields(struct, (entry as JsonObject)[item], `${section}.${item}`) };
  });
}

function named(section: Section, list: readonly Named[]): Entries {
  const entries: Entries = {};
  for (const { name, fields } of list) {
    if (Object.hasOwn(entries, name)) throw new DuplicateError(section, name, list);
    entries[name] = fields;
  }
  return entries;
}

/** The configuration as Go's encoders see it: kind, sections as sorted lists, empty fields left out. */
export function toObject(config: Kubeconfig): JsonObject {
  const list = (section: Section): JsonValue => {
    const { item, struct } = SECTIONS[section];
    const names = Object.keys(config[section]).sort(compareBytes);
    return names.length === 0 ? null : names.map((name) => ({ name, [item]: writeFields(struct, config[section][name] ?? {}) }));
  };
  return {
    kind: 'Config', apiVersion: 'v1', preferences: writeFields(PREFERENCES, config.preferences),
    clusters: list('clusters'), users: list('users'), contexts: list('contexts'), 'current-context': config['current-context'],
    ...(config.extensions === undefined ? {} : { extensions: config.extensions }),
  };
}

/**
 * Loads the configuration, lets `change` alter it and writes what has changed, or all where it answers 'rewrite'.
 * `relativize`: paths below the file's folder are written as seen from there. Throws what `change` throws; then nothing is
 * written.
 */
export function modifyKubeconfig(ctx: CommandContext, change: (config: Kubeconfig, file: string) => 'rewrite' | void, relativize = true): void {
  const file = kubeconfigFile(ctx);
  const before = readKubeconfig(ctx);
  const after = structuredClone(before);
  const rewrite = change(after, file) === 'rewrite';
  if (!rewrite && equal(toObject(before), toObject(after))) return;
  const written = loadFile(file);
  written['current-context'] = after['current-context'];
  written.preferences = after.preferences;
  for (const section of SECTION_NAMES) {
    const { struct } = SECTIONS[section];
    for (const [name, entry] of Object.entries(after[section])) {
      if (Object.hasOwn(before[section], name) && equal(before[section][name], entry)) continue;
      written[section][name] = relativize ? mapPaths(struct, entry, (path) => seenFrom(dirname(resolve(file)), path)) : entry;
    }
    for (const name of Object.keys(written[section])) if (!Object.hasOwn(after[section], name)) delete written[section][name];
  }
  save(file, toYaml(toObject(written)));
}

/** A link stays a link, and the file as private as it was; a new one is private. */
function save(file: string, text: string): void {
  const target = existsSync(file) ? realpathSync(file) : file;
  const mode = statSync(target, { throwIfNoEntry: false })?.mode;
  realDisk.makeFolder(dirname(target));
  realDisk.replaceFile(target, text);
  if (mode !== undefined) chmodSync(target, mode & 0o777);
}

function resolvePaths(config: Kubeconfig, folder: string): Kubeconfig {
  for (const section of SECTION_NAMES) {
    const entries = config[section];
    for (const [name, entry] of Object.entries(entries)) entries[name] = mapPaths(SECTIONS[section].struct, entry, (path) => (isAbsolute(path) ? path : join(folder, path)));
  }
  return config;
}

function mapPaths({ fields }: Struct, entry: JsonObject, map: (path: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, fields[name]?.path && typeof value === 'string' && value !== '' ? map(value) : value]));
}

/** A path as seen from a folder, if it leads to nothing beside it (RelativizePathWithNoBacksteps). */
function seenFrom(folder: string, path: string): string {
  const absolute = isAbsolute(path) ? path : join(folder, path);
  const seen = relative(folder, absolute) || '.';
  return seen.startsWith(`..${sep}`) ? absolute : seen;
}
