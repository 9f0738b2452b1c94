/**
 * What a kuberc file says: kubectl.config.k8s.io/v1alpha1, kind Preference, as v1.33 has it. Follows kubectl
 * pkg/config/v1alpha1/types.go, and pkg/kuberc/kuberc.go (validate).
 */
import { goQuote } from '../../api/quote.ts';
import type { JsonNode } from '../../api/json-scan.ts';
import { CommandError } from '../errors.ts';

/** A flag's default as text, in the form that it would have on a command line. */
export interface FlagDefault {
  readonly name: string;
  readonly default: string;
}

/** Other defaults for a command's flags. */
export interface CommandOverride {
  readonly command: string;
  readonly flags: readonly FlagDefault[];
}

/** Another name for a command, with defaults of its own and arguments before and after those that are given. */
export interface AliasOverride extends CommandOverride {
  readonly name: string;
  readonly prependArgs: readonly string[];
  readonly appendArgs: readonly string[];
}

export interface Preference {
  readonly overrides: readonly CommandOverride[];
  readonly aliases: readonly AliasOverride[];
}

/** A field's form; a list's items are all of one form. */
type Form = 'string' | readonly [Form] | { readonly [field: string]: Form };

const FLAG = { name: 'string', default: 'string' } as const;
const PREFERENCE = {
  apiVersion: 'string',
  kind: 'string',
  overrides: [{ command: 'string', flags: [FLAG] }],
  aliases: [{ name: 'string', command: 'string', prependArgs: ['string'], appendArgs: ['string'], flags: [FLAG] }],
} as const satisfies Form;

const API_VERSION = 'kubectl.config.k8s.io/v1alpha1';
const KIND = 'Preference';

/** The preferences in a document, and its unknown and duplicate fields; undefined where it holds none, or is wrong. */
export function decodePreference(node: JsonNode): { readonly preference: Preference; readonly strict: readonly string[] } | undefined {
  const strict = new Set<string>();
  let value: Preference;
  try {
    value = decode(PREFERENCE, node, '', strict) as Preference;
  } catch (error) {
    if (error instanceof WrongType) return undefined;
    throw error;
  }
  return typeField(node, 'apiVersion') === API_VERSION && typeField(node, 'kind') === KIND ? { preference: value, strict: [...strict] } : undefined;
}

/** What the document says it is: here, unlike anywhere else, letters may be of either case (apimachinery serializer/json/meta.go). */
function typeField(node: JsonNode, name: string): unknown {
  let found: unknown;
  for (const [key, value] of node.type === 'object' ? node.members : []) if (key.toLowerCase() === name.toLowerCase() && value.type === 'scalar' && value.value !== null) found = value.value;
  return found;
}

class WrongType extends Error {}

/** As Go's decoder: null and what is missing become the form's zero value. */
function decode(form: Form, node: JsonNode | undefined, path: string, strict: Set<string>): unknown {
  const given = node?.type === 'scalar' && node.value === null ? undefined : node;
  if (form === 'string') {
    if (given && (given.type !== 'scalar' || typeof given.value !== 'string')) throw new WrongType();
    return given ? given.value : '';
  }
  if (isList(form)) {
    if (given && given.type !== 'array') throw new WrongType();
    return (given?.items ?? []).map((item, index) => decode(form[0], item, `${path}[${index}]`, strict));
  }
  if (given && given.type !== 'object') throw new WrongType();
  const result: Record<string, unknown> = {};
  for (const [key, value] of given?.members ?? []) {
    const field = path === '' ? key : `${path}.${key}`;
    const known = Object.hasOwn(form, key) ? form[key] : undefined;
    if (!known) {
      strict.add(`unknown field ${goQuote(field)}`);
      continue;
    }
    if (Object.hasOwn(result, key)) strict.add(`duplicate field ${goQuote(field)}`);
    result[key] = decode(known, value, field, strict);
  }
  for (const [key, each] of Object.entries(form)) if (!Object.hasOwn(result, key)) result[key] = decode(each, undefined, '', strict);
  return result;
}

const isList = (form: Form): form is readonly [Form] => Array.isArray(form);

/** Throws CommandError for names that cannot be. */
export function validate({ aliases, overrides }: Preference): void {
  const names = new Set<string>();
  for (const { name, flags } of aliases) {
    if (!/^[a-zA-Z]+$/.test(name)) throw new CommandError('invalid alias name, can only include alphabetical characters');
    validateFlags(flags);
    if (names.has(name)) throw new CommandError(`duplicate alias name ${name}`);
    names.add(name);
  }
  for (const { flags } of overrides) validateFlags(flags);
}

function validateFlags(flags: readonly FlagDefault[]): void {
  const dashed = flags.find(({ name }) => name.startsWith('-'));
  if (dashed) throw new CommandError(`flag name ${dashed.name} should be in long form without dashes`);
}
