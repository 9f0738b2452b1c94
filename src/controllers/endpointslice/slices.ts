/**
 * Spreads a service's endpoints over slices, changing as few of them as possible. Follows staging endpointslice/reconciler.go:
 * reconcileByPortMapping, reconcileByAddressType.
 */
import { equal } from '../../api/json.ts';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointSlice, Node, Pod, Service } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import { podCondition } from '../../api/pods.ts';
import { belongsInEndpoints, endpointHostname, findPort, isHeadless, podIP } from '../shared/service-pods.ts';

/** --max-endpoints-per-slice */
const MAX_PER_SLICE = 100;

export interface PortGroup {
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: Endpoint[];
}

/** What is to be done to a service's slices. */
export interface SlicePlan {
  readonly create: { ports: readonly DiscoveryV1EndpointPort[]; endpoints: readonly Endpoint[] }[];
  readonly update: { slice: Stored<EndpointSlice>; endpoints: readonly Endpoint[] }[];
  readonly remove: Stored<EndpointSlice>[];
}

export function endpointOf(pod: Stored<Pod>, service: Stored<Service>, node: Stored<Node> | undefined): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = podCondition(pod, 'Ready')?.status === 'True';
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const hostname = endpointHostname(pod, service);
  return {
    addresses: [podIP(pod)],
    conditions: { ready, serving, terminating },
    ...(hostname ? { hostname } : {}),
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid },
    ...(zone ? { zone } : {}),
  };
}

function portsOf(pod: Pod, service: Service): DiscoveryV1EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((servicePort) => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    return [{ name: servicePort.name ?? '', port, protocol: servicePort.protocol ?? 'TCP', ...(servicePort.appProtocol ? { appProtocol: servicePort.appProtocol } : {}) }];
  });
}

const portsId = (ports: readonly DiscoveryV1EndpointPort[] | undefined): string => JSON.stringify((ports ?? []).map(({ name, port, protocol, appProtocol }) => [name, port, protocol, appProtocol]));

/** The endpoints that the service should have, by the ports that they listen on. */
export function wantedGroups(service: Stored<Service>, pods: readonly Stored<Pod>[], nodeOf: (pod: Stored<Pod>) => Stored<Node> | undefined): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>();
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, true)) continue;
    const ports = portsOf(pod, service);
    if (ports.length === 0 && !(isHeadless(service) && (service.spec?.ports ?? []).length === 0)) continue;
    const id = portsId(ports);
    let group = groups.get(id);
    if (!group) groups.set(id, (group = { ports, endpoints: [] }));
    group.endpoints.push(endpointOf(pod, service, nodeOf(pod)));
  }
  return groups;
}

const endpointId = (endpoint: Endpoint): string => `${endpoint.addresses.join(',')}/${endpoint.targetRef?.uid ?? ''}`;

/** What has to change so that the slices hold the wanted endpoints. */
export function planSlices(groups: Map<string, PortGroup>, slices: readonly Stored<EndpointSlice>[]): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] };
  const byPorts = new Map<string, Stored<EndpointSlice>[]>();
  for (const slice of slices) {
    const id = portsId(slice.ports);
    byPorts.set(id, [...(byPorts.get(id) ?? []), slice]);
  }
  for (const [id, group] of groups) planGroup(group, byPorts.get(id) ?? [], plan);
  const unused = [...byPorts].filter(([id]) => !groups.has(id)).flatMap(([, list]) => list);
  // A service without endpoints keeps one empty slice, so that its consumers see that it is known.
  if (groups.size === 0) {
    const placeholder = unused.find((slice) => (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0);
    plan.remove.push(...unused.filter((slice) => slice !== placeholder));
    if (!placeholder) plan.create.push({ ports: [], endpoints: [] });
  } else plan.remove.push(...unused);
  return plan;
}

function planGroup({ ports, endpoints }: PortGroup, slices: readonly Stored<EndpointSlice>[], plan: SlicePlan): void {
  const wanted = new Map(endpoints.map((endpoint) => [endpointId(endpoint), endpoint]));
  const kept: { slice: Stored<EndpointSlice>; endpoints: Endpoint[]; changed: boolean }[] = [];
  for (const slice of slices) {
    const rest: Endpoint[] = [];
    let changed = false;
    for (const known of slice.endpoints ?? []) {
      const next = wanted.get(endpointId(known));
      if (!next) {
        changed = true;
        continue;
      }
      wanted.delete(endpointId(known));
      changed ||= !equal(known, next);
      rest.push(next);
    }
    kept.push({ slice, endpoints: rest, changed });
  }
  const fresh = [...wanted.values()];
  // Slices that change anyway take the new endpoints first, then the fullest that has room for all of the rest.
  for (const entry of kept) if (entry.changed) entry.endpoints.push(...fresh.splice(0, MAX_PER_SLICE - entry.endpoints.length));
  if (fresh.length > 0) {
    const [fitting] = kept.filter((entry) => !entry.changed && entry.endpoints.length + fresh.length <= MAX_PER_SLICE).sort((a, b) => b.endpoints.length - a.endpoints.length);
    if (fitting) {
      fitting.changed = true;
      fitting.endpoints.push(...fresh.splice(0));
    }
  }
  while (fresh.length > 0) plan.create.push({ ports, endpoints: fresh.splice(0, MAX_PER_SLICE) });
  for (const { slice, endpoints: list, changed } of kept) {
    if (list.length === 0) plan.remove.push(slice);
    else if (changed) plan.update.push({ slice, endpoints: list });
  }
}
