/** Quantities as stored: canonical and without parts below a thousandth (kubernetes pkg/apis/core/v1/defaults.go: SetDefaults_ResourceList). */
import { parseQuantity, Quantity } from '../../api/quantity.ts';
import { omitEmpty } from './omit.ts';

const MILLI = 1_000_000n;
/** The same few texts come with every pod; their canonical forms are kept. */
const known = new Map<string, string>();
const MOST_KNOWN = 2000;

/** The stored form of a quantity in a resource list. A text that is no quantity stays as it is: decoding has refused it before. */
export function storedQuantity(text: string | number): string {
  const key = String(text);
  const found = known.get(key);
  if (found !== undefined) return found;
  let result: string;
  try {
    const quantity = parseQuantity(key);
    const rest = quantity.nano % MILLI;
    const rounded = rest === 0n ? quantity.nano : quantity.nano - rest + (rest > 0n ? MILLI : -MILLI);
    result = new Quantity(rounded, quantity.format).toString();
  } catch {
    return key;
  }
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, result);
  return result;
}

/** Brings every amount of a resource list to its stored form. */
export function defaultResourceList(list: Record<string, string> | undefined): void {
  if (!list) return;
  for (const name in list) {
    const value = list[name];
    if (value !== undefined) list[name] = storedQuantity(value);
  }
}

/** Limits and requests. */
export function defaultResources(resources: { limits?: Record<string, string>; requests?: Record<string, string> } | undefined): void {
  if (!resources) return;
  omitEmpty(resources, 'limits', 'requests');
  defaultResourceList(resources.limits);
  defaultResourceList(resources.requests);
}
