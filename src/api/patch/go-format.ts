/** Values as Go's %v prints them: error texts of the patch engine quote maps that way. */

/** `map[a:1 b:[x y]]`; keys in order, nothing quoted, null is <nil>. */
export function goFormat(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
  if (typeof value === 'object') {
    const map = value as Record<string, unknown>;
    return `map[${Object.keys(map).sort().map((key) => `${key}:${goFormat(map[key])}`).join(' ')}]`;
  }
  return String(value);
}

/** The Go type that decoding JSON into an interface gives a value, as error texts name it. */
export function goTypeName(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'string';
}
