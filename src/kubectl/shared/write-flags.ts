/** Flags of commands that write: --validate, --field-manager, --save-config, and selection flags. */
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';
import type { Flags, FlagTable } from '../flags.ts';

export const validateFlags = {
  validate: { type: 'string', default: 'strict', noValue: 'strict', description: 'strict (or true): fail on fields that are unknown or stand twice; warn: only warn of them; ignore (or false): drop them.' },
} as const satisfies FlagTable;

/** The field validation that --validate asks for (helpers.go: GetValidationDirective). */
export function validationOf(flags: Flags<typeof validateFlags>): 'Strict' | 'Warn' | 'Ignore' {
  const value = flags.values.validate;
  switch (value) {
    case 'strict':
      return 'Strict';
    case 'warn':
      return 'Warn';
    case 'ignore':
      return 'Ignore';
  }
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return 'Strict';
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return 'Ignore';
  throw new CommandError(`invalid - validate option ${goQuote(value)}; must be one of: strict (or true), warn, ignore (or false)`);
}

/** --field-manager with the command's own default ("kubectl-create"). */
export const fieldManagerFlags = <const D extends string>(manager: D) =>
  ({ 'field-manager': { type: 'string', default: manager, description: 'Name under which the fields that this command sets are owned.' } }) as const satisfies FlagTable;

export const saveConfigFlags = {
  'save-config': { type: 'bool', default: false, description: 'Keep the configuration in the object\'s annotation, for a later apply.' },
} as const satisfies FlagTable;

export const selectorFlags = {
  selector: { type: 'string', default: '', short: 'l', description: 'Label query that objects must match: \'=\', \'==\', \'!=\', \'in\', \'notin\' (-l key1=value1,key2=value2,key3 in (value3)).' },
} as const satisfies FlagTable;

export const fieldSelectorFlags = {
  'field-selector': { type: 'string', default: '', description: 'Field query that objects must match: \'=\', \'==\', \'!=\' (--field-selector key1=value1,key2=value2). The server knows only few fields of each type.' },
} as const satisfies FlagTable;

export const allNamespacesFlags = {
  'all-namespaces': { type: 'bool', default: false, short: 'A', description: 'Work in all namespaces; that of --namespace and the current context is then not used.' },
} as const satisfies FlagTable;

export const chunkSizeFlags = {
  'chunk-size': { type: 'int', default: 500, description: 'How many objects one request of a long list asks for. 0 asks for all at once.' },
} as const satisfies FlagTable;
