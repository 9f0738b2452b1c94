/** From pods to the subsets of an Endpoints object. Follows kubernetes pkg/controller/endpoint/endpoints_controller.go and pkg/api/v1/endpoints/util.go: RepackSubsets. */
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import { isPodReady } from '../../api/pods.ts';
import { belongsInEndpoints, endpointHostname, findPort, isHeadless, podIP } from '../shared/service-pods.ts';

interface Group {
  readonly ports: EndpointPort[];
  readonly ready: EndpointAddress[];
  readonly notReady: EndpointAddress[];
}

function addressOf(pod: Stored<Pod>, service: Stored<Service>): EndpointAddress {
  const hostname = endpointHostname(pod, service);
  return {
    ip: podIP(pod),
    ...(hostname ? { hostname } : {}),
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid },
  };
}

function portsOf(pod: Pod, service: Service): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((servicePort) => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    const { name, protocol = 'TCP', appProtocol } = servicePort;
    return [{ ...(name ? { name } : {}), port, protocol, ...(appProtocol ? { appProtocol } : {}) }];
  });
}

const byIP = (a: EndpointAddress, b: EndpointAddress): number => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0);
const byPort = (a: EndpointPort, b: EndpointPort): number => ((a.name ?? '') < (b.name ?? '') ? -1 : (a.name ?? '') > (b.name ?? '') ? 1 : a.port - b.port);

/** Pods with the same ports share a subset; ready and not ready addresses stand apart, sorted. */
export function subsetsFor(service: Stored<Service>, pods: readonly Stored<Pod>[]): EndpointSubset[] {
  const publishNotReady = service.spec?.publishNotReadyAddresses ?? false;
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, publishNotReady)) continue;
    const ports = portsOf(pod, service).sort(byPort);
    if (ports.length === 0 && !(isHeadless(service) && (service.spec?.ports ?? []).length === 0)) continue;
    const id = JSON.stringify(ports);
    let group = groups.get(id);
    if (!group) groups.set(id, (group = { ports, ready: [], notReady: [] }));
    (publishNotReady || isPodReady(pod) ? group.ready : group.notReady).push(addressOf(pod, service));
  }
  return [...groups.values()].map(({ ports, ready, notReady }) => ({
    ...(ready.length > 0 ? { addresses: ready.sort(byIP) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.sort(byIP) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  }));
}

/** An Endpoints object holds this many addresses at most; ready ones come first (maxCapacity). */
const MAX_ADDRESSES = 1000;

/** Cuts subsets down to what an Endpoints object may hold; says whether anything was left out. */
export function truncate(subsets: readonly EndpointSubset[]): { subsets: readonly EndpointSubset[]; truncated: boolean } {
  const count = (key: 'addresses' | 'notReadyAddresses'): number => subsets.reduce((sum, subset) => sum + (subset[key]?.length ?? 0), 0);
  const [ready, notReady] = [count('addresses'), count('notReadyAddresses')];
  if (ready + notReady <= MAX_ADDRESSES) return { subsets, truncated: false };
  let readyLeft = Math.min(ready, MAX_ADDRESSES);
  let notReadyLeft = MAX_ADDRESSES - readyLeft;
  const cut = subsets.map((subset) => {
    const addresses = (subset.addresses ?? []).slice(0, readyLeft);
    readyLeft -= addresses.length;
    const notReadyAddresses = (subset.notReadyAddresses ?? []).slice(0, notReadyLeft);
    notReadyLeft -= notReadyAddresses.length;
    return { ...(addresses.length > 0 ? { addresses } : {}), ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}), ...(subset.ports ? { ports: subset.ports } : {}) };
  });
  return { subsets: cut.filter((subset) => subset.addresses || subset.notReadyAddresses), truncated: true };
}
