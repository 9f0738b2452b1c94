/**
 * --overwrite=false: refuses a patch that touches what others have changed since the last apply (apimachinery
 * strategicpatch: MergingMapsHaveConflicts; mergepatch: ErrConflict).
 */
import { createTwoWayMergePatch, type PatchSchema } from '../../../api/patch/index.ts';
import { isObject } from '../../../api/json.ts';
import { CommandError } from '../../errors.ts';
import { toYaml } from '../../printers/yaml.ts';

type Fields = Readonly<Record<string, unknown>>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';

/** Throws where the patch and the changes from `original` to `current` differ on a field. */
export function checkConflicts(original: object, current: object, patch: object, schema: PatchSchema): void {
  const changes = createTwoWayMergePatch(original, current, schema);
  if (mapsConflict(patch as Fields, changes, schema)) throw new CommandError(`patch:\n${toYaml(patch)}\nconflicts with changes made from original to current:\n${toYaml(changes)}\n`);
}

function mapsConflict(left: Fields, right: Fields, schema: PatchSchema): boolean {
  for (const key of Object.keys(left)) {
    if (key === DIRECTIVE || key === RETAIN_KEYS || !Object.hasOwn(right, key)) continue;
    const values = [left[key], right[key]] as const;
    const field = values.some((value) => isObject(value) || Array.isArray(value)) && !key.startsWith('$') ? schema.field(key) : undefined;
    if (valuesConflict(...values, field?.elementSchema ?? schema, field?.strategies ?? [], field?.mergeKey ?? '')) return true;
  }
  return false;
}

function valuesConflict(left: unknown, right: unknown, schema: PatchSchema, strategies: readonly string[], mergeKey: string): boolean {
  if (isObject(left) && isObject(right)) {
    if (left[DIRECTIVE] !== right[DIRECTIVE]) return true;
    return strategies.includes('replace') ? false : mapsConflict(left, right, schema);
  }
  if (Array.isArray(left) && Array.isArray(right)) return listsConflict(left, right, schema, strategies, mergeKey);
  return left !== right;
}

function listsConflict(left: readonly unknown[], right: readonly unknown[], schema: PatchSchema, strategies: readonly string[], mergeKey: string): boolean {
  if (strategies.includes('merge')) {
    // Lists of scalars that merge never conflict.
    if (!left.every(isObject) || !right.every(isObject) || mergeKey === '') return false;
    return left.some((item) => right.some((other) => (item as Fields)[mergeKey] === (other as Fields)[mergeKey] && mapsConflict(item as Fields, other as Fields, schema)));
  }
  if (left.length !== right.length) return true;
  const sorted = (items: readonly unknown[]): readonly unknown[] => (items.some((item) => typeof item === 'object') ? items : [...items].sort());
  const others = sorted(right);
  return sorted(left).some((item, index) => valuesConflict(item, others[index], schema, [], ''));
}
