/** Request bodies as objects in the version in which they are stored: of a POST or PUT, and what a PATCH makes of the stored one. */
import { applyPatch, schemaForKind } from '../../api/patch/index.ts';
import { isObject, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { badRequest, conflict, StatusError } from '../../api/status.ts';
import { decodeApplied, decodeBody, decodePatched, patchFaults, type CustomDecoder, type DecodedBody } from '../decode/decode.ts';
import { withNulls } from '../../api/null-fields.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { applyFields } from './field-tracking.ts';
import { matchName, matchNamespace, metaOf } from './metadata.ts';
import type { RequestScope } from './scope.ts';
import type { Revise, UpdateOptions } from './update.ts';

/** Decodes the request's body as an object of a kind: the resource's own, or the one that a subresource takes. */
export function decodeRequest(scope: RequestScope, kind: ResourceFacts = scope.resource): Draft<KubeObject> {
  const { body, rawBody, repeatedKeys } = scope.request;
  return take(scope, decodeBody(kind, body, rawBody, fieldValidation(scope), kind === scope.resource ? customDecoder(scope) : undefined, repeatedKeys));
}

const customDecoder = ({ custom }: RequestScope): CustomDecoder | undefined => custom && ((object, node) => custom.decode(object, node));

const fieldValidation = ({ options }: RequestScope) => options.fieldValidation ?? 'Warn';

function take(scope: RequestScope, { object, warnings }: DecodedBody): Draft<KubeObject> {
  for (const text of warnings) if (!scope.warnings.includes(text)) scope.warnings.push(text);
  return object as Draft<KubeObject>;
}

/** A new object from a POST, in its stored version and with its kind's defaults. */
export function incomingObject(scope: RequestScope): Draft<KubeObject> {
  const decoded = decodeRequest(scope);
  const object = scope.conversion ? scope.conversion.toStorage(decoded) : decoded;
  scope.strategy.applyDefaults?.(object);
  return object;
}

/** Which parts of the incoming object go into the stored one: all of it, or what a subresource changes. */
export type Compose = (incoming: Draft<KubeObject>, current: StoredObject) => Draft<KubeObject>;

const whole: Compose = (incoming) => incoming;

/** What a PUT or PATCH does to the stored object, and what the update has to know of the body beside. */
export interface IncomingChange {
  readonly revise: Revise;
  readonly options: Pick<UpdateOptions, 'uid' | 'tracked' | 'createsMissing'>;
  /** The object of a PUT, for kinds that are created that way, or of an apply. */
  readonly create?: () => Draft<KubeObject>;
}

export function incomingChange(scope: RequestScope, compose: Compose = whole): IncomingChange {
  return scope.request.verb === 'patch' ? patchChange(scope, compose) : putChange(scope, compose);
}

function putChange(scope: RequestScope, compose: Compose): IncomingChange {
  const object = incomingObject(scope);
  const meta = metaOf(object);
  matchNamespace(scope, meta);
  matchName(scope, meta);
  const { resourceVersion, uid } = meta;
  return {
    revise(current) {
      // A second try must not take the version that the first one filled in for one that the client asked for.
      if (resourceVersion === undefined) delete meta.resourceVersion;
      else meta.resourceVersion = resourceVersion;
      return compose(object, current);
    },
    options: uid ? { uid } : {},
    create: () => object,
  };
}

function patchChange(scope: RequestScope, compose: Compose): IncomingChange {
  const { patchType, body } = scope.request;
  if (patchType === 'apply') return applyChange(scope, compose);
  if (patchType === undefined) {
    throw new StatusError(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json');
  }
  if (scope.custom && patchType === 'strategic') throw new StatusError(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml');
  const { resource, conversion } = scope;
  const schema = resource.model === '' ? undefined : schemaForKind(apiVersionOf(resource), resource.kind);
  const faults = patchFaults(patchType, body, scope.request.rawBody, fieldValidation(scope));
  return {
    revise(current) {
      const before = conversion ? conversion.fromStorage(current) : current;
      const patched = applyPatch(patchType, withNulls(resource, before), body, schema);
      // Who writes the status leaves the spec alone: that need not be decoded again.
      const decoded = take(scope, decodePatched(resource, patched, patchType, body, fieldValidation(scope), scope.subresource === 'status' ? before : undefined, customDecoder(scope), faults));
      const object = conversion ? conversion.toStorage(decoded) : decoded;
      const meta = metaOf(object);
      if (meta.name !== scope.name) throw badRequest(`the name of the object (${meta.name ?? ''}) does not match the name on the URL (${scope.name})`);
      return compose(object, current);
    },
    options: {},
  };
}

/** Server-side apply: creates what is not there. */
function applyChange(scope: RequestScope, compose: Compose): IncomingChange {
  const { body } = scope.request;
  const { resource, conversion } = scope;
  if (!isObject(body)) throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  const merged = (current: StoredObject | undefined): Draft<KubeObject> => {
    const applied = decodeApplied(resource, applyFields(scope, current, body), customDecoder(scope));
    noteRepeatedKeys(scope);
    return conversion ? conversion.toStorage(applied) : applied;
  };
  return {
    revise(current) {
      const object = merged(current);
      matchName(scope, metaOf(object));
      return compose(object, current);
    },
    create() {
      const object = merged(undefined);
      const meta = metaOf(object);
      if (meta.uid) throw conflict(resource, scope.name, `uid mismatch: the provided object specified uid ${meta.uid}, and no existing object was found`);
      matchName(scope, meta);
      return object;
    },
    options: { tracked: true, createsMissing: true },
  };
}

/** Keys that stand twice in a YAML body: a warning, or an error where the client is strict. */
function noteRepeatedKeys(scope: RequestScope): void {
  const { repeatedKeys } = scope.request;
  const validation = fieldValidation(scope);
  if (repeatedKeys === undefined || validation === 'Ignore') return;
  if (validation === 'Strict') throw badRequest(`error strict decoding patch: error converting YAML to JSON: ${repeatedKeys}`);
  const text = `error converting YAML to JSON: ${repeatedKeys}`;
  if (!scope.warnings.includes(text)) scope.warnings.push(text);
}
