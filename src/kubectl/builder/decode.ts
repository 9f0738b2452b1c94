/**
 * From a document to an object: apiVersion, kind and well-typed metadata are asked for here, on the client, as kubectl
 * does (apimachinery unstructured.go: detector; cli-runtime metadata_decoder.go). All else is the server's business.
 */
import { isObject, type JsonValue } from '../../api/json.ts';
import type { UnstructuredObject } from './info.ts';

/** The text after `unable to decode "file": `. */
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}

const jsonType = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value;

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

const STRINGS = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion'];
const MAPS = ['labels', 'annotations'];
const TIMES = ['creationTimestamp', 'deletionTimestamp'];
const NUMBERS = ['generation', 'deletionGracePeriodSeconds'];

/** Checks a document and returns it as an object. `raw` gives its JSON for the error that shows it; `typed`: a struct is looked for, and has a version. */
export function decodeObject(value: JsonValue, raw: () => string, typed = false): UnstructuredObject {
  if (!isObject(value)) throw new DecodeError(`json: cannot unmarshal ${jsonType(value)} into Go value of type unstructured.detector`);
  const { apiVersion, kind, metadata } = value;
  const badVersion = typeof apiVersion === 'string' && apiVersion.split('/').length > 2;
  if (typeof kind !== 'string' || kind === '' || badVersion) throw new DecodeError(`Object 'Kind' is missing in '${raw()}'`);
  if (typed && (apiVersion ?? '') === '') throw new DecodeError(`Object 'apiVersion' is missing in '${raw()}'`);
  if (apiVersion !== undefined && apiVersion !== null && typeof apiVersion !== 'string') throw new DecodeError(`json: cannot unmarshal ${jsonType(apiVersion)} into Go struct field metadataOnlyObject.apiVersion of type string`);
  checkMetadata(metadata);
  return sorted(value) as unknown as UnstructuredObject;
}

/** What is read from files goes to the server with its keys in order, as Go writes maps; the server's faults follow that order. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, sorted(child as JsonValue)]));
}

function checkMetadata(metadata: JsonValue | undefined): void {
  if (metadata === undefined || metadata === null) return;
  if (!isObject(metadata)) throw new DecodeError(`json: cannot unmarshal ${jsonType(metadata)} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta`);
  const fail = (value: unknown, field: string, type: string): never => {
    throw new DecodeError(`json: cannot unmarshal ${jsonType(value)} into Go struct field ObjectMeta.metadata.${field} of type ${type}`);
  };
  const given = (field: string): JsonValue | undefined => metadata[field] ?? undefined;
  for (const field of STRINGS) {
    const value = given(field);
    if (value !== undefined && typeof value !== 'string') fail(value, field, field === 'uid' ? 'types.UID' : 'string');
  }
  for (const field of NUMBERS) {
    const value = given(field);
    if (value !== undefined && typeof value !== 'number') fail(value, field, 'int64');
  }
  for (const field of TIMES) {
    const value = given(field);
    if (value !== undefined && typeof value !== 'string') fail(value, field, 'string');
  }
  for (const field of MAPS) {
    const value = given(field);
    if (value === undefined) continue;
    if (!isObject(value)) fail(value, field, 'map[string]string');
    for (const entry of Object.values(value as Record<string, JsonValue>)) if (entry !== null && typeof entry !== 'string') fail(entry, field, 'string');
  }
  const finalizers = given('finalizers');
  if (finalizers !== undefined) {
    if (!Array.isArray(finalizers)) fail(finalizers, 'finalizers', '[]string');
    for (const entry of finalizers as readonly JsonValue[]) if (entry !== null && typeof entry !== 'string') fail(entry, 'finalizers', 'string');
  }
}
