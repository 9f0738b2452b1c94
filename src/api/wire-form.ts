/**
 * Objects as the API server writes them over a connection: fields in the order of Go's structs. Lists of built-in kinds say
 * once what their items are, since Go's types know it; those of custom resources say it each.
 */
import { objectInStructOrder } from './decode/struct-order.ts';
import { escapeHtml } from './go-json.ts';
import type { KubeObject } from './object.ts';
import { resourceForKind } from './resource.ts';
import { splitUrl } from './rest.ts';

const SUFFIX = 'List';
/** Kinds that the server makes itself, in order. */
const IN_ORDER: ReadonlySet<string> = new Set(['Status', 'Table']);

interface List extends KubeObject {
  readonly items?: readonly KubeObject[];
}

/** A copy of an object as it goes out. */
export function wireForm(object: KubeObject): KubeObject {
  if (IN_ORDER.has(object.kind ?? '')) return object;
  const ordered = objectInStructOrder(object);
  const { items, apiVersion = '', kind = '' } = ordered as List;
  if (!items || !kind.endsWith(SUFFIX) || !resourceForKind(apiVersion, kind.slice(0, -SUFFIX.length))) return ordered;
  return { ...ordered, items: items.map(({ apiVersion: _, kind: __, ...item }) => item) } as KubeObject;
}

/** A value as the JSON document that goes out, indented for who reads it. */
export const wireText = (value: object, pretty = false): string => escapeHtml(pretty ? JSON.stringify(value, null, 2) : `${JSON.stringify(value)}\n`);

/** What ?pretty= asks for; undefined where it says nothing (apiserver pkg/endpoints/handlers/negotiation/negotiate.go: isPrettyPrint). */
export function asksPretty(url: string): boolean | undefined {
  const asked = url.includes('pretty') ? splitUrl(url).query.get('pretty') : null;
  return asked ? ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked) : undefined;
}
