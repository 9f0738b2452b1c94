/**
 * What the server allocates for Services: cluster IPs, IP families, node ports. The strategy has already kept or dropped
 * what an update left out. Follows kubernetes pkg/registry/core/service/storage/alloc.go for a single-stack IPv4 cluster.
 */
import type { Service, ServiceSpec } from '../../api/generated/types.ts';
import { parseAddress } from '../../api/ip-ranges.ts';
import type { Draft } from '../../api/json.ts';
import { internalError } from '../../api/status.ts';
import type { Finish, WriteHooks } from '../registry/create.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { invalid, invalidObject, Path, type FieldError } from '../validation/field.ts';
import { goStrings, GoValue } from '../validation/go-value.ts';
import { NODE_PORTS, nodePortsOf, type ServiceAllocator } from './allocator.ts';
import { HEADLESS, setFamilies } from './families.ts';

type Spec = Draft<ServiceSpec>;

/** A dry run is told of node ports from here on. */
const PRETENDED_PORT = 32_768;

const SPEC = Path.of('spec');

const needsAddress = ({ type = 'ClusterIP' }: Spec): boolean => type !== 'ExternalName';
const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: Spec): boolean => type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
const mayHaveNodePorts = ({ type }: Spec): boolean => type === 'NodePort' || type === 'LoadBalancer';
const needsHealthPort = ({ type, externalTrafficPolicy }: Spec): boolean => type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

/** The addresses that a Service holds. */
const addressesOf = (spec: ServiceSpec | undefined): string[] => (spec?.type === 'ExternalName' ? [] : (spec?.clusterIPs ?? []).filter((ip) => parseAddress(ip) !== undefined));

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
    async afterDelete(last) {
      await allocator.releaseAddresses(addressesOf((last as Service).spec));
    },
  };
}

/** Each step tells of its own faults alone, and gives back what it has taken. */
async function allocate(scope: RequestScope, allocator: ServiceAllocator, service: Draft<Service>, old: Service | undefined): Promise<Finish> {
  const spec = (service.spec ??= {});
  const before = old?.spec;
  const refuse = (errors: readonly FieldError[]): void => {
    if (errors.length > 0) throw invalidObject(scope.resource, service.metadata?.name ?? '', errors);
  };
  refuse(setFamilies(service, old));
  const dryRun = Boolean(scope.options.dryRun);
  const errors: FieldError[] = [];
  const given = await giveAddress(allocator, service, spec, before, dryRun, errors);
  refuse(errors);
  const taken = dryRun ? [] : given;
  try {
    const ports = new PortTaker(allocator, before, dryRun, errors).take(spec);
    refuse(errors.slice(0, 1));
    const freed = spec.type === 'ExternalName' && !dryRun ? addressesOf(before) : [];
    const releasePorts = allocator.reservePorts(ports);
    if (!before && (given.length > 0 || ports.size > 0)) {
      scope.stations.push({ station: 'allocation', outcome: [...given.map((address) => `clusterIP ${address}`), ...[...ports].map((port) => `nodePort ${port}`)].join(', ') });
    }
    return async (stored) => {
      releasePorts();
      await allocator.releaseAddresses(stored ? freed : taken);
    };
  } catch (error) {
    await allocator.releaseAddresses(taken);
    throw error;
  }
}

/** Gives the Service its cluster IP, or the one that it asks for. Returns what it was given. */
async function giveAddress(allocator: ServiceAllocator, service: Service, spec: Spec, before: ServiceSpec | undefined, dryRun: boolean, errors: FieldError[]): Promise<string[]> {
  if (!needsAddress(spec) || spec.clusterIP === HEADLESS) return [];
  if (spec.clusterIP && before?.clusterIP === spec.clusterIP) return [];
  const asked = spec.clusterIP;
  if (!asked) {
    try {
      const ip = dryRun ? allocator.pretendAddress(undefined) : await allocator.takeAnyAddress(service);
      spec.clusterIP = ip;
      spec.clusterIPs = [ip];
      return [ip];
    } catch (error) {
      throw internalError(`failed to allocate a serviceIP: ${(error as Error).message}`);
    }
  }
  // Not an address at all: validation says so.
  if (parseAddress(asked) === undefined) return [];
  try {
    if (dryRun) allocator.pretendAddress(asked);
    else await allocator.takeAddress(asked, service);
    return [asked];
  } catch (error) {
    errors.push(invalid(SPEC.child('clusterIPs'), new GoValue(goStrings(spec.clusterIPs ?? [])), `failed to allocate IP ${asked}: ${(error as Error).message}`));
    return [];
  }
}

/** Takes a Service's node ports: those it asks for, and for the others free ones. */
class PortTaker {
  readonly #own: ReadonlySet<number>;
  readonly #taken = new Set<number>();

  constructor(
    private readonly allocator: ServiceAllocator,
    private readonly before: ServiceSpec | undefined,
    private readonly dryRun: boolean,
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
      const free = this.dryRun ? Math.max(...this.#taken, this.#taken.size > 0 ? 0 : PRETENDED_PORT) + 1 : this.allocator.pickPort(new Set([...this.#taken, ...this.#own]));
      if (free === undefined) throw internalError('failed to allocate a nodePort: range is full');
      this.#taken.add(free);
      return free;
    }
    if (this.#own.has(asked) || (mayRepeat && this.#taken.has(asked))) return asked;
    if (!this.dryRun && (asked < NODE_PORTS.first || asked > NODE_PORTS.last)) this.errors.push(invalid(path, asked, `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`));
    else if (this.#taken.has(asked) || this.allocator.holdsPort(asked)) this.errors.push(invalid(path, asked, 'provided port is already allocated'));
    else this.#taken.add(asked);
    return asked;
  }
}
