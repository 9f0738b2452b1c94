/**
 * Which cluster IPs and node ports Services hold. Derived from the stored Services and followed by their watch; beside
 * that it only knows what requests in work have reserved. Follows kubernetes pkg/registry/core/service/{ipallocator,portallocator}.
 */
import type { Service } from '../../api/generated/types.ts';
import type { Random } from '../../simulation/random.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { AddressRange, formatAddress, parseAddress } from './address.ts';

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

export class ServiceAllocator {
  readonly range: AddressRange;
  #stored = emptyHoldings();
  readonly #reserved = emptyHoldings();
  readonly #random: Random;
  #following: Promise<void> | undefined;

  constructor(
    private readonly storage: ObjectStorage,
    random: Random,
    cidr: string,
  ) {
    this.range = new AddressRange(cidr);
    this.#random = random.stream('service addresses');
  }

  /** Must be awaited before anything is asked or reserved. */
  ready(): Promise<void> {
    return (this.#following ??= this.#follow());
  }

  holdsAddress(address: number): boolean {
    return this.#stored.addresses.has(address) || this.#reserved.addresses.has(address);
  }
  holdsPort(port: number): boolean {
    return this.#stored.ports.has(port) || this.#reserved.ports.has(port);
  }

  /** Reserves until the returned function is called; by then the Service is stored, or given up. */
  reserve(addresses: readonly number[], ports: Iterable<number>): () => void {
    const held = [...ports];
    const reserved = this.#reserved;
    for (const address of addresses) reserved.addresses.add(address);
    for (const port of held) reserved.ports.add(port);
    return () => {
      for (const address of addresses) reserved.addresses.remove(address);
      for (const port of held) reserved.ports.remove(port);
    };
  }

  /** A free address, at random; undefined where the range is full. */
  pickAddress(): string | undefined {
    const { first, size } = this.range;
    const block = Math.min(Math.max(16, Math.floor(size / 16)), STATIC_BLOCK_MAX);
    const low = size > 2 * block ? first + block : first;
    const address = this.#pick(low, first + size - 2, (candidate) => this.range.usable(candidate) && !this.holdsAddress(candidate), first);
    return address === undefined ? undefined : formatAddress(address);
  }

  pickPort(taken: ReadonlySet<number>): number | undefined {
    return this.#pick(NODE_PORTS.first, NODE_PORTS.last, (port) => !this.holdsPort(port) && !taken.has(port), NODE_PORTS.first);
  }

  /** A number between low and high; if chance finds none, the first free one from `lowest` on. */
  #pick(low: number, high: number, free: (candidate: number) => boolean, lowest: number): number | undefined {
    for (let i = 0; i < RANDOM_TRIES; i++) {
      const candidate = low + this.#random.int(high - low + 1);
      if (free(candidate)) return candidate;
    }
    for (let candidate = lowest; candidate <= high; candidate++) if (free(candidate)) return candidate;
    return undefined;
  }

  async #follow(): Promise<void> {
    const cache = await this.storage.cache();
    this.#stored = emptyHoldings();
    for (const service of cache.list()) this.#count(service, true);
    const lost = () => {
      this.#following = undefined;
    };
    cache.subscribe({}, (event) => {
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
