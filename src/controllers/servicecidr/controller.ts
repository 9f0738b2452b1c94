/**
 * The ServiceCIDR controller: a ServiceCIDR is ready from the start, and goes only when no address would be left without a
 * range. Follows kubernetes pkg/controller/servicecidrs/servicecidrs_controller.go; what is as it should be is not written again.
 */
import type { IPAddress, ServiceCIDR } from '../../api/generated/types.ts';
import { parseAddress } from '../../api/ip-ranges.ts';
import { isTerminating, keyOf, type ObjectKey, type Stored } from '../../api/object.ts';
import { IPADDRESSES, isAllocators, rangesOf, SERVICE_CIDR_FINALIZER, SERVICECIDRS } from '../../api/service-ips.ts';
import { isNotFound } from '../../api/status.ts';
import { formatTime, parseTime } from '../../api/time.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { protectWhileUsed } from '../shared/protection.ts';

const NAME = 'service-cidr-controller';
const WORKERS = 5;
/** The allocators have to hear of the deletion before the range goes. */
const DELETION_GRACE_MS = 10_000;

const READY = { status: 'True', message: 'Kubernetes Service CIDR is ready' } as const;
const BLOCKED = { status: 'False', reason: 'Terminating', message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR' } as const;

export const serviceCidrController: ComponentFactory = ({ client, clock, informers, log }) => {
  const cidrs = informers.of(SERVICECIDRS);
  const addresses = informers.of(IPADDRESSES);
  const queue = new WorkQueue<ObjectKey>(clock);

  const containing = (ip: string): Stored<ServiceCIDR>[] => {
    const address = parseAddress(ip);
    return address === undefined ? [] : cidrs.list().filter((cidr) => rangesOf(cidr).some((range) => range.usable(address)));
  };
  const overlapping = (cidr: ServiceCIDR): Stored<ServiceCIDR>[] => cidrs.list().filter((other) => rangesOf(other).some((one) => rangesOf(cidr).some((range) => range.overlaps(one))));
  // An address matters to those alone that want to go: others cost nothing at an allocation.
  const ofAddress = (address: Stored<IPAddress>): void => {
    if (!isAllocators(address) || !cidrs.list().some(isTerminating)) return;
    for (const cidr of containing(address.metadata.name)) if (isTerminating(cidr)) queue.add(keyOf(cidr));
  };
  cidrs.onChange({
    added: (cidr) => [cidr, ...overlapping(cidr)].forEach((each) => queue.add(keyOf(each))),
    updated: (_old, cidr) => queue.add(keyOf(cidr)),
  });
  addresses.onChange({ added: ofAddress, deleted: ofAddress });

  /** Whether other ranges cover its own, or nobody has an address that only it has. */
  const mayGo = (cidr: Stored<ServiceCIDR>): boolean => {
    const others = cidrs.list().filter(({ metadata }) => metadata.name !== cidr.metadata.name);
    const isCovered = rangesOf(cidr).every((range) => others.some((other) => rangesOf(other).some((one) => one.covers(range))));
    if (isCovered) return true;
    return !addresses.list().some((address) => {
      const holders = isAllocators(address) ? containing(address.metadata.name) : [];
      return holders.length === 1 && holders[0]?.metadata.name === cidr.metadata.name;
    });
  };

  async function setReady(cidr: Stored<ServiceCIDR>, wanted: typeof READY | typeof BLOCKED): Promise<void> {
    const ready = cidr.status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status === wanted.status && ready.message === wanted.message) return;
    const status = { conditions: [{ type: 'Ready', reason: '', ...wanted, lastTransitionTime: formatTime(clock.now()) }] };
    await client.of(SERVICECIDRS).patch(undefined, cidr.metadata.name, { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: cidr.metadata.name }, status }, 'apply', { subresource: 'status', fieldManager: NAME, force: true, reason: wanted.message }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  async function reconcile(key: ObjectKey): Promise<void> {
    const cidr = cidrs.get(key);
    if (!cidr) return;
    const api = client.of(SERVICECIDRS);
    if (!isTerminating(cidr)) {
      await protectWhileUsed(api, cidr, SERVICE_CIDR_FINALIZER, true);
      return setReady(cidr, READY);
    }
    if (!mayGo(cidr)) return setReady(cidr, BLOCKED);
    const leftMs = DELETION_GRACE_MS - (clock.now() - parseTime(cidr.metadata.deletionTimestamp ?? ''));
    if (leftMs > 0) queue.addAfter(key, leftMs);
    else await protectWhileUsed(api, cidr, SERVICE_CIDR_FINALIZER, false);
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
