/**
 * What Go's encoding leaves out or writes by itself, so that stored objects look as an API server's do: zero values of
 * optional fields vanish, zero structs and times of templates are written.
 */

/** Removes the named fields where they hold a zero value (false, 0, "", an empty list or map): Go's omitempty. */
export function omitEmpty<T extends object>(object: T, ...fields: readonly (keyof T & string)[]): void {
  for (const field of fields) {
    const value: unknown = object[field];
    if (value === undefined) continue;
    if (value === false || value === 0 || value === '' || value === null) delete object[field];
    else if (typeof value === 'object' && isEmpty(value)) delete object[field];
  }
}

function isEmpty(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

/**
 * Metadata inside another object (a pod template): written with "creationTimestamp": null, as Go writes a zero time that
 * no server ever set. The model knows no null, hence the wider type here and nowhere else.
 */
export function templateMeta<T extends object>(holder: { metadata?: T }): T {
  const meta = (holder.metadata ??= {} as T) as T & { creationTimestamp?: string | null };
  meta.creationTimestamp ??= null;
  return meta;
}
