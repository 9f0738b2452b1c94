/** Names of resources as kustomize keeps them: group, version and kind with name and namespace (kyaml/resid). */
import { parseApiVersion } from '../../api/resource.ts';

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

/** Kinds without namespaces, as kustomize knows them: those of Kubernetes v1.21 (kyaml openapi.precomputedIsNamespaceScoped). Who is not among them has one. */
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  v1: ['ComponentStatus', 'Namespace', 'Node', 'NodeProxyOptions', 'PersistentVolume'],
  'certificates.k8s.io/v1': ['CertificateSigningRequest'], 'certificates.k8s.io/v1beta1': ['CertificateSigningRequest'],
  'flowcontrol.apiserver.k8s.io/v1beta1': ['FlowSchema', 'PriorityLevelConfiguration'], 'policy/v1beta1': ['PodSecurityPolicy'],
  'storage.k8s.io/v1': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'], 'storage.k8s.io/v1beta1': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
  ...Object.fromEntries(['v1', 'v1beta1'].flatMap((version) => [
    [`admissionregistration.k8s.io/${version}`, ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']], [`apiextensions.k8s.io/${version}`, ['CustomResourceDefinition']],
    [`apiregistration.k8s.io/${version}`, ['APIService']], [`networking.k8s.io/${version}`, ['IngressClass']], [`node.k8s.io/${version}`, ['RuntimeClass']],
    [`rbac.authorization.k8s.io/${version}`, ['ClusterRole', 'ClusterRoleBinding']], [`scheduling.k8s.io/${version}`, ['PriorityClass']],
  ])),
};

export function isClusterScoped({ group, version = '', kind = '' }: Gvk): boolean {
  return CLUSTER_SCOPED[group ? `${group}/${version}` : version]?.includes(kind) ?? false;
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
