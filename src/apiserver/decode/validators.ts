/**
 * The compiled schemas, loaded when they begin to pay: reading a group's module takes longer than decoding a handful of
 * objects, so that a single command never loads one and a daemon soon has what it uses.
 */
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import { VALIDATORS } from '../generated/validators.ts';

type Validators = Readonly<Record<string, (value: unknown) => boolean>>;

/** From this many objects of a group on, its module is worth loading. */
const WORTH_LOADING = 24;

const counts = new Map<string, number>();
const loaded = new Map<string, Validators>();

/** Whether an object is known to be exactly what decoding it would give; false also where that is not known yet. */
export function isCanonical(resource: ResourceFacts, value: unknown): boolean {
  const id = apiVersionOf(resource);
  const validators = loaded.get(id);
  if (validators) return validators[resource.model]?.(value) ?? false;
  const count = (counts.get(id) ?? 0) + 1;
  counts.set(id, count);
  // Without them every object is decoded, which only takes longer.
  if (count === WORTH_LOADING) loadValidators(id).catch(() => undefined);
  return false;
}

/** Loads the module of an API version; nothing happens where there is none. */
export async function loadValidators(apiVersion: string): Promise<void> {
  const load = VALIDATORS[apiVersion];
  if (load) loaded.set(apiVersion, await load());
}
