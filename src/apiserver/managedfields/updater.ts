/**
 * Who owns what after an update or an apply, and what an apply makes of an object. Follows structured-merge-diff
 * merge/update.go.
 */
import { equal } from '../../api/json.ts';
import { compare, type Comparison } from './compare.ts';
import { Conflicts, conflictsOver } from './conflict.ts';
import { EMPTY, difference, intersection, isEmpty, union, type FieldSet } from './field-set.ts';
import { managerKey, type Managed, type ManagerIdentity, type Managers } from './managed.ts';
import { merge } from './merge.ts';
import { removeItems } from './remove.ts';
import { childType, type FieldType } from './schema.ts';
import { SELF } from './path-element.ts';
import { fieldSetOf } from './to-field-set.ts';
import type { PlainObject, VersionedSchema } from './versions.ts';

/** One change under the eyes of all managers. */
export interface Change {
  readonly schema: VersionedSchema;
  readonly live: PlainObject;
  /** Who makes it, in the version of both objects. */
  readonly self: ManagerIdentity;
  /** Takes out what this subresource does not write. */
  readonly filter: (set: FieldSet) => FieldSet;
}

/** Takes what an update sets and removes from all who managed it, and returns what it sets. */
export function update(change: Change, object: PlainObject, managers: Managers): FieldSet {
  return reassign(change, object, managers, true).changed;
}

/**
 * Merges a configuration, and removes what its manager applied before and does not apply any more. Undefined: the
 * object stays as it is. Throws Conflicts.
 */
export function apply(change: Change, config: PlainObject, managers: Managers, force: boolean): PlainObject | undefined {
  const { schema, live, self, filter } = change;
  const type = schema.typeAt(self.apiVersion) as FieldType;
  const key = managerKey(self);
  const last = managers.get(key);
  managers.set(key, { ...self, key, set: filter(fieldSetOf(type, config)), time: last?.time });
  const merged = (merge(type, live, config) ?? {}) as PlainObject;
  const object = last && !isEmpty(last.set) ? prune(schema, merged, managers, self, last) : merged;
  reassign(change, object, managers, force, key);
  return equal(live, object) ? undefined : object;
}

/** Takes from all managers but `own` what the change sets or removes. Throws Conflicts where that must not be. */
function reassign({ schema, live, self, filter }: Change, object: PlainObject, managers: Managers, force: boolean, own?: string): Comparison {
  const compared = new Map<string, Comparison | undefined>();
  const inVersion = (version: string): Comparison | undefined => {
    if (compared.has(version)) return compared.get(version);
    const type = schema.typeAt(version);
    const [before, after] = [schema.convert(live, version), schema.convert(object, version)];
    const result = type && before && after ? filtered(compare(type, before, after), filter) : undefined;
    compared.set(version, result);
    return result;
  };
  const comparison = inVersion(self.apiVersion);
  if (!comparison) throw new Error(`no type for ${self.apiVersion}`);
  const conflicts = new Map<Managed, FieldSet>();
  const left: [string, Managed][] = [];
  for (const [key, managed] of managers) {
    if (key === own) continue;
    const change = inVersion(managed.apiVersion);
    if (!change) {
      managers.delete(key);
      continue;
    }
    const conflict = intersection(managed.set, change.changed);
    if (!isEmpty(conflict)) conflicts.set(managed, conflict);
    const set = difference(difference(managed.set, conflict), change.removed);
    if (set !== managed.set) left.push([key, { ...managed, set }]);
  }
  if (!force && conflicts.size > 0) throw new Conflicts(conflictsOver(conflicts));
  for (const [key, managed] of left) managers.set(key, managed);
  for (const [key, { set }] of managers) if (isEmpty(set)) managers.delete(key);
  return comparison;
}

const filtered = ({ removed, changed }: Comparison, filter: Change['filter']): Comparison => ({ removed: filter(removed), changed: filter(changed) });

/** Removes what the manager applied last time, not this time, and nobody else owns. */
function prune(schema: VersionedSchema, merged: PlainObject, managers: Managers, self: ManagerIdentity, last: Managed): PlainObject {
  const version = last.apiVersion;
  const type = schema.typeAt(version);
  const converted = schema.convert(merged, version);
  if (!type || !converted) return merged;
  const removed = removeItems(type, converted, withNamedFields(last.set, type)) as PlainObject;
  const owned = addBackOwned(schema, converted, removed, version, managers);
  const dangling = addBackDangling(schema, converted, owned, last);
  return schema.convert(dangling, self.apiVersion) ?? merged;
}

/** Puts back what other managers own, or this one still does. */
function addBackOwned(schema: VersionedSchema, merged: PlainObject, pruned: PlainObject, version: string, managers: Managers): PlainObject {
  const byVersion = new Map<string, FieldSet>([[version, EMPTY]]);
  for (const { apiVersion, set } of managers.values()) byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? EMPTY, set));
  let [all, kept] = [merged, pruned];
  for (const [apiVersion, managed] of byVersion) {
    const type = schema.typeAt(apiVersion);
    const [whole, part] = [schema.convert(all, apiVersion), schema.convert(kept, apiVersion)];
    if (!type || !whole || !part) continue;
    all = whole;
    const wholeSet = withNamedFields(fieldSetOf(type, whole), type);
    const keep = union(withNamedFields(fieldSetOf(type, part), type), withNamedFields(managed, type));
    kept = removeItems(type, whole, difference(wholeSet, keep)) as PlainObject;
  }
  return kept;
}

/** Puts back what this manager did not own: nobody did, or only who updates. */
function addBackDangling(schema: VersionedSchema, merged: PlainObject, pruned: PlainObject, last: Managed): PlainObject {
  const type = schema.typeAt(last.apiVersion);
  const part = schema.convert(pruned, last.apiVersion);
  if (!type || !part) return merged;
  const gone = difference(withNamedFields(fieldSetOf(type, merged), type), withNamedFields(fieldSetOf(type, part), type));
  return removeItems(type, merged, intersection(gone, withNamedFields(last.set, type))) as PlainObject;
}

/** The set with the structs' fields on the way to its paths (EnsureNamedFieldsAreMembers). */
export function withNamedFields(set: FieldSet, type: FieldType | undefined): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in set) {
    if (element === SELF) continue;
    const node = set[element] as FieldSet;
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    const named = name !== undefined && type?.map?.field(name) !== undefined;
    const below = name !== undefined ? type?.map && childType(type.map, name) : element.startsWith('k:') ? type?.list?.element : undefined;
    const children: Record<string, FieldSet> = { ...withNamedFields(node, below) };
    const empty = isEmpty(children);
    if (!empty && (named || SELF in node)) children[SELF] = EMPTY;
    result[element] = children;
  }
  return result;
}
