/**
 * Bodies of requests as objects of their kind. Compiled schemas tell at once whether a body is already what decoding
 * would make of it; all others, and all faults, go through the decoder. Follows apimachinery
 * pkg/runtime/serializer/json/json.go and apiserver pkg/endpoints/handlers/create.go, patch.go.
 */
import { draft, isObject, jsonKind, type Draft } from '../../api/json.ts';
import { scanJson, type JsonNode } from '../../api/json-scan.ts';
import type { KubeObject } from '../../api/object.ts';
import { goFormat } from '../../api/patch/go-format.ts';
import { goQuote } from '../../api/quote.ts';
import { apiVersionOf, parseApiVersion, resourceForKind, type ResourceFacts } from '../../api/resource.ts';
import { StatusError, badRequest } from '../../api/status.ts';
import { decodeObject, duplicateFields, type Decoded, type Wording } from '../../api/decode/decoder.ts';
import { structOf } from '../../api/decode/table.ts';
import { isCanonical } from './validators.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** Decodes objects of a custom resource, in place. */
export type CustomDecoder = (object: Record<string, unknown>, node: JsonNode | undefined) => Decoded;

export interface DecodedBody {
  /** A writable object of the caller's own. */
  readonly object: KubeObject;
  /** One text per unknown or duplicate field, when those only warrant a warning. */
  readonly warnings: readonly string[];
}

/**
 * Decodes the body of a POST or PUT. `rawBody` is its text where it came as JSON, for duplicate fields; `repeatedKeys`
 * tells of those of YAML. Throws StatusError (400) in the API server's words.
 */
export function decodeBody(resource: ResourceFacts, body: unknown, rawBody: string | undefined, fieldValidation: FieldValidation, custom?: CustomDecoder, repeatedKeys?: string): DecodedBody {
  const value = body === null || body === undefined ? {} : body;
  const summary = () => summarize(rawBody ?? JSON.stringify(body) ?? '');
  const unrecognized = (error: string) => badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): ${error} (${summary()})`);
  if (!isObject(value)) throw unrecognized(`couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} into Go value of type ${TYPE_META}`);
  for (const [key, name] of [['apiVersion', 'apiVersion'], ['kind', 'kind']] as const) {
    const text = value[key];
    if (text !== undefined && text !== null && typeof text !== 'string') throw unrecognized(`couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(text)} into Go struct field .${name} of type string`);
  }
  const apiVersion = (value.apiVersion as string | undefined) || apiVersionOf(resource);
  const kind = (value.kind as string | undefined) || resource.kind;
  if (apiVersion.split('/').length > 2) throw unrecognized(`unexpected GroupVersion string: ${apiVersion}`);
  if (custom) checkCustom(resource, value, apiVersion);
  else checkKind(resource, apiVersion, kind);
  const node = rawBody !== undefined && fieldValidation !== 'Ignore' ? duplicatesIn(rawBody) : undefined;
  const typed = { ...value, apiVersion, kind };
  const { version } = parseApiVersion(apiVersion);
  const fail = (error: string) => badRequest(`${kind} in version ${goQuote(version)} cannot be handled as a ${resource.kind}: ${error}`);
  const repeated = repeatedKeys === undefined ? [] : [repeatedKeys];
  return custom ? finish(custom(draft(typed), node), fieldValidation, fail, repeated) : settle(resource, typed, 'json', fieldValidation, node, fail, undefined, repeated);
}

/**
 * Decodes what a patch has made of an object. `patch` is the patch's body: errors (422) quote it, or the patched object.
 * What the patch has left as it is in `current` at the top level, beside the metadata, is shared with it and not writable.
 */
export function decodePatched(resource: ResourceFacts, patched: unknown, patchType: 'json' | 'merge' | 'strategic', patch: unknown, fieldValidation: FieldValidation, current?: KubeObject, custom?: CustomDecoder, patchFaults: readonly string[] = []): DecodedBody {
  const strategic = patchType === 'strategic';
  const fail = (error: string) => {
    const message = `Invalid value: ${goQuote(strategic ? goFormat(patch) : JSON.stringify(patched))}: ${error}`;
    return new StatusError(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] });
  };
  if (!isObject(patched)) throw fail(`json: cannot unmarshal ${jsonKind(patched)} into Go value of type v1.${resource.kind}`);
  if (custom) return finish(custom(draft(patched) as Record<string, unknown>, undefined), fieldValidation, fail, patchFaults);
  const { apiVersion, kind } = patched as KubeObject;
  const expected = apiVersionOf(resource);
  // A patch cannot turn an object into one of another kind.
  if ((apiVersion !== undefined && apiVersion !== expected) || (kind !== undefined && kind !== resource.kind)) {
    if (!resourceForKind(apiVersion ?? expected, kind ?? resource.kind)) throw fail(`no kind ${goQuote(kind ?? '')} is registered for version ${goQuote(apiVersion ?? '')} in scheme "${SCHEME}"`);
  }
  return settle(resource, { ...patched, apiVersion: expected, kind: resource.kind }, strategic ? 'converter' : 'json', fieldValidation, undefined, fail, current && { ...current, metadata: undefined }, patchFaults);
}

/** Decodes what an apply has made of an object; its types are checked already. */
export function decodeApplied(resource: ResourceFacts, applied: KubeObject, custom?: CustomDecoder): Draft<KubeObject> {
  const { metadata } = applied;
  const fail = (error: string) => new StatusError(500, '', `failed to convert new object (${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${resource.group}/${resource.version}, Kind=${resource.kind}) to proper version: ${error}`);
  const decoded = custom ? finish(custom(draft(applied) as Record<string, unknown>, undefined), 'Ignore', fail) : settle(resource, { ...applied }, 'converter', 'Ignore', undefined, fail);
  return decoded.object as Draft<KubeObject>;
}

function settle(resource: ResourceFacts, value: Readonly<Record<string, unknown>>, wording: Wording, fieldValidation: FieldValidation, node: JsonNode | undefined, fail: (error: string) => StatusError, decodedBefore?: Readonly<Record<string, unknown>>, strictBefore: readonly string[] = []): DecodedBody {
  const struct = resource.model === '' ? undefined : structOf(resource.model);
  if (!struct) return finish({ value: draft(value) as Record<string, unknown>, strict: node ? duplicateFields(node) : [] }, fieldValidation, fail, strictBefore);
  const { metadata } = value;
  if (!node && !decodedBefore && isObject(metadata) && isCanonical(resource, { ...value, metadata: { creationTimestamp: null, ...metadata } })) {
    return finish({ value: draft(value) as Record<string, unknown>, strict: [] }, fieldValidation, fail, strictBefore);
  }
  const decoded = decodeObject(struct, value, wording, node, decodedBefore);
  Object.assign(decoded.value, { apiVersion: value.apiVersion, kind: value.kind });
  // An empty list is no list to all fields but this one, where it means that nobody manages the object any more.
  if (isObject(metadata) && Array.isArray(metadata.managedFields) && metadata.managedFields.length === 0) ((decoded.value.metadata ??= {}) as Record<string, unknown>).managedFields = [];
  return finish(decoded, fieldValidation, fail, strictBefore);
}

function finish({ value, error, strict: ofValue }: Decoded, fieldValidation: FieldValidation, fail: (error: string) => StatusError, strictBefore: readonly string[] = []): DecodedBody {
  if (error !== undefined) throw fail(error);
  const strict = strictBefore.length > 0 ? [...strictBefore, ...ofValue] : ofValue;
  if (strict.length > 0 && fieldValidation === 'Strict') throw fail(`strict decoding error: ${strict.join(', ')}`);
  // The server sets an object's own creation time; in templates an unset time stays, as null.
  const metadata = value.metadata as Record<string, unknown> | undefined;
  if (metadata?.creationTimestamp === null) delete metadata.creationTimestamp;
  return { object: value as KubeObject, warnings: fieldValidation === 'Warn' ? strict : [] };
}

const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
/** Where upstream's registry of kinds is made: part of its error texts. */
const SCHEME = 'pkg/api/legacyscheme/scheme.go:30';

/** Whether the body is of the kind that the path is for. */
function checkKind(resource: ResourceFacts, apiVersion: string, kind: string): void {
  const expected = apiVersionOf(resource);
  if (apiVersion === expected && kind === resource.kind) return;
  const { group, version } = parseApiVersion(apiVersion);
  const other = resourceForKind(apiVersion, kind);
  const refuse = (error: string) => badRequest(`${kind} in version ${goQuote(version)} cannot be handled as a ${resource.kind}: ${error}`);
  if (!other) throw refuse(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "${SCHEME}"`);
  if (group === resource.group && kind === resource.kind) throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
  throw refuse(`converting (${version}.${kind}) to (${internalPackage(resource.group)}.${resource.kind}): unknown conversion`);
}

/** Custom resources say of which kind they should have been when they are checked, but of some kind they must be. */
function checkCustom(resource: ResourceFacts, { kind }: Readonly<Record<string, unknown>>, apiVersion: string): void {
  if (!kind) throw badRequest("Object 'Kind' is missing in 'object has no kind field '");
  const expected = apiVersionOf(resource);
  if (apiVersion !== expected) throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
}

/** The Go package of a group's internal types. */
function internalPackage(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}

/** Fields that stand twice in a patch, and those that an operation of a JSON patch does not have. */
export function patchFaults(patchType: 'json' | 'merge' | 'strategic', patch: unknown, rawBody: string | undefined, fieldValidation: FieldValidation): readonly string[] {
  if (fieldValidation === 'Ignore') return [];
  const node = rawBody === undefined ? undefined : duplicatesIn(rawBody);
  const duplicates = node ? duplicateFields(node) : [];
  if (patchType !== 'json') return duplicates;
  const unknown = (Array.isArray(patch) ? (patch as unknown[]) : []).flatMap((operation, i) => (isObject(operation) ? Object.keys(operation).filter((key) => !OPERATION_FIELDS.has(key)).map((key) => `unknown field ${goQuote(`[${i}].${key}`)}`) : []));
  return [...duplicates, ...unknown].map((text) => `json patch ${text}`);
}

const OPERATION_FIELDS = new Set(['op', 'path', 'from', 'value']);

/** The body with its duplicates, if it has any. */
function duplicatesIn(rawBody: string): JsonNode | undefined {
  const { node, duplicates } = scanJson(rawBody);
  return duplicates ? node : undefined;
}

/** The beginning of a body, in errors: as it is when it looks like an object, otherwise in hexadecimal. */
function summarize(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0) return '<empty>';
  const more = bytes.length > 30 ? ' ...' : '';
  const start = bytes.subarray(0, 30);
  return (text.startsWith('{') ? new TextDecoder().decode(start) : [...start].map((byte) => byte.toString(16).padStart(2, '0')).join('')) + more;
}
