/**
 * Puts the bootstrap policy into the cluster: into an empty one all of it at once, in another what is missing of it.
 * Follows kubernetes pkg/registry/rbac/rest/storage_rbac.go: PostStartHook.
 */
import type { Draft } from '../../../api/json.ts';
import type { Resource } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import { reconcileBinding, reconcileRole, type AnyBinding, type AnyRole, type ReconcileOperation } from '../../../api/rbac/reconcile.ts';
import { CLUSTERROLEBINDINGS, CLUSTERROLES, ROLEBINDINGS, ROLES } from '../../../api/rbac/resources.ts';
import { apiVersionOf } from '../../../api/resource.ts';
import type { Identities } from '../../registry/identities.ts';
import type { Storages } from '../../storage/storages.ts';
import type { BootstrapPolicy } from './policy.ts';

export interface PolicyAccess {
  readonly storages: Storages;
  readonly identities: Identities;
  readonly nowMs: number;
  /** The server's own requests. */
  create(resource: Resource<KubeObject>, object: KubeObject): Promise<void>;
  update(resource: Resource<KubeObject>, object: KubeObject): Promise<void>;
  delete(resource: Resource<KubeObject>, object: KubeObject): Promise<void>;
}

/** Written last: where it is, all of the policy has been. */
const LAST = 'cluster-admin';
/** Keys in a transaction: etcd takes 128, and the readable tree is told of its progress one by one. */
const AT_ONCE = 16;

interface Wanted {
  readonly resource: Resource<KubeObject>;
  readonly object: KubeObject;
}

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

/** Writes everything in a few transactions; false, with nothing or only the first of it done, where something of it exists. */
async function createAll({ storages, identities, nowMs }: PolicyAccess, wanted: readonly Wanted[]): Promise<boolean> {
  const creationTimestamp = identities.time(nowMs);
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const writes = wanted.slice(from, from + AT_ONCE).map(({ resource, object }) => {
      const { namespace = '', name = '' } = object.metadata ?? {};
      const key = storages.of(resource).key(namespace, name);
      const stored: Draft<KubeObject> = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object, metadata: { ...object.metadata, creationTimestamp, uid: identities.uid(key) } as Draft<KubeObject>['metadata'] };
      return { key, value: JSON.stringify(stored) };
    });
    const { succeeded } = await storages.store.txn(writes.map(({ key }) => ({ key, modRevision: 0 as const })), writes.map(({ key, value }) => ({ type: 'put', key, value })));
    if (!succeeded) return false;
  }
  return true;
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
