/** Patches: strategic merges and JSON patches, by name or by selector (kustomize PatchTransformer and its elders). */
import type { JsonValue } from '../../../api/json.ts';
import { applyJsonPatch, PatchError, type JsonPatchOperation } from '../../../api/patch/index.ts';
import { goQuote } from '../../../api/quote.ts';
import { readYaml, YamlError } from '../../builder/yaml-reader.ts';
import { toYaml } from '../../printers/yaml.ts';
import { KustomizeError, prefixed } from '../errors.ts';
import type { Patch } from '../kustomization.ts';
import type { Loader } from '../loader.ts';
import { readResources } from '../read-resources.ts';
import { idText, sameId } from '../resid.ts';
import { isFields, type Fields, type Origin, type Resource } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';
import { mergeStrategically } from '../strategic-merge.ts';

/** The `patches` of a kustomization. */
export function applyPatches(list: ResourceList, patches: readonly Patch[], loader: Loader, origin: Origin): void {
  // All are read before the first is applied.
  const loaded = patches.map((patch) => prefixed(`trouble configuring builtin PatchTransformer with config: \`\n${configText(patch)}\``, () => load(patch, loader)));
  loaded.forEach((each, index) => {
    const { target } = patches[index] as Patch;
    if (each.merges) applyMerges(list, each.merges, target, each.source);
    else {
      if (!target) throw new KustomizeError(`must specify a target for JSON patch ${each.source}`);
      for (const resource of list.select(target)) {
        resource.rememberId();
        applyOperations(resource, each.operations ?? []);
      }
    }
    // What lost its origin on the way comes from here.
    for (const resource of list.resources) resource.origin ??= origin;
  });
}

interface LoadedPatch {
  /** How errors name it. */
  readonly source: string;
  readonly merges?: readonly Resource[];
  readonly operations?: readonly JsonPatchOperation[];
}

function load(patch: Patch, loader: Loader): LoadedPatch {
  const inline = (patch.patch ?? '').trim();
  const { path = '', options = {} } = patch;
  if (inline === '' && path === '') throw new KustomizeError(`must specify one of patch and path in\n${configText(patch)}`);
  if (inline !== '' && path !== '') throw new KustomizeError(`patch and path can't be set at the same time\n${configText(patch)}`);
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
    each.allowNameChange = options.allowNameChange ?? false;
    each.allowKindChange = options.allowKindChange ?? false;
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

function readOperations(content: string): readonly JsonPatchOperation[] {
  let value: JsonValue | undefined;
  try {
    value = readYaml(content);
  } catch (error) {
    throw new KustomizeError(error instanceof YamlError ? error.message : String(error));
  }
  if (!Array.isArray(value) || !(value as readonly JsonValue[]).every(isFields)) throw new KustomizeError('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return value as readonly JsonPatchOperation[];
}

function applyMerges(list: ResourceList, merges: readonly Resource[], target: Patch['target'], source: string): void {
  if (!target) {
    for (const patch of merges) {
      const resource = prefixed(`no resource matches strategic merge patch ${goQuote(idText(patch.originalId))}`, () => list.byId(patch.originalId));
      merge(resource, patch);
      dropEmpty(list);
    }
    return;
  }
  if (merges.length > 1) throw new KustomizeError(`Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${source}`);
  const [patch] = merges;
  if (!patch) return;
  for (const resource of list.select(target)) {
    // The patch's own apiVersion says nothing about its targets.
    const copy = patch.copy();
    copy.fields['apiVersion'] = resource.apiVersion;
    merge(resource, copy);
  }
  dropEmpty(list);
}

/** Resource.ApplySmPatch: the name, namespace and kind stay unless they may change. */
function merge(resource: Resource, patch: Resource): void {
  const { name, namespace, kind } = resource;
  if (patch.allowNameChange || patch.allowKindChange) resource.rememberId();
  const merged = mergeStrategically(resource.fields, { ...patch.fields, ...(patch.allowKindChange ? {} : { kind }) });
  resource.fields = merged ?? {};
  if (!merged) return;
  if (!patch.allowKindChange) resource.fields['kind'] = kind;
  if (!patch.allowNameChange) resource.name = name;
  resource.namespace = namespace;
}

function dropEmpty(list: ResourceList): void {
  const kept = list.resources.filter(({ fields }) => Object.keys(fields).length > 0);
  list.resources = [];
  list.appendAll(kept);
}

function applyOperations(resource: Resource, operations: readonly JsonPatchOperation[]): void {
  try {
    resource.withNotes(() => (resource.fields = applyJsonPatch(resource.fields, operations) as Fields));
  } catch (error) {
    throw error instanceof PatchError ? new KustomizeError(error.message) : error;
  }
}

/** `patchesStrategicMerge`: texts, or files with them. */
export function applyStrategicMerges(list: ResourceList, sources: readonly string[], loader: Loader): void {
  const patches = sources.flatMap((source) => attempt(() => readResources(source)) ?? readResources(loader.load(source).toString('utf8')));
  for (const patch of patches) {
    const target = list.byId(patch.originalId);
    for (const resource of list.resources) if (sameId(resource.id, target.id)) merge(resource, patch);
    dropEmpty(list);
  }
}

/** `patchesJson6902`. */
export function applyJsonPatches(list: ResourceList, patches: readonly Patch[], loader: Loader): void {
  const loaded = patches.map(({ target, path = '', patch = '' }) => {
    if (!target?.name) throw new KustomizeError('must specify the target name');
    if (path === '' && patch === '') throw new KustomizeError('empty file path and empty jsonOp');
    if (path !== '' && patch !== '') throw new KustomizeError('must specify a file path or jsonOp, not both');
    return { target, operations: readOperations(path === '' ? patch : loader.load(path).toString('utf8')) };
  });
  for (const { target, operations } of loaded) for (const resource of list.select(target)) applyOperations(resource, operations);
}

/** The patch as YAML, for errors that show it. */
const configText = (patch: Patch): string => toYaml(patch);
