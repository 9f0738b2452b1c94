/**
 * The objects by which cluster IPs are given out: ServiceCIDRs say from where, and each IPAddress has one owner. Follows
 * kubernetes pkg/api/servicecidr and the labels of pkg/registry/core/service/ipallocator.
 */
import type { IPAddress, ServiceCIDR } from './generated/types.ts';
import { AddressRange } from './ip-ranges.ts';
import type { Resource } from './kinds.ts';
import { resourceAt } from './resource.ts';

export const IPADDRESSES = resourceAt('networking.k8s.io', 'v1', 'ipaddresses') as Resource<IPAddress>;
export const SERVICECIDRS = resourceAt('networking.k8s.io', 'v1', 'servicecidrs') as Resource<ServiceCIDR>;

/** kube-apiserver --service-cluster-ip-range. */
export const SERVICE_CLUSTER_IP_RANGE = '10.96.0.0/12';
/** The ServiceCIDR that the API server itself makes of its range. */
export const DEFAULT_SERVICE_CIDR = 'kubernetes';
/** Keeps a ServiceCIDR while addresses of it are in use. */
export const SERVICE_CIDR_FINALIZER = 'networking.k8s.io/service-cidr-finalizer';

const FAMILY = 'ipaddress.kubernetes.io/ip-family';
const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by';
const ALLOCATOR = 'ipallocator.k8s.io';

/** An object with the name and the namespace of a Service. */
export interface ServiceOwner {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
}

/** The object that says that the address is the Service's. */
export function ipAddressOf(ip: string, { metadata: { namespace = '', name = '' } = {} }: ServiceOwner): IPAddress {
  return {
    apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress',
    metadata: { name: ip, labels: { [FAMILY]: ip.includes(':') ? 'IPv6' : 'IPv4', [MANAGED_BY]: ALLOCATOR } },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  };
}

/** Whether the server's allocator has made it, and not another owner of addresses. */
export const isAllocators = ({ metadata }: IPAddress): boolean => metadata?.labels?.[MANAGED_BY] === ALLOCATOR;

export const hasAllocatorsLabels = (address: IPAddress): boolean => isAllocators(address) && address.metadata?.labels?.[FAMILY] === (address.metadata?.name?.includes(':') ? 'IPv6' : 'IPv4');

/** Whether addresses may be taken from it. Without a controller manager nobody says so, and they may. */
export const isReady = ({ metadata, status }: ServiceCIDR): boolean => metadata?.deletionTimestamp === undefined && (status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True';

/** Its IPv4 ranges: this cluster has no other family. */
export const rangesOf = ({ spec }: ServiceCIDR): AddressRange[] => (spec?.cidrs ?? []).filter((cidr) => !cidr.includes(':')).map((cidr) => new AddressRange(cidr));
