/** How Services are created and changed. Follows kubernetes pkg/registry/core/service/strategy.go and storage/storage.go (patchAllocatedValues). */
import type { Service, ServicePort, ServiceSpec } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { defaultService } from '../defaults/core.ts';
import { nameIsDns1035Label } from '../validation/formats.ts';
import { validateService, validateServiceUpdate } from '../validation/service.ts';
import type { Strategy } from '../strategy.ts';
import { keepStatus } from './common.ts';
import { serviceWarnings } from './warnings.ts';

const needsClusterIp = (spec: ServiceSpec): boolean => spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer';
const needsNodePort = (spec: ServiceSpec): boolean => spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
const needsHealthPort = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** clusterIP and clusterIPs[0] are one value under two names; who sets one, sets both (normalizeClusterIPs). */
function normalizeClusterIps(spec: Draft<ServiceSpec>, old: ServiceSpec | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const changed = (spec.clusterIP ?? '') !== (old.clusterIP ?? '');
  const listChanged = !equal(spec.clusterIPs ?? [], old.clusterIPs ?? []);
  if (changed && !listChanged) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP, ...(spec.clusterIPs ?? []).slice(1)];
    else delete spec.clusterIPs;
  } else if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
}

/** What was allocated and the client did not repeat, stays. */
function keepAllocated(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  if (needsClusterIp(old) && needsClusterIp(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
    if (spec.ipFamilyPolicy === undefined && old.ipFamilyPolicy !== undefined) spec.ipFamilyPolicy = old.ipFamilyPolicy;
    if (!spec.ipFamilies?.length && old.ipFamilies) spec.ipFamilies = [...old.ipFamilies];
  }
  if (needsNodePort(old) && needsNodePort(spec)) {
    const known = new Map<string, number>();
    const key = (port: ServicePort): string => `${port.protocol}/${port.port}`;
    for (const port of old.ports ?? []) if (port.nodePort) known.set(key(port), port.nodePort);
    for (const port of spec.ports ?? []) if (port.nodePort) for (const [used, number] of known) if (number === port.nodePort) known.delete(used);
    for (const port of spec.ports ?? []) {
      const number = known.get(key(port));
      if (!port.nodePort && number !== undefined) port.nodePort = number;
    }
  }
  if (needsHealthPort(old) && needsHealthPort(spec) && !spec.healthCheckNodePort && old.healthCheckNodePort) spec.healthCheckNodePort = old.healthCheckNodePort;
}

/** Values that only made sense for the old type go, if the client left them as they were (dropTypeDependentFields). */
function dropUnfit(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  if (needsClusterIp(old) && !needsClusterIp(spec)) {
    if (spec.clusterIP === old.clusterIP) delete spec.clusterIP;
    if (equal(spec.clusterIPs, old.clusterIPs)) delete spec.clusterIPs;
    if (equal(spec.ipFamilies, old.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === old.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  if (needsNodePort(old) && !needsNodePort(spec)) {
    const before = (old.ports ?? []).map((port) => port.nodePort ?? 0).sort();
    const now = (spec.ports ?? []).map((port) => port.nodePort ?? 0).sort();
    if (equal(now, before)) for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthPort(old) && !needsHealthPort(spec) && spec.healthCheckNodePort === old.healthCheckNodePort) delete spec.healthCheckNodePort;
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass;
  }
  const external = spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
  if (!external && spec.externalTrafficPolicy === old.externalTrafficPolicy) delete spec.externalTrafficPolicy;
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
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  warnings: (service, old) => (old && equal(service.spec, old.spec) ? [] : serviceWarnings(service)),
  selectableFields: (service) => ({ 'spec.clusterIP': service.spec?.clusterIP ?? '', 'spec.type': service.spec?.type ?? '' }),
  allowCreateOnUpdate: true,
};

