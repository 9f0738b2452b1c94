/**
 * All nodes in the order in which scheduling looks at them: one of each zone in turn, so that the first few already
 * spread over the zones. Follows kubernetes pkg/scheduler/backend/cache/node_tree.go.
 */
import type { NodeInfo } from './node-info.ts';

export const LABEL_HOSTNAME = 'kubernetes.io/hostname';
export const LABEL_ZONE = 'topology.kubernetes.io/zone';
export const LABEL_REGION = 'topology.kubernetes.io/region';
const LEGACY_ZONE = 'failure-domain.beta.kubernetes.io/zone';
const LEGACY_REGION = 'failure-domain.beta.kubernetes.io/region';

/** Names a node's zone for good: region and zone (component-helpers node/topology: GetZoneKey). */
export function zoneKey({ labels }: NodeInfo): string {
  const zone = labels[LABEL_ZONE] ?? labels[LEGACY_ZONE] ?? '';
  const region = labels[LABEL_REGION] ?? labels[LEGACY_REGION] ?? '';
  return zone === '' && region === '' ? '' : `${region}:\u0000:${zone}`;
}

/** The nodes of all zones, in turn. */
export function interleaveZones(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const key = zoneKey(node);
    const zone = zones.get(key);
    if (zone) zone.push(node);
    else zones.set(key, [node]);
  }
  if (zones.size === 1) return [...zones.values()][0] ?? [];
  const result: NodeInfo[] = [];
  for (let i = 0, added = true; added; i++) {
    added = false;
    for (const zone of zones.values()) {
      const node = zone[i];
      if (!node) continue;
      result.push(node);
      added = true;
    }
  }
  return result;
}
