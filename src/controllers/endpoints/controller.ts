/** The endpoints controller: the addresses of the pods behind each service. Follows kubernetes pkg/controller/endpoint/endpoints_controller.go. */
import { equal } from '../../api/json.ts';
import type { Endpoints, Service } from '../../api/generated/types.ts';
import { ENDPOINTS } from '../../api/kinds.ts';
import { keyOf, splitKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { isAlreadyExists, isConflict, isForbidden, isNamespaceTerminating, isNotFound } from '../../api/status.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { HEADLESS_LABEL, isHeadless, LAST_CHANGE_ANNOTATION, lastChangeTime, ServicePods, serviceSelector } from '../shared/service-pods.ts';
import { subsetsFor, truncate } from './subsets.ts';

const NAME = 'endpoint-controller';
const WORKERS = 5;
const MAX_RETRIES = 15;
const OVER_CAPACITY_ANNOTATION = 'endpoints.kubernetes.io/over-capacity';
const MANAGED_BY_LABEL = 'endpoints.kubernetes.io/managed-by';

/** The labels of an Endpoints object: the service's, and who manages it. */
function labelsFor(service: Stored<Service>): Record<string, string> {
  const labels: Record<string, string> = { ...service.metadata.labels, [MANAGED_BY_LABEL]: NAME };
  if (isHeadless(service)) labels[HEADLESS_LABEL] = '';
  else delete labels[HEADLESS_LABEL];
  return labels;
}

export const endpointsController: ComponentFactory = (context) => {
  const { client, clock, events, informers, log } = context;
  const queue = new WorkQueue<ObjectKey>(clock);
  const behind = new ServicePods(context, queue);
  const endpoints = informers.of(ENDPOINTS);
  // What users change or delete comes back.
  endpoints.onChange({ deleted: (object) => queue.add(keyOf(object)) });

  async function reconcile(key: ObjectKey): Promise<void> {
    const { namespace, name } = splitKey(key);
    const api = client.of(ENDPOINTS);
    const service = behind.services.get(key);
    const current = endpoints.get(key);
    if (!service) {
      // A service's endpoints go with it; those that users made for a name without a service never had a controller.
      if (!current || current.metadata.labels?.[MANAGED_BY_LABEL] !== NAME) return;
      await api.delete(namespace, name, { reason: `the service ${key} is gone` }).catch(ignoring(isNotFound));
      return;
    }
    if (serviceSelector(service).nothing) return;

    const pods = behind.podsOf(service);
    const { subsets, truncated } = truncate(subsetsFor(service, pods));
    const labels = labelsFor(service);
    if (current && equal(current.subsets ?? [], subsets) && equal(current.metadata.labels ?? {}, labels) && truncated === (current.metadata.annotations?.[OVER_CAPACITY_ANNOTATION] === 'truncated')) return;

    const annotations: Record<string, string> = { ...current?.metadata.annotations, [LAST_CHANGE_ANNOTATION]: lastChangeTime(service, pods) };
    if (truncated) annotations[OVER_CAPACITY_ANNOTATION] = 'truncated';
    else delete annotations[OVER_CAPACITY_ANNOTATION];
    const object: Endpoints = {
      metadata: { ...current?.metadata, name, namespace, labels, annotations },
      ...(subsets.length > 0 ? { subsets } : {}),
    };
    const ready = subsets.reduce((sum, subset) => sum + (subset.addresses?.length ?? 0), 0);
    const reason = `${ready} of the ${pods.length} pods that the service selects are ready`;
    try {
      await (current ? api.update(object, { reason }) : api.create(object, { reason }));
    } catch (error) {
      if (isNamespaceTerminating(error) || isNotFound(error)) return;
      if (isAlreadyExists(error) || isConflict(error)) return queue.addRateLimited(key);
      if (current) events.event(service, 'Warning', 'FailedToUpdateEndpoint', `Failed to update endpoint ${key}: ${(error as Error).message}`);
      else events.event(service, 'Warning', 'FailedToCreateEndpoint', `Failed to create endpoint for service ${key}: ${(error as Error).message}`);
      if (!isForbidden(error)) throw error;
    }
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal, maxRetries: MAX_RETRIES }) };
};

const ignoring = (expected: (error: unknown) => boolean) => (error: unknown) => {
  if (!expected(error)) throw error;
};
