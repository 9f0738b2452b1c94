/**
 * What the server allocates for Services: cluster IPs, IP families, node ports. The strategy has already kept or dropped
 * what an update left out. Follows kubernetes pkg/registry/core/service/storage/alloc.go for a single-stack IPv4 cluster.
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
