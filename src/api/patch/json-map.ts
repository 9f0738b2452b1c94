/** Writable JSON, as the patch engine works on it, and the few questions that it asks of a value. */

export interface JsonMap {
  [key: string]: unknown;
}

/** A patch that cannot be made or applied; the message is upstream's. */
export class PatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatchError';
  }
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a key is there, null included, undefined not. */
export function has(map: JsonMap, key: string): boolean {
  return Object.hasOwn(map, key) && map[key] !== undefined;
}

export type JsonType = 'null' | 'map' | 'list' | 'string' | 'number' | 'boolean';

export function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'map';
}

/** Sets a key even where it is called __proto__. */
export function setKey(map: JsonMap, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}
