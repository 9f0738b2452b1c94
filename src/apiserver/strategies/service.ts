/** How Services are created and changed. Follows kubernetes pkg/registry/core/service/strategy.go and storage/storage.go (patchAllocatedValues). */
import type { Service, ServiceSpec } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { defaultService, externallyAccessible } from '../defaults/core.ts';
import { nameIsDns1035Label } from '../validation/formats.ts';
import { validateService, validateServiceStatus, validateServiceUpdate } from '../validation/service.ts';
import type { Strategy } from '../strategy.ts';
import { keepStatus } from './common.ts';
import { serviceWarnings } from './warnings.ts';

const needsClusterIp = (spec: ServiceSpec): boolean => spec.type !== 'ExternalName';
const mayHaveNodePort = (spec: ServiceSpec): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer';
const needsNodePort = (spec: ServiceSpec): boolean => mayHaveNodePort(spec) && (spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false);
const needsHealthPort = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
const sameIps = (spec: ServiceSpec, old: ServiceSpec): boolean => equal(spec.clusterIPs ?? [], old.clusterIPs ?? []);

/** clusterIP and clusterIPs[0] are one value under two names; clients that know the first only need not tell the second. */
function normalizeClusterIps(spec: Draft<ServiceSpec>, old: ServiceSpec | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const isSame = (spec.clusterIP ?? '') === (old.clusterIP ?? '');
  if (isSame && !spec.clusterIPs?.length && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
  if (isSame || !sameIps(spec, old)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

/** What was allocated and the client did not repeat, stays. */
function keepAllocated(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  if (needsClusterIp(old) && needsClusterIp(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(spec)) {
    const known = new Map((old.ports ?? []).map((port) => [port.name ?? '', port.nodePort] as const));
    const used = nodePorts(spec);
    for (const port of spec.ports ?? []) {
      const before = known.get(port.name ?? '');
      if (!port.nodePort && before && !used.includes(before)) port.nodePort = before;
    }
  }
  if (needsHealthPort(old) && needsHealthPort(spec) && !spec.healthCheckNodePort && old.healthCheckNodePort) spec.healthCheckNodePort = old.healthCheckNodePort;
}

const nodePorts = (spec: ServiceSpec): number[] => (spec.ports ?? []).map((port) => port.nodePort ?? 0);

/** Values that only made sense for the old type go, if the client left them as they were (dropTypeDependentFields). */
function dropUnfit(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  if (needsClusterIp(old) && !needsClusterIp(spec)) {
    if (spec.clusterIP === old.clusterIP && sameIps(spec, old)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (equal(spec.ipFamilies, old.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === old.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  if (mayHaveNodePort(old) && !mayHaveNodePort(spec) && nodePorts(spec).every((port) => !port || nodePorts(old).includes(port))) for (const port of spec.ports ?? []) delete port.nodePort;
  if (needsHealthPort(old) && !needsHealthPort(spec) && spec.healthCheckNodePort === old.healthCheckNodePort) delete spec.healthCheckNodePort;
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (externallyAccessible(old) && !externallyAccessible(spec) && spec.externalTrafficPolicy === old.externalTrafficPolicy) delete spec.externalTrafficPolicy;
}

export const serviceStrategy: Strategy<Service> = {
  applyDefaults: defaultService,
  validateName: nameIsDns1035Label,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
    normalizeClusterIps((service.spec ??= {}), undefined);
  },
  prepareForUpdate(service, old) {
    keepStatus(service, old);
    const spec = (service.spec ??= {});
    const before = old.spec ?? {};
    dropUnfit(spec, before);
    keepAllocated(spec, before);
    normalizeClusterIps(spec, before);
    // Taking a load balancer down takes a while that nobody has to see.
    if (spec.type !== 'LoadBalancer') service.status = { ...service.status, loadBalancer: {} };
  },
  validate: (service) => validateService(service),
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: (service) => serviceWarnings(service),
  selectableFields: (service) => ({ 'spec.clusterIP': service.spec?.clusterIP ?? '', 'spec.type': service.spec?.type ?? '' }),
  allowCreateOnUpdate: true,
};

