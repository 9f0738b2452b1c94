/** How keys stand on the command line. */

/** A key as the store has it: "pods/default/web" is short for "/registry/pods/default/web". */
export function fullKey(text: string): string {
  return text.startsWith('/') ? text : `/registry/${text}`;
}

/** A prefix; none is everything. */
export function fullPrefix(text: string | undefined): string {
  return text === undefined || text === '' ? '' : fullKey(text);
}
