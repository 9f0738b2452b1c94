/**
 * Puts the bootstrap policy into the cluster: into an empty one all of it at once, in another what is missing of it.
 * Follows kubernetes pkg/registry/rbac/rest/storage_rbac.go: PostStartHook.
 */
import type { Resource } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import { reconcileBinding, reconcileRole, type AnyBinding, type AnyRole, type ReconcileOperation } from '../../../api/rbac/reconcile.ts';
import { CLUSTERROLEBINDINGS, CLUSTERROLES, ROLEBINDINGS, ROLES } from '../../../api/rbac/resources.ts';
import { createAll, type BootstrapStorage, type Wanted } from '../../bootstrap-objects.ts';
import type { BootstrapPolicy } from './policy.ts';

export interface PolicyAccess extends BootstrapStorage {
  /** The server's own requests. */
  create(resource: Resource<KubeObject>, object: KubeObject): Promise<void>;
  update(resource: Resource<KubeObject>, object: KubeObject): Promise<void>;
  delete(resource: Resource<KubeObject>, object: KubeObject): Promise<void>;
}

/** Written last: where it is, all of the policy has been. */
const LAST = 'cluster-admin';
/** @param reconcile whether a policy that is there is looked through for what has changed */
export async function ensurePolicy(access: PolicyAccess, reconcile: boolean): Promise<void> {
  const { storages } = access;
  const isThere = (await storages.get(CLUSTERROLES, undefined, LAST)) !== undefined;
  if (isThere && !reconcile) return;
  const { bootstrapPolicy } = await import('./policy.ts');
  const wanted = inOrder(bootstrapPolicy());
  if (isThere || !(await createAll(access, wanted))) for (const each of wanted) await reconcileOne(access, each);
}

function inOrder({ clusterRoles, clusterRoleBindings, roles, roleBindings }: BootstrapPolicy): Wanted[] {
  const of = (resource: Resource<KubeObject>, objects: readonly KubeObject[]): Wanted[] => objects.map((object) => ({ resource, object }));
  const first = clusterRoles.filter(({ metadata }) => metadata?.name !== LAST);
  const last = clusterRoles.filter(({ metadata }) => metadata?.name === LAST);
  return [...of(CLUSTERROLES, first), ...of(CLUSTERROLEBINDINGS, clusterRoleBindings), ...of(ROLES, roles), ...of(ROLEBINDINGS, roleBindings), ...of(CLUSTERROLES, last)];
}

async function reconcileOne(access: PolicyAccess, { resource, object }: Wanted): Promise<void> {
  const { namespace, name = '' } = object.metadata ?? {};
  const existing = await access.storages.get(resource, namespace, name);
  const { operation, result, spared } = outcome(resource, existing, object);
  if (spared) return;
  if (operation === 'recreate' && existing) await access.delete(resource, existing);
  if (operation === 'update') await access.update(resource, result);
  if (operation === 'create' || operation === 'recreate') await access.create(resource, result);
}

function outcome(resource: Resource<KubeObject>, existing: KubeObject | undefined, wanted: KubeObject): { operation: ReconcileOperation; result: KubeObject; spared: boolean } {
  if (resource === ROLEBINDINGS || resource === CLUSTERROLEBINDINGS) {
    const { operation, binding, protected: spared } = reconcileBinding(existing as AnyBinding | undefined, wanted as AnyBinding);
    return { operation, result: binding, spared };
  }
  const role = wanted as AnyRole;
  // The rules of roles that are made of others are the aggregation controller's.
  const expected = existing && role.aggregationRule ? { ...role, rules: [] } : role;
  const { operation, role: result, protected: spared } = reconcileRole(existing as AnyRole | undefined, expected);
  return { operation, result, spared };
}
