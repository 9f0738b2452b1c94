/** The endpoint slice controller: the pods behind each service, in slices of a hundred. Follows kubernetes pkg/controller/endpointslice/endpointslice_controller.go. */
import { draft, equal } from '../../api/json.ts';
import type { EndpointSlice, Pod, Service } from '../../api/generated/types.ts';
import { ENDPOINTSLICES, NODES, SERVICES } from '../../api/kinds.ts';
import { controllerRef, objectKey, splitKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { isConflict, isNamespaceTerminating, isNotFound } from '../../api/status.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { HEADLESS_LABEL, isHeadless, LAST_CHANGE_ANNOTATION, lastChangeTime, ServicePods, serviceSelector } from '../shared/service-pods.ts';
import { planSlices, wantedGroups } from './slices.ts';

const NAME = 'endpointslice-controller';
const WORKERS = 5;
const MAX_RETRIES = 15;
const SERVICE_LABEL = 'kubernetes.io/service-name';
const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const BY_SERVICE = 'service';

function labelsFor(service: Stored<Service>): Record<string, string> {
  const labels: Record<string, string> = { ...service.metadata.labels, [MANAGED_BY_LABEL]: MANAGER, [SERVICE_LABEL]: service.metadata.name };
  if (isHeadless(service)) labels[HEADLESS_LABEL] = '';
  else delete labels[HEADLESS_LABEL];
  return labels;
}

export const endpointSliceController: ComponentFactory = (context) => {
  const { client, clock, events, informers, log } = context;
  const queue = new WorkQueue<ObjectKey>(clock);
  const behind = new ServicePods(context, queue);
  const nodes = informers.of(NODES);
  const slices = informers.of(ENDPOINTSLICES);
  const serviceOf = ({ metadata }: Stored<EndpointSlice>): ObjectKey | undefined =>
    metadata.labels?.[MANAGED_BY_LABEL] === MANAGER && metadata.labels[SERVICE_LABEL] ? objectKey(metadata.namespace, metadata.labels[SERVICE_LABEL]) : undefined;
  slices.addIndex(BY_SERVICE, serviceOf);
  /** Slices as we wrote them: what comes back like this is no news, and a cache that lags behind is not acted on. */
  const written = new Map<string, string>();
  /** Slices that we made and the cache has not seen, by service: acting without them would make them twice. */
  const unseen = new Map<ObjectKey, Set<string>>();
  const sliceChanged = (slice: Stored<EndpointSlice>) => {
    const key = serviceOf(slice);
    if (key && written.get(slice.metadata.uid) !== slice.metadata.resourceVersion) queue.add(key);
  };
  slices.onChange({
    added: (slice) => unseen.get(serviceOf(slice) ?? objectKey(undefined, ''))?.delete(slice.metadata.uid),
    updated: (_old, slice) => sliceChanged(slice),
    deleted(slice) {
      unseen.get(serviceOf(slice) ?? objectKey(undefined, ''))?.delete(slice.metadata.uid);
      written.delete(slice.metadata.uid);
      const key = serviceOf(slice);
      if (key) queue.add(key);
    },
  });
  const nodeOf = (pod: Stored<Pod>) => (pod.spec?.nodeName ? nodes.get(objectKey(undefined, pod.spec.nodeName)) : undefined);
  const lagging = (slice: Stored<EndpointSlice>): boolean => Number(written.get(slice.metadata.uid) ?? 0) > Number(slice.metadata.resourceVersion);

  async function reconcile(key: ObjectKey): Promise<void> {
    const { namespace, name } = splitKey(key);
    const api = client.of(ENDPOINTSLICES);
    const service = behind.services.get(key);
    const own = slices.byIndex(BY_SERVICE, key).filter((slice) => slice.metadata.deletionTimestamp === undefined);
    if (!service) unseen.delete(key);
    if (!service || serviceSelector(service).nothing) {
      // Slices of a service that is gone are the garbage collector's; those of one that lost its selector are left to its user.
      if (!service) await Promise.all(own.map((slice) => api.delete(namespace, slice.metadata.name, { reason: `the service ${key} is gone` }).catch(ignoreNotFound)));
      return;
    }
    if (own.some(lagging) || (unseen.get(key)?.size ?? 0) > 0) return queue.addRateLimited(key);

    const pods = behind.podsOf(service);
    const plan = planSlices(wantedGroups(service, pods, nodeOf), own);
    const labels = labelsFor(service);
    const annotations = { [LAST_CHANGE_ANNOTATION]: lastChangeTime(service, pods) };
    const relabelled = own.filter((slice) => !plan.remove.includes(slice) && !plan.update.some((change) => change.slice === slice) && !equal(slice.metadata.labels, labels));
    try {
      const results = await Promise.all([
        ...plan.create.map(({ ports, endpoints }) =>
          api.create({
            metadata: { generateName: `${name}-`, namespace, labels, annotations, ownerReferences: [controllerRef(service, SERVICES)] },
            addressType: 'IPv4',
            endpoints,
            ports,
          }, { reason: `${endpoints.length} endpoints have no slice yet` }),
        ),
        ...plan.update.map(({ slice, endpoints }) => api.update({ ...slice, metadata: { ...slice.metadata, labels, annotations }, endpoints }, { reason: `${endpoints.filter(({ conditions }) => conditions?.ready).length} of ${endpoints.length} endpoints are ready` })),
        ...relabelled.map((slice) => {
          const next = draft(slice);
          next.metadata.labels = labels;
          return api.update(next, { reason: "the service's labels changed" });
        }),
      ]);
      for (const slice of results) {
        written.set(slice.metadata.uid, slice.metadata.resourceVersion);
        if (!slices.get(objectKey(namespace, slice.metadata.name))) unseen.set(key, (unseen.get(key) ?? new Set()).add(slice.metadata.uid));
      }
      await Promise.all(plan.remove.map((slice) => api.delete(namespace, slice.metadata.name, { reason: 'its endpoints are gone or have moved to other slices' }).catch(ignoreNotFound)));
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (isConflict(error) || isNotFound(error)) return queue.addRateLimited(key);
      events.event(service, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Service ${key}: ${(error as Error).message}`);
      throw error;
    }
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal, maxRetries: MAX_RETRIES }) };
};

function ignoreNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
