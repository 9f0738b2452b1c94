/**
 * Making strategic merge patches: from one object to another, and the three-way patch of `kubectl apply`. Follows
 * apimachinery pkg/util/strategicpatch/patch.go: diffMaps, CreateTwoWayMergePatch, CreateThreeWayMergePatch.
 */
import { draft, equal } from '../json.ts';
import { goFormat } from './go-format.ts';
import { PatchError, has, isMap, setKey, typeOf, type JsonMap } from './json-map.ts';
import { DELETE_FROM_PRIMITIVE_LIST, DIRECTIVE, RETAIN_KEYS, SET_ELEMENT_ORDER, badArgument, deduplicate, elementType, noMergeKey, sameElement, sortByOrder, sortMapsByKey, sortScalars } from './lists.ts';
import { splitStrategies, type PatchSchema } from './schema.ts';
import { mergeStrategicPatches } from './strategic-merge-patch.ts';

interface DiffOptions {
  readonly ignoreChangesAndAdditions: boolean;
  readonly ignoreDeletions: boolean;
  readonly retainKeys: boolean;
}

/** The patch that turns `original` into `modified`. */
export function createTwoWayMergePatch(original: unknown, modified: unknown, schema: PatchSchema): JsonMap {
  return diffMaps(draft(original) as JsonMap, draft(modified) as JsonMap, schema, { ignoreChangesAndAdditions: false, ignoreDeletions: false, retainKeys: false });
}

/**
 * The patch that brings `current` (the live object) to `modified` (the manifest): its changes and additions, and the
 * deletion of what `original` (the manifest last applied) had and `modified` has no longer.
 */
export function createThreeWayMergePatch(original: unknown, modified: unknown, current: unknown, schema: PatchSchema): JsonMap {
  // Each difference gets copies of its own: making one sorts lists in place.
  const changes = diffMaps(draft(current) as JsonMap, draft(modified) as JsonMap, schema, { ignoreChangesAndAdditions: false, ignoreDeletions: true, retainKeys: false });
  const deletions = diffMaps(draft(original ?? {}) as JsonMap, draft(modified) as JsonMap, schema, { ignoreChangesAndAdditions: true, ignoreDeletions: false, retainKeys: false });
  return mergeStrategicPatches(deletions, changes, schema);
}

function diffMaps(original: JsonMap, modified: JsonMap, schema: PatchSchema, options: DiffOptions): JsonMap {
  const patch: JsonMap = {};
  const retained: string[] = [];
  for (const key of Object.keys(modified)) {
    const value = modified[key];
    if (options.retainKeys && value !== null) retained.push(key);
    const add = () => {
      if (!options.ignoreChangesAndAdditions) setKey(patch, key, value);
    };
    if (!has(original, key)) {
      add();
      continue;
    }
    const old = original[key];
    if (key === DIRECTIVE) {
      if (typeof old !== 'string' || typeof value !== 'string') throw new PatchError(`invalid value for special key: ${DIRECTIVE}`);
      if (old !== value) patch[DIRECTIVE] = value;
    } else if (typeOf(old) !== typeOf(value)) add();
    else if (isMap(old) && isMap(value)) diffMapField(key, old, value, patch, schema, options);
    else if (Array.isArray(old) && Array.isArray(value)) diffListField(key, old, value, patch, schema, options);
    else if (old !== value) add();
  }
  if (!options.ignoreDeletions) for (const key of Object.keys(original)) if (!has(modified, key)) setKey(patch, key, null);
  if (retained.length > 0) {
    const clears = Object.keys(original).some((key) => original[key] !== null && !has(modified, key));
    if (Object.keys(patch).length > 0 || clears) patch[RETAIN_KEYS] = sortScalars(retained);
  }
  return patch;
}

function diffMapField(key: string, old: JsonMap, value: JsonMap, patch: JsonMap, schema: PatchSchema, options: DiffOptions): void {
  const field = lookup(schema, key, old, value);
  if (!field) return;
  const { retainKeys, strategy } = splitStrategies(field.strategies);
  if (strategy === 'replace') {
    if (!options.ignoreChangesAndAdditions) setKey(patch, key, value);
    return;
  }
  const difference = diffMaps(old, value, field.elementSchema, { ...options, retainKeys });
  if (Object.keys(difference).length > 0) setKey(patch, key, difference);
}

function diffListField(key: string, old: unknown[], value: unknown[], patch: JsonMap, schema: PatchSchema, options: DiffOptions): void {
  const field = lookup(schema, key, old, value);
  if (!field) return;
  const { retainKeys, strategy } = splitStrategies(field.strategies);
  if (strategy !== 'merge') {
    if (!options.ignoreChangesAndAdditions && !equal(old, value)) setKey(patch, key, value);
    return;
  }
  const { changes, deletions, order } = diffLists(old, value, field.elementSchema, field.mergeKey, { ...options, retainKeys });
  if (changes.length > 0) setKey(patch, key, changes);
  if (deletions.length > 0) patch[`${DELETE_FROM_PRIMITIVE_LIST}/${key}`] = deletions;
  if (order.length > 0) patch[`${SET_ELEMENT_ORDER}/${key}`] = order;
}

/** A field's facts; undefined for an unknown field that does not differ, which needs none. */
function lookup(schema: PatchSchema, key: string, old: unknown, value: unknown): ReturnType<PatchSchema['field']> | undefined {
  try {
    return schema.field(key);
  } catch (error) {
    if (equal(old, value)) return undefined;
    throw error;
  }
}

interface ListDifference {
  readonly changes: unknown[];
  /** Only for lists of primitives; lists of maps carry their deletions as elements. */
  readonly deletions: unknown[];
  readonly order: unknown[];
}

function diffLists(original: unknown[], modified: unknown[], schema: PatchSchema, mergeKey: string, options: DiffOptions): ListDifference {
  if (original.length === 0) {
    return { changes: modified.length === 0 || options.ignoreChangesAndAdditions ? [] : modified, deletions: [], order: [] };
  }
  const type = elementType(original, modified);
  if (type === 'list') throw new PatchError('lists of lists are not supported');
  if (type === 'map') {
    const { changes, deletions } = diffListsOfMaps(original, modified, schema, mergeKey, options);
    const all = [...sortByOrder(changes, modified, mergeKey, type), ...deletions];
    const sameOrder = original.length === modified.length && modified.every((item, position) => sameElement(original[position], item, mergeKey));
    const ordered = (!options.ignoreChangesAndAdditions && (all.length > 0 || !sameOrder)) || (!options.ignoreDeletions && all.length > 0);
    return { changes: all, deletions: [], order: ordered ? modified.map((item) => ({ [mergeKey]: (item as JsonMap)[mergeKey] })) : [] };
  }
  const { changes, deletions } = diffScalars(original, modified, options);
  // `original` is sorted by now: an unsorted list counts as changed, as upstream.
  const ordered = (!options.ignoreDeletions && deletions.length > 0) || (!options.ignoreChangesAndAdditions && !equal(original, modified));
  return { changes: sortByOrder(changes, modified, mergeKey, type), deletions, order: ordered ? modified : [] };
}

/** Sorts `original` in place. */
function diffScalars(original: unknown[], modified: readonly unknown[], options: DiffOptions): { changes: unknown[]; deletions: unknown[] } {
  const left = sortScalars(original);
  const right = sortScalars([...modified]);
  const changes: unknown[] = [];
  const deletions: unknown[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    const oldText = goFormat(left[i]);
    const newText = goFormat(right[j]);
    if (i < left.length && j < right.length && oldText === newText) {
      i++;
      j++;
    } else if (i >= left.length || (j < right.length && oldText > newText)) {
      if (!options.ignoreChangesAndAdditions) changes.push(right[j]);
      j++;
    } else {
      if (!options.ignoreDeletions) deletions.push(left[i]);
      i++;
    }
  }
  return { changes, deletions: deduplicate(deletions) };
}

function diffListsOfMaps(original: readonly unknown[], modified: readonly unknown[], schema: PatchSchema, mergeKey: string, options: DiffOptions): { changes: unknown[]; deletions: unknown[] } {
  const left = sortMapsByKey(original, mergeKey);
  const right = sortMapsByKey(modified, mergeKey);
  const changes: unknown[] = [];
  const deletions: unknown[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    const old = i < left.length ? elementKey(left[i], mergeKey) : undefined;
    const value = j < right.length ? elementKey(right[j], mergeKey) : undefined;
    if (old && value && old.text === value.text) {
      const difference = diffMaps(old.map, value.map, schema, options);
      if (Object.keys(difference).length > 0) changes.push({ ...difference, [mergeKey]: value.map[mergeKey] });
      i++;
      j++;
    } else if (value && (!old || old.text > value.text)) {
      if (!options.ignoreChangesAndAdditions) changes.push(value.map);
      j++;
    } else if (old) {
      if (!options.ignoreDeletions) deletions.push({ [mergeKey]: old.map[mergeKey], [DIRECTIVE]: 'delete' });
      i++;
    }
  }
  return { changes, deletions };
}

function elementKey(item: unknown, mergeKey: string): { readonly map: JsonMap; readonly text: string } {
  if (!isMap(item)) throw badArgument('map', item);
  if (!has(item, mergeKey)) throw noMergeKey(item, mergeKey);
  return { map: item, text: goFormat(item[mergeKey]) };
}
