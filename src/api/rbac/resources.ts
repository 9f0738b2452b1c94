/** The four kinds of rbac.authorization.k8s.io. */
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../generated/types.ts';
import type { Resource } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { resourceAt } from '../resource.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

const rbac = <T extends KubeObject>(plural: string) => resourceAt(RBAC_GROUP, 'v1', plural) as Resource<T>;

export const ROLES = rbac<Role>('roles');
export const CLUSTERROLES = rbac<ClusterRole>('clusterroles');
export const ROLEBINDINGS = rbac<RoleBinding>('rolebindings');
export const CLUSTERROLEBINDINGS = rbac<ClusterRoleBinding>('clusterrolebindings');

/** The group that may do everything; what the API server does itself it does as one of it. */
export const PRIVILEGED_GROUP = 'system:masters';
