/**
 * The repair controller of cluster IPs: each cluster IP of a Service has its IPAddress object, and each of those its Service.
 * It also makes the objects for Services from before there were any, and the default ServiceCIDR where that is gone. Runs as
 * the API server, which upstream is a part of, but once for all servers. Follows kubernetes
 * pkg/registry/core/service/ipallocator/controller/repairip.go and pkg/controlplane/controller/defaultservicecidr.
 */
import type { IPAddress, Service } from '../../api/generated/types.ts';
import { parseAddress } from '../../api/ip-ranges.ts';
import { SERVICES } from '../../api/kinds.ts';
import { keyOf, objectKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { DEFAULT_SERVICE_CIDR, hasAllocatorsLabels, ipAddressOf, IPADDRESSES, isAllocators, rangesOf, SERVICE_CLUSTER_IP_RANGE, SERVICECIDRS } from '../../api/service-ips.ts';
import { isAlreadyExists, isNotFound } from '../../api/status.ts';
import { parseTime } from '../../api/time.ts';
import type { Component, ComponentContext, ComponentFactory } from '../../client/component.ts';
import { CorrelatingRecorder } from '../../client/event-recorder.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

export const IP_ALLOCATOR_REPAIR = 'ipallocator-repair-controller';
const WORKERS = 5;
/** A request that makes a Service may last that long, and its address is there before the Service. */
const GRACE_MS = 60_000;

export const ipAllocatorRepair: ComponentFactory = (context) => new IpAllocatorRepair(context);

class IpAllocatorRepair implements Component {
  readonly name = IP_ALLOCATOR_REPAIR;
  readonly #services: WorkQueue<ObjectKey>;
  readonly #addresses: WorkQueue<ObjectKey>;
  readonly #events: CorrelatingRecorder;

  constructor(private readonly context: ComponentContext) {
    const { client, clock, informers, log } = context;
    this.#events = new CorrelatingRecorder({ client, clock, log, component: IP_ALLOCATOR_REPAIR, style: 'events' });
    this.#services = new WorkQueue(clock);
    this.#addresses = new WorkQueue(clock);
    informers.of(SERVICES).onChange({ added: (service) => this.#services.add(keyOf(service)), updated: (_old, service) => this.#services.add(keyOf(service)) });
    informers.of(IPADDRESSES).onChange({
      added: (address) => this.#addresses.add(keyOf(address)),
      updated: (_old, address) => this.#addresses.add(keyOf(address)),
      deleted: (address) => this.#ownerOf(address) && this.#services.add(this.#ownerKey(address)),
    });
    informers.of(SERVICECIDRS).onChange({ deleted: ({ metadata }) => metadata.name === DEFAULT_SERVICE_CIDR && void this.#restoreRange() });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, informers } = this.context;
    if (!informers.of(SERVICECIDRS).get(objectKey(undefined, DEFAULT_SERVICE_CIDR))) await this.#restoreRange();
    await Promise.all([
      runWorkers({ queue: this.#services, workers: WORKERS, reconcile: (key) => this.#repairService(key), log, signal }),
      runWorkers({ queue: this.#addresses, workers: WORKERS, reconcile: (key) => this.#repairAddress(key), log, signal }),
    ]);
  }

  /** Every address of the Service has its object. */
  async #repairService(key: ObjectKey): Promise<void> {
    const service = this.context.informers.of(SERVICES).get(key);
    if (!service || service.spec?.type === 'ExternalName') return;
    for (const ip of service.spec?.clusterIPs ?? []) if (ip !== 'None') await this.#repairClusterIp(service, ip);
  }

  async #repairClusterIp(service: Stored<Service>, ip: string): Promise<void> {
    const { informers } = this.context;
    const family = ip.includes(':') ? 'IPv6' : 'IPv4';
    const address = parseAddress(ip);
    const tell = (reason: string, message: string, action = 'ClusterIPAllocation'): void => this.#events.event(service, 'Warning', reason, message, undefined, { action });
    if (!informers.of(SERVICECIDRS).list().some((cidr) => rangesOf(cidr).some((range) => address !== undefined && range.usable(address)))) {
      return tell('ClusterIPOutOfRange', `Cluster IP [${family}]: ${ip} is not within any configured Service CIDR; please recreate service`);
    }
    const object = informers.of(IPADDRESSES).get(objectKey(undefined, ip));
    if (!object) {
      // The caches need not be at the same moment.
      if (!(await this.#stillHolds(service, ip)) || (await this.#isThere(ip))) return;
      tell('ClusterIPNotAllocated', `Cluster IP [${family}]: ${ip} is not allocated; repairing`);
      return this.#create(ip, service);
    }
    const { group = '', resource, namespace = '', name } = object.spec?.parentRef ?? { resource: '', name: '' };
    const isOurs = group === '' && resource === 'services' && namespace === service.metadata.namespace && name === service.metadata.name;
    const owner = this.#ownerOf(object);
    if (!isOurs && !owner) {
      if (!(await this.#stillHolds(service, ip))) return;
      tell('ClusterIPNotAllocated', `the ClusterIP [${family}]: ${ip} for Service ${service.metadata.namespace ?? ''}/${service.metadata.name} has a wrong reference; repairing`);
      return this.#recreate(ip, service);
    }
    if (!isOurs && owner?.spec?.clusterIPs?.includes(ip)) tell('ClusterIPAlreadyAllocated', `Cluster IP [${family}]:${ip} was assigned to multiple services; please recreate service`);
    if (!hasAllocatorsLabels(object)) await this.#recreate(ip, service);
  }

  /** Every address of the allocator's has a Service that holds it. */
  async #repairAddress(key: ObjectKey): Promise<void> {
    const { informers, clock, client } = this.context;
    const address = informers.of(IPADDRESSES).get(key);
    if (!address || !isAllocators(address)) return;
    const { group = '', resource = '', namespace = '', name = '' } = address.spec?.parentRef ?? {};
    const ip = address.metadata.name;
    const discard = async (reason: string, message: string): Promise<void> => {
      this.#events.event(address, 'Warning', reason, message, undefined, { action: 'IPAddressAllocation' });
      await client.of(IPADDRESSES).delete(undefined, ip, { reason: message }).catch(ignore(isNotFound));
    };
    if (group !== '' || resource !== 'services') {
      return discard('IPAddressNotAllocated', `IPAddress ${ip} appears to have been modified, not referencing a Service &ParentReference{Group:${group},Resource:${resource},Namespace:${namespace},Name:${name},}: cleaning up`);
    }
    const known = this.#ownerOf(address);
    if (known?.spec?.clusterIPs?.includes(ip)) return;
    const owner = known && (await client.of(SERVICES).get(namespace, name).catch(ignore(isNotFound)));
    if (owner?.spec?.clusterIPs?.includes(ip)) return;
    // A Service without an address may be about to get this one.
    if (owner && owner.spec?.type !== 'ExternalName') return discard('IPAddressWrongReference', `IPAddress: ${ip} for Service ${namespace}/${name} has a wrong reference; cleaning up`);
    const leftMs = GRACE_MS - (clock.now() - parseTime(address.metadata.creationTimestamp));
    if (leftMs >= 0) return this.#addresses.addAfter(key, leftMs + 1, 'background');
    if (owner) return discard('IPAddressWrongReference', `IPAddress: ${ip} for Service ${namespace}/${name} has a wrong reference; cleaning up`);
    await discard('IPAddressNotAllocated', `IPAddress: ${ip} for Service ${namespace}/${name} appears to have leaked: cleaning up`);
  }

  #ownerKey({ spec }: IPAddress): ObjectKey {
    return objectKey(spec?.parentRef.namespace, spec?.parentRef.name ?? '');
  }

  /** The Service that an address names. */
  #ownerOf(address: IPAddress): Stored<Service> | undefined {
    const { group = '', resource } = address.spec?.parentRef ?? {};
    return group === '' && resource === 'services' ? this.context.informers.of(SERVICES).get(this.#ownerKey(address)) : undefined;
  }

  async #stillHolds({ metadata }: Stored<Service>, ip: string): Promise<boolean> {
    const now = await this.context.client.of(SERVICES).get(metadata.namespace, metadata.name).catch(ignore(isNotFound));
    return now?.spec?.type !== 'ExternalName' && (now?.spec?.clusterIPs?.includes(ip) ?? false);
  }

  async #isThere(ip: string): Promise<boolean> {
    return (await this.context.client.of(IPADDRESSES).get(undefined, ip).catch(ignore(isNotFound))) !== undefined;
  }

  async #recreate(ip: string, service: Stored<Service>): Promise<void> {
    await this.context.client.of(IPADDRESSES).delete(undefined, ip, { reason: 'it does not say whose it is' }).catch(ignore(isNotFound));
    await this.#create(ip, service);
  }

  async #create(ip: string, service: Stored<Service>): Promise<void> {
    await this.context.client.of(IPADDRESSES).create(ipAddressOf(ip, service), { reason: `service ${service.metadata.name} has the address` });
  }

  async #restoreRange(): Promise<void> {
    await this.context.client.of(SERVICECIDRS).create({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: DEFAULT_SERVICE_CIDR }, spec: { cidrs: [SERVICE_CLUSTER_IP_RANGE] } }, { reason: 'the API server gives out these addresses' }).catch(ignore(isAlreadyExists));
  }
}

/** Throws every other error again. */
const ignore = (expected: (error: unknown) => boolean) => (error: unknown): undefined => {
  if (!expected(error)) throw error;
  return undefined;
};
