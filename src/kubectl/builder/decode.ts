/**
 * From a document to an object: apiVersion, kind and well-typed metadata are asked for here, on the client, as kubectl
 * does (apimachinery unstructured.go: detector; cli-runtime metadata_decoder.go). All else is the server's business.
 */
import { decodeObject as decodeStruct } from '../../api/decode/decoder.ts';
import type { Field, Struct } from '../../api/decode/table.ts';
import { sortKeys } from '../../api/go-json.ts';
import { isObject, jsonKind, type JsonValue } from '../../api/json.ts';
import { CommandError } from '../errors.ts';
import type { UnstructuredObject } from './info.ts';

/** What keeps a document from being an object; of a file it is told with `unable to decode "file": `. */
export class DecodeError extends CommandError {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}

/** What keeps a document from telling its kind (kubectl pkg/validation/schema.go: getObjectKind). */
export function kindFaults(value: JsonValue): readonly string[] {
  if (!isObject(value)) return ['invalid object to validate'];
  const faults: string[] = [];
  const { apiVersion = null, kind = null } = value;
  if (apiVersion === null) faults.push('apiVersion not set');
  else if (typeof apiVersion !== 'string') faults.push("apiVersion isn't string type");
  else if (apiVersion.split('/').length > 2) faults.push(`unexpected GroupVersion string: ${apiVersion}`);
  if (kind === null) faults.push('kind not set');
  else if (typeof kind !== 'string') faults.push("kind isn't string type");
  return faults;
}

/** What all documents are read as, whatever their kind (metadata_decoder.go). */
const METADATA_ONLY: Struct = {
  goName: 'metadataOnlyObject',
  fields: new Map<string, Field>([
    ['apiVersion', { shape: { type: 'string', goType: 'string' }, pointer: false, always: false }],
    ['kind', { shape: { type: 'string', goType: 'string' }, pointer: false, always: false }],
    ['metadata', { shape: { type: 'struct', model: 'ObjectMeta', goType: 'v1.ObjectMeta' }, pointer: false, always: false }],
  ]),
  implied: [],
};

/** A document is an object or a list of some, with what is wrong with the others in their place. */
export type ReadDocument = { readonly object: UnstructuredObject } | { readonly items: readonly (UnstructuredObject | CommandError)[] };

/** Checks a document and returns what it holds. `raw` gives its JSON for the error that shows it. */
export function readDocument(value: JsonValue, raw: () => string): ReadDocument {
  const object = decodeUnstructured(value, raw);
  const { error } = decodeStruct(METADATA_ONLY, object, 'json');
  if (error !== undefined) throw new DecodeError(error);
  // Go's maps are written in the order of their keys; the server's faults follow that order.
  const sorted = sortKeys(object as unknown as JsonValue) as unknown as UnstructuredObject & { readonly items?: readonly UnstructuredObject[] };
  return sorted.items ? { items: sorted.items } : { object: sorted };
}

/** A document as an object without a struct: what has items is a list (apimachinery unstructured/helpers.go: unstructuredJSONScheme). */
export function decodeUnstructured(value: JsonValue, raw: () => string): UnstructuredObject {
  if (!isObject(value)) throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type unstructured.detector`);
  const { apiVersion, kind, items } = value;
  const object = items === undefined ? value : { ...value, items: listItems(items, apiVersion, kind) };
  const badVersion = typeof apiVersion === 'string' && apiVersion.split('/').length > 2;
  if (typeof kind !== 'string' || kind === '' || badVersion) throw new DecodeError(`Object 'Kind' is missing in '${raw()}'`);
  return object as unknown as UnstructuredObject;
}

/** Items without a type have that of their list. */
function listItems(items: JsonValue, apiVersion: JsonValue | undefined, kind: JsonValue | undefined): JsonValue {
  if (items === null) return [];
  if (!Array.isArray(items)) throw new DecodeError(`json: cannot unmarshal ${jsonKind(items)} into Go struct field decodeList.items of type []json.RawMessage`);
  return (items as readonly JsonValue[]).map((item) => {
    if (item !== null && !isObject(item)) throw new DecodeError(`json: cannot unmarshal ${jsonKind(item)} into Go value of type map[string]interface {}`);
    if (textIn(item?.['kind']) !== '' || textIn(item?.['apiVersion']) !== '') return item;
    return { ...item, kind: textIn(kind).replace(/List$/, ''), apiVersion: textIn(apiVersion) };
  });
}

/** A field of a map that should be text (unstructured.NestedString). */
const textIn = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
