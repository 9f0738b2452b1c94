/**
 * JSON merge patch (RFC 7386), and making one. Follows gopkg.in/evanphx/json-patch.v4 merge.go and apimachinery
 * pkg/util/jsonmergepatch/patch.go.
 */
import { draft, equal } from '../json.ts';
import { PatchError, has, isMap, setKey, type JsonMap } from './json-map.ts';

/** The document with the patch merged in, as a copy. `keepNulls`: the document is a patch itself, nulls stay in it. */
export function applyMergePatch(document: unknown, patch: unknown, keepNulls = false): unknown {
  if (!isMap(patch)) {
    if (!Array.isArray(patch)) throw new PatchError('Invalid JSON Patch');
    return pruneNulls(draft(patch));
  }
  if (!isMap(document)) return pruneNulls(draft(patch));
  return mergeMaps(draft(document) as JsonMap, draft(patch) as JsonMap, keepNulls);
}

function mergeMaps(document: JsonMap, patch: JsonMap, keepNulls: boolean): JsonMap {
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) {
      if (keepNulls) setKey(document, key, null);
      else delete document[key];
    } else {
      const current = has(document, key) ? document[key] : null;
      if (current === null) setKey(document, key, keepNulls ? value : pruneNulls(value));
      else if (!isMap(current)) setKey(document, key, pruneNulls(value));
      else setKey(document, key, isMap(value) ? mergeMaps(current, value, keepNulls) : value);
    }
  }
  return document;
}

/** Takes null members out of a writable value; null elements of lists stay. */
function pruneNulls(value: unknown): unknown {
  if (Array.isArray(value)) value.forEach(pruneNulls);
  else if (isMap(value)) {
    for (const key of Object.keys(value)) {
      if (value[key] === null) delete value[key];
      else pruneNulls(value[key]);
    }
  }
  return value;
}

/** The merge patch that turns one document into the other. */
export function createMergePatch(original: JsonMap, modified: JsonMap): JsonMap {
  const patch: JsonMap = {};
  for (const key of Object.keys(modified)) {
    const value = modified[key];
    if (value === undefined) continue;
    if (!has(original, key)) setKey(patch, key, value);
    else {
      const old = original[key];
      if (isMap(old) && isMap(value)) {
        const difference = createMergePatch(old, value);
        if (Object.keys(difference).length > 0) setKey(patch, key, difference);
      } else if (!equal(old, value)) setKey(patch, key, value);
    }
  }
  for (const key of Object.keys(original)) if (!has(modified, key) && has(original, key)) setKey(patch, key, null);
  return patch;
}

/**
 * The merge patch of a three-way apply, for kinds without a patch schema: what `modified` changes in `current`, and
 * nulls for what was in `original` and is no longer in `modified`.
 */
export function createThreeWayJsonMergePatch(original: JsonMap | undefined, modified: JsonMap, current: JsonMap): JsonMap {
  const additions = filterNulls(createMergePatch(current, modified), false);
  const deletions = filterNulls(createMergePatch(original ?? {}, modified), true);
  return applyMergePatch(deletions, additions, true) as JsonMap;
}

/** Only the nulls of a patch, or all but the nulls. Empty maps are values, and so stay with the others. */
function filterNulls(patch: JsonMap, onlyNulls: boolean): JsonMap {
  const result: JsonMap = {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) {
      if (onlyNulls) setKey(result, key, null);
    } else if (isMap(value)) {
      if (Object.keys(value).length === 0) {
        if (!onlyNulls) setKey(result, key, value);
        continue;
      }
      const inner = filterNulls(value, onlyNulls);
      if (Object.keys(inner).length > 0) setKey(result, key, inner);
    } else if (!onlyNulls) setKey(result, key, value);
  }
  return result;
}
