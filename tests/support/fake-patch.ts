/** Patches for the fake API server: enough of JSON patch, merge patch and strategic merge patch for components' writes. */
import { draft, isObject } from '../../src/api/json.ts';
import type { PatchType } from '../../src/api/request.ts';

type Tree = Record<string, unknown>;

/** The merge keys of the lists that components patch. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  ownerReferences: 'uid', conditions: 'type', containers: 'name', initContainers: 'name', volumes: 'name', env: 'name',
  addresses: 'type', taints: 'key', ports: 'port', imagePullSecrets: 'name', podIPs: 'ip', hostIPs: 'ip',
};

/** A patched, writable copy of `object`. Server-side apply is taken as a merge patch. */
export function applyPatch(object: unknown, patch: unknown, type: PatchType): unknown {
  const copy = draft(object);
  if (type === 'json') return jsonPatch(copy, patch as JsonOperation[]);
  return merge(copy, draft(patch), type === 'strategic');
}

function merge(target: unknown, patch: unknown, strategic: boolean): unknown {
  if (!isObject(patch)) return patch;
  const result: Tree = isObject(target) ? (target as Tree) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (strategic && key.startsWith('$')) continue;
    const mergeKey = MERGE_KEYS[key];
    if (value === null) delete result[key];
    else if (strategic && mergeKey !== undefined && Array.isArray(value)) result[key] = mergeList((result[key] as Tree[] | undefined) ?? [], value as Tree[], mergeKey);
    else if (strategic && key === 'finalizers' && Array.isArray(value)) result[key] = [...new Set([...((result[key] as string[] | undefined) ?? []), ...(value as string[])])];
    else result[key] = merge(result[key], value, strategic);
  }
  for (const [key, gone] of Object.entries(patch)) {
    if (strategic && key.startsWith('$deleteFromPrimitiveList/')) {
      const list = key.slice('$deleteFromPrimitiveList/'.length);
      result[list] = ((result[list] as unknown[] | undefined) ?? []).filter((item) => !(gone as unknown as unknown[]).includes(item));
    }
  }
  for (const key of ['ownerReferences', 'finalizers']) if (Array.isArray(result[key]) && (result[key] as unknown[]).length === 0) delete result[key];
  return result;
}

function mergeList(target: Tree[], patch: Tree[], mergeKey: string): Tree[] {
  let result = target;
  for (const item of patch) {
    const same = (other: Tree) => other[mergeKey] === item[mergeKey];
    if (item.$patch === 'delete') result = result.filter((other) => !same(other));
    else if (result.some(same)) result = result.map((other) => (same(other) ? (merge(other, item, true) as Tree) : other));
    else result = [...result, item];
  }
  return result;
}

interface JsonOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

function jsonPatch(target: unknown, operations: readonly JsonOperation[]): unknown {
  for (const { op, path, value } of operations) {
    const parts = path.slice(1).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = parts.pop() ?? '';
    let parent = target as Tree;
    for (const part of parts) parent = parent[part] as Tree;
    if (op === 'test') {
      if (JSON.stringify(parent[last]) !== JSON.stringify(value)) throw new Error(`testing path ${path} failed`);
    } else if (Array.isArray(parent)) parent.splice(last === '-' ? parent.length : Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]));
    else if (op === 'remove') delete parent[last];
    else parent[last] = value;
  }
  return target;
}
