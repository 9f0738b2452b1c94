/**
 * metadata.managedFields as the server works with it: who owns which fields. Follows apimachinery
 * pkg/util/managedfields/internal/managedfields.go.
 */
import type { ManagedFieldsEntry, ObjectMeta } from '../../api/generated/types.ts';
import type { Draft, JsonValue } from '../../api/json.ts';
import { goQuote } from '../../api/quote.ts';
import { parseTime } from '../../api/time.ts';
import { EMPTY, canonical, idOf, readFields, type FieldSet } from './field-set.ts';

/** Who writes: entries with equal identities are one. */
export interface ManagerIdentity {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
}

/** What a manager owns, as of its version. */
export interface Managed extends ManagerIdentity {
  /** `managerKey`. */
  readonly key: string;
  readonly set: FieldSet;
  readonly time: string | undefined;
}

/** By `managerKey`. */
export type Managers = Map<string, Managed>;

/** The identity as one text; who applies is the same in all versions. */
export function managerKey({ manager, operation, apiVersion, subresource }: ManagerIdentity): string {
  return `{"manager":"${manager}","operation":"${operation}"${operation === 'Apply' ? '' : `,"apiVersion":"${apiVersion}"`}${subresource ? `,"subresource":"${subresource}"` : ''}}`;
}

/** Entries are frozen, shared, and read again and again. */
const decodedEntries = new WeakMap<ManagedFieldsEntry, Managed>();

type Entries = NonNullable<ObjectMeta['managedFields']>;

/** Throws where an entry is none. */
export function decodeManaged(entries: Entries | undefined): Managers {
  const managers: Managers = new Map();
  for (const [i, entry] of (entries ?? []).entries()) {
    const known = decodedEntries.get(entry);
    if (known) {
      managers.set(known.key, known);
      continue;
    }
    const { manager = '', operation, apiVersion = '', fieldsType, subresource = '', time } = entry;
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new Error('apiVersion must not be empty');
    if (!fieldsType) throw new Error(`missing fieldsType in managed fields entry ${i}`);
    if (fieldsType !== 'FieldsV1') throw new Error(`invalid fieldsType ${goQuote(fieldsType)} in managed fields entry ${i}`);
    const identity: ManagerIdentity = { manager, operation, apiVersion, subresource };
    const managed: Managed = { ...identity, key: managerKey(identity), time: time ?? undefined, set: entry.fieldsV1 === undefined || entry.fieldsV1 === null ? EMPTY : readFields(entry.fieldsV1) };
    if (Object.isFrozen(entry)) decodedEntries.set(entry, managed);
    managers.set(managed.key, managed);
  }
  return managers;
}

/** In the order in which entries are stored; undefined where nobody manages anything. */
export function encodeManaged(managers: Managers): Entries | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(byTime).map(entryOf);
}

const seconds = (time: string | undefined): number => (time === undefined ? 0 : Math.floor(parseTime(time) / 1000));
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byTime(a: Managed, b: Managed): number {
  return text(a.operation, b.operation) || seconds(a.time) - seconds(b.time) || text(a.manager, b.manager) || text(a.apiVersion, b.apiVersion) || text(a.subresource, b.subresource);
}

/** Entries are shared: those of a burst of like objects are equal. By their sets. */
const shared = new WeakMap<FieldSet, Map<string, ManagedFieldsEntry>>();

function entryOf(managed: Managed): ManagedFieldsEntry {
  const { manager, operation, apiVersion, subresource, time, key } = managed;
  const set = canonical(managed.set);
  let entries = shared.get(set);
  if (!entries) shared.set(set, (entries = new Map()));
  const known = entries.get(key);
  if (known && known.time === time && known.apiVersion === apiVersion) return known;
  const entry: Draft<ManagedFieldsEntry> = {};
  if (manager) entry.manager = manager;
  entry.operation = operation;
  entry.apiVersion = apiVersion;
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = set as unknown as Draft<JsonValue>;
  if (subresource) entry.subresource = subresource;
  Object.freeze(entry);
  entries.set(key, entry);
  decodedEntries.set(entry, { ...managed, set });
  return entry;
}

/** Whether a request wants nobody to manage anything any more: an empty list, or one empty entry. */
export function isReset(entries: Entries | undefined): boolean {
  if (!entries) return false;
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0);
}

/** Whether two lists differ in nothing but times. */
export function sameButTimes(a: Entries | undefined, b: Entries | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  return a.every((left, i) => {
    const right = b[i] as ManagedFieldsEntry;
    return left === right || (left.manager === right.manager && left.operation === right.operation && left.apiVersion === right.apiVersion && left.subresource === right.subresource
      && (left.fieldsV1 === right.fieldsV1 || idOf(left.fieldsV1 as unknown as FieldSet) === idOf(right.fieldsV1 as unknown as FieldSet)));
  });
}
