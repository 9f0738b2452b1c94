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

function mergeValue(value: Value, patch: Value, schema: Schema | undefined, keys: readonly string[] | undefined): Value {
  if (patch === undefined) return value;
  if (isFields(value ?? patch)) {
    if (patch !== null && !isFields(patch)) throw wrongKind('MappingNode', patch);
    return mergeMap(value as Fields | undefined, patch as Fields | null, schema);
  }
  if (Array.isArray(value ?? patch)) {
    if (patch !== null && !Array.isArray(patch)) throw wrongKind('SequenceNode', patch);
    return mergeList(value as Value[] | undefined, patch as Value[] | null, schema, keys);
  }
  if (patch !== null && typeof patch === 'object') throw wrongKind('ScalarNode', patch);
  return patch === null ? undefined : patch;
}

function wrongKind(expected: string, value: Value): KustomizeError {
  return new KustomizeError(`wrong node kind: expected ${expected} but was ${isFields(value) ? 'MappingNode' : Array.isArray(value) ? 'SequenceNode' : 'ScalarNode'}: node contents:\n${text(value)}`);
}

function mergeMap(value: Fields | null | undefined, patch: Fields | null | undefined, schema: Schema | undefined): Fields | undefined {
  if (patch === null) return undefined;
  if (patch === undefined) return value ?? undefined;
  const directive = takeDirective(patch);
  if (directive === 'delete') return undefined;
  const target: Fields = value && directive === 'merge' ? value : {};
  for (const name of Object.keys(patch).sort()) {
    const { schema: inner, keys } = schema?.field(name) ?? {};
    const merged = mergeValue(target[name], patch[name], inner, keys);
    if (merged === undefined) delete target[name];
    else target[name] = merged as Fields[string];
  }
  return target;
}

function mergeList(value: Value[] | undefined, patch: Value[] | null, schema: Schema | undefined, keys: readonly string[] | undefined): Value[] | undefined {
  if (patch === null) return undefined;
  if (!keys) return patch;
  const directive = listDirective(patch);
  if (directive === 'delete') return undefined;
  const before = directive === 'replace' ? [] : (value ?? []);
  if (keys[0] === '') return [...new Set([...patch, ...before])];
  return mergeAssociative(before, patch, keys, (item, change) => mergeMap(item, change, schema));
}

/** A list's directive stands in an element of its own. */
function listDirective(patch: Value[]): Directive {
  const at = patch.findIndex((item) => isFields(item) && Object.keys(item).length === 1 && DIRECTIVE in item);
  if (at < 0) return 'merge';
  const [item] = patch.splice(at, 1);
  return takeDirective(item as Fields);
}
