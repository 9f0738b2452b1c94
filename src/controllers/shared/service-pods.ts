/**
 * What the endpoints and the endpoint slice controllers share: which pods stand behind a service, and on which ports.
 * Follows kubernetes pkg/controller/endpoint/endpoints_controller.go and staging endpointslice/util/controller_utils.go.
 */
import type { Pod, Service, ServicePort } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { PODS, SERVICES } from '../../api/kinds.ts';
import { selectorFromMap, Selector } from '../../api/labels.ts';
import { keyOf, objectKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { isPodTerminal, podCondition } from '../../api/pods.ts';
import type { ComponentContext } from '../../client/component.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { addSelectorIndex, selecting } from './owner-indexes.ts';

const SELECT_NOTHING = new Selector([], true);
const LABEL_INDEX = 'namespace/label=value';
/** A service with many pods is not synced for each of their events, but a moment later for many: one ms for so many pods. */
const PODS_PER_DELAY_MS = 20;
const MAX_DELAY_MS = 200;

/** A service without a selector gets no endpoints from a controller. */
export function serviceSelector(service: Service): Selector {
  const selector = service.spec?.selector;
  return selector && Object.keys(selector).length > 0 && service.spec?.type !== 'ExternalName' ? selectorFromMap(selector) : SELECT_NOTHING;
}

/** Queues a service whenever its pods change in what endpoints show. */
export class ServicePods {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;

  constructor(context: ComponentContext, private readonly queue: WorkQueue<ObjectKey>) {
    this.services = context.informers.of(SERVICES);
    this.pods = context.informers.of(PODS);
    addSelectorIndex(this.services, serviceSelector);
    this.pods.addIndex(LABEL_INDEX, ({ metadata: { namespace, labels } }) => Object.entries(labels ?? {}).map(([key, value]) => `${namespace}/${key}=${value}`));
    this.services.onChange({
      added: (service) => queue.add(keyOf(service)),
      updated: (_old, service) => queue.add(keyOf(service)),
      deleted: (service) => queue.add(keyOf(service)),
    });
    this.pods.onChange({
      added: (pod) => this.#enqueue(pod),
      updated: (old, pod) => {
        const relabelled = !equal(old.metadata.labels, pod.metadata.labels);
        if (!relabelled && !concernsEndpoints(old, pod)) return;
        if (relabelled) this.#enqueue(old);
        this.#enqueue(pod);
      },
      deleted: (pod) => this.#enqueue(pod),
    });
  }

  /** The pods that a service selects, in the order of names. */
  podsOf(service: Stored<Service>): readonly Stored<Pod>[] {
    const selector = serviceSelector(service);
    const first = selector.requirements[0];
    if (!first) return [];
    return this.pods
      .byIndex(LABEL_INDEX, `${service.metadata.namespace}/${first.key}=${first.values[0]}`)
      .filter((pod) => selector.matches(pod.metadata.labels))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  #enqueue(pod: Stored<Pod>): void {
    for (const service of selecting(this.services, serviceSelector, pod.metadata)) {
      const first = serviceSelector(service).requirements[0];
      const pods = first ? this.pods.countByIndex(LABEL_INDEX, `${service.metadata.namespace}/${first.key}=${first.values[0]}`) : 0;
      this.queue.addAfter(objectKey(service.metadata.namespace, service.metadata.name), Math.min(MAX_DELAY_MS, Math.floor(pods / PODS_PER_DELAY_MS)));
    }
  }
}

/** Whether a change of a pod shows in endpoints (podEndpointsChanged). */
function concernsEndpoints(old: Stored<Pod>, pod: Stored<Pod>): boolean {
  return (
    old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    old.status?.phase !== pod.status?.phase ||
    podCondition(old, 'Ready')?.status !== podCondition(pod, 'Ready')?.status ||
    old.spec?.nodeName !== pod.spec?.nodeName ||
    old.spec?.hostname !== pod.spec?.hostname ||
    old.spec?.subdomain !== pod.spec?.subdomain ||
    !equal(old.status?.podIPs, pod.status?.podIPs)
  );
}

/** ShouldPodBeInEndpoints: has an address and may serve; on its way out only where asked for. */
export function belongsInEndpoints(pod: Stored<Pod>, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod) || !podIP(pod)) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

export const podIP = (pod: Pod): string => pod.status?.podIP || pod.status?.podIPs?.[0]?.ip || '';

/** The container port that a service port means on a pod; undefined for a name that the pod does not have (podutil.FindPort). */
export function findPort(pod: Pod, servicePort: ServicePort): number | undefined {
  const target = servicePort.targetPort;
  if (typeof target === 'number') return target === 0 ? servicePort.port : target;
  if (target === undefined || target === '') return servicePort.port;
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars])
    for (const port of container.ports ?? []) if (port.name === target && (port.protocol ?? 'TCP') === (servicePort.protocol ?? 'TCP')) return port.containerPort;
  return undefined;
}

/** The hostname under which DNS knows the pod within the service; undefined where it has none (ShouldSetHostname). */
export function endpointHostname(pod: Stored<Pod>, service: Stored<Service>): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return hostname && subdomain === service.metadata.name && service.metadata.namespace === pod.metadata.namespace ? hostname : undefined;
}

/** The moment that the newest of the changes behind an endpoints update happened: the latest readiness change of its pods, or the service's creation. */
export function lastChangeTime(service: Stored<Service>, pods: readonly Stored<Pod>[]): string {
  let latest = service.metadata.creationTimestamp;
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready')?.lastTransitionTime;
    if (ready && ready > latest) latest = ready;
  }
  return latest;
}

export const isHeadless = (service: Service): boolean => service.spec?.clusterIP === 'None';
export const LAST_CHANGE_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';
