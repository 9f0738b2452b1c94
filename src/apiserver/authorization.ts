/** Second station: whether the user may. Follows apiserver pkg/authorization; RBAC is evaluated from the stored roles and bindings. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RbacV1Subject } from '../api/generated/types.ts';
import type { Resource } from '../api/kinds.ts';
import type { UserInfo } from '../api/request.ts';
import { resourceAt } from '../api/resource.ts';
import { StatusError } from '../api/status.ts';
import type { Lookup } from './storage/storages.ts';

export type AuthorizationMode = 'AlwaysAllow' | 'RBAC';

/** What somebody wants to do. */
export interface AccessQuestion {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** '' for cluster scope and all namespaces. */
  readonly namespace: string;
  readonly name: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** By which rule, for the audit log; for a refusal what could not be found out. */
  readonly reason: string;
}

export interface Authorizer {
  authorize(question: AccessQuestion): Decision | Promise<Decision>;
}

const rbac = <T>(plural: string) => resourceAt('rbac.authorization.k8s.io', 'v1', plural) as Resource<T>;
const ROLES = rbac<Role>('roles');
const CLUSTERROLES = rbac<ClusterRole>('clusterroles');
const ROLEBINDINGS = rbac<RoleBinding>('rolebindings');
const CLUSTERROLEBINDINGS = rbac<ClusterRoleBinding>('clusterrolebindings');

const PRIVILEGED_GROUP = 'system:masters';

export const alwaysAllow: Authorizer = { authorize: ({ user }) => ({ allowed: true, reason: user.groups.includes(PRIVILEGED_GROUP) ? `group ${PRIVILEGED_GROUP}` : 'AlwaysAllow' }) };

/** Follows kubernetes plugin/pkg/auth/authorizer/rbac and pkg/registry/rbac/validation/rule.go. */
export class RbacAuthorizer implements Authorizer {
  constructor(private readonly cluster: Lookup) {}

  async authorize(question: AccessQuestion): Promise<Decision> {
    if (question.user.groups.includes(PRIVILEGED_GROUP)) return { allowed: true, reason: `group ${PRIVILEGED_GROUP}` };
    for (const binding of await this.cluster.list(CLUSTERROLEBINDINGS)) {
      if (!appliesTo(binding.subjects, question.user, '')) continue;
      const role = await this.cluster.get(CLUSTERROLES, undefined, binding.roleRef.name);
      if (role?.rules?.some((rule) => covers(rule, question))) return { allowed: true, reason: `RBAC: allowed by ClusterRoleBinding "${binding.metadata.name}" of ClusterRole "${role.metadata.name}"` };
    }
    if (question.namespace === '') return { allowed: false, reason: '' };
    for (const binding of await this.cluster.list(ROLEBINDINGS, question.namespace)) {
      if (!appliesTo(binding.subjects, question.user, question.namespace)) continue;
      const { kind, name } = binding.roleRef;
      const role = kind === 'ClusterRole' ? await this.cluster.get(CLUSTERROLES, undefined, name) : await this.cluster.get(ROLES, question.namespace, name);
      if (role?.rules?.some((rule) => covers(rule, question))) return { allowed: true, reason: `RBAC: allowed by RoleBinding "${binding.metadata.name}/${question.namespace}" of ${kind} "${name}"` };
    }
    return { allowed: false, reason: '' };
  }
}

function appliesTo(subjects: readonly RbacV1Subject[] | undefined, user: UserInfo, namespace: string): boolean {
  return (subjects ?? []).some((subject) => {
    if (subject.kind === 'User') return subject.name === user.username;
    if (subject.kind === 'Group') return user.groups.includes(subject.name);
    return subject.kind === 'ServiceAccount' && user.username === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`;
  });
}

function covers(rule: PolicyRule, { verb, group, resource, subresource, name }: AccessQuestion): boolean {
  const full = subresource ? `${resource}/${subresource}` : resource;
  const has = (list: readonly string[] | undefined, value: string) => list !== undefined && (list.includes('*') || list.includes(value));
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && (has(rule.resources, full) || (subresource !== '' && (rule.resources?.includes(`*/${subresource}`) ?? false)))
    && (!rule.resourceNames?.length || rule.resourceNames.includes(name));
}

/** The refusal, worded as apiserver pkg/endpoints/handlers/responsewriters/errors.go does. */
export function forbiddenAccess(question: AccessQuestion, { reason }: Decision): StatusError {
  const { user, verb, group, resource, subresource, namespace, name } = question;
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope';
  const subject = name ? `${group ? `${resource}.${group}` : resource} "${name}"` : group ? `${resource}.${group}` : resource;
  const text = `User "${user.username}" cannot ${verb} resource "${full}" in API group "${group}"${where}${reason ? `: ${reason}` : ''}`;
  return new StatusError(403, 'Forbidden', `${subject} is forbidden: ${text}`, { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource });
}
