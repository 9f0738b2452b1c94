/**
 * Bodies of requests, and stored texts, as objects of one version of a custom resource: metadata in its Go form, unknown
 * fields gone. Follows apiextensions-apiserver pkg/apiserver/customresource_handler.go: unstructuredSchemaCoercer.
 */
import { duplicateFields, type Decoded } from '../../api/decode/decoder.ts';
import type { JsonNode } from '../../api/json-scan.ts';
import { decodeEmbedded, decodeMeta, unknownField } from './schema/object-meta.ts';
import { prune, pruneNulls } from './schema/pruning.ts';
import { asResource, type Fields, type Schema } from './schema/schema.ts';

/** Decodes an object in place. `node` is the same value with its duplicate fields; `keepUnknown`: spec.preserveUnknownFields. */
export function decodeCustomObject(object: Fields, schema: Schema | undefined, keepUnknown = false, node?: JsonNode): Decoded {
  const strict: string[] = node ? [...duplicateFields(node)] : [];
  const fault = decodeMeta(object, '', (text) => strict.push(text));
  if (fault !== undefined) return { value: object, error: fault, strict: [] };
  if (!keepUnknown) {
    const unknown: string[] = [];
    prune(object, asResource(schema), (path) => unknown.push(path));
    strict.push(...unknown.sort().map(unknownField));
    pruneNulls(object, schema);
  }
  const embedded = decodeEmbedded(object, { ...schema, 'x-kubernetes-embedded-resource': false }, '', (text) => strict.push(text));
  return { value: object, strict, ...(embedded === undefined ? {} : { error: embedded }) };
}
