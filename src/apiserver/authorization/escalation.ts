/**
 * Nobody may give rights that he has not: who writes a role must hold its rules or may `escalate`, who binds one must hold
 * them or may `bind`. Follows kubernetes pkg/registry/rbac/{escalation_check,helpers}.go and the policybased storages.
 */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { equal } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { RBAC_GROUP } from '../../api/rbac/resources.ts';
import { compactRules, goQuotedList, missingRules, ruleText } from '../../api/rbac/rules.ts';
import { forbidden, type StatusError } from '../../api/status.ts';
import type { Finish, WriteHooks } from '../registry/create.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { isPrivileged } from './authorizer.ts';
import type { Authorization } from './index.ts';
import { aggregate } from './rbac.ts';

type WrittenRole = Draft<Role & ClusterRole>;
type WrittenBinding = Draft<RoleBinding | ClusterRoleBinding>;

const EVERYTHING: readonly PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];

const nothingToFinish: Finish = () => undefined;

/** The checks around writes of the four kinds, by "group/plural". */
export function escalationHooks(authorization: Authorization): Readonly<Record<string, WriteHooks>> {
  const hooks = (check: (scope: RequestScope, object: Draft<KubeObject>, old?: StoredObject) => Promise<void>): WriteHooks => ({
    async beforeCreate(scope, object) {
      if (!isPrivileged(scope.user)) await check(scope, object);
      return nothingToFinish;
    },
    async beforeUpdate(scope, object, old) {
      if (!isPrivileged(scope.user) && !changesOwnersOnly(object, old)) await check(scope, object, old);
      return nothingToFinish;
    },
  });
  const roles = hooks((scope, object, old) => checkRole(authorization, scope, object as WrittenRole, old as WrittenRole | undefined));
  const bindings = hooks((scope, object) => checkBinding(authorization, scope, object as WrittenBinding));
  return { [`${RBAC_GROUP}/roles`]: roles, [`${RBAC_GROUP}/clusterroles`]: roles, [`${RBAC_GROUP}/rolebindings`]: bindings, [`${RBAC_GROUP}/clusterrolebindings`]: bindings };
}

async function checkRole(authorization: Authorization, scope: RequestScope, role: WrittenRole, old: WrittenRole | undefined): Promise<void> {
  const { user, namespace, name, resource } = scope;
  const decision = await authorization.authorizer.authorize({ user, verb: 'escalate', group: RBAC_GROUP, version: '*', resource: resource.plural, subresource: '', namespace, name });
  if (decision.allowed) return;
  await confirmHeld(authorization, scope, role, role.rules ?? []);
  if (!isAggregated(role) && !(old && isAggregated(old))) return;
  const held = await authorization.rbac.policyRules(user, namespace);
  // What is gathered may be anything.
  if (missingRules(held.rules, EVERYTHING).length > 0) throw refusal(scope, role, 'must have cluster-admin privileges to use the aggregationRule');
}

const isAggregated = ({ aggregationRule }: WrittenRole): boolean => (aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0;

async function checkBinding(authorization: Authorization, scope: RequestScope, binding: WrittenBinding): Promise<void> {
  const { roleRef } = binding;
  if (await mayBind(authorization, scope, roleRef)) return;
  await confirmHeld(authorization, scope, binding, await authorization.rbac.rolesRules(roleRef, scope.namespace));
}

async function mayBind({ authorizer }: Authorization, { user, namespace }: RequestScope, { apiGroup, kind, name }: RoleRef): Promise<boolean> {
  const resource = { ClusterRole: 'clusterroles', Role: 'roles' }[kind];
  if (resource === undefined) return false;
  return (await authorizer.authorize({ user, verb: 'bind', group: apiGroup, version: '*', resource, subresource: '', namespace, name })).allowed;
}

/** Throws Forbidden, with what is missing, unless the user holds all rules where the role or binding is. */
async function confirmHeld({ rbac }: Authorization, scope: RequestScope, object: Draft<KubeObject>, wanted: readonly PolicyRule[]): Promise<void> {
  const { user, namespace } = scope;
  const { rules, errors } = await rbac.policyRules(user, namespace);
  const missing = missingRules(rules, wanted);
  if (missing.length === 0) return;
  const lines = [...new Set(compactRules(missing).map(ruleText))].sort();
  const problems = errors.length > 0 ? `; resolution errors: [${aggregate(errors)}]` : '';
  throw refusal(scope, object, `user ${goQuote(user.username)} (groups=${goQuotedList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${problems}`);
}

const refusal = ({ resource }: RequestScope, { metadata }: Draft<KubeObject>, why: string): StatusError => forbidden(resource, metadata?.name ?? '', why);

/** The garbage collector takes owners and finalizers off objects of any kind. */
function changesOwnersOnly(object: Draft<KubeObject>, old: StoredObject): boolean {
  const kept = { ...object.metadata } as Record<string, unknown>;
  for (const field of ['ownerReferences', 'finalizers', 'managedFields'] as const) {
    delete kept[field];
    const before = old.metadata[field];
    if (before !== undefined) kept[field] = before;
  }
  return equal({ ...object, metadata: kept }, old);
}
