/** Patches: strategic merges and JSON patches, by name or by selector (kustomize PatchTransformer and its elders). */
import { toJson } from '../../../api/go-json.ts';
import { jsonKind, type JsonValue } from '../../../api/json.ts';
import { applyJsonPatch, PatchError, type JsonPatchOperation } from '../../../api/patch/index.ts';
import { goQuote } from '../../../api/quote.ts';
import { readYaml, YamlError } from '../../builder/yaml-reader.ts';
import { KustomizeError, prefixed } from '../errors.ts';
import type { Loader } from '../loader.ts';
import type { OpenApi } from '../openapi.ts';
import type { PluginContext, Transformer } from '../plugin.ts';
import { readResources } from '../read-resources.ts';
import { idText, sameId } from '../resid.ts';
import { isFields, type Fields, type Resource } from '../resource.ts';
import type { ResourceList, Selector } from '../resource-list.ts';
import { mergeStrategically } from '../strategic-merge.ts';

/** What a PatchTransformer is told. */
export interface PatchConfig {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
  readonly options?: Readonly<Record<string, boolean>>;
}

/** PatchTransformer: one patch, of either kind. `shown` is its configuration as errors show it. */
export function patchTransformer(config: PatchConfig, { loader, shown, options: { openApi } }: PluginContext): Transformer {
  const { source, merges, operations = [] } = load(config, loader, shown);
  const { target } = config;
  return {
    transform(list) {
      if (merges) return applyMerges(list, merges, target, source, openApi);
      if (!target) throw new KustomizeError(`must specify a target for JSON patch ${source}`);
      for (const resource of list.select(target)) {
        resource.rememberId();
        applyOperations(resource, operations);
      }
    },
  };
}

interface LoadedPatch {
  /** How errors name it. */
  readonly source: string;
  readonly merges?: readonly Resource[];
  readonly operations?: readonly JsonPatchOperation[];
}

function load({ patch = '', path = '', options = {} }: PatchConfig, loader: Loader, shown: string): LoadedPatch {
  const inline = patch.trim();
  if (inline === '' && path === '') throw new KustomizeError(`must specify one of patch and path in\n${shown}`);
  if (inline !== '' && path !== '') throw new KustomizeError(`patch and path can't be set at the same time\n${shown}`);
  const source = inline === '' ? `[path: ${goQuote(path)}]` : `[patch: ${goQuote(inline)}]`;
  const content = inline === '' ? prefixed(`failed to get the patch file from path(${path})`, () => loader.load(path).toString('utf8')) : inline;
  const merges = attempt(() => readResources(content));
  const operations = attempt(() => readOperations(content));
  // What is empty could be either.
  if ((merges && operations) || (operations && operations.length === 0)) throw new KustomizeError(`illegally qualifies as both an SM and JSON patch: ${source}`);
  if (operations) return { source, operations };
  if (!merges) throw new KustomizeError(`unable to parse SM or JSON patch from ${source}`);
  // What holds no object counts as a list of no operations.
  if (merges.length === 0) return { source, operations: [] };
  for (const each of merges) {
    each.allowNameChange = options['allowNameChange'] ?? false;
    each.allowKindChange = options['allowKindChange'] ?? false;
  }
  return { source, merges };
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof KustomizeError) return undefined;
    throw error;
  }
}

/** What is no JSON is taken for YAML, and becomes JSON. */
function jsonText(content: string): string {
  if (content.startsWith('[')) return content;
  try {
    return toJson(readYaml(content) ?? null, 'sorted', '');
  } catch (error) {
    throw new KustomizeError(error instanceof YamlError ? error.message : String(error));
  }
}

function readOperations(content: string): readonly JsonPatchOperation[] {
  const json = jsonText(content);
  let value: JsonValue;
  try {
    value = (readYaml(json) ?? null) as JsonValue;
  } catch (error) {
    throw new KustomizeError(`decoding ${json}: ${error instanceof YamlError ? error.message : String(error)}`);
  }
  const wrong = (given: unknown, type: string): KustomizeError => new KustomizeError(`decoding ${json}: json: cannot unmarshal ${jsonKind(given)} into Go value of type ${type}`);
  if (value === null) return [];
  if (!Array.isArray(value)) throw wrong(value, 'jsonpatch.Patch');
  const fault = (value as readonly JsonValue[]).find((each) => !isFields(each));
  if (fault !== undefined) throw wrong(fault, 'jsonpatch.Operation');
  return value as unknown as readonly JsonPatchOperation[];
}

function applyMerges(list: ResourceList, merges: readonly Resource[], target: Selector | undefined, source: string, openApi: OpenApi): void {
  if (!target) {
    for (const patch of merges) {
      const resource = prefixed(`no resource matches strategic merge patch ${goQuote(idText(patch.originalId))}`, () => list.byId(patch.originalId));
      merge(resource, patch, openApi);
      list.dropEmpty();
    }
    return;
  }
  if (merges.length > 1) throw new KustomizeError(`Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${source}`);
  const [patch] = merges;
  if (!patch) return;
  for (const resource of list.select(target)) merge(resource, ofKind(patch, resource), openApi);
  dropEmptied(list);
}

/** The patch as one of the resource's version: its own apiVersion says nothing about its targets. */
function ofKind(patch: Resource, { apiVersion }: Resource): Resource {
  const copy = patch.copy();
  copy.fields['apiVersion'] = apiVersion;
  return copy;
}

/** Without what was deleted; two may have become one. */
function dropEmptied(list: ResourceList): void {
  list.dropEmpty();
  const { resources } = list;
  list.resources = [];
  list.appendAll(resources);
}

/** Resource.ApplySmPatch: the name, namespace and kind stay unless they may change. */
function merge(resource: Resource, patch: Resource, openApi: OpenApi): void {
  const { name, namespace, kind } = resource;
  if (patch.allowNameChange || patch.allowKindChange) resource.rememberId();
  const merged = mergeStrategically(resource.fields, { ...patch.fields, ...(patch.allowKindChange ? {} : { kind }) }, openApi);
  resource.fields = merged ?? {};
  if (!merged) return;
  if (!patch.allowKindChange) resource.fields['kind'] = kind;
  if (!patch.allowNameChange) resource.name = name;
  resource.namespace = namespace;
}

function applyOperations(resource: Resource, operations: readonly JsonPatchOperation[]): void {
  try {
    resource.withNotes(() => (resource.fields = applyJsonPatch(resource.fields, operations) as Fields));
  } catch (error) {
    throw error instanceof PatchError ? new KustomizeError(error.message) : error;
  }
}

export interface StrategicMergeConfig {
  readonly paths?: readonly string[];
  readonly patches?: string;
}

/** PatchStrategicMergeTransformer: texts, or files with them. */
export function strategicMergeTransformer({ paths = [], patches = '' }: StrategicMergeConfig, { loader, options: { openApi } }: PluginContext): Transformer {
  if (paths.length === 0 && patches === '') throw new KustomizeError('empty file path and empty patch content');
  const loaded = [...paths.flatMap((source) => attempt(() => readResources(source)) ?? readResources(loader.load(source).toString('utf8'), source)), ...(patches === '' ? [] : readResources(patches))];
  if (loaded.length === 0) throw new KustomizeError(`patch appears to be empty; files=[${paths.join(' ')}], Patch=${patches}`);
  return {
    transform(list) {
      for (const patch of loaded) {
        const target = list.byId(patch.originalId);
        for (const resource of list.resources) if (sameId(resource.id, target.id)) merge(resource, ofKind(patch, resource), openApi);
        dropEmptied(list);
      }
    },
  };
}

export interface JsonPatchConfig {
  readonly target?: Selector;
  readonly path?: string;
  readonly jsonOp?: string;
}

/** PatchJson6902Transformer. */
export function jsonPatchTransformer({ target, path = '', jsonOp = '' }: JsonPatchConfig, { loader }: PluginContext): Transformer {
  if (!target?.name) throw new KustomizeError('must specify the target name');
  if (path === '' && jsonOp === '') throw new KustomizeError('empty file path and empty jsonOp');
  if (path !== '' && jsonOp !== '') throw new KustomizeError('must specify a file path or jsonOp, not both');
  const text = path === '' ? jsonOp : loader.load(path).toString('utf8');
  if (text === '') throw new KustomizeError(`patch file '${path}' empty seems to be empty`);
  const operations = readOperations(text);
  if (operations.length === 0) throw new KustomizeError(`patch appears to be empty; file=${path}, JsonOp=${jsonText(text)}`);
  return {
    transform(list) {
      for (const resource of list.select(target)) applyOperations(resource, operations);
    },
  };
}
