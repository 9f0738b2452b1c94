/**
 * What the server fills into Services: cluster IPs, IP families, node ports. Follows kubernetes
 * pkg/registry/core/service/storage/{storage,alloc}.go for a single-stack IPv4 cluster.
 */
import type { Service, ServiceSpec } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { internalError } from '../../api/status.ts';
import type { Finish, WriteHooks } from '../registry/create.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { invalid, invalidObject, Path, type FieldError } from '../validation/field.ts';
import { goStrings, GoValue } from '../validation/go-value.ts';
import { formatAddress, parseAddress } from './address.ts';
import { NODE_PORTS, nodePortsOf, type ServiceAllocator } from './allocator.ts';

type Spec = Draft<ServiceSpec>;

const HEADLESS = 'None';
const SPEC = Path.of('spec');

const needsAddress = ({ type = 'ClusterIP' }: Spec): boolean => type !== 'ExternalName';
const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: Spec): boolean => type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
const mayHaveNodePorts = ({ type }: Spec): boolean => type === 'NodePort' || type === 'LoadBalancer';
const needsHealthPort = ({ type, externalTrafficPolicy }: Spec): boolean => type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

export function serviceHooks(allocator: ServiceAllocator): WriteHooks {
  return {
    async beforeCreate(scope, object) {
      await allocator.ready();
      return allocate(scope, allocator, object as Draft<Service>, undefined);
    },
    async beforeUpdate(scope, object, old) {
      await allocator.ready();
      return allocate(scope, allocator, object as Draft<Service>, old as StoredObject & Service);
    },
  };
}

function allocate(scope: RequestScope, allocator: ServiceAllocator, service: Draft<Service>, old: Service | undefined): Finish {
  const spec = (service.spec ??= {});
  const before = old?.spec;
  if (before) keepAllocated(spec, before as Spec);
  syncClusterIPs(spec, before);
  const errors: FieldError[] = [];
  setFamilies(spec);
  const addresses = takeAddress(allocator, spec, before, errors);
  const ports = takePorts(allocator, spec, before, errors);
  if (errors.length > 0) throw invalidObject(scope.resource, service.metadata?.name ?? '', errors);
  const release = allocator.reserve(addresses, ports);
  if (!before && (addresses.length > 0 || ports.size > 0)) {
    scope.stations.push({ station: 'allocation', outcome: [...addresses.map((address) => `clusterIP ${formatAddress(address)}`), ...[...ports].map((port) => `nodePort ${port}`)].join(', ') });
  }
  return release;
}

/** An update that leaves out what the server had filled in keeps it (patchAllocatedValues). */
function keepAllocated(spec: Spec, before: Spec): void {
  if (needsAddress(before) && needsAddress(spec) && before.clusterIP !== HEADLESS) {
    if (!spec.clusterIP) {
      if (before.clusterIP) spec.clusterIP = before.clusterIP;
      if (!spec.clusterIPs?.length && before.clusterIPs) spec.clusterIPs = [...before.clusterIPs];
    }
  } else if (needsAddress(before) && needsAddress(spec) && !spec.clusterIP && before.clusterIP) {
    spec.clusterIP = before.clusterIP;
  }
  if (needsAddress(spec) && needsAddress(before)) {
    if (!spec.ipFamilies?.length && before.ipFamilies) spec.ipFamilies = [...before.ipFamilies];
    if (!spec.ipFamilyPolicy && before.ipFamilyPolicy) spec.ipFamilyPolicy = before.ipFamilyPolicy;
  }
  if (mayHaveNodePorts(before) && mayHaveNodePorts(spec)) {
    const kept = new Set([...nodePortsOf(before)].filter((port) => nodePortsOf(spec).has(port)));
    const byName = new Map((before.ports ?? []).map((port) => [port.name ?? '', port.nodePort]));
    for (const port of spec.ports ?? []) {
      const known = byName.get(port.name ?? '');
      if (!port.nodePort && known && !kept.has(known)) port.nodePort = known;
    }
  }
  if (needsHealthPort(before) && needsHealthPort(spec) && !spec.healthCheckNodePort && before.healthCheckNodePort) spec.healthCheckNodePort = before.healthCheckNodePort;
  dropLeftOver(spec, before);
}

/** What belonged to the type that a Service had before goes with it, unless the request changed it (dropTypeDependentFields). */
function dropLeftOver(spec: Spec, before: Spec): void {
  if (needsAddress(before) && !needsAddress(spec) && spec.clusterIP === before.clusterIP) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
  }
  if (mayHaveNodePorts(before) && !mayHaveNodePorts(spec)) {
    const old = nodePortsOf(before);
    for (const port of spec.ports ?? []) if (port.nodePort && old.has(port.nodePort)) delete port.nodePort;
  }
  if (needsHealthPort(before) && !needsHealthPort(spec) && spec.healthCheckNodePort === before.healthCheckNodePort) delete spec.healthCheckNodePort;
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === before.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === before.loadBalancerClass) delete spec.loadBalancerClass;
  }
  const external = mayHaveNodePorts(spec) || Boolean(spec.externalIPs?.length);
  if (!external && spec.externalTrafficPolicy === before.externalTrafficPolicy) delete spec.externalTrafficPolicy;
}

/** clusterIP and the first of clusterIPs say the same (normalizeClusterIPs). */
function syncClusterIPs(spec: Spec, before: ServiceSpec | undefined): void {
  if (!before) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const changedOne = spec.clusterIP !== before.clusterIP;
  const changedList = (spec.clusterIPs ?? []).join() !== (before.clusterIPs ?? []).join();
  if (changedOne && !changedList) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
    else delete spec.clusterIPs;
  }
}

function setFamilies(spec: Spec): void {
  if (!needsAddress(spec)) return;
  if (spec.clusterIP === HEADLESS && Object.keys(spec.selector ?? {}).length === 0 && !spec.ipFamilyPolicy) {
    // Whoever writes the endpoints of a headless Service without selector chooses their families.
    spec.ipFamilyPolicy = 'RequireDualStack';
    if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4', 'IPv6'];
    return;
  }
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
}

/** Gives the Service its cluster IP, or takes the one that it asks for. Returns what has to be reserved. */
function takeAddress(allocator: ServiceAllocator, spec: Spec, before: ServiceSpec | undefined, errors: FieldError[]): number[] {
  if (!needsAddress(spec) || spec.clusterIP === HEADLESS) return [];
  if (spec.clusterIP && before?.clusterIP === spec.clusterIP) return [];
  if (!spec.clusterIP) {
    const picked = allocator.pickAddress();
    if (!picked) throw internalError('failed to allocate a serviceIP: range is full');
    spec.clusterIP = picked;
    spec.clusterIPs = [picked];
    return [parseAddress(picked) ?? 0];
  }
  const asked = parseAddress(spec.clusterIP);
  // Not an address at all: validation says so.
  if (asked === undefined) return [];
  const refuse = (why: string) => errors.push(invalid(SPEC.child('clusterIPs'), new GoValue(goStrings(spec.clusterIPs ?? [])), `failed to allocate IP ${spec.clusterIP ?? ''}: ${why}`));
  if (!allocator.range.usable(asked)) refuse(`the provided IP (${spec.clusterIP}) is not in the valid range. The range of valid IPs is ${allocator.range.cidr}`);
  else if (allocator.holdsAddress(asked)) refuse('provided IP is already allocated');
  else return [asked];
  return [];
}

function takePorts(allocator: ServiceAllocator, spec: Spec, before: ServiceSpec | undefined, errors: FieldError[]): Set<number> {
  const own = nodePortsOf(before);
  const taken = new Set<number>();
  if (!mayHaveNodePorts(spec)) return taken;
  const byNumber = new Map<string, number>();
  for (const [i, port] of (spec.ports ?? []).entries()) {
    const path = SPEC.child('ports').index(i).child('nodePort');
    if (port.nodePort) checkPort(allocator, port.nodePort, own, taken, path, errors);
    else if (needsNodePorts(spec)) {
      // The same port for another protocol gets the same node port.
      const known = byNumber.get(String(port.port));
      const sameProtocol = (spec.ports ?? []).some((other, j) => j < i && other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
      port.nodePort = (known !== undefined && !sameProtocol ? known : allocator.pickPort(new Set([...taken, ...own]))) ?? 0;
      if (port.nodePort === 0) throw internalError('failed to allocate a nodePort: range is full');
      taken.add(port.nodePort);
    }
    if (port.nodePort) byNumber.set(String(port.port), port.nodePort);
  }
  if (needsHealthPort(spec)) {
    const path = SPEC.child('healthCheckNodePort');
    if (spec.healthCheckNodePort) checkPort(allocator, spec.healthCheckNodePort, own, taken, path, errors);
    else {
      spec.healthCheckNodePort = allocator.pickPort(new Set([...taken, ...own])) ?? 0;
      taken.add(spec.healthCheckNodePort);
    }
  }
  return taken;
}

function checkPort(allocator: ServiceAllocator, port: number, own: ReadonlySet<number>, taken: Set<number>, path: Path, errors: FieldError[]): void {
  if (own.has(port) || taken.has(port)) return;
  if (port < NODE_PORTS.first || port > NODE_PORTS.last) errors.push(invalid(path, port, `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`));
  else if (allocator.holdsPort(port)) errors.push(invalid(path, port, 'provided port is already allocated'));
  else taken.add(port);
}
