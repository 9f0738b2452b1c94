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
import { HEADLESS, setFamilies } from './families.ts';

type Spec = Draft<ServiceSpec>;

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

/** Each step tells of its own faults alone. */
function allocate(scope: RequestScope, allocator: ServiceAllocator, service: Draft<Service>, old: Service | undefined): Finish {
  const spec = (service.spec ??= {});
  const before = old?.spec;
  const refuse = (errors: readonly FieldError[]): void => {
    if (errors.length > 0) throw invalidObject(scope.resource, service.metadata?.name ?? '', errors);
  };
  refuse(setFamilies(service, old));
  const errors: FieldError[] = [];
  const addresses = takeAddress(allocator, spec, before, errors);
  refuse(errors);
  const ports = new PortTaker(allocator, before, errors).take(spec);
  refuse(errors.slice(0, 1));
  const release = allocator.reserve(addresses, ports);
  if (!before && (addresses.length > 0 || ports.size > 0)) {
    scope.stations.push({ station: 'allocation', outcome: [...addresses.map((address) => `clusterIP ${formatAddress(address)}`), ...[...ports].map((port) => `nodePort ${port}`)].join(', ') });
  }
  return release;
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
  if (!allocator.range.contains(asked)) refuse('the provided network does not match the current range');
  else if (!allocator.range.usable(asked)) refuse(`the provided IP (${spec.clusterIP}) is not in the valid range. The range of valid IPs is ${allocator.range.cidr}`);
  else if (allocator.holdsAddress(asked)) refuse('provided IP is already allocated');
  else return [asked];
  return [];
}

/** Takes a Service's node ports: those it asks for, and for the others free ones. */
class PortTaker {
  readonly #own: ReadonlySet<number>;
  readonly #taken = new Set<number>();

  constructor(
    private readonly allocator: ServiceAllocator,
    private readonly before: ServiceSpec | undefined,
    private readonly errors: FieldError[],
  ) {
    this.#own = nodePortsOf(before);
  }

  /** The ports that have to be reserved. */
  take(spec: Spec): ReadonlySet<number> {
    if (!mayHaveNodePorts(spec)) return this.#taken;
    const ports = (spec.ports ?? []).map((port, i) => ({ port, path: SPEC.child('ports').index(i).child('nodePort') }));
    const wanted = ports.filter(({ port }) => port.nodePort || needsNodePorts(spec));
    // A new Service has one node port for all protocols of a port.
    const byNumber = new Map<number, number>();
    for (const { port, path } of wanted) {
      if (this.before) port.nodePort = this.#one(port.nodePort, path, true);
      else {
        const known = byNumber.get(port.port);
        if (known === undefined) byNumber.set(port.port, (port.nodePort = this.#one(wanted.find((other) => other.port.port === port.port && other.port.nodePort)?.port.nodePort, path, false)));
        else if (!port.nodePort) port.nodePort = known;
        else if (port.nodePort !== known) this.#one(port.nodePort, path, false);
      }
    }
    if (needsHealthPort(spec)) spec.healthCheckNodePort = this.#one(spec.healthCheckNodePort, SPEC.child('healthCheckNodePort'), this.before !== undefined);
    return this.#taken;
  }

  #one(asked: number | undefined, path: Path, mayRepeat: boolean): number {
    if (!asked) {
      const free = this.allocator.pickPort(new Set([...this.#taken, ...this.#own]));
      if (free === undefined) throw internalError('failed to allocate a nodePort: range is full');
      this.#taken.add(free);
      return free;
    }
    if (this.#own.has(asked) || (mayRepeat && this.#taken.has(asked))) return asked;
    if (asked < NODE_PORTS.first || asked > NODE_PORTS.last) this.errors.push(invalid(path, asked, `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`));
    else if (this.#taken.has(asked) || this.allocator.holdsPort(asked)) this.errors.push(invalid(path, asked, 'provided port is already allocated'));
    else this.#taken.add(asked);
    return asked;
  }
}
