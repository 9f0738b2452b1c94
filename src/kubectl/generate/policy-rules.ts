/** Rules of roles: verbs and resources as users write them (kubectl pkg/cmd/create/create_role.go). */
import type { ResourceMapper } from '../resource-mapper.ts';
import { CommandError } from '../errors.ts';

const RESOURCE_VERBS = ['*', 'get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection', 'use', 'bind', 'escalate', 'impersonate'];
const ROLES = ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'];
/** Verbs that only some resources know. */
const SPECIAL_VERBS: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: ROLES,
  escalate: ROLES,
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
};

/** "deployments.apps/scale" taken apart. */
export interface RuleResource {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

/** Each verb once; "*" stands for all. */
export function ruleVerbs(verbs: readonly string[]): readonly string[] {
  return verbs.includes('*') ? ['*'] : [...new Set(verbs)];
}

/** The resources that the flag names; "*" alone stands for all. */
export function ruleResources(texts: readonly string[]): readonly RuleResource[] {
  const all: RuleResource[] = [];
  for (const text of texts) {
    const slash = text.indexOf('/');
    const name = slash < 0 ? text : text.slice(0, slash);
    const dot = name.indexOf('.');
    const resource = { resource: dot < 0 ? name : name.slice(0, dot), group: dot < 0 ? '' : name.slice(dot + 1), subresource: slash < 0 ? '' : text.slice(slash + 1) };
    if (resource.resource === '*' && dot < 0 && slash < 0) return [resource];
    all.push(resource);
  }
  return all;
}

/** The verbs that are none of Kubernetes' own. */
export const unusualVerbs = (verbs: readonly string[]): readonly string[] => verbs.filter((verb) => !RESOURCE_VERBS.includes(verb));

/** Fails where a resource is unknown to the server, or does not know a special verb. */
export async function checkRuleResources(mapper: ResourceMapper, resources: readonly RuleResource[], verbs: readonly string[]): Promise<void> {
  for (const each of resources) {
    if (each.resource === '') throw new CommandError('resource must be specified if apiGroup/subresource specified');
    if (each.resource === '*') return;
    const { resource, group, failure } = await lookUp(mapper, each);
    let error = failure;
    for (const verb of verbs) {
      const special = Object.hasOwn(SPECIAL_VERBS, verb) ? SPECIAL_VERBS[verb] : undefined;
      if (!special) continue;
      if (!special.includes(`${resource}.${group}`)) throw new CommandError(`can not perform '${verb}' on '${resource}' in group '${group}'`);
      error = undefined;
    }
    if (error !== undefined) throw error;
  }
}

async function lookUp(mapper: ResourceMapper, { resource, group }: RuleResource): Promise<{ readonly resource: string; readonly group: string; readonly failure?: unknown }> {
  try {
    const found = await mapper.requireGroupResource({ group, plural: resource });
    return { resource: found.plural, group: found.group };
  } catch (failure) {
    return { resource, group, failure };
  }
}

export interface RuleRequest {
  readonly verbs: readonly string[];
  readonly resources: readonly RuleResource[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** One rule for each API group, in their order, and one for URLs. */
export async function policyRules(mapper: ResourceMapper, { verbs, resources, resourceNames, nonResourceURLs }: RuleRequest): Promise<readonly object[]> {
  const groups = new Map<string, string[]>();
  for (const each of resources) {
    const { resource, group } = await lookUp(mapper, each);
    const name = each.subresource === '' ? resource : `${resource}/${each.subresource}`;
    const known = groups.get(group) ?? [];
    if (!known.includes(name)) known.push(name);
    groups.set(group, known);
  }
  const names = [...new Set(resourceNames)];
  const rules: object[] = [...groups.keys()].sort().map((group) => ({ verbs, apiGroups: [group], resources: groups.get(group) ?? [], ...(names.length > 0 ? { resourceNames: names } : {}) }));
  if (nonResourceURLs.length > 0) rules.push({ verbs, nonResourceURLs: [...new Set(nonResourceURLs)] });
  return rules;
}
