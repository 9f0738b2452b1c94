/** The node IPAM controller: gives each node a /24 of the cluster's pod network. Follows kubernetes pkg/controller/nodeipam/ipam/range_allocator.go. */
import { NODES } from '../../api/kinds.ts';
import { keyOf, type ObjectKey } from '../../api/object.ts';
import { isNotFound } from '../../api/status.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'node-ipam-controller';
const WORKERS = 1;
/**
 * --cluster-cidr 10.244.0.0/16 holds 256 nodes of /24. Larger clusters go on in 10.245.0.0/16 and the following ones, then
 * from 10.243.0.0/16 downwards, as far as the service network (10.96.0.0/12).
 */
const FIRST = 244;
const UPWARDS = 256 - FIRST;
const LOWEST = 112;
const MAX_RANGES = (256 - LOWEST) * 256;

function cidrAt(index: number): string {
  const block = index >> 8;
  return `10.${block < UPWARDS ? FIRST + block : FIRST - 1 - (block - UPWARDS)}.${index & 255}.0/24`;
}

function indexOf(cidr: string): number | undefined {
  const match = /^10\.(\d+)\.(\d+)\.0\/24$/.exec(cidr);
  if (!match) return undefined;
  const octet = Number(match[1]);
  return (octet >= FIRST ? octet - FIRST : UPWARDS + FIRST - 1 - octet) * 256 + Number(match[2]);
}

export const nodeIpamController: ComponentFactory = ({ client, clock, events, informers, log }) => {
  const nodes = informers.of(NODES);
  const queue = new WorkQueue<ObjectKey>(clock);
  /** Ranges given out, with who has them: rebuilt from the nodes, and ahead of them by our own writes. */
  const taken = new Map<number, string>();
  let lowestFree = 0;

  const occupy = (cidr: string | undefined, name: string) => {
    const index = cidr === undefined ? undefined : indexOf(cidr);
    if (index !== undefined) taken.set(index, name);
  };
  nodes.onChange({
    added(node) {
      occupy(node.spec?.podCIDR, node.metadata.name);
      queue.add(keyOf(node));
    },
    updated(_old, node) {
      if (!node.spec?.podCIDR) queue.add(keyOf(node));
      else occupy(node.spec.podCIDR, node.metadata.name);
    },
    deleted(node) {
      const index = node.spec?.podCIDR === undefined ? undefined : indexOf(node.spec.podCIDR);
      if (index === undefined || taken.get(index) !== node.metadata.name) return;
      taken.delete(index);
      lowestFree = Math.min(lowestFree, index);
    },
  });

  async function reconcile(key: ObjectKey): Promise<void> {
    const node = nodes.get(key);
    if (!node || node.spec?.podCIDR) return;
    while (taken.has(lowestFree)) lowestFree++;
    const index = lowestFree;
    if (index >= MAX_RANGES) {
      events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${key} status is now: CIDRNotAvailable`);
      throw new Error('CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range');
    }
    taken.set(index, key);
    const cidr = cidrAt(index);
    try {
      await client.of(NODES).patch(undefined, key, { spec: { podCIDR: cidr, podCIDRs: [cidr] } }, 'strategic', { reason: `${cidr} is the first free range of the pod network` });
    } catch (error) {
      taken.delete(index);
      lowestFree = Math.min(lowestFree, index);
      if (!isNotFound(error)) throw error;
    }
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
