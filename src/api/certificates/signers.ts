/**
 * The signers of kubernetes.io and what each of them signs. Follows kubernetes pkg/apis/certificates/helpers.go and
 * pkg/controller/certificates/signer/signer.go.
 */
import type { CertificateSigningRequest } from '../generated/types.ts';
import type { Resource } from '../kinds.ts';
import { resourceAt } from '../resource.ts';
import type { CertificateRequest } from './request.ts';

export const CERTIFICATES_GROUP = 'certificates.k8s.io';
export const CERTIFICATESIGNINGREQUESTS = resourceAt(CERTIFICATES_GROUP, 'v1', 'certificatesigningrequests') as Resource<CertificateSigningRequest>;

export const KUBE_APISERVER_CLIENT = 'kubernetes.io/kube-apiserver-client';
export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
export const KUBELET_SERVING = 'kubernetes.io/kubelet-serving';
export const LEGACY_UNKNOWN = 'kubernetes.io/legacy-unknown';

/** Why a signer does not sign what it is asked for; undefined for what it signs. */
type Check = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

const SIGNERS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [KUBELET_SERVING, kubeletServingFault],
  [KUBELET_CLIENT, kubeletClientFault],
  [KUBE_APISERVER_CLIENT, (_, usages) => clientUsagesFault(usages)],
  // Signs anything, as it always has.
  [LEGACY_UNKNOWN, () => undefined],
]);

/** Whether it is one of the cluster's own signers. */
export const isKnownSigner = (signerName: string): boolean => SIGNERS.has(signerName);

export const signerFault = (signerName: string, request: CertificateRequest, usages: readonly string[]): string | undefined => SIGNERS.get(signerName)?.(request, usages);

export function kubeletClientFault({ subject, names }: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(subject.organization)) return 'subject organization is not system:nodes';
  if (names.dns.length > 0) return 'DNS subjectAltNames are not allowed';
  if (names.email.length > 0) return 'Email subjectAltNames are not allowed';
  if (names.ip.length > 0) return 'IP subjectAltNames are not allowed';
  if (names.uri.length > 0) return 'URI subjectAltNames are not allowed';
  if (!subject.commonName.startsWith('system:node:')) return 'subject common name does not begin with system:node:';
  return usagesFault(usages, 'client auth');
}

function kubeletServingFault({ subject, names }: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(subject.organization)) return 'subject organization is not system:nodes';
  if (names.dns.length === 0 && names.ip.length === 0) return 'DNS or IP subjectAltName is required';
  if (names.email.length > 0) return 'Email subjectAltNames are not allowed';
  if (names.uri.length > 0) return 'URI subjectAltNames are not allowed';
  return usagesFault(usages, 'server auth') ?? (subject.commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node:');
}

const isOfNodes = (organization: readonly string[]): boolean => organization.length === 1 && organization[0] === 'system:nodes';

/** Keys that are not RSA's encipher nothing. */
function usagesFault(usages: readonly string[], purpose: string): string | undefined {
  const given = new Set(usages);
  const required = ['digital signature', 'key encipherment', purpose].sort();
  const extra = [...given].filter((usage) => !required.includes(usage));
  const missing = required.filter((usage) => !given.has(usage) && usage !== 'key encipherment');
  return extra.length + missing.length === 0 ? undefined : `usages did not match [${required.join(' ')}]`;
}

function clientUsagesFault(usages: readonly string[]): string | undefined {
  for (const usage of usages) if (usage !== 'digital signature' && usage !== 'key encipherment' && usage !== 'client auth') return `invalid usage for client certificate: ${usage}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}
