/**
 * Gives out cluster IPs and node ports. An address is its owner's once its IPAddress object is stored, which only one
 * server can do; addresses come from the ServiceCIDRs that are ready. Node ports are derived from the stored Services and
 * followed by their watch; beside that only what requests in work have reserved is known. So are addresses of Services
 * from before there were IPAddresses, until the repair controller has made those. Follows kubernetes
 * pkg/registry/core/service/{ipallocator,portallocator}.
 */
import type { IPAddress, Service, ServiceCIDR } from '../../api/generated/types.ts';
import { formatAddress, parseAddress, type AddressRange } from '../../api/ip-ranges.ts';
import { ipAddressOf, isReady, rangesOf, type ServiceOwner } from '../../api/service-ips.ts';
import { isAlreadyExists } from '../../api/status.ts';
import type { Log } from '../../simulation/log.ts';
import type { Random } from '../../simulation/random.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';

export const NODE_PORTS = { first: 30000, last: 32767 } as const;

/** Addresses chosen at random come from above this many, as long as there are any (ServiceIPStaticSubrange). */
const STATIC_BLOCK_MAX = 256;
const RANDOM_TRIES = 64;

/** Counts holders by key. */
class Holders<Key> {
  readonly #counts = new Map<Key, number>();

  has(key: Key): boolean {
    return this.#counts.has(key);
  }
  add(key: Key): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
  remove(key: Key): void {
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}

const emptyHoldings = () => ({ addresses: new Holders<number>(), ports: new Holders<number>() });

/** The node ports of a Service. TCP and UDP may share a number within one Service. */
export function nodePortsOf(spec: Service['spec']): Set<number> {
  const ports = new Set<number>();
  for (const port of spec?.ports ?? []) if (port.nodePort) ports.add(port.nodePort);
  if (spec?.healthCheckNodePort) ports.add(spec.healthCheckNodePort);
  return ports;
}

function addressesOf(spec: Service['spec']): number[] {
  const texts = new Set([...(spec?.clusterIPs ?? []), ...(spec?.clusterIP ? [spec.clusterIP] : [])]);
  return [...texts].map(parseAddress).filter((address) => address !== undefined);
}

export interface AllocatorOptions {
  readonly services: ObjectStorage;
  readonly ipAddresses: ObjectStorage;
  readonly serviceCidrs: ObjectStorage;
  readonly random: Random;
  readonly log: Log;
  /** The server's own requests for IPAddresses; the first throws AlreadyExists where the address has an owner. */
  createAddress(address: IPAddress): Promise<void>;
  deleteAddress(ip: string): Promise<void>;
}

export class ServiceAllocator {
  #ranges: readonly AddressRange[] = [];
  #stored = emptyHoldings();
  /** Node ports of requests in work. */
  readonly #reserved = new Holders<number>();
  readonly #random: Random;
  #following: Promise<void> | undefined;

  constructor(private readonly options: AllocatorOptions) {
    this.#random = options.random.stream('service addresses');
  }

  /** Must be awaited before anything is asked, taken or reserved. */
  ready(): Promise<void> {
    return (this.#following ??= this.#follow());
  }

  holdsPort(port: number): boolean {
    return this.#stored.ports.has(port) || this.#reserved.has(port);
  }

  /** Reserves until the returned function is called; by then the Service is stored, or given up. */
  reservePorts(ports: Iterable<number>): () => void {
    const held = [...ports];
    for (const port of held) this.#reserved.add(port);
    return () => held.forEach((port) => this.#reserved.remove(port));
  }

  /** Takes the address that a Service asks for. Throws an Error in upstream's words where it is not to be had. */
  async takeAddress(ip: string, owner: ServiceOwner): Promise<void> {
    const address = parseAddress(ip) ?? 0;
    if (!this.#ranges.some((range) => range.usable(address))) throw new Error('the provided network does not match the current range');
    if (this.#stored.addresses.has(address) || !(await this.#claim(ip, owner))) throw new Error('provided IP is already allocated');
  }

  /** Takes a free address, at random. Throws an Error where all ranges are full. */
  async takeAnyAddress(owner: ServiceOwner): Promise<string> {
    const from = this.#ranges.length > 1 ? this.#random.int(this.#ranges.length) : 0;
    for (const range of [...this.#ranges.slice(from), ...this.#ranges.slice(0, from)]) {
      // What another server has taken this one's cache may not have seen yet.
      const lost = new Set<number>();
      for (;;) {
        const picked = await this.#pickAddress(range, lost);
        if (picked === undefined) break;
        const ip = formatAddress(picked);
        if (await this.#claim(ip, owner)) return ip;
        lost.add(picked);
      }
    }
    throw new Error('range is full');
  }

  /** What a dry run is told in place of an address: the network's own. Throws an Error in upstream's words. */
  pretendAddress(ip: string | undefined): string {
    const [range] = this.#ranges;
    if (!range) throw new Error('allocator not ready');
    if (ip === undefined) return formatAddress(range.first);
    if (!range.usable(parseAddress(ip) ?? 0)) throw new Error(`the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${range.cidr}`);
    return ip;
  }

  /** Gives addresses back. What cannot be deleted now is left to the repair controller. */
  async releaseAddresses(ips: readonly string[]): Promise<void> {
    for (const ip of ips) await this.options.deleteAddress(ip).catch((error: Error) => this.options.log.info(`error releasing ip ${ip} : ${error.message}`));
  }

  pickPort(taken: ReadonlySet<number>): number | undefined {
    return this.#pick(NODE_PORTS.first, NODE_PORTS.last, (port) => !this.holdsPort(port) && !taken.has(port), NODE_PORTS.first);
  }

  /** False where another has it. */
  async #claim(ip: string, owner: ServiceOwner): Promise<boolean> {
    try {
      await this.options.createAddress(ipAddressOf(ip, owner));
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }

  async #pickAddress(range: AddressRange, lost: ReadonlySet<number>): Promise<number | undefined> {
    const { first, last, size } = range;
    const cache = await this.options.ipAddresses.cache();
    const block = Math.min(Math.max(16, Math.floor(size / 16)), STATIC_BLOCK_MAX);
    const low = size > 2 * block ? first + block : first;
    return this.#pick(low, last - 1, (candidate) => range.usable(candidate) && !lost.has(candidate) && !this.#stored.addresses.has(candidate) && !cache.get('', formatAddress(candidate)), first);
  }

  /** A number between low and high; if chance finds none, the first free one from `lowest` on. */
  #pick(low: number, high: number, free: (candidate: number) => boolean, lowest: number): number | undefined {
    for (let i = 0; i < RANDOM_TRIES && high >= low; i++) {
      const candidate = low + this.#random.int(high - low + 1);
      if (free(candidate)) return candidate;
    }
    for (let candidate = lowest; candidate <= high; candidate++) if (free(candidate)) return candidate;
    return undefined;
  }

  async #follow(): Promise<void> {
    const lost = () => {
      this.#following = undefined;
    };
    const cidrs = await this.options.serviceCidrs.cache();
    const readRanges = () => {
      this.#ranges = (cidrs.list() as readonly (StoredObject & ServiceCIDR)[]).filter(isReady).flatMap(rangesOf);
    };
    readRanges();
    cidrs.subscribe({}, readRanges, lost);
    const services = await this.options.services.cache();
    this.#stored = emptyHoldings();
    for (const service of services.list()) this.#count(service, true);
    services.subscribe({}, (event) => {
      if (event.previous) this.#count(event.previous, false);
      if (event.type !== 'DELETED') this.#count(event.object, true);
    }, lost);
  }

  #count(object: StoredObject, add: boolean): void {
    const { spec } = object as StoredObject & Service;
    const { addresses, ports } = this.#stored;
    for (const address of addressesOf(spec)) if (add) addresses.add(address); else addresses.remove(address);
    for (const port of nodePortsOf(spec)) if (add) ports.add(port); else ports.remove(port);
  }
}
