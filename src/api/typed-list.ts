/**
 * Lists of built-in kinds as they are written over a connection: the list says once what its items are, since Go's types
 * know it; those of custom resources say it each.
 */
import { isObject } from './json.ts';
import type { KubeObject } from './object.ts';
import { resourceForKind } from './resource.ts';

const SUFFIX = 'List';

interface List extends KubeObject {
  readonly items?: readonly KubeObject[];
}

/** The list as it goes out. What is no list of a built-in kind stays as it is. */
export function writtenList(object: KubeObject): KubeObject {
  const { items, apiVersion = '', kind = '' } = object as List;
  if (!items || !kind.endsWith(SUFFIX) || !resourceForKind(apiVersion, kind.slice(0, -SUFFIX.length))) return object;
  return { ...object, items: items.map(({ apiVersion: _, kind: __, ...item }) => item) } as KubeObject;
}

/** What came in, with its items' kinds (apimachinery pkg/apis/meta/v1/unstructured/helpers.go: decodeToList). */
export function readList(object: KubeObject): KubeObject {
  const { items, kind = '', apiVersion } = object as List;
  if (!Array.isArray(items) || !kind.endsWith(SUFFIX) || kind === SUFFIX) return object;
  const itemKind = kind.slice(0, -SUFFIX.length);
  const told = (item: unknown) => (isObject(item) && item['kind'] === undefined && item['apiVersion'] === undefined ? { apiVersion, kind: itemKind, ...item } : item);
  return { ...object, items: items.map(told) } as KubeObject;
}
