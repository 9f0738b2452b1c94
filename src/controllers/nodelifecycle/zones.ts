/**
 * How fast pods may be evicted from failing nodes, zone by zone: a zone that fails as a whole is more likely to be cut off
 * than broken. Follows kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go: handleDisruption, ComputeZoneState.
 */
import type { Node } from '../../api/generated/types.ts';

/** --node-eviction-rate: one node in ten seconds. */
const RATE_PER_SECOND = 0.1;
/** --secondary-node-eviction-rate, in large zones that are partly down; in small ones eviction stops. */
const SECONDARY_RATE_PER_SECOND = 0.01;
const LARGE_ZONE = 50;
const UNHEALTHY_SHARE = 0.55;

interface Zone {
  readonly nodes: Map<string, boolean>;
  ready: number;
  nextMs: number;
}

/** "region:\0:zone" of a node's topology labels. */
const zoneOf = (node: Node): string => `${node.metadata?.labels?.['topology.kubernetes.io/region'] ?? ''}:\0:${node.metadata?.labels?.['topology.kubernetes.io/zone'] ?? ''}`;

export class Zones {
  readonly #zones = new Map<string, Zone>();
  readonly #zoneOfNode = new Map<string, string>();

  /** Notes a node and whether it is ready. */
  set(node: Node, ready: boolean): void {
    const name = node.metadata?.name ?? '';
    const id = zoneOf(node);
    if (this.#zoneOfNode.get(name) !== id) this.remove(name);
    this.#zoneOfNode.set(name, id);
    let zone = this.#zones.get(id);
    if (!zone) this.#zones.set(id, (zone = { nodes: new Map(), ready: 0, nextMs: 0 }));
    zone.ready += Number(ready) - Number(zone.nodes.get(name) ?? false);
    zone.nodes.set(name, ready);
  }

  remove(name: string): void {
    const zone = this.#zones.get(this.#zoneOfNode.get(name) ?? '');
    this.#zoneOfNode.delete(name);
    if (!zone) return;
    zone.ready -= Number(zone.nodes.get(name) ?? false);
    zone.nodes.delete(name);
  }

  /** Whether no node anywhere is ready: then the fault is more likely on this side, and nobody is evicted. */
  get allDown(): boolean {
    let nodes = 0;
    for (const zone of this.#zones.values()) {
      if (zone.ready > 0) return false;
      nodes += zone.nodes.size;
    }
    return nodes > 0;
  }

  /** Asks for leave to evict a node's pods: 0 when it is given, otherwise how long to wait before asking again, ms; Infinity while eviction is stopped. */
  waitMs(name: string, nowMs: number): number {
    const zone = this.#zones.get(this.#zoneOfNode.get(name) ?? '');
    if (!zone || this.allDown) return Infinity;
    const rate = rateOf(zone);
    if (rate === 0) return Infinity;
    if (zone.nextMs > nowMs) return zone.nextMs - nowMs;
    zone.nextMs = nowMs + 1000 / rate;
    return 0;
  }
}

function rateOf(zone: Zone): number {
  const notReady = zone.nodes.size - zone.ready;
  const partial = zone.ready > 0 && notReady > 2 && notReady / zone.nodes.size >= UNHEALTHY_SHARE;
  if (!partial) return RATE_PER_SECOND;
  return zone.nodes.size > LARGE_ZONE ? SECONDARY_RATE_PER_SECOND : 0;
}
