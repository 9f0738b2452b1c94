/** Validation of Services. Follows kubernetes pkg/apis/core/validation/validation.go (ValidateService and below). */
import type { LoadBalancerIngress, Service, ServicePort, ServiceSpec } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { externallyAccessible } from '../defaults/core.ts';
import { PROTOCOLS } from './containers.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkCidr, checkDnsLabel, checkDnsSubdomain, checkIp, checkEndpointIp, checkPort, checkQualifiedName, portNumberErrors } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { parseIp } from './ip.ts';
import { checkLabels } from './metadata.ts';
import { checkClusterIps, checkClusterIpsKept, checkFamiliesKept, isHeadless } from './service-ips.ts';

const SPEC = Path.of('spec');
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
/** A day: longer a client cannot stick to a pod. */
const MAX_AFFINITY_SECONDS = 86400;
const IP_MODES = ['Proxy', 'VIP'];
const BALANCED_ONLY = "may only be used when `type` is 'LoadBalancer'";

const HINTS = 'service.kubernetes.io/topology-aware-hints';
const MODE = 'service.kubernetes.io/topology-mode';

function checkServicePort(port: ServicePort, needsName: boolean, names: Set<string>, path: Path, errors: FieldError[]): void {
  if (!port.name) {
    if (needsName) errors.push(required(path.child('name')));
  } else {
    checkDnsLabel(port.name, path.child('name'), errors);
    if (names.has(port.name)) errors.push(duplicate(path.child('name'), port.name));
    names.add(port.name);
  }
  for (const text of portNumberErrors(port.port ?? 0)) errors.push(invalid(path.child('port'), port.port ?? 0, text));
  if (!port.protocol) errors.push(required(path.child('protocol')));
  else if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(path.child('protocol'), port.protocol, PROTOCOLS));
  checkPort(port.targetPort, path.child('targetPort'), errors);
  if (port.appProtocol !== undefined) checkQualifiedName(port.appProtocol, path.child('appProtocol'), errors);
}

function checkAffinity(spec: ServiceSpec, errors: FieldError[]): void {
  const path = SPEC.child('sessionAffinity');
  if (!spec.sessionAffinity) errors.push(required(path));
  else if (spec.sessionAffinity !== 'ClientIP' && spec.sessionAffinity !== 'None') errors.push(notSupported(path, spec.sessionAffinity, ['ClientIP', 'None']));
  if (spec.sessionAffinity === 'ClientIP') checkClientIp(spec, errors);
  if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig) errors.push(forbidden(SPEC.child('sessionAffinityConfig'), 'must not be set when session affinity is None'));
}

function checkClientIp({ sessionAffinityConfig: config }: ServiceSpec, errors: FieldError[]): void {
  const path = SPEC.child('sessionAffinityConfig');
  const timeout = path.child('clientIP', 'timeoutSeconds');
  const seconds = config?.clientIP?.timeoutSeconds;
  if (seconds === undefined) errors.push(required(!config ? path : config.clientIP ? timeout : path.child('clientIP'), 'when session affinity type is ClientIP'));
  else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) errors.push(invalid(timeout, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`));
}

function checkType(spec: ServiceSpec, errors: FieldError[]): void {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    if (isHeadless(spec)) errors.push(invalid(SPEC.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${spec.type} services`));
  } else if (spec.type === 'ExternalName') {
    if (spec.clusterIPs?.length) errors.push(forbidden(SPEC.child('clusterIPs'), 'may not be set for ExternalName services'));
    if (spec.ipFamilies?.length) errors.push(forbidden(SPEC.child('ipFamilies'), 'may not be set for ExternalName services'));
    if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden(SPEC.child('ipFamilyPolicy'), 'may not be set for ExternalName services'));
    const name = spec.externalName?.replace(/\.$/, '') ?? '';
    if (name) checkDnsSubdomain(name, SPEC.child('externalName'), errors);
    else errors.push(required(SPEC.child('externalName')));
  }
}

function checkRepeatedPorts(ports: readonly ServicePort[], errors: FieldError[]): void {
  const path = SPEC.child('ports');
  const nodePorts = new Set<string>();
  ports.forEach((port, i) => {
    if (!port.nodePort) return;
    const key = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(key)) errors.push(duplicate(path.index(i).child('nodePort'), port.nodePort));
    nodePorts.add(key);
  });
  const seen = new Set<string>();
  ports.forEach((port, i) => {
    const key = `${port.protocol}/${port.port}`;
    if (seen.has(key)) errors.push(duplicate(path.index(i), goTyped('core.ServicePort', { protocol: port.protocol, port: port.port })));
    seen.add(key);
  });
}

const isHealthChecked = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

function checkTraffic(spec: ServiceSpec, errors: FieldError[]): void {
  const external = SPEC.child('externalTrafficPolicy');
  if (!externallyAccessible(spec)) {
    if (spec.externalTrafficPolicy) errors.push(invalid(external, spec.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  } else if (!spec.externalTrafficPolicy) errors.push(required(external));
  else if (!TRAFFIC_POLICIES.includes(spec.externalTrafficPolicy)) errors.push(notSupported(external, spec.externalTrafficPolicy, TRAFFIC_POLICIES));
  const healthPath = SPEC.child('healthCheckNodePort');
  if (isHealthChecked(spec)) {
    if (!spec.healthCheckNodePort) errors.push(required(healthPath));
    else for (const text of portNumberErrors(spec.healthCheckNodePort)) errors.push(invalid(healthPath, spec.healthCheckNodePort, text));
  } else if (spec.healthCheckNodePort) errors.push(invalid(healthPath, spec.healthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  if (spec.internalTrafficPolicy === undefined) {
    if (spec.type && spec.type !== 'ExternalName' && TYPES.includes(spec.type)) errors.push(required(SPEC.child('internalTrafficPolicy')));
  } else if (!TRAFFIC_POLICIES.includes(spec.internalTrafficPolicy)) errors.push(notSupported(SPEC.child('internalTrafficPolicy'), spec.internalTrafficPolicy, TRAFFIC_POLICIES));
  if (spec.trafficDistribution !== undefined && spec.trafficDistribution !== 'PreferClose') errors.push(notSupported(SPEC.child('trafficDistribution'), spec.trafficDistribution, ['PreferClose']));
}

function checkLoadBalancer(service: Service, spec: ServiceSpec, old: Service | undefined, errors: FieldError[]): void {
  const balanced = spec.type === 'LoadBalancer';
  if (spec.loadBalancerSourceRanges?.length) {
    const path = SPEC.child('LoadBalancerSourceRanges');
    if (!balanced) errors.push(forbidden(path, BALANCED_ONLY));
    const known = (old?.spec?.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    spec.loadBalancerSourceRanges.forEach((range, i) => {
      if (!known.includes(range.trim())) checkCidr(range.trim(), path.index(i), errors);
    });
  } else {
    const key = 'service.beta.kubernetes.io/load-balancer-source-ranges';
    const value = service.metadata?.annotations?.[key];
    if (value !== undefined) {
      const path = Path.of('metadata', 'annotations').key(key);
      if (!balanced) errors.push(forbidden(path, BALANCED_ONLY));
      if (value.trim() && old?.metadata?.annotations?.[key] !== value) for (const range of value.trim().split(',')) checkCidr(range.trim(), path, errors);
    }
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !balanced) errors.push(forbidden(SPEC.child('allocateLoadBalancerNodePorts'), BALANCED_ONLY));
  if (spec.allocateLoadBalancerNodePorts === undefined && balanced) errors.push(required('allocateLoadBalancerNodePorts'));
  checkClass(spec, errors);
}

function checkClass({ type, loadBalancerClass }: ServiceSpec, errors: FieldError[]): void {
  if (loadBalancerClass === undefined) return;
  const path = SPEC.child('loadBalancerClass');
  if (type === 'LoadBalancer') checkQualifiedName(loadBalancerClass, path, errors);
  else errors.push(forbidden(path, BALANCED_ONLY));
}

export function validateService(service: Service, old?: Service): FieldError[] {
  const errors: FieldError[] = [];
  const annotations = service.metadata?.annotations ?? {};
  const mode = annotations[MODE];
  if (mode !== undefined && annotations[HINTS] !== undefined && annotations[HINTS] !== mode)
    errors.push(invalid(Path.of('metadata', 'annotations').key(MODE), mode, `must match annotations[${HINTS}] when both are specified`));
  const spec = service.spec ?? {};
  const ports = spec.ports ?? [];
  if (!ports.length && !isHeadless(spec) && spec.type !== 'ExternalName') errors.push(required(SPEC.child('ports')));
  checkType(spec, errors);
  const names = new Set<string>();
  ports.forEach((port, i) => checkServicePort(port, ports.length > 1, names, SPEC.child('ports').index(i), errors));
  checkLabels(spec.selector, SPEC.child('selector'), errors);
  checkAffinity(spec, errors);
  checkClusterIps(spec, old?.spec, errors);
  (spec.externalIPs ?? []).forEach((ip, i) => {
    const at = SPEC.child('externalIPs').index(i);
    const before = errors.length;
    if (!old?.spec?.externalIPs?.includes(ip)) checkIp(ip, at, errors);
    if (errors.length === before) checkEndpointIp(ip, at, errors);
  });
  if (!spec.type) errors.push(required(SPEC.child('type')));
  else if (!TYPES.includes(spec.type)) errors.push(notSupported(SPEC.child('type'), spec.type, TYPES));
  if (spec.type === 'ClusterIP')
    ports.forEach((port, i) => {
      if (port.nodePort) errors.push(forbidden(SPEC.child('ports').index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
    });
  checkRepeatedPorts(ports, errors);
  checkLoadBalancer(service, spec, old, errors);
  checkTraffic(spec, errors);
  return errors;
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const now = service.spec ?? {};
  const before = old.spec ?? {};
  const errors: FieldError[] = [];
  checkClusterIpsKept(now, before, errors);
  checkFamiliesKept(now, before, errors);
  if (now.type === 'LoadBalancer' && before.type === 'LoadBalancer' && now.loadBalancerClass !== before.loadBalancerClass) errors.push(invalid(SPEC.child('loadBalancerClass'), now.loadBalancerClass ?? null, 'may not change once set'));
  checkClass(now, errors);
  if (isHealthChecked(now) && isHealthChecked(before) && now.healthCheckNodePort !== before.healthCheckNodePort) errors.push(forbidden(SPEC.child('healthCheckNodePort'), 'field is immutable'));
  return [...errors, ...validateService(service, old)];
}

/** What a load balancer tells of itself; IP addresses that were there before may stay as they are. */
function checkIngress(ingress: LoadBalancerIngress, known: readonly (string | undefined)[], path: Path, errors: FieldError[]): void {
  if (ingress.ip && !known.includes(ingress.ip)) checkIp(ingress.ip, path.child('ip'), errors);
  const mode = path.child('ipMode');
  if (ingress.ipMode === undefined) {
    if (ingress.ip) errors.push(required(mode, 'must be specified when `ip` is set'));
  } else if (!ingress.ip) errors.push(forbidden(mode, 'may not be specified when `ip` is not set'));
  else if (!IP_MODES.includes(ingress.ipMode)) errors.push(notSupported(mode, ingress.ipMode, IP_MODES));
  const name = ingress.hostname;
  if (!name) return;
  for (const text of dns1123SubdomainErrors(name)) errors.push(invalid(path.child('hostname'), name, text));
  if (parseIp(name)) errors.push(invalid(path.child('hostname'), name, 'must be a DNS name, not an IP address'));
}

export function validateServiceStatus(service: Service, old: Service): FieldError[] {
  const errors: FieldError[] = [];
  const path = Path.of('status', 'loadBalancer', 'ingress');
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && service.spec?.type !== 'LoadBalancer') return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  const known = (old.status?.loadBalancer?.ingress ?? []).map((each) => each.ip);
  ingress.forEach((each, i) => checkIngress(each, known, path.index(i), errors));
  return errors;
}
