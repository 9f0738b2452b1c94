/** Functions in containers as plugins (kustomize api/internal/plugins/fnplugin, kyaml runfn and fn/runtime). */
import { userInfo } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../../api/json.ts';
import { readYaml } from '../builder/yaml-reader.ts';
import { toYaml } from '../printers/yaml.ts';
import { decodeYaml } from './decode.ts';
import { KustomizeError, prefixed } from './errors.ts';
import { externalPlugin } from './external-plugin.ts';
import type { Generator, PluginContext, Transformer } from './plugin.ts';
import { readResources } from './read-resources.ts';
import { idText } from './resid.ts';
import type { Resource } from './resource.ts';
import { runProgram } from './run-program.ts';

interface StorageMount {
  readonly type?: string;
  readonly src?: string;
  readonly dst?: string;
  readonly rw?: boolean;
}

export interface FunctionSpec {
  readonly container?: { readonly image?: string; readonly network?: boolean; readonly mounts?: readonly StorageMount[]; readonly envs?: readonly string[] };
}

const ANNOTATIONS = ['config.kubernetes.io/function', 'config.k8s.io/function'];
const IMAGE_ANNOTATION = 'config.kubernetes.io/container';
const LOCAL_CONFIG = 'config.kubernetes.io/local-config';
/** The number by which an item is known again. */
const ID = 'internal.config.kubernetes.io/id';

/** The function that a configuration is for; undefined where it is for none. */
export function functionSpec(config: Resource): FunctionSpec | undefined {
  const annotations = config.stringMap('annotations');
  const name = ANNOTATIONS.find((each) => annotations[each]);
  if (name !== undefined) return prefixed(`loader: failed to get FunctionSpec: ${name} unmarshal error`, () => decodeYaml('runtimeutil.FunctionSpec', annotations[name] ?? '', true));
  const image = annotations[IMAGE_ANNOTATION];
  return image ? { container: { image } } : undefined;
}

export function functionPlugin(config: Resource, { container = {} }: FunctionSpec, context: PluginContext): Generator & Transformer {
  for (const { src = '' } of container.mounts ?? []) {
    const words = `plugin ${idText(config.originalId)} with mount path '${src}' is not permitted; mount paths must be`;
    if (isAbsolute(src)) throw new KustomizeError(`${words} relative to the current kustomization directory`);
    if (normalize(src).startsWith('../')) throw new KustomizeError(`${words} under the current kustomization directory`);
  }
  const { apiVersion, kind, name } = config;
  const marked = config.copy();
  marked.setStringMap('annotations', { ...marked.stringMap('annotations'), [LOCAL_CONFIG]: 'true' });
  // A generator has nothing to read but its own configuration, which is not kept.
  return externalPlugin(`api: ${apiVersion}, kind: ${kind}, name: ${name}`, (input) => prefixed("couldn't execute function", () => run(input || toYaml(marked.fields), marked, container, context)));
}

/** The documents as the function leaves them. */
function run(input: string, config: Resource, container: NonNullable<FunctionSpec['container']>, context: PluginContext): string {
  const { env, functions } = context.options;
  if (container.network && !functions.network) throw new KustomizeError('network required but not enabled with --network');
  // What runs in no container is not run at all: kubectl has no flag that allows it.
  if (!container.image) return input;
  const items = readResources(input).map(({ fields }, index) => withAnnotation(fields as JsonObject, String(index + 1)));
  const list = toYaml({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items, functionConfig: config.fields });
  const { stdout, stderr, fault } = runProgram('docker', dockerArguments(container, context), { env, input: list, cwd: context.loader.root });
  if (stderr !== '') context.options.warn(stderr.replace(/\n$/, ''));
  if (fault !== undefined) throw new KustomizeError(fault);
  const answer = readYaml(stdout);
  const answered = isObject(answer) ? (answer as JsonObject)['items'] : undefined;
  return (Array.isArray(answered) ? (answered as readonly JsonValue[]) : []).filter(isObject).map((item) => toYaml(withAnnotation(item as JsonObject, undefined))).join('---\n');
}

/** The object with its number, or without. */
function withAnnotation(object: JsonObject, id: string | undefined): JsonObject {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const { [ID]: _, ...annotations } = (metadata['annotations'] ?? {}) as JsonObject;
  const all = { ...annotations, ...(id === undefined ? {} : { [ID]: id }) };
  return { ...object, metadata: { ...metadata, ...(Object.keys(all).length > 0 ? { annotations: all } : { annotations: undefined }) } as JsonObject };
}

/** container.Filter.getCommand. */
function dockerArguments({ image = '', network, mounts = [], envs = [] }: NonNullable<FunctionSpec['container']>, { loader, options: { functions } }: PluginContext): readonly string[] {
  const { uid, gid } = userInfo();
  const variables = new Map([['LOG_TO_STDERR', 'true'], ['STRUCTURED_RESULTS', 'true']]);
  const exported: string[] = [];
  for (const each of [...envs, ...functions.env]) {
    const at = each.indexOf('=');
    if (at >= 0) variables.set(each.slice(0, at), each.slice(at + 1));
    else if (!exported.includes(each)) exported.push(each);
  }
  return [
    'run', '--rm', '-i', '-a', 'STDIN', '-a', 'STDOUT', '-a', 'STDERR', '--network', network ? 'host' : 'none', '--user', functions.asCurrentUser ? `${uid}:${gid}` : 'nobody', '--security-opt=no-new-privileges',
    ...[...mounts, ...functions.mounts.map(readMount)].flatMap(({ type = '', src = '', dst = '', rw }) => ['--mount', `type=${type},source=${isAbsolute(src) ? src : join(loader.root, src)},target=${dst}${rw ? '' : ',readonly'}`]),
    ...[...variables].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, value]) => ['-e', `${key}=${value}`]), ...exported.flatMap((key) => ['-e', key]), image,
  ];
}

/** "type=bind,src=a,dst=b,rw=true" */
function readMount(text: string): StorageMount {
  const pairs = Object.fromEntries(text.split(',').filter((part) => part.includes('=')).map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
  return { type: pairs['type'] ?? '', src: pairs['src'] ?? pairs['source'] ?? '', dst: pairs['dst'] ?? pairs['target'] ?? '', rw: pairs['rw'] === 'true' };
}
