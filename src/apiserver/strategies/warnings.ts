/** What is allowed but worth a word: texts of the Warning header. Follows kubernetes pkg/api/service/warnings.go, pkg/api/persistentvolumeclaim/util.go and pkg/registry/core/<kind>/strategy.go. */
import type { Endpoints, Node, PersistentVolumeClaim, PersistentVolumeClaimSpec, Secret, Service, ServiceAccount } from '../../api/generated/types.ts';
import { dns1123LabelErrors } from '../../api/names.ts';
import { keyPairFault } from '../../api/key-pair.ts';
import { goQuote } from '../../api/quote.ts';
import { Path } from '../validation/field.ts';
import { cidrWarnings, ipWarnings } from '../validation/ip.ts';
import { quantityOf } from '../validation/resources.ts';

/** A name that pods' names and hostnames are made of should be a DNS label; `use` says what it is used for. */
export function nameWarnings(name: string | undefined, use: string): string[] {
  const faults = dns1123LabelErrors(name ?? '');
  return faults.length ? [`metadata.name: ${use}, which can result in surprising behavior; a DNS label is recommended: [${faults.join(' ')}]`] : [];
}

export const POD_NAME_USE = "this is used in the Pod's hostname";
export const TEMPLATE_NAME_USE = 'this is used in Pod names and hostnames';

const HINTS = 'service.kubernetes.io/topology-aware-hints';

export function serviceWarnings(service: Service): string[] {
  const warnings: string[] = [];
  const spec = service.spec ?? {};
  const path = Path.of('spec');
  if (service.metadata?.annotations?.[HINTS] !== undefined) warnings.push(`annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  if (spec.clusterIP && spec.clusterIP !== 'None') (spec.clusterIPs ?? []).forEach((ip, i) => warnings.push(...ipWarnings(path.child('clusterIPs').index(i), ip)));
  (spec.externalIPs ?? []).forEach((ip, i) => warnings.push(...ipWarnings(path.child('externalIPs').index(i), ip)));
  if (spec.loadBalancerIP) warnings.push(...ipWarnings(path.child('loadBalancerIP'), spec.loadBalancerIP));
  (spec.loadBalancerSourceRanges ?? []).forEach((range, i) => warnings.push(...cidrWarnings(path.child('loadBalancerSourceRanges').index(i), range)));
  if (spec.type === 'ExternalName' && spec.externalIPs?.length) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  return warnings;
}

/** Where claims and volumes named their class before v1.6. */
export const OLD_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
export const OLD_CLASS_TEXT = 'deprecated since v1.8; use "storageClassName" attribute instead';

export function claimWarnings(claim: PersistentVolumeClaim): string[] {
  const warnings: string[] = [];
  if (claim.metadata?.annotations?.[OLD_CLASS_ANNOTATION] !== undefined) warnings.push(`metadata.annotations[${OLD_CLASS_ANNOTATION}]: ${OLD_CLASS_TEXT}`);
  claimSpecWarnings(claim.spec, Path.of('spec'), warnings);
  return warnings;
}

export function claimSpecWarnings(spec: PersistentVolumeClaimSpec | undefined, path: Path, warnings: string[]): void {
  for (const list of ['requests', 'limits'] as const) fractionWarnings(spec?.resources?.[list], ['storage'], path.child('resources', list), warnings);
}

/** Bytes come in wholes. */
export function fractionWarnings(list: Readonly<Record<string, string>> | undefined, names: readonly string[], path: Path, warnings: string[]): void {
  for (const name of names) {
    const text = list?.[name];
    if (text === undefined) continue;
    const amount = quantityOf(text);
    if (amount.nano % 1_000_000_000n !== 0n) warnings.push(`${path.key(name)}: fractional byte value ${goQuote(amount.toString())} is invalid, must be an integer`);
  }
}

/** Addresses that are written oddly. */
export function endpointsWarnings({ subsets = [] }: Endpoints): string[] {
  return subsets.flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) => (subset[list] ?? []).flatMap(({ ip }, j) => ipWarnings(Path.of('subsets').index(i).child(list).index(j).child('ip'), ip))),
  );
}

export function nodeWarnings({ spec }: Node): string[] {
  const warnings: string[] = [];
  if (spec?.configSource) warnings.push('spec.configSource: the feature is removed');
  if (spec?.externalID) warnings.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
  (spec?.podCIDRs ?? []).forEach((range, i) => warnings.push(...cidrWarnings(Path.of('spec', 'podCIDRs').index(i), range)));
  return warnings;
}

/** A certificate and a key that do not belong together are stored all the same (pkg/registry/core/secret/strategy.go). */
export function secretWarnings({ type, data = {} }: Secret): string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const fault = keyPairFault(Buffer.from(data['tls.crt'] ?? '', 'base64'), Buffer.from(data['tls.key'] ?? '', 'base64'));
  return fault === undefined ? [] : [fault];
}

const MOUNTABLE_SECRETS = 'kubernetes.io/enforce-mountable-secrets';

/** Said when the annotation comes (pkg/registry/core/serviceaccount/strategy.go). */
export function serviceAccountWarnings(account: ServiceAccount, old: ServiceAccount | undefined): string[] {
  const has = (object: ServiceAccount | undefined): boolean => object?.metadata?.annotations?.[MOUNTABLE_SECRETS] !== undefined;
  return has(account) && !has(old) ? [`metadata.annotations[${MOUNTABLE_SECRETS}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`] : [];
}
