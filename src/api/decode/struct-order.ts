/**
 * The order in which Go writes an object's fields as JSON: that of the kind's struct; maps, custom resources among them,
 * are sorted. Follows encoding/json and the field order of k8s.io/api and apimachinery v0.33.
 */
import { compareBytes } from '../go-json.ts';
import { isObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { resourceForKind } from '../resource.ts';
import { structOf, type Shape, type Struct } from './table.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Listed extends KubeObject {
  readonly items?: unknown;
}

/** Kinds of no resource that have a model all the same: what subresources take and give. */
const MODELS: Readonly<Record<string, string>> = {
  'autoscaling/v1/Scale': 'Scale', 'policy/v1/Eviction': 'Eviction', 'authentication.k8s.io/v1/TokenRequest': 'AuthenticationV1TokenRequest',
  // It has all of its fields, in the same order.
  'meta.k8s.io/v1/PartialObjectMetadata': 'Namespace',
};
const LIST = 'List';

const structOfKind = (apiVersion = '', kind = ''): Struct | undefined => structOf(resourceForKind(apiVersion, kind)?.model ?? MODELS[`${apiVersion}/${kind}`] ?? '');

/** A copy of an object, or of a list of such, with all keys in order. */
export function objectInStructOrder(object: KubeObject): KubeObject {
  const { kind, apiVersion, metadata, items, ...rest } = object as Listed;
  if (!Array.isArray(items) || !kind?.endsWith(LIST)) return inStructOrder(object, structOfKind(apiVersion, kind)) as KubeObject;
  const struct = structOfKind(apiVersion, kind.slice(0, -LIST.length));
  if (kind !== LIST && !struct) return sorted(object as unknown as Fields, sortedValue) as unknown as KubeObject;
  return { kind, apiVersion, ...(metadata === undefined ? {} : { metadata }), ...rest, items: items.map((item: Fields) => inStructOrder(item, struct ?? structOfKind(item['apiVersion'] as string, item['kind'] as string))) } as KubeObject;
}

/** A copy of a struct's value; fields that the struct does not have come last. */
export function inStructOrder(value: unknown, struct: Struct | undefined): unknown {
  if (!isObject(value)) return value;
  if (!struct) return sorted(value, sortedValue);
  const result: Record<string, unknown> = {};
  let left = Object.keys(value).length;
  for (const [name, { shape }] of struct.fields) {
    if (!Object.hasOwn(value, name)) continue;
    left--;
    const field = value[name];
    if (field !== undefined) result[name] = typeof field === 'object' ? inOrder(field, shape) : field;
  }
  if (left > 0) for (const name of Object.keys(value).filter((name) => !struct.fields.has(name)).sort(compareBytes)) result[name] = sortedValue(value[name]);
  return result;
}

function inOrder(value: unknown, shape: Shape): unknown {
  switch (shape.type) {
    case 'list': return Array.isArray(value) ? value.map((item: unknown) => inOrder(item, shape.items)) : value;
    case 'map': return isObject(value) ? sorted(value, (item) => inOrder(item, shape.values)) : value;
    case 'struct': return inStructOrder(value, structOf(shape.model));
    case 'union': return Array.isArray(value) ? value.map((item: unknown) => inStructOrder(item, structOf(shape.model))) : inStructOrder(value, structOf(shape.model));
    // JSON inside an object is kept as it was given.
    default: return value;
  }
}

function sorted(value: Fields, each: (value: unknown) => unknown): Fields {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort(compareBytes)) if (value[name] !== undefined) result[name] = each(value[name]);
  return result;
}

const sortedValue = (value: unknown): unknown => (Array.isArray(value) ? value.map(sortedValue) : isObject(value) ? sorted(value, sortedValue) : value);
