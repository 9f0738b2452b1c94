/** Names of resources as kustomize keeps them: group, version and kind with name and namespace (kyaml/resid). */
import { parseApiVersion, resourceForKind } from '../../api/resource.ts';

/** Empty fields match everything where it selects. */
export interface Gvk {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

export interface ResId extends Gvk {
  readonly name?: string;
  readonly namespace?: string;
}

/** What stands for the namespace of kinds that have none. */
const NOT_A_NAMESPACE = '_non_namespaceable_';

export function gvkOf(apiVersion: string, kind: string): Gvk {
  return { ...parseApiVersion(apiVersion), kind };
}

export function isClusterScoped({ group, version, kind }: Gvk): boolean {
  return resourceForKind(group ? `${group}/${version ?? ''}` : (version ?? ''), kind ?? '')?.namespaced === false;
}

export function effectiveNamespace(id: ResId): string {
  return isClusterScoped(id) ? NOT_A_NAMESPACE : id.namespace || 'default';
}

export const sameNamespace = (a: ResId, b: ResId): boolean => effectiveNamespace(a) === effectiveNamespace(b);
export const sameGvk = (a: Gvk, b: Gvk): boolean => (a.group ?? '') === (b.group ?? '') && (a.version ?? '') === (b.version ?? '') && (a.kind ?? '') === (b.kind ?? '');
export const sameId = (a: ResId, b: ResId): boolean => a.name === b.name && sameGvk(a, b) && sameNamespace(a, b);

/** Whether the selector's non-empty group, version and kind are those of `gvk`. */
export function isSelected(gvk: Gvk, selector: Gvk): boolean {
  return (!selector.group || selector.group === gvk.group) && (!selector.version || selector.version === gvk.version) && (!selector.kind || selector.kind === gvk.kind);
}

/** The same, with name and namespace. */
export function isSelectedBy(id: ResId, selector: ResId): boolean {
  return (!selector.name || selector.name === id.name) && (!selector.namespace || sameNamespace(selector, id)) && isSelected(id, selector);
}

/** "Deployment.v1.apps" */
export function gvkText({ group, version, kind }: Gvk): string {
  return `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}`;
}

/** "Deployment.v1.apps/web.[noNs]" */
export function idText(id: ResId): string {
  return `${gvkText(id)}/${id.name || '[noName]'}.${id.namespace || '[noNs]'}`;
}

const ORDER_FIRST = [
  'Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap',
  'Secret', 'Endpoints', 'Service', 'LimitRange', 'PriorityClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob', 'PodDisruptionBudget',
];
const ORDER_LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** A kind's place among others: what others need comes first. */
export function kindOrder(first: readonly string[] = ORDER_FIRST, last: readonly string[] = ORDER_LAST): (kind: string) => number {
  return (kind) => (first.includes(kind) ? first.indexOf(kind) - first.length : last.indexOf(kind) + 1);
}

/** Sorts groups, versions and kinds: by kind's place, then by text. */
export function gvkSortText({ group, version, kind }: Gvk): string {
  return [group || '~G', version || '~V', kind || '~K'].join('_');
}
