/** Users, roles and bindings for the tests of authorization. */
import type { PolicyRule, RbacV1Subject } from '../../../src/api/generated/types.ts';
import { CLUSTERROLEBINDINGS, CLUSTERROLES, RBAC_GROUP, ROLEBINDINGS, ROLES } from '../../../src/api/rbac/resources.ts';
import type { ApiRequest, UserInfo } from '../../../src/api/request.ts';
import { failure, type ApiCluster } from '../support/api-cluster.ts';

export const JANE: UserInfo = { username: 'jane', groups: ['dev', 'system:authenticated'] };
export const node = (name: string): UserInfo => ({ username: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] });

export const rule = (verbs: string, resources: string, more: Partial<PolicyRule> = {}): PolicyRule => ({ apiGroups: [''], resources: resources.split(','), verbs: verbs.split(','), ...more });

const userSubject = (name: string): RbacV1Subject => ({ kind: 'User', apiGroup: RBAC_GROUP, name });

/** Gives a user a role of that name, in a namespace or ('') everywhere. */
export async function grant(cluster: ApiCluster, namespace: string, name: string, rules: readonly PolicyRule[], subject: RbacV1Subject = userSubject('jane')): Promise<void> {
  if (namespace === '') {
    await cluster.of(CLUSTERROLES).create({ metadata: { name }, rules });
    await cluster.of(CLUSTERROLEBINDINGS).create({ metadata: { name }, roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name }, subjects: [subject] });
    return;
  }
  await cluster.of(ROLES).create({ metadata: { name, namespace }, rules });
  await cluster.of(ROLEBINDINGS).create({ metadata: { name, namespace }, roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name }, subjects: [subject] });
}

type Asked = Partial<ApiRequest> & Pick<ApiRequest, 'verb' | 'resource'>;

/** The text of a refusal; '' where there is none. What is not found was not refused. */
export async function refusal(cluster: ApiCluster, user: UserInfo, request: Asked): Promise<string> {
  const error = await failure(cluster.request({ ...request, user }).then(() => Promise.reject(new Error('allowed')))).catch((thrown: Error) => thrown);
  return 'code' in error && error.code === 403 ? error.message : '';
}

/** What a review of access says. */
export async function review(cluster: ApiCluster, spec: object, kind = 'SubjectAccessReview', namespace?: string): Promise<{ allowed: boolean; reason?: string; evaluationError?: string }> {
  const resource = `${kind.toLowerCase()}s`;
  const body = { apiVersion: 'authorization.k8s.io/v1', kind, metadata: {}, spec };
  const { object } = await cluster.request({ verb: 'create', group: 'authorization.k8s.io', resource, ...(namespace ? { namespace } : {}), body });
  return (object as unknown as { status: { allowed: boolean; reason?: string } }).status;
}
