/** Validation of Services. Follows kubernetes pkg/apis/core/validation/validation.go (ValidateService and below). */
import { isIPv6 } from 'node:net';
import type { Service, ServicePort, ServiceSpec } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { externallyAccessible } from '../defaults/core.ts';
import { PROTOCOLS } from './containers.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkCidr, checkDnsLabel, checkDnsSubdomain, checkIp, checkEndpointIp, checkPort, checkQualifiedName, portNumberErrors } from './formats.ts';
import { goStrings, GoValue } from './go-value.ts';
import { checkLabels } from './metadata.ts';

const SPEC = Path.of('spec');
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
/** A day: longer a client cannot stick to a pod. */
const MAX_AFFINITY_SECONDS = 86400;

/** A service without an address of its own. */
export const isHeadless = (spec: ServiceSpec): boolean => spec.clusterIP === 'None' || (spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None');

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
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (spec.sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS))
    errors.push(invalid(SPEC.child('sessionAffinityConfig', 'clientIP', 'timeoutSeconds'), seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`));
  if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig) errors.push(forbidden(SPEC.child('sessionAffinityConfig'), 'must not be set when session affinity is None'));
}

/** Addresses and their families, as far as the request names them. */
function checkClusterIps(spec: ServiceSpec, errors: FieldError[]): void {
  if (spec.type === 'ExternalName') return;
  const path = SPEC.child('clusterIPs');
  const ips = spec.clusterIPs ?? [];
  const shown = new GoValue(goStrings(spec.clusterIPs));
  if (spec.clusterIP) {
    if (ips.length > 0 && ips[0] !== spec.clusterIP) errors.push(invalid(path, shown, 'first value must match `clusterIP`'));
  } else if (ips.length > 0) errors.push(invalid(path, shown, 'must be empty when `clusterIP` is not specified'));
  const families = new Set<string>();
  (spec.ipFamilies ?? []).forEach((family, i) => {
    const at = SPEC.child('ipFamilies').index(i);
    if (!FAMILIES.includes(family)) errors.push(notSupported(at, family, FAMILIES));
    if (families.has(family)) errors.push(duplicate(at, family));
    families.add(family);
  });
  if (spec.ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(spec.ipFamilyPolicy)) errors.push(notSupported(SPEC.child('ipFamilyPolicy'), spec.ipFamilyPolicy, FAMILY_POLICIES));
  const before = errors.length;
  const addresses = ips.length > 0 ? ips : spec.clusterIP ? [spec.clusterIP] : [];
  addresses.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1) errors.push(invalid(path, shown, "'None' must be the first and only value"));
    } else checkIp(ip, path.index(i), errors);
  });
  if (ips.length > 2) errors.push(invalid(path, shown, 'may only hold up to 2 values'));
  if (errors.length > before) return;
  if (ips.length === 2 && isIPv6(ips[0] ?? '') === isIPv6(ips[1] ?? '')) errors.push(invalid(path, shown, 'may specify no more than one IP for each IP family'));
  if (isHeadless(spec)) return;
  addresses.forEach((ip, i) => {
    const family = spec.ipFamilies?.[i];
    if (family === 'IPv4' && isIPv6(ip)) errors.push(invalid(path.index(i), ip, `expected an IPv4 value as indicated by \`ipFamilies[${i}]\``));
    if (family === 'IPv6' && !isIPv6(ip)) errors.push(invalid(path.index(i), ip, `expected an IPv6 value as indicated by \`ipFamilies[${i}]\``));
  });
}

function checkType(spec: ServiceSpec, errors: FieldError[]): void {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    if (isHeadless(spec)) errors.push(invalid(SPEC.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${spec.type} services`));
  } else if (spec.type === 'ExternalName') {
    if (spec.clusterIPs?.length || spec.clusterIP) errors.push(forbidden(SPEC.child('clusterIPs'), 'may not be set for ExternalName services'));
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
    if (seen.has(key)) {
      const shown = `core.ServicePort{Name:"", Protocol:"${port.protocol}", AppProtocol:(*string)(nil), Port:${port.port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`;
      errors.push(duplicate(path.index(i), new GoValue(shown)));
    }
    seen.add(key);
  });
}

function checkTraffic(spec: ServiceSpec, errors: FieldError[]): void {
  const external = SPEC.child('externalTrafficPolicy');
  if (!externallyAccessible(spec)) {
    if (spec.externalTrafficPolicy) errors.push(invalid(external, spec.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  } else if (!spec.externalTrafficPolicy) errors.push(required(external));
  else if (!TRAFFIC_POLICIES.includes(spec.externalTrafficPolicy)) errors.push(notSupported(external, spec.externalTrafficPolicy, TRAFFIC_POLICIES));
  const checked = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (!checked && spec.healthCheckNodePort) errors.push(invalid(SPEC.child('healthCheckNodePort'), spec.healthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  if (spec.internalTrafficPolicy !== undefined && !TRAFFIC_POLICIES.includes(spec.internalTrafficPolicy)) errors.push(notSupported(SPEC.child('internalTrafficPolicy'), spec.internalTrafficPolicy, TRAFFIC_POLICIES));
  if (spec.trafficDistribution !== undefined && spec.trafficDistribution !== 'PreferClose') errors.push(notSupported(SPEC.child('trafficDistribution'), spec.trafficDistribution, ['PreferClose']));
}

function checkLoadBalancer(service: Service, spec: ServiceSpec, errors: FieldError[]): void {
  const balanced = spec.type === 'LoadBalancer';
  const only = "may only be used when `type` is 'LoadBalancer'";
  if (spec.loadBalancerSourceRanges?.length) {
    const path = SPEC.child('LoadBalancerSourceRanges');
    if (!balanced) errors.push(forbidden(path, only));
    spec.loadBalancerSourceRanges.forEach((range, i) => checkCidr(range.trim(), path.index(i), errors));
  } else {
    const key = 'service.beta.kubernetes.io/load-balancer-source-ranges';
    const value = service.metadata?.annotations?.[key];
    if (value !== undefined) {
      const path = Path.of('metadata', 'annotations').key(key);
      if (!balanced) errors.push(forbidden(path, only));
      if (value.trim()) for (const range of value.trim().split(',')) checkCidr(range.trim(), path, errors);
    }
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !balanced) errors.push(forbidden(SPEC.child('allocateLoadBalancerNodePorts'), only));
  if (spec.loadBalancerClass === undefined) return;
  if (balanced) checkQualifiedName(spec.loadBalancerClass, SPEC.child('loadBalancerClass'), errors);
  else errors.push(forbidden(SPEC.child('loadBalancerClass'), only));
}

export function validateService(service: Service): FieldError[] {
  const errors: FieldError[] = [];
  const spec = service.spec ?? {};
  const ports = spec.ports ?? [];
  if (!ports.length && !isHeadless(spec) && spec.type !== 'ExternalName') errors.push(required(SPEC.child('ports')));
  checkType(spec, errors);
  const names = new Set<string>();
  ports.forEach((port, i) => checkServicePort(port, ports.length > 1, names, SPEC.child('ports').index(i), errors));
  checkLabels(spec.selector, SPEC.child('selector'), errors);
  checkAffinity(spec, errors);
  checkClusterIps(spec, errors);
  (spec.externalIPs ?? []).forEach((ip, i) => {
    const at = SPEC.child('externalIPs').index(i);
    const before = errors.length;
    checkIp(ip, at, errors);
    if (errors.length === before) checkEndpointIp(ip, at, errors);
  });
  if (!spec.type) errors.push(required(SPEC.child('type')));
  else if (!TYPES.includes(spec.type)) errors.push(notSupported(SPEC.child('type'), spec.type, TYPES));
  if (spec.type === 'ClusterIP')
    ports.forEach((port, i) => {
      if (port.nodePort) errors.push(forbidden(SPEC.child('ports').index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
    });
  checkRepeatedPorts(ports, errors);
  checkLoadBalancer(service, spec, errors);
  checkTraffic(spec, errors);
  return errors;
}

/** Addresses stay what they were, but a second one may come and go (validateUpgradeDowngradeClusterIPs). */
function checkKept(name: 'clusterIPs' | 'ipFamilies', now: ServiceSpec, before: ServiceSpec, errors: FieldError[]): void {
  const values = now[name] ?? [];
  const old = before[name] ?? [];
  const path = SPEC.child(name);
  const shown = new GoValue(name === 'clusterIPs' ? goStrings(now.clusterIPs) : goStrings(now.ipFamilies).replace('[]string', '[]core.IPFamily'));
  if (values.length === old.length) {
    old.forEach((value, i) => {
      if (value !== values[i]) errors.push(invalid(path.index(name === 'clusterIPs' ? i : 0), shown, 'may not change once set'));
    });
    return;
  }
  if (old.length > values.length && values.length === 0) errors.push(invalid(path.index(0), shown, `primary ${name === 'clusterIPs' ? 'clusterIP' : 'ipFamily'} can not be unset`));
  if (old.length > 0 && values.length > 0 && values[0] !== old[0]) errors.push(invalid(path.index(0), shown, 'may not change once set'));
  if (old.length > values.length && values.length === 1 && now.ipFamilyPolicy !== 'SingleStack')
    errors.push(invalid(SPEC.child('ipFamilyPolicy'), now.ipFamilyPolicy ?? null, `must be set to 'SingleStack' when releasing the secondary ${name === 'clusterIPs' ? 'clusterIP' : 'ipFamily'}`));
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const now = service.spec ?? {};
  const before = old.spec ?? {};
  if (equal(now, before)) return [];
  const errors: FieldError[] = [];
  if (now.type !== 'ExternalName' && before.type !== 'ExternalName') {
    if (!(isHeadless(now) && isHeadless(before))) checkKept('clusterIPs', now, before, errors);
    if (!isHeadless(now) && !isHeadless(before)) checkKept('ipFamilies', now, before, errors);
  }
  if (now.type === 'LoadBalancer' && before.type === 'LoadBalancer' && now.loadBalancerClass !== before.loadBalancerClass)
    errors.push(invalid(SPEC.child('loadBalancerClass'), now.loadBalancerClass ?? null, 'may not change once set'));
  const checked = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (checked(now) && checked(before) && now.healthCheckNodePort !== before.healthCheckNodePort) errors.push(forbidden(SPEC.child('healthCheckNodePort'), 'field is immutable'));
  return [...errors, ...validateService(service)];
}
