/** ConfigMaps and Secrets out of files, env files and literals (kustomize api/internal/generators, api/kv). */
import { basename } from 'node:path';
import { KustomizeError, prefixed } from '../errors.ts';
import type { GeneratorArgs, GeneratorOptions } from '../kustomization.ts';
import type { Loader } from '../loader.ts';
import { type Behavior, type Fields, Resource } from '../resource.ts';

type Pair = readonly [key: string, value: Buffer];

export function generate(kind: 'ConfigMap' | 'Secret', args: GeneratorArgs, loader: Loader): Resource {
  if (!args.name) throw new KustomizeError('a configmap must have a name');
  const fields: Fields = { apiVersion: 'v1', kind, metadata: { name: args.name, ...(args.namespace ? { namespace: args.namespace } : {}) } };
  if (kind === 'Secret') fields['type'] = args.type || 'Opaque';
  // A Secret has data even if there is none.
  if (kind === 'Secret') fields['data'] = {};
  fill(fields, kind, data(args, args.name, loader));
  const resource = new Resource(fields);
  const { labels = {}, annotations = {}, immutable, disableNameSuffixHash } = args.options ?? {};
  resource.setStringMap('labels', labels);
  resource.setStringMap('annotations', annotations);
  if (immutable) fields['immutable'] = true;
  resource.needsHash = !disableNameSuffixHash;
  resource.behavior = behavior(args.behavior);
  return resource;
}

function behavior(name: string | undefined): Behavior {
  return name === 'replace' || name === 'merge' || name === 'create' ? name : 'unspecified';
}

/** The generator's own options, over those of all generators. */
export function mergeOptions(own: GeneratorOptions | undefined, all: GeneratorOptions | undefined): GeneratorOptions | undefined {
  if (!own || !all) return own ?? all;
  return {
    labels: { ...all.labels, ...own.labels }, annotations: { ...all.annotations, ...own.annotations },
    disableNameSuffixHash: own.disableNameSuffixHash || all.disableNameSuffixHash || false, immutable: own.immutable || all.immutable || false,
  };
}

function fill(fields: Fields, kind: 'ConfigMap' | 'Secret', pairs: ReadonlyMap<string, Buffer>): void {
  const put = (field: string, key: string, value: string): void => {
    const map = (fields[field] ??= {}) as Fields;
    map[key] = value;
  };
  for (const [key, value] of pairs) {
    const utf8 = value.toString('utf8');
    if (kind === 'Secret') put('data', key, value.toString('base64'));
    else if (Buffer.from(utf8, 'utf8').equals(value)) put('data', key, utf8);
    else put('binaryData', key, value.toString('base64'));
  }
}

function data(args: GeneratorArgs, name: string, loader: Loader): ReadonlyMap<string, Buffer> {
  const pairs = prefixed('loading KV pairs', () => {
    const { envs = [], literals = [], files = [] } = args;
    return [
      ...prefixed(`env source files: [${envs.join(' ')}]`, () => envs.flatMap((path) => envPairs(loader.load(path)))),
      ...prefixed(`literal sources [${literals.join(' ')}]`, () => literals.map(literalPair)),
      ...prefixed(`file sources: [${files.join(' ')}]`, () => files.map((source) => filePair(source, loader))),
    ];
  });
  const known = new Map<string, Buffer>();
  for (const [key, value] of pairs) {
    if (known.has(key)) throw new KustomizeError(`configmap ${name} illegally repeats the key \`${key}\``);
    known.set(key, value);
  }
  return known;
}

function envPairs(content: Buffer): Pair[] {
  return content.toString('utf8').replace(/^\uFEFF/, '').split(/\r?\n/).flatMap((line): Pair[] => {
    const trimmed = line.trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const at = trimmed.indexOf('=');
    const key = at < 0 ? trimmed : trimmed.slice(0, at);
    return key === '' ? [] : [[key, Buffer.from(at < 0 ? '' : trimmed.slice(at + 1))]];
  });
}

function literalPair(source: string): Pair {
  const at = source.indexOf('=');
  if (at <= 0) throw new KustomizeError(`invalid literal source ${source}, expected key=value`);
  const value = source.slice(at + 1);
  const quoted = value.length > 1 && value[0] === value.at(-1) && (value[0] === '"' || value[0] === "'");
  return [source.slice(0, at), Buffer.from(quoted ? value.slice(1, -1) : value)];
}

function filePair(source: string, loader: Loader): Pair {
  const parts = source.split('=');
  if (parts.length > 2) throw new KustomizeError(`source "${source}" key name or file path contains '='`);
  const [key = '', path] = parts;
  if (path === undefined) return [basename(source), loader.load(source)];
  if (key === '') throw new KustomizeError(`missing key name for file path "${path}" in source "${source}"`);
  if (path === '') throw new KustomizeError(`missing file path for key name "${key}" in source "${source}"`);
  return [key, loader.load(path)];
}
