/**
 * From client-side to server-side apply: what the last-applied annotation says was applied is kubectl's. Follows
 * apimachinery pkg/util/managedfields/internal/lastappliedmanager.go and lastappliedupdater.go.
 */
import type { ObjectMeta } from '../../api/generated/types.ts';
import { toJson } from '../../api/go-json.ts';
import { isObject, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { compare } from './compare.ts';
import type { Conflict } from './conflict.ts';
import { ElementError } from './elements.ts';
import { difference, has, type FieldSet } from './field-set.ts';
import { fieldSetOf } from './to-field-set.ts';
import type { Change } from './updater.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** apimachinery pkg/api/validation: TotalAnnotationSizeLimitB. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** The conflicts that remain when those over what was applied client-side, and is as it was then, do not count. */
export function allowedByLastApplied(change: Change, conflicts: readonly Conflict[]): readonly Conflict[] {
  const allowed = appliedBefore(change);
  return allowed ? conflicts.filter(({ path }) => !has(allowed, path)) : conflicts;
}

function appliedBefore({ schema, live, self }: Change): FieldSet | undefined {
  const text = (live as KubeObject).metadata?.annotations?.[LAST_APPLIED];
  const type = schema.typeAt(self.apiVersion);
  if (!text || !type) return undefined;
  try {
    const applied: unknown = JSON.parse(text);
    if (!isObject(applied) || applied.apiVersion !== self.apiVersion) return undefined;
    const { changed, removed } = compare(type, applied, live);
    return difference(difference(fieldSetOf(type, applied), changed), removed);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ElementError) return undefined;
    throw error;
  }
}

/** Brings the annotation, where there is one, to what is applied now. */
export function setLastApplied(meta: Draft<ObjectMeta>, config: KubeObject): void {
  if (!meta.annotations?.[LAST_APPLIED]) return;
  const { [LAST_APPLIED]: _, ...annotations } = config.metadata?.annotations ?? {};
  const { annotations: __, ...metadata } = config.metadata ?? {};
  const plain = { ...config, metadata: { ...metadata, ...(config.metadata?.annotations ? { annotations } : {}) } };
  const next: Record<string, string> = { ...meta.annotations, [LAST_APPLIED]: `${toJson(plain, 'sorted', '')}\n` };
  const bytes = Object.entries(next).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > MAX_ANNOTATION_BYTES) delete next[LAST_APPLIED];
  meta.annotations = next;
}
