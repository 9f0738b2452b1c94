/** JSON as TypeScript types, and the two directions between frozen (stored) and writable (draft) values. */

export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = JsonPrimitive | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** A writable deep copy's type: what `draft()` returns. A draft can be handed to anything that takes the frozen type. */
export type Draft<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Draft<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Draft<T[Key]> }
      : T;

/**
 * A deep, writable copy of a JSON value. Stored objects are frozen and shared; who changes one, drafts it first.
 * Much faster than structuredClone, and drops keys whose value is undefined, as JSON does.
 */
export function draft<T>(value: T): Draft<T> {
  return copy(value) as Draft<T>;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  // Not Object.keys: a list of them for each of a cluster's objects is felt.
  for (const key in source) {
    const child = source[key];
    if (child === undefined) continue;
    if (key === '__proto__') Object.defineProperty(result, key, { value: copy(child), enumerable: true, configurable: true, writable: true });
    // Sets of managed fields are shared by many objects, and nobody changes one in place.
    else result[key] = typeof child === 'object' && child !== null && !(key === 'fieldsV1' && Object.isFrozen(child)) ? copy(child) : child;
  }
  return result;
}

/** Freezes a JSON value through and through, and returns it. Stops at parts that are frozen already (shared structure). */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    if (Array.isArray(value)) for (const item of value as unknown[]) freeze(item);
    else for (const key in value) freeze(value[key]);
  }
  return value;
}

/** Whether two JSON values are the same; a key with the value undefined counts as absent, the order of keys does not count. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false;
    return true;
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (left[key] !== undefined && !(Object.hasOwn(right, key) && equal(left[key], right[key]))) return false;
  for (const key in right) if (right[key] !== undefined && (!Object.hasOwn(left, key) || left[key] === undefined)) return false;
  return true;
}

/** Whether a value is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What Go's decoder calls a JSON value in its errors. */
export const jsonKind = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value);
