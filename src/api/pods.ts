/** What components ask about pods. Follows kubernetes pkg/api/v1/pod/util.go and component-helpers resource/helpers.go. */
import { findCondition } from './conditions.ts';
import type { Container, Pod, PodCondition, PodSpec } from './generated/types.ts';
import { parseQuantity, type Quantity } from './quantity.ts';
import { parseTime } from './time.ts';

/** The pod's condition of a type. */
export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return findCondition(pod.status?.conditions, type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Ready for at least `minReadySeconds`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const since = parseTime(ready.lastTransitionTime);
  return since !== undefined && since + minReadySeconds * 1000 <= nowMs;
}

/** Succeeded or failed: it will not run again. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither terminal nor on its way out. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata?.deletionTimestamp === undefined;
}

export type ResourceList = ReadonlyMap<string, Quantity>;

function listOf(list: Readonly<Record<string, string>> | undefined): Map<string, Quantity> {
  const result = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list ?? {})) result.set(name, parseQuantity(text));
  return result;
}

function addTo(total: Map<string, Quantity>, list: ResourceList): void {
  for (const [name, amount] of list) {
    const known = total.get(name);
    total.set(name, known ? known.add(amount) : amount);
  }
}

function maxInto(total: Map<string, Quantity>, list: ResourceList): void {
  for (const [name, amount] of list) {
    const known = total.get(name);
    if (!known || known.compare(amount) < 0) total.set(name, amount);
  }
}

const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** Containers add up, init containers count by their maximum beside the sidecars started before them, overhead comes on top. */
function aggregate(spec: PodSpec, which: 'requests' | 'limits'): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  for (const container of spec.containers ?? []) addTo(total, listOf(container.resources?.[which]));
  const sidecars = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  for (const container of spec.initContainers ?? []) {
    const own = listOf(container.resources?.[which]);
    if (isSidecar(container)) {
      addTo(total, own);
      addTo(sidecars, own);
      maxInto(peak, sidecars);
    } else {
      const beside = new Map(own);
      addTo(beside, sidecars);
      maxInto(peak, beside);
    }
  }
  maxInto(total, peak);
  const podLevel = listOf(spec.resources?.[which]);
  for (const [name, amount] of podLevel) total.set(name, amount);
  if (spec.overhead) {
    const overhead = listOf(spec.overhead);
    if (which === 'requests') addTo(total, overhead);
    else for (const [name, amount] of overhead) if (total.has(name)) addTo(total, new Map([[name, amount]]));
  }
  return total;
}

const requestsOf = new WeakMap<PodSpec, ResourceList>();

/** What the scheduler and the kubelet count for a pod. Remembered per spec. */
export function podRequests(pod: { readonly spec?: PodSpec }): ResourceList {
  if (!pod.spec) return new Map();
  let requests = requestsOf.get(pod.spec);
  if (!requests) {
    requests = aggregate(pod.spec, 'requests');
    if (Object.isFrozen(pod.spec)) requestsOf.set(pod.spec, requests);
  }
  return requests;
}

export function podLimits(pod: { readonly spec?: PodSpec }): ResourceList {
  return pod.spec ? aggregate(pod.spec, 'limits') : new Map();
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** kubernetes pkg/apis/core/v1/helper/qos: ComputePodQOS. */
export function qosClass(pod: { readonly spec?: PodSpec }): QosClass {
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let guaranteed = true;
  const count = (total: Map<string, Quantity>, list: Readonly<Record<string, string>> | undefined): number => {
    let found = 0;
    for (const name of ['cpu', 'memory']) {
      const amount = parseQuantity(list?.[name] ?? '0');
      if (amount.nano <= 0n) continue;
      found++;
      addTo(total, new Map([[name, amount]]));
    }
    return found;
  };
  const containers: readonly { readonly resources?: Container['resources'] }[] = pod.spec?.resources
    ? [{ resources: pod.spec.resources }]
    : [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  for (const container of containers) {
    count(requests, container.resources?.requests);
    if (count(limits, container.resources?.limits) !== 2) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  if (guaranteed && requests.size === limits.size && [...requests].every(([name, amount]) => limits.get(name)?.compare(amount) === 0)) return 'Guaranteed';
  return 'Burstable';
}
