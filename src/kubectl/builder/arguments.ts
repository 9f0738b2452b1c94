/** TYPE NAME, TYPE1,TYPE2, TYPE/NAME …: what the arguments of a command name (cli-runtime builder.go: ResourceTypeOrNameArgs). */
import { CommandError } from '../errors.ts';

export interface ResourceTuple {
  readonly type: string;
  readonly name: string;
}

/** The arguments taken apart: either tuples, or types with or without names. */
export interface ResourceArguments {
  readonly tuples: readonly ResourceTuple[];
  readonly types: readonly string[];
  readonly names: readonly string[];
}

/** "a,b,a" → a, b */
export const splitTypes = (text: string): string[] => [...new Set(text.split(','))];

/** Takes arguments apart. `program` is what the hint in the error calls kubectl. */
export function parseArguments(given: readonly string[], program: string): ResourceArguments {
  const args = spreadTypes(given);
  const slashes = args.filter((arg) => arg.includes('/')).length;
  if (slashes > 0 && slashes !== args.length) {
    throw new CommandError(
      `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${program} get resource/<resource_name>' instead of '${program} get resource resource/<resource_name>'`,
    );
  }
  if (slashes > 0) return { tuples: args.map(parseTuple), types: [], names: [] };
  const [types, ...names] = args;
  return { tuples: [], types: types === undefined ? [] : splitTypes(types), names };
}

/** "a,b x y" means a/x a/y b/x b/y. */
function spreadTypes(args: readonly string[]): readonly string[] {
  const [first, ...names] = args;
  if (first === undefined || names.length === 0) return args;
  const types = splitTypes(first);
  return types.length > 1 ? types.flatMap((type) => names.map((name) => `${type}/${name}`)) : args;
}

/** "deploy/web" → its two parts. */
export function parseTuple(text: string): ResourceTuple {
  const parts = text.split('/');
  if (parts.length !== 2) throw new CommandError('arguments in resource/name form may not have more than one slash');
  const [type = '', name = ''] = parts;
  if (type === '' || name === '' || splitTypes(type).length !== 1) throw new CommandError('arguments in resource/name form must have a single resource and name');
  return { type, name };
}

/** Whether the arguments name objects and not only types (resource.HasNames). */
export function hasNames(args: readonly string[], program: string): boolean {
  const { tuples, names } = parseArguments(args, program);
  return tuples.length > 0 || names.length > 0;
}
