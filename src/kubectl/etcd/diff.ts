/** What changed between two values of a key, field by field. */

/** A field that differs; `path` as in "spec.containers[web].image". */
export interface FieldChange {
  readonly path: string;
  /** Undefined: the field was not there. */
  readonly before: unknown;
  /** Undefined: the field is gone. */
  readonly after: unknown;
}

/** By what the items of a list are told apart, as in Kubernetes' own merge keys; tried in this order. */
const ITEM_KEYS = ['name', 'type', 'uid', 'containerPort', 'port', 'ip', 'key', 'mountPath', 'manager'] as const;

type Json = Readonly<Record<string, unknown>>;

/** The differing fields, in the order of the newer value; a field that came or went as a whole is told leaf by leaf. */
export function diffValues(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', before, after, changes);
  return changes;
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  if (before === after) return;
  const entriesBefore = entriesOf(before, after);
  const entriesAfter = entriesOf(after, before);
  if (!entriesBefore && !entriesAfter) {
    if (JSON.stringify(before) !== JSON.stringify(after)) changes.push({ path, before, after });
    return;
  }
  // A map in the place of a scalar, or the other way round.
  if (before !== undefined && !entriesBefore) changes.push({ path, before, after: undefined });
  if (after !== undefined && !entriesAfter) changes.push({ path, before: undefined, after });
  const keys = new Set([...(entriesBefore?.keys() ?? []), ...(entriesAfter?.keys() ?? [])]);
  for (const key of keys) compare(path + (path === '' && key.startsWith('.') ? key.slice(1) : key), entriesBefore?.get(key), entriesAfter?.get(key), changes);
}

/** A map's or list's parts by how they stand in a path; undefined for what has none (an empty one, where the other is no fuller). */
function entriesOf(value: unknown, other: unknown): Map<string, unknown> | undefined {
  if (isEmpty(value)) return !isEmpty(other) && isContainer(other) && Array.isArray(other) === Array.isArray(value) ? new Map() : undefined;
  if (Array.isArray(value)) {
    const key = itemKey([...value, ...(Array.isArray(other) ? (other as unknown[]) : [])]);
    const unique = key !== undefined && isUnique(value, key) && (!Array.isArray(other) || isUnique(other, key));
    return new Map(value.map((item: unknown, i) => [`[${unique ? String((item as Json)[key]) : i}]`, item]));
  }
  if (!isContainer(value)) return undefined;
  return new Map(Object.entries(value).map(([name, item]) => [/^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`, item]));
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: unknown): boolean {
  return isContainer(value) && Object.keys(value).length === 0;
}

function itemKey(items: readonly unknown[]): string | undefined {
  return ITEM_KEYS.find((key) => items.every((item) => ['string', 'number'].includes(typeof (item as Json | null)?.[key])));
}

function isUnique(items: readonly unknown[], key: string): boolean {
  return new Set(items.map((item) => (item as Json)[key])).size === items.length;
}
