/** Lists that came in over a connection (apimachinery pkg/apis/meta/v1/unstructured/helpers.go: decodeToList). */
import { isObject } from './json.ts';
import type { KubeObject } from './object.ts';

const SUFFIX = 'List';

/** The list with its items' kinds, which those of built-in kinds leave out. */
export function readList(object: KubeObject): KubeObject {
  const { items, kind = '', apiVersion } = object as KubeObject & { readonly items?: unknown };
  if (!Array.isArray(items) || !kind.endsWith(SUFFIX) || kind === SUFFIX) return object;
  const itemKind = kind.slice(0, -SUFFIX.length);
  const told = (item: unknown) => (isObject(item) && item['kind'] === undefined && item['apiVersion'] === undefined ? { apiVersion, kind: itemKind, ...item } : item);
  return { ...object, items: items.map(told) } as KubeObject;
}
