/** The parameters with which a binding applies its policy. Follows apiserver pkg/admission/plugin/policy/generic/policy_dispatcher.go: CollectParams. */
import type { ParamKind, ParamRef } from '../../../api/generated/types.ts';
import { selectorFromLabelSelector } from '../../../api/labels.ts';
import type { KubeObject } from '../../../api/object.ts';
import { apiVersionOf, parseApiVersion, type ResourceFacts } from '../../../api/resource.ts';
import type { ServedResources } from '../../served-resources.ts';

/** A policy or a binding that can't be used as it is. */
export class ConfigurationError extends Error {}

/** The resource of a policy's parameters; undefined where it has none. */
export async function paramResource(kind: ParamKind | undefined, served: ServedResources): Promise<ResourceFacts | undefined> {
  if (!kind) return undefined;
  const { apiVersion = '', kind: name = '' } = kind;
  const found = (await served.all()).find((resource) => resource.kind === name && apiVersionOf(resource) === apiVersion);
  if (found) return found;
  const { group, version } = parseApiVersion(apiVersion);
  throw new ConfigurationError(`failed to find resource referenced by paramKind: '${group}/${version}, Kind=${name}'`);
}

/** One undefined where the policy is applied without parameters; none where it isn't applied. */
export async function collectParams(resource: ResourceFacts | undefined, ref: ParamRef | undefined, namespace: string, served: ServedResources): Promise<readonly (KubeObject | undefined)[]> {
  if (!resource || !ref) return [undefined];
  const where = namespaceFor(resource, ref, namespace);
  const found = await served.find(resource.group, resource.version, resource.plural);
  if (!found) return [undefined];
  const { storage } = found;
  const params = ref.name ? [await storage.get(where, ref.name)].filter((param) => param !== undefined) : await selected(storage.list(resource.namespaced ? where : undefined), ref);
  if (params.length === 0 && ref.parameterNotFoundAction === 'Deny') throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  return params;
}

function namespaceFor({ namespaced }: ResourceFacts, ref: ParamRef, namespace: string): string {
  if (!namespaced) {
    if (ref.namespace) throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return '';
  }
  const where = ref.namespace ?? namespace;
  if (where === '') throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  return where;
}

async function selected(list: readonly KubeObject[] | Promise<readonly KubeObject[]>, { selector }: ParamRef): Promise<readonly KubeObject[]> {
  const wanted = selectorFromLabelSelector(selector);
  return (await list).filter(({ metadata }) => wanted.matches(metadata?.labels));
}
