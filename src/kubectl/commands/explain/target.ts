/** What the argument of `explain` names (kubectl pkg/explain/explain.go: SplitAndParseResourceRequest and …WithMatchingPrefix). */
import { JsonPathError } from '../../../api/jsonpath/jsonpath.ts';
import { parseJsonPath, type PathNode } from '../../../api/jsonpath/parser.ts';
import { groupResourceName, type ResourceFacts } from '../../../api/resource.ts';
import { CommandError } from '../../errors.ts';
import type { ResourceMapper } from '../../resource-mapper.ts';

export interface Target {
  readonly resource: ResourceFacts;
  /** The names of fields that lead from the resource to what is asked for. */
  readonly path: readonly string[];
}

/**
 * "deployments.apps.spec.replicas" → the resource, whose group may stand with it unless `plain`, and the path of the field.
 * Throws what kubectl says of arguments that are no path of fields, and of resources that the server does not have.
 */
export async function parseTarget(mapper: ResourceMapper, argument: string, plain: boolean): Promise<Target> {
  const nodes = parsePath(argument);
  const [first] = nodes;
  if (first?.type !== 'field') throw new CommandError('invalid jsonpath syntax, first node must be field node');
  const resource = await resourceFor(mapper, first.name);
  if (plain) return { resource, path: fieldNames(nodes.slice(1), 'all nodes must be field nodes') };
  // Of several groups with such a resource the one that the argument begins with.
  const named = (candidate: ResourceFacts): boolean => argument.startsWith(groupResourceName(candidate));
  const found = named(resource) ? resource : argument.startsWith(`${resource.plural}.`) ? (await sameNamed(mapper, resource)).find(named) : undefined;
  if (found) {
    const rest = argument.slice(groupResourceName(found).length);
    return { resource: found, path: rest === '' ? [] : fieldNames(parsePath(rest).slice(1), 'first node must be field node') };
  }
  return { resource, path: fieldNames(nodes.slice(1), 'first node must be field node') };
}

/** The steps of a path, which is read as a single action of JSONPath; a dot at its end does not count. */
function parsePath(text: string): readonly PathNode[] {
  try {
    const [action, ...more] = parseJsonPath(`{.${text.replace(/\.$/, '')}}`);
    if (action?.type === 'list' && more.length === 0) return action.nodes;
  } catch (error) {
    throw error instanceof JsonPathError ? new CommandError(error.message) : error;
  }
  throw new CommandError('must pass in 1 jsonpath string');
}

function fieldNames(nodes: readonly PathNode[], rule: string): readonly string[] {
  return nodes.map((node) => {
    if (node.type !== 'field') throw new CommandError(`invalid jsonpath syntax, ${rule}`);
    return node.name;
  });
}

async function resourceFor(mapper: ResourceMapper, name: string): Promise<ResourceFacts> {
  if (name === '') throw new CommandError('a resource must be present, got: /, Resource=');
  return mapper.requireGroupResource({ group: '', plural: name });
}

/** Resources of the same name in other groups. */
async function sameNamed(mapper: ResourceMapper, { plural, group }: ResourceFacts): Promise<readonly ResourceFacts[]> {
  return (await mapper.discoverQuietly()).filter((resource) => resource.plural === plural && resource.group !== group);
}
