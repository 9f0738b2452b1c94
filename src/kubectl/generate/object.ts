/** What all generators make: an object as Go's structs hold it, with the zero values that encoding/json writes out. */
import type { KubeObject } from '../../api/object.ts';

export type StringMap = Record<string, string>;

export interface GeneratedMeta {
  name?: string;
  namespace?: string;
  creationTimestamp: null;
  labels?: StringMap;
  annotations?: StringMap;
  ownerReferences?: readonly object[];
}

/** A generated object. Its kind's further fields stand beside the metadata. */
export interface Generated {
  apiVersion: string;
  kind: string;
  metadata: GeneratedMeta;
  [field: string]: unknown;
}

/** The metadata of a new object; the namespace only where the user named one. */
export function newMeta(name: string, namespace = '', more: { readonly labels?: StringMap; readonly annotations?: StringMap } = {}): GeneratedMeta {
  return {
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    creationTimestamp: null,
    ...(more.labels && Object.keys(more.labels).length > 0 ? { labels: more.labels } : {}),
    ...(more.annotations && Object.keys(more.annotations).length > 0 ? { annotations: more.annotations } : {}),
  };
}

/** As the client takes it: a null timestamp is what the server reads as none. */
export const asObject = (generated: Generated): KubeObject => generated as unknown as KubeObject;

/** {key: value} where there is a value; Go's omitempty. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  const empty = value === undefined || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0);
  return (empty ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

/** A user's text as a number where it is one, as a name otherwise (intstr.Parse). */
export function intOrString(text: string): number | string {
  return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 0x7fffffff ? Number(text) : text;
}
