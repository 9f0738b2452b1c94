/** Building status objects as Go writes them. */

/** The fields that are neither 0 nor absent: what `omitempty` leaves of a status. */
export function withoutZeros<T extends object>(fields: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0 && value !== undefined && value !== null)) as { [Key in keyof T]?: NonNullable<T[Key]> };
}

/** The conditions without those of a type; absent where none is left. */
export function withoutCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): readonly C[] | undefined {
  const rest = conditions?.filter((condition) => condition.type !== type);
  return rest && rest.length > 0 ? rest : undefined;
}
