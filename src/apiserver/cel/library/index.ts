/** All functions of v1.33's base environment (apiserver pkg/cel/environment/base.go), by name. */
import { AUTHORIZATION } from './authorizer.ts';
import { ADDRESSES } from './addresses.ts';
import { COLLECTIONS } from './collections.ts';
import { KUBERNETES } from './kubernetes.ts';
import type { Overload } from './library.ts';
import { OPERATORS } from './operators.ts';
import { STANDARD } from './standard.ts';
import { STRINGS } from './strings.ts';
import { TIME } from './time.ts';

export const FUNCTIONS: ReadonlyMap<string, readonly Overload[]> = byName([...OPERATORS, ...STANDARD, ...TIME, ...STRINGS, ...COLLECTIONS, ...ADDRESSES, ...KUBERNETES, ...AUTHORIZATION]);

function byName(overloads: readonly Overload[]): Map<string, Overload[]> {
  const functions = new Map<string, Overload[]>();
  for (const each of overloads) {
    const same = functions.get(each.name);
    if (same) same.push(each);
    else functions.set(each.name, [each]);
  }
  return functions;
}
