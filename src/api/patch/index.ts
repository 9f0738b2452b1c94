/**
 * The one patch engine, for the API server's PATCH and for kubectl's apply, edit and set. Errors are those of the API
 * server (apiserver pkg/endpoints/handlers/patch.go).
 */
import { jsonKind } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { StatusError, badRequest, requestEntityTooLarge } from '../status.ts';
import { PatchError, isMap } from './json-map.ts';
import { applyJsonPatch, type JsonPatchOperation } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { PatchSchema } from './schema.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

export { goFormat } from './go-format.ts';
export { PatchError, type JsonMap } from './json-map.ts';
export { applyJsonPatch, type JsonPatchOperation } from './json-patch.ts';
export { applyMergePatch, createMergePatch, createThreeWayJsonMergePatch } from './merge-patch.ts';
export { PatchSchema, schemaForKind, type PatchField } from './schema.ts';
export { applyStrategicMergePatch } from './strategic-merge-patch.ts';
export { createThreeWayMergePatch, createTwoWayMergePatch } from './three-way.ts';

/** The most operations that a JSON patch may have. */
const MAX_OPERATIONS = 10_000;

/** Patches that do not come to a valid document: the API server says no more than this about them. */
const rejected = (): StatusError => new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/**
 * The patched object; it may share parts with the one before. Throws StatusError as the API server words it. Strategic merge patches need
 * the kind's schema; without one (custom resources) they are refused.
 */
export function applyPatch(type: 'json' | 'merge' | 'strategic', object: unknown, patch: unknown, schema?: PatchSchema): KubeObject {
  switch (type) {
    case 'json': return applyJson(object, patch);
    case 'merge':
      if (!isMap(patch)) throw badRequest(`error decoding patch: ${mismatch(patch, 'map[string]interface {}')}`);
      return applyMergePatch(object, patch) as KubeObject;
    case 'strategic': return applyStrategic(object, patch, schema);
  }
}

function applyJson(object: unknown, patch: unknown): KubeObject {
  if (!Array.isArray(patch)) throw badRequest(`error decoding patch: ${mismatch(patch, '[]handlers.jsonPatchOp')}`);
  for (const operation of patch as readonly unknown[]) {
    if (operation === null) continue;
    if (!isMap(operation)) throw badRequest(`error decoding patch: ${mismatch(operation, 'handlers.jsonPatchOp')}`);
    for (const field of ['op', 'path', 'from']) {
      const value = operation[field];
      if (value !== undefined && value !== null && typeof value !== 'string') {
        throw badRequest(`error decoding patch: json: cannot unmarshal ${jsonKind(value)} into Go struct field jsonPatchOp.${field} of type string`);
      }
    }
  }
  if (patch.length > MAX_OPERATIONS) throw requestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
  let result: unknown;
  try {
    result = applyJsonPatch(object, patch as JsonPatchOperation[]);
  } catch (error) {
    throw error instanceof PatchError ? rejected() : error;
  }
  if (!isMap(result)) throw rejected();
  return result as KubeObject;
}

/** Faults of form are the client's (400); what cannot be merged has no code of its own upstream and is a 500. */
const BAD_FORMS = new Set(['invalid patch format of primitive list', 'invalid patch format of retainKeys', 'invalid patch format of setElementOrder list']);

function applyStrategic(object: unknown, patch: unknown, schema: PatchSchema | undefined): KubeObject {
  if (!isMap(patch)) throw badRequest(mismatch(patch, 'map[string]interface {}'));
  if (!schema) throw badRequest('strategic merge patch format is not supported');
  try {
    return applyStrategicMergePatch(object, patch, schema) as KubeObject;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (BAD_FORMS.has(error.message)) throw badRequest(error.message);
    if (error.message === 'lists of lists are not supported') throw rejected();
    throw new StatusError(500, '', error.message);
  }
}

function mismatch(value: unknown, goType: string): string {
  return `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${goType}`;
}
