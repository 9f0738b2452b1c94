/**
 * Strategic merge as kustomize does it, which is not quite the API server's: what a patch adds to a list comes before what is
 * there, lists may have several keys, and unknown kinds have none. Follows kyaml/yaml/merge2 and kyaml/yaml/walk.
 */
import { mergeAssociative } from './associative-list.ts';
import { KustomizeError } from './errors.ts';
import type { OpenApi, Schema } from './openapi.ts';
import { isFields, text, type Fields } from './resource.ts';

type Value = unknown;
const DIRECTIVE = '$patch';

/** The object with the patch merged in; undefined where the patch deletes it. */
export function mergeStrategically(object: Fields, patch: Fields, openApi: OpenApi): Fields | undefined {
  return mergeMap(structuredClone(object), structuredClone(patch), openApi.schema(text(object['apiVersion']), text(object['kind'])));
}

/** Maps of which nothing is known. */
export function mergeMaps(value: Fields, patch: Fields): Fields | undefined {
  return mergeMap(structuredClone(value), structuredClone(patch), undefined);
}

type Directive = 'delete' | 'replace' | 'merge';

/** Takes the directive out of a patch's map. */
function takeDirective(patch: Fields): Directive {
  const { [DIRECTIVE]: directive } = patch;
  if (directive === undefined) return 'merge';
  if (directive !== 'delete' && directive !== 'replace' && directive !== 'merge') throw new KustomizeError(`unknown patch strategy '${text(directive)}'`);
  delete patch[DIRECTIVE];
  return directive;
}

/** What no patch touches is walked all the same: of elements with the same keys one is left. */
function mergeValue(value: Value, patch: Value, schema: Schema | undefined, keys: readonly string[] | undefined): Value {
  if (patch === undefined && (value === null || typeof value !== 'object')) return value;
  if (isFields(value ?? patch)) {
    if (patch !== null && patch !== undefined && !isFields(patch)) throw wrongKind('MappingNode', patch);
    return mergeMap(value as Fields | undefined, patch, schema);
  }
  if (Array.isArray(value ?? patch)) {
    if (patch !== null && patch !== undefined && !Array.isArray(patch)) throw wrongKind('SequenceNode', patch);
    return mergeList(value as Value[] | undefined, patch, schema, keys);
  }
  if (patch !== null && typeof patch === 'object') throw wrongKind('ScalarNode', patch);
  return patch === null ? undefined : patch;
}

function wrongKind(expected: string, value: Value): KustomizeError {
  return new KustomizeError(`wrong node kind: expected ${expected} but was ${isFields(value) ? 'MappingNode' : Array.isArray(value) ? 'SequenceNode' : 'ScalarNode'}: node contents:\n${text(value)}`);
}

function mergeMap(value: Fields | null | undefined, patch: Fields | null | undefined, schema: Schema | undefined): Fields | undefined {
  if (patch === null) return undefined;
  if (patch === undefined && !value) return undefined;
  const directive = patch ? takeDirective(patch) : 'merge';
  if (directive === 'delete') return undefined;
  const target: Fields = value && directive === 'merge' ? value : {};
  for (const name of [...new Set([...Object.keys(target), ...Object.keys(patch ?? {})])].sort()) {
    const { schema: inner, keys } = schema?.field(name) ?? {};
    const merged = mergeValue(target[name], patch?.[name], inner, keys);
    if (merged === undefined) delete target[name];
    else target[name] = merged as Fields[string];
  }
  return target;
}

function mergeList(value: Value[] | undefined, patch: Value[] | null | undefined, schema: Schema | undefined, keys: readonly string[] | undefined): Value[] | undefined {
  if (patch === null) return undefined;
  if (!keys) return patch ?? value;
  const changes = patch ?? [];
  const directive = listDirective(changes);
  if (directive === 'delete') return undefined;
  const before = directive === 'replace' ? [] : (value ?? []);
  if (keys[0] === '') return [...new Set([...changes, ...before])];
  return mergeAssociative(before, changes, keys, (item, change) => mergeMap(item, change, schema));
}

/** A list's directive stands in an element of its own. */
function listDirective(patch: Value[]): Directive {
  const at = patch.findIndex((item) => isFields(item) && Object.keys(item).length === 1 && DIRECTIVE in item);
  if (at < 0) return 'merge';
  const [item] = patch.splice(at, 1);
  return takeDirective(item as Fields);
}
