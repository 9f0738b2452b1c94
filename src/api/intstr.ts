/** Fields that take a number or a percentage (maxSurge, maxUnavailable, minAvailable). Follows apimachinery pkg/util/intstr. */

/** The absolute number that a value means out of `total`. Throws an Error for a string that is no percentage. */
export function resolveIntOrPercent(value: number | string, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  const match = /^(\d+)%$/.exec(value);
  if (!match) throw new Error(`invalid value for IntOrString: invalid type: string is not a percentage`);
  const exact = (Number(match[1]) * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}
