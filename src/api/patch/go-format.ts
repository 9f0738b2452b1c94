/** Values as Go's fmt prints them once JSON is decoded: error texts of the patch engine quote maps that way. */
import { goText, goType, sortedKeys } from '../go-value.ts';
import { isMap } from './json-map.ts';

/** %v: `map[a:1 b:[x y]]`; keys in order, nothing quoted, null is <nil>. */
export const goFormat = (value: unknown): string => goText(value, 'int64');

/** %s: all but text, and what holds it, is shown with its type. */
export function goString(value: unknown): string {
  const within = (child: unknown): string => (child === null ? '<nil>' : goString(child));
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(within).join(' ')}]`;
  if (isMap(value)) return `map[${sortedKeys(value).map((key) => `${key}:${within(value[key])}`).join(' ')}]`;
  return value === null || value === undefined ? '%!s(<nil>)' : `%!s(${goType(value, 'int64')}=${goFormat(value)})`;
}

/** %s of a value's type. */
export const goTypeName = (value: unknown): string => (value === null || value === undefined ? '%!s(<nil>)' : goType(value, 'int64'));
