/**
 * The parent of an ApplySet: the object that keeps account of its members, named as [RESOURCE][.GROUP/]NAME
 * (kubectl pkg/cmd/apply/applyset.go: ParseApplySetParentRef, Validate).
 */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../../../../api/object.ts';
import { goQuote } from '../../../../api/quote.ts';
import { groupResourceName, resourceAt, type GroupResource, type ResourceFacts } from '../../../../api/resource.ts';
import type { CommandContext } from '../../../command.ts';
import { CommandError, MultipleErrors, textOf } from '../../../errors.ts';
import type { ResourceMapper } from '../../../resource-mapper.ts';

/** On a definition: its custom resources may be parents. */
const PARENT_TYPE_LABEL = 'applyset.kubernetes.io/is-parent-type';
/** Resources of the core group that may be parents, and are made where they are missing. */
const BUILTIN_PARENTS = ['secrets', 'configmaps'];

export interface ParentRef {
  readonly resource: ResourceFacts;
  /** '' for a cluster-scoped parent, and where -n was not given: kubeconfig and defaults do not count here. */
  readonly namespace: string;
  readonly name: string;
}

/** Reads what --applyset says. Throws "invalid parent reference …". */
export async function parseParentRef(ctx: CommandContext, text: string): Promise<ParentRef> {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  try {
    if (name === '') throw new CommandError('name cannot be blank');
    const resource = await kindFor(await ctx.mapper(), slash < 0 ? { group: '', plural: 'secrets' } : parseGroupResource(text.slice(0, slash)));
    return { resource, name, namespace: resource.namespaced && ctx.namespaceGiven ? await ctx.namespace() : '' };
  } catch (error) {
    throw new CommandError(`invalid parent reference ${goQuote(text)}: ${textOf(error)}`);
  }
}

/** "deployments.apps": what follows the first dot is the group (schema.ParseGroupResource). */
export function parseGroupResource(text: string): GroupResource {
  const dot = text.indexOf('.');
  return dot < 0 ? { group: '', plural: text } : { group: text.slice(dot + 1), plural: text.slice(0, dot) };
}

/** The resource in the version that its group prefers; throws what RESTMapper.KindFor says where there is none. */
export async function kindFor(mapper: ResourceMapper, wanted: GroupResource): Promise<ResourceFacts> {
  const fault = wanted.plural === '' ? 'a resource must be present, got:' : 'no matches for';
  const found = wanted.plural === '' ? undefined : await mapper.forGroupResource(wanted);
  if (!found) throw new CommandError(`${fault} ${wanted.group}/, Resource=${wanted.plural}`);
  return found;
}

/** "secrets./my-set" */
export const parentText = ({ resource, name }: ParentRef): string => `${resource.plural}.${resource.group}/${name}`;

/** The set's name in labels: base64url(sha256("<name>.<namespace>.<kind>.<group>")) between a fixed beginning and end. */
export function applySetId({ resource, namespace, name }: ParentRef): string {
  const hash = createHash('sha256').update([name, namespace, resource.kind, resource.group].join('.')).digest('base64url');
  return `applyset-${hash}-v1`;
}

/** Whether kubectl makes such a parent by itself. */
export const isBuiltinParent = ({ resource }: ParentRef): boolean => BUILTIN_PARENTS.includes(resource.plural) && resource.group === '';

/** Throws everything that keeps the object from being a parent. */
export async function validateParent(ctx: CommandContext, ref: ParentRef): Promise<void> {
  const { resource, namespace } = ref;
  const errors: unknown[] = [];
  if (resource.namespaced && namespace === '') errors.push(new CommandError('namespace is required to use namespace-scoped ApplySet'));
  if (!isBuiltinParent(ref)) {
    let permitted: readonly string[] = [];
    try {
      permitted = await customParents(ctx);
    } catch (error) {
      errors.push(new CommandError(`identifying allowed custom resource parent types: ${textOf(error)}`));
    }
    const { group, version, plural } = resource;
    if (!permitted.includes(groupResourceName(resource))) errors.push(new CommandError(`resource ${goQuote(`${group}/${version}, Resource=${plural}`)} is not permitted as an ApplySet parent`));
  }
  if (errors.length > 0) throw new MultipleErrors(errors);
}

/** The custom resources that may be parents, as "PLURAL.GROUP": the names of their definitions. */
async function customParents(ctx: CommandContext): Promise<readonly string[]> {
  const definitions = resourceAt('apiextensions.k8s.io', 'v1', 'customresourcedefinitions') as ResourceFacts;
  const { items } = await (await ctx.client()).of<KubeObject>(definitions).list(undefined, { labelSelector: PARENT_TYPE_LABEL });
  return items.map(({ metadata }) => metadata.name);
}
