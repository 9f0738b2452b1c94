/**
 * Applying a strategic merge patch, and laying one patch over another. Follows apimachinery
 * pkg/util/strategicpatch/patch.go: mergeMap and what it calls.
 */
import { draft, equal } from '../json.ts';
import { goFormat, goString } from './go-format.ts';
import { PatchError, has, isMap, setKey, typeOf, type JsonMap } from './json-map.ts';
import {
  DELETE_FROM_PRIMITIVE_LIST, DIRECTIVE, RETAIN_KEYS, SET_ELEMENT_ORDER, badArgument, deduplicate, elementType, findByKey, mergeInOrder, noMergeKey, partition, sameElement,
  splitDeletions,
} from './lists.ts';
import { splitStrategies, type PatchSchema } from './schema.ts';

const BAD_PRIMITIVE_LIST = 'invalid patch format of primitive list';
const BAD_RETAIN_KEYS = 'invalid patch format of retainKeys';
const BAD_SET_ELEMENT_ORDER = 'invalid patch format of setElementOrder list';

interface MergeOptions {
  /** Carry out the directives (applying), or keep them in the result (laying patch over patch). */
  readonly applyDirectives: boolean;
}

/** The object with the patch merged in. What the patch does not touch at the top (a spec, by a patch of the status) is shared. */
export function applyStrategicMergePatch(object: unknown, patch: unknown, schema: PatchSchema): JsonMap {
  const change = draft(patch) as JsonMap;
  const copy: JsonMap = { ...(object as JsonMap) };
  const touched = Object.keys(change);
  const all = touched.some((key) => key.startsWith('$'));
  for (const key of all ? Object.keys(copy) : touched) if (has(copy, key)) setKey(copy, key, draft(copy[key]));
  return mergeMap(copy, change, schema, { applyDirectives: true });
}

/** One patch laid over another, nulls and directives kept. Writes into both. */
export function mergeStrategicPatches(base: JsonMap, over: JsonMap, schema: PatchSchema): JsonMap {
  return mergeMap(base, over, schema, { applyDirectives: false });
}

function mergeMap(original: JsonMap, patch: JsonMap, schema: PatchSchema, options: MergeOptions): JsonMap {
  if (has(patch, DIRECTIVE)) {
    const directive = patch[DIRECTIVE];
    if (directive === 'replace') {
      delete patch[DIRECTIVE];
      return patch;
    }
    if (directive === 'delete') return {};
    throw new PatchError(`unknown patch type: ${goString(directive)} in map: ${goFormat(patch)}`);
  }
  applyRetainKeys(original, patch, options);
  applyElementOrder(original, patch, schema, options);
  for (const patchKey of Object.keys(patch)) {
    const value = patch[patchKey];
    let key = patchKey;
    let isDeletion = false;
    if (patchKey.startsWith(DELETE_FROM_PRIMITIVE_LIST)) {
      if (!options.applyDirectives) {
        setKey(original, patchKey, value);
        continue;
      }
      key = directiveField(patchKey, DELETE_FROM_PRIMITIVE_LIST, BAD_PRIMITIVE_LIST);
      isDeletion = true;
    }
    if (value === null) {
      delete original[key];
      if (options.applyDirectives) continue;
    }
    if (!has(original, key) || typeOf(original[key]) !== typeOf(value)) {
      if (!isDeletion) take(original, key, value, options);
      continue;
    }
    const current = original[key];
    if (isMap(current) && isMap(value)) {
      const { elementSchema, strategies } = schema.field(key);
      setKey(original, key, splitStrategies(strategies).strategy === 'replace' ? value : mergeMap(current, value, elementSchema, options));
    } else if (Array.isArray(current) && Array.isArray(value)) {
      const { elementSchema, strategies, mergeKey } = schema.field(key);
      setKey(original, key, mergeList(current, value, elementSchema, splitStrategies(strategies).strategy, mergeKey, isDeletion, options));
    } else setKey(original, key, value);
  }
  return original;
}

/** Takes the patch's value as it is, without its directives. */
function take(original: JsonMap, key: string, value: unknown, options: MergeOptions): void {
  if (options.applyDirectives) discardNulls(value);
  const kept = withoutDirectives(value);
  if (kept === undefined) delete original[key];
  else setKey(original, key, kept);
}

function discardNulls(value: unknown): void {
  if (Array.isArray(value)) value.forEach(discardNulls);
  else if (isMap(value)) {
    for (const key of Object.keys(value)) {
      if (value[key] === null) delete value[key];
      else discardNulls(value[key]);
    }
  }
}

/** The value without the maps that carry a directive; undefined where it is such a map itself. Writes into it. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (has(value, DIRECTIVE)) return undefined;
  for (const key of Object.keys(value)) {
    const kept = withoutDirectives(value[key]);
    if (kept === undefined) delete value[key];
    else setKey(value, key, kept);
  }
  return value;
}

/** `$retainKeys`: what the list does not name goes. */
function applyRetainKeys(original: JsonMap, patch: JsonMap, options: MergeOptions): void {
  if (!has(patch, RETAIN_KEYS)) return;
  const keys = patch[RETAIN_KEYS];
  delete patch[RETAIN_KEYS];
  if (!options.applyDirectives) {
    if (!has(original, RETAIN_KEYS)) original[RETAIN_KEYS] = keys;
    else if (!equal(original[RETAIN_KEYS], keys)) {
      throw new PatchError(`${goFormat(original[RETAIN_KEYS])} and ${goFormat(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`);
    }
    return;
  }
  if (!Array.isArray(keys)) throw new PatchError(BAD_RETAIN_KEYS);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM_PRIMITIVE_LIST) || key.startsWith(SET_ELEMENT_ORDER)) continue;
    if (!keys.includes(key)) throw new PatchError(BAD_RETAIN_KEYS);
  }
  for (const key of Object.keys(original)) if (!keys.includes(key)) delete original[key];
}

/** `$setElementOrder/…`: merges the list that it stands beside, and puts it in order. */
function applyElementOrder(original: JsonMap, patch: JsonMap, schema: PatchSchema, options: MergeOptions): void {
  for (const orderKey of Object.keys(patch)) {
    if (!orderKey.startsWith(SET_ELEMENT_ORDER)) continue;
    const order = patch[orderKey];
    if (!options.applyDirectives) {
      if (!has(original, orderKey)) setKey(original, orderKey, order);
      else if (!equal(original[orderKey], order)) throw new PatchError(BAD_SET_ELEMENT_ORDER);
    }
    delete patch[orderKey];
    if (!Array.isArray(order)) throw badArgument('list', order);
    const key = directiveField(orderKey, SET_ELEMENT_ORDER, BAD_SET_ELEMENT_ORDER);
    const inOriginal = has(original, key);
    const inPatch = has(patch, key);
    const current = inOriginal ? original[key] : [];
    const change = inPatch ? patch[key] : [];
    if (!Array.isArray(current)) throw badArgument('list', current);
    if (!Array.isArray(change)) throw badArgument('list', change);
    const { elementSchema, strategies, mergeKey } = schema.field(key);
    checkOrder(change, order, mergeKey);
    if (!inOriginal && !inPatch) continue;
    const serverOrder = [...current];
    let merged: unknown[];
    if (!inPatch) merged = current;
    else if (!inOriginal) merged = withoutDirectives(change) as unknown[];
    else merged = mergeList(current, change, elementSchema, splitStrategies(strategies).strategy, mergeKey, false, options);
    const { present, absent } = partition(merged, order, mergeKey);
    setKey(original, key, mergeInOrder(present, absent, order, serverOrder, mergeKey, elementType(serverOrder, change)));
    delete patch[key];
  }
}

/** The patch's elements must stand in the order that the directive gives. */
function checkOrder(list: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (order.length === 0 || list.length === 0) return;
  const kept = mergeKey === '' ? list : splitDeletions(list).kept;
  let position = 0;
  let orderPosition = 0;
  while (position < kept.length && orderPosition < order.length) {
    const item = kept[position];
    if (isMap(item) && has(item, DIRECTIVE)) {
      position++;
      continue;
    }
    if (sameElement(item, order[orderPosition], mergeKey)) position++;
    orderPosition++;
  }
  if (position < kept.length && orderPosition >= order.length) {
    throw new PatchError(`The order in patch list:\n${goFormat(list)}\n doesn't match ${SET_ELEMENT_ORDER} list:\n${goFormat(order)}\n`);
  }
}

function directiveField(key: string, prefix: string, message: string): string {
  const slash = key.indexOf('/');
  if (slash < 0 || key.slice(0, slash) !== prefix) throw new PatchError(message);
  return key.slice(slash + 1);
}

function mergeList(original: unknown[], patch: unknown[], schema: PatchSchema, strategy: string, mergeKey: string, isDeletion: boolean, options: MergeOptions): unknown[] {
  if (strategy !== 'merge' && !isDeletion) return patch;
  if (original.length === 0 && patch.length === 0) return original;
  const type = elementType(original, patch);
  let current = original;
  let change = patch;
  let merged: unknown[];
  if (type !== 'map') {
    if (options.applyDirectives && isDeletion) return original.filter((item) => !patch.includes(item));
    merged = deduplicate([...original, ...patch]);
  } else {
    if (mergeKey === '') throw new PatchError('cannot merge lists without merge key for struct');
    [current, change] = applyElementDirectives(original, patch, mergeKey);
    merged = mergeElements([...current], change, schema, mergeKey, options);
  }
  const { present, absent } = partition(merged, change, mergeKey);
  return mergeInOrder(present, absent, change, current, mergeKey, type);
}

/** Carries out `$patch` in elements; returns what is left of both lists. */
function applyElementDirectives(original: unknown[], patch: unknown[], mergeKey: string): [original: unknown[], patch: unknown[]] {
  let current = original;
  let replace = false;
  const change: unknown[] = [];
  for (const item of patch as JsonMap[]) {
    const directive = item[DIRECTIVE];
    if (!has(item, DIRECTIVE)) change.push(item);
    else if (directive === 'delete') {
      if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
      current = current.filter((other) => !(isMap(other) && has(other, mergeKey) && other[mergeKey] === item[mergeKey]));
    } else if (directive === 'replace') replace = true;
    else if (directive === 'merge') throw new PatchError('merging lists cannot yet be specified in the patch');
    else throw new PatchError(`unknown patch type: ${goString(directive)} in map: ${goFormat(item)}`);
  }
  return replace ? [change, []] : [current, change];
}

function mergeElements(list: unknown[], patch: readonly unknown[], schema: PatchSchema, mergeKey: string, options: MergeOptions): unknown[] {
  for (const item of patch as readonly JsonMap[]) {
    if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
    const position = findByKey(list, mergeKey, item[mergeKey]);
    if (position < 0) list.push(item);
    else list[position] = mergeMap(list[position] as JsonMap, item, schema, options);
  }
  return list;
}
