/** pods/eviction: a deletion that asks the pod's disruption budget first. Follows kubernetes pkg/registry/core/pod/storage/eviction.go. */
import type { Eviction, Pod, PodDisruptionBudget } from '../../api/generated/types.ts';
import { draft, type Draft } from '../../api/json.ts';
import { PODDISRUPTIONBUDGETS } from '../../api/kinds.ts';
import { selectorFromLabelSelector } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import { disruptionAllowedConditions } from '../../api/disruption.ts';
import { isPodReady, isPodTerminal } from '../../api/pods.ts';
import { badRequest, forbidden, isConflict, StatusError } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { RequestOptions } from '../../api/request.ts';
import { deleteObject } from '../registry/delete.ts';
import { decodeRequest } from '../registry/incoming.ts';
import { readObject } from '../registry/read.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { Change } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admitBody, bodyKind, SUCCESS, type SubresourceHandler } from './subresource.ts';

const BUDGET = { group: 'policy', plural: 'poddisruptionbudget' };
const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";
/** More evictions than this may not wait for the budget's controller. */
const MAX_DISRUPTED = 2000;
/** Tries when the pod or the budget changes under us. */
const ATTEMPTS = 20;

function refusal(message: string, retryAfterSeconds: number): StatusError {
  return new StatusError(429, 'TooManyRequests', VIOLATES, { ...(retryAfterSeconds ? { retryAfterSeconds } : {}), causes: [{ reason: 'DisruptionBudget', message }] });
}
const notYetSeen = (name: string) => refusal(`The disruption budget ${name} is still being processed by the server.`, 10);

export const evictionSubresource: SubresourceHandler = async (scope) => {
  const eviction = decodeRequest(scope, bodyKind(scope.resource, 'policy', 'v1', 'Eviction')) as Eviction & { deleteOptions?: { propagationPolicy?: RequestOptions['propagationPolicy']; dryRun?: readonly string[] } };
  if (eviction.metadata?.name !== scope.name) throw badRequest('name in URL does not match name in Eviction object');
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = eviction.deleteOptions ?? {};
  const options: RequestOptions = {
    ...scope.options,
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy ? { propagationPolicy } : {}),
    ...(preconditions ? { preconditions } : {}),
    ...(dryRun?.length ? { dryRun: true } : {}),
  };
  await admitBody({ ...scope, options }, 'create', eviction);
  await evict({ ...scope, options });
  return { code: 201, object: SUCCESS };
};

async function evict(scope: RequestScope): Promise<void> {
  const pinned = scope.options.preconditions?.resourceVersion !== undefined;
  for (let attempt = 1; ; attempt++) {
    const pod = (await readObject(scope)) as StoredObject & Pod;
    try {
      const free = isPodTerminal(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;
      const enforce = free ? !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined : await spend(scope, pod);
      const preconditions = enforce && !pinned ? { ...scope.options.preconditions, resourceVersion: pod.metadata.resourceVersion } : scope.options.preconditions;
      if (!free && !scope.options.dryRun && !enforce) await markTarget(scope);
      await deleteObject({ ...scope, options: { ...scope.options, ...(preconditions ? { preconditions } : {}) } });
      return;
    } catch (error) {
      if (!isConflict(error) || pinned || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** Takes one disruption from the pod's budget. Returns whether the pod must not have changed since: it did not count as healthy. */
async function spend(scope: RequestScope, pod: StoredObject & Pod): Promise<boolean> {
  const { storages } = scope.registry;
  const budgets = (await storages.list(PODDISRUPTIONBUDGETS, scope.namespace)).filter((candidate) => {
    const selector = selectorFromLabelSelector(candidate.spec?.selector);
    return !selector.empty && !selector.nothing && selector.matches(pod.metadata.labels);
  });
  if (budgets.length > 1) throw new StatusError(500, '', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const budget = budgets[0];
  if (!budget) return false;
  if (!isPodReady(pod)) {
    if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
    const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
    if (currentHealthy >= desiredHealthy && desiredHealthy > 0) return true;
  }
  await storages.of(PODDISRUPTIONBUDGETS).change(scope.namespace, budget.metadata.name, (current): Change => {
    if (!current) return { type: 'keep' };
    const next = draft(current) as Draft<PodDisruptionBudget>;
    const { name, generation = 0 } = current.metadata;
    const status = next.status;
    if (!status || (status.observedGeneration ?? 0) < generation) throw notYetSeen(name);
    if (status.disruptionsAllowed < 0) throw forbidden(BUDGET, name, 'pdb disruptions allowed is negative');
    if (Object.keys(status.disruptedPods ?? {}).length > MAX_DISRUPTED) throw forbidden(BUDGET, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
    if (status.disruptionsAllowed === 0) throw refusal(`The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`, 0);
    if (scope.options.dryRun) return { type: 'keep' };
    status.disruptionsAllowed--;
    if (status.disruptionsAllowed === 0) status.conditions = draft(disruptionAllowedConditions(status, scope.nowMs));
    (status.disruptedPods ??= {})[scope.name] = formatTime(scope.nowMs);
    return { type: 'put', object: next as Draft<KubeObject> };
  });
  return false;
}

/** Tells in the pod's status that it goes because of the eviction API (the condition DisruptionTarget). */
async function markTarget(scope: RequestScope): Promise<void> {
  await scope.storage.change(scope.namespace, scope.name, (current): Change => {
    if (!current) return { type: 'keep' };
    const pod = draft(current) as Draft<Pod>;
    const conditions = ((pod.status ??= {}).conditions ??= []);
    if (conditions.some((condition) => condition.type === 'DisruptionTarget')) return { type: 'keep' };
    conditions.push({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting', lastTransitionTime: formatTime(scope.nowMs) });
    return { type: 'put', object: pod as Draft<KubeObject> };
  });
}
