/** The annotation in which `apply` and --save-config keep an object's configuration (kubectl pkg/util/apply.go). */
import type { UnstructuredObject } from '../builder/info.ts';
import { toJson } from '../../api/go-json.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object's text, as the annotation holds it. */
export type Encoder = (object: object) => string;

/** The text of an object that came from a file or the server: keys sorted, no spaces, a newline at the end. */
export const encodeSorted: Encoder = (object) => `${toJson(object, 'sorted', '')}\n`;

/** The configuration last applied; undefined where the object was never applied. */
export function originalConfiguration(object: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } }): string | undefined {
  return object.metadata?.annotations?.[LAST_APPLIED];
}

/** The object's text without the annotation. */
export function configurationOf(object: object, encode: Encoder = encodeSorted): string {
  return encode(withoutLastApplied(object as UnstructuredObject));
}

function withoutLastApplied(object: UnstructuredObject): object {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Writes the object's configuration into its annotation. */
export function annotateLastApplied(object: UnstructuredObject, encode: Encoder = encodeSorted): void {
  const text = configurationOf(object, encode);
  object.metadata ??= {};
  object.metadata.annotations = { ...object.metadata.annotations, [LAST_APPLIED]: text };
}

/** As annotateLastApplied where that was asked for, or where the object carries the annotation already (CreateOrUpdateAnnotation). */
export function createOrUpdateAnnotation(create: boolean, object: UnstructuredObject, encode: Encoder = encodeSorted): void {
  if (create || originalConfiguration(object) !== undefined && originalConfiguration(object) !== '') annotateLastApplied(object, encode);
}
