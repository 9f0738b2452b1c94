/**
 * Patches applied without a server: what is said to patches that are none, and to those that do not fit (evanphx/json-patch,
 * apimachinery util/strategicpatch, as kubectl pkg/cmd/patch/patch.go and pkg/cmd/util/override_options.go call them).
 */
import { isObject, jsonKind, type JsonValue } from '../../api/json.ts';
import type { PatchType } from '../../api/request.ts';
import { JsonError, readJson } from '../builder/json-reader.ts';
import { CommandError } from '../errors.ts';

/** A patch as it was read: its value, or what encoding/json says of its text. */
export type ReadPatch = { readonly value: JsonValue } | { readonly fault: string };

/** What a user wrote as a patch: as it is where it begins as JSON, right or wrong; else YAML that becomes JSON (apimachinery util/yaml: ToJSON). Throws YamlError. */
export async function readPatch(text: string): Promise<ReadPatch> {
  if (/^[\s\u0085]*\{/.test(text)) return readJsonPatch(text);
  const { readYaml } = await import('../builder/yaml-reader.ts');
  return { value: readYaml(text) ?? null };
}

/** A patch that must be JSON. */
export function readJsonPatch(text: string): ReadPatch {
  try {
    return { value: readJson(text) };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { fault: error.message };
  }
}

/** The patched object. Throws CommandError with what the patch libraries say to what they cannot apply. */
export async function patchLocally(object: object, patch: ReadPatch, type: PatchType): Promise<JsonValue> {
  const fault = 'fault' in patch ? malformed(patch.fault, type) : misfit(patch.value, type);
  if (fault !== undefined) throw new CommandError(fault);
  const body = 'value' in patch ? patch.value : null;
  const { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, schemaForKind, PatchError } = await import('../../api/patch/index.ts');
  const { apiVersion = '', kind = '' } = object as { readonly apiVersion?: string; readonly kind?: string };
  try {
    if (type === 'json') return applyJsonPatch(object as never, (body ?? []) as unknown as Parameters<typeof applyJsonPatch>[1]) as JsonValue;
    if (type === 'merge') return Array.isArray(body) ? body : (applyMergePatch(object, body) as JsonValue);
    return applyStrategicMergePatch(object as never, (body ?? {}) as never, schemaForKind(apiVersion, kind) as never) as unknown as JsonValue;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new CommandError(error.message);
  }
}

const MERGE_FAULT = 'Invalid JSON Patch';
const STRATEGIC_FAULT = 'invalid JSON document';

const malformed = (fault: string, type: PatchType): string => (type === 'strategic' ? STRATEGIC_FAULT : type === 'merge' ? MERGE_FAULT : fault);

/** What they say to JSON of another form than a patch has; undefined where it has it, or where it would take the object's place. */
function misfit(body: JsonValue, type: PatchType): string | undefined {
  if (type === 'strategic') return body === null || isObject(body) ? undefined : STRATEGIC_FAULT;
  if (type === 'merge') return Array.isArray(body) || isObject(body) ? undefined : MERGE_FAULT;
  if (body === null) return undefined;
  if (!Array.isArray(body)) return `json: cannot unmarshal ${jsonKind(body)} into Go value of type jsonpatch.Patch`;
  const wrong = (body as JsonValue[]).find((operation) => operation !== null && !isObject(operation));
  return wrong === undefined ? undefined : `json: cannot unmarshal ${jsonKind(wrong)} into Go value of type jsonpatch.Operation`;
}
