/** The labels that a kubelet may give its node. Follows kubernetes plugin/pkg/admission/noderestriction/admission.go and kubelet pkg/apis/well_known_labels.go. */
import type { KubeObject } from '../../api/object.ts';

const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type', 'kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch',
]);
const KUBELET_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const RESTRICTED_DOMAINS = ['node-restriction.kubernetes.io'];
const KUBERNETES_DOMAINS = ['kubernetes.io', 'k8s.io'];

/** The keys of labels that are new, gone or have another value. */
export function modifiedLabels(object: KubeObject, old: KubeObject | undefined): string[] {
  const now = object.metadata?.labels ?? {};
  const before = old?.metadata?.labels ?? {};
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key]);
}

/** Those that are not the kubelet's to set: restricted ones, and Kubernetes' own that it isn't known to set. */
export function forbiddenLabels(keys: readonly string[]): string[] {
  return keys.filter((key) => isOf(key, RESTRICTED_DOMAINS) || (isOf(key, KUBERNETES_DOMAINS) && !KUBELET_LABELS.has(key) && !isOf(key, KUBELET_DOMAINS))).sort();
}

function isOf(key: string, domains: readonly string[]): boolean {
  const slash = key.indexOf('/');
  const namespace = slash < 0 ? '' : key.slice(0, slash);
  return domains.some((domain) => namespace === domain || namespace.endsWith(`.${domain}`));
}
