/** Strategies of networking.k8s.io. Follows kubernetes pkg/registry/networking/<kind>/strategy.go. */
import type { Ingress, IngressClass, IPAddress, NetworkPolicy, NetworkPolicyPeer, ServiceCIDR } from '../../api/generated/types.ts';
import { defaultIngressClass, defaultNetworkPolicy } from '../defaults/policy.ts';
import type { Strategy } from '../strategy.ts';
import { Path } from '../validation/field.ts';
import { cidrWarnings } from '../validation/ip.ts';
import { ipAddressName, validateIngress, validateIngressClass, validateIngressClassUpdate, validateIngressCreate, validateIngressStatus, validateIpAddress, validateIpAddressUpdate, validateNetworkPolicy, validateServiceCidr, validateServiceCidrUpdate } from '../validation/networking.ts';
import { keepStatus, startsWith } from './common.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

export const ingressStrategy: Strategy<Ingress> = {
  prepareForCreate: startsWith(() => ({ loadBalancer: {} })),
  prepareForUpdate: keepStatus,
  validate: validateIngressCreate,
  validateUpdate: validateIngress,
  validateStatusUpdate: validateIngressStatus,
  warnings: (ingress, old) =>
    !old && ingress.metadata?.annotations?.[CLASS_ANNOTATION] !== undefined && ingress.spec?.ingressClassName === undefined ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`] : [],
};

export const ingressClassStrategy: Strategy<IngressClass> = { applyDefaults: defaultIngressClass, validate: validateIngressClass, validateUpdate: validateIngressClassUpdate };

export const networkPolicyStrategy: Strategy<NetworkPolicy> = { applyDefaults: defaultNetworkPolicy, validate: validateNetworkPolicy, validateUpdate: validateNetworkPolicy, warnings: networkPolicyWarnings };

export const ipAddressStrategy: Strategy<IPAddress> = { validateName: ipAddressName, validate: validateIpAddress, validateUpdate: validateIpAddressUpdate };

export const serviceCidrStrategy: Strategy<ServiceCIDR> = { validate: validateServiceCidr, validateUpdate: validateServiceCidrUpdate };

/** Ranges that a later Kubernetes will refuse or write differently. */
function networkPolicyWarnings({ spec }: NetworkPolicy): string[] {
  const path = Path.of('spec');
  const ofPeers = (peers: readonly NetworkPolicyPeer[] | undefined, at: Path): string[] =>
    (peers ?? []).flatMap(({ ipBlock }, i) => {
      if (!ipBlock) return [];
      const block = at.index(i).child('ipBlock');
      return [...cidrWarnings(block.child('cidr'), ipBlock.cidr), ...(ipBlock.except ?? []).flatMap((except, j) => cidrWarnings(block.child('except').index(j), except))];
    });
  return [
    ...(spec?.ingress ?? []).flatMap(({ from }, i) => ofPeers(from, path.child('ingress').index(i).child('from'))),
    ...(spec?.egress ?? []).flatMap(({ to }, i) => ofPeers(to, path.child('egress').index(i).child('to'))),
  ];
}
