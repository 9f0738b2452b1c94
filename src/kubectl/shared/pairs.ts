/** KEY=VALUE and KEY- arguments after the resources (kubectl pkg/cmd/util/helpers.go: GetResourcesAndPairs, ParsePairs). */
import { CommandError } from '../errors.ts';

export interface ResourcesAndPairs {
  readonly resources: readonly string[];
  readonly pairs: readonly string[];
}

const isAssignment = (text: string): boolean => text.includes('=') && !text.startsWith('=');
const isRemoval = (text: string): boolean => text.endsWith('-') && text !== '-';

/** Takes the arguments apart; `what` names the pairs in errors ("label"). */
export function resourcesAndPairs(args: readonly string[], what: string): ResourcesAndPairs {
  const resources: string[] = [];
  const pairs: string[] = [];
  for (const arg of args) {
    if (isAssignment(arg) || isRemoval(arg)) pairs.push(arg);
    else if (pairs.length > 0) throw new CommandError(`all resources must be specified before ${what} changes: ${arg}`);
    else resources.push(arg);
  }
  return { resources, pairs };
}

export interface ParsedPairs {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** The pairs by key; the last of two with the same key counts. */
export function parsePairs(pairs: readonly string[], what: string, supportRemove: boolean): ParsedPairs {
  const set = new Map<string, string>();
  const remove: string[] = [];
  const invalid: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (isAssignment(pair)) set.set(pair.slice(0, equals), pair.slice(equals + 1));
    else if (supportRemove && isRemoval(pair)) remove.push(pair.slice(0, -1));
    else invalid.push(pair);
  }
  if (invalid.length > 0) throw new CommandError(`invalid ${what} format: ${invalid.join(', ')}`);
  return { set, remove };
}
