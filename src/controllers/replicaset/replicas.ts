/**
 * Making a ReplicaSet's pods as many as it wants.
 * Follows kubernetes pkg/controller/replicaset/replica_set.go: manageReplicas, getIndirectlyRelatedPods.
 */
import type { Pod, PodTemplateSpec, ReplicaSet } from '../../api/generated/types.ts';
import { controllerOf, keyOf, type KubeObject, type Stored } from '../../api/object.ts';
import { isNamespaceTerminating, isNotFound } from '../../api/status.ts';
import type { Lister } from '../../client/informer.ts';
import type { Now } from '../../simulation/clock.ts';
import { podsToDelete } from '../shared/deletion-order.ts';
import type { Expectations } from '../shared/expectations.ts';
import { ownedBy } from '../shared/owner-indexes.ts';
import type { PodControl } from '../shared/pod-control.ts';
import { slowStartBatch } from '../shared/slow-start.ts';
import { replicasWanted } from './status.ts';

/** How many pods one sync creates or deletes at most (BurstReplicas). */
const BURST_REPLICAS = 500;

export interface ReplicaTools {
  readonly clock: Now;
  readonly expectations: Expectations;
  readonly podControl: PodControl<ReplicaSet>;
  readonly pods: Lister<Pod>;
  readonly replicaSets: Lister<ReplicaSet>;
}

/** Creates or deletes pods of `rs`, which has the active `pods`. Returns the first error, if any. */
export async function manageReplicas(tools: ReplicaTools, rs: Stored<ReplicaSet>, pods: readonly Stored<Pod>[]): Promise<Error | undefined> {
  const missing = replicasWanted(rs) - pods.length;
  if (missing > 0) return createPods(tools, rs, pods.length, Math.min(missing, BURST_REPLICAS));
  if (missing < 0) return deletePods(tools, rs, pods, Math.min(-missing, BURST_REPLICAS));
  return undefined;
}

async function createPods({ expectations, podControl }: ReplicaTools, rs: Stored<ReplicaSet>, has: number, count: number): Promise<Error | undefined> {
  const key = keyOf(rs);
  const template: PodTemplateSpec = rs.spec?.template ?? {};
  const reason = `ReplicaSet ${rs.metadata.name} wants ${counted(replicasWanted(rs))} and has ${has}`;
  expectations.expectCreations(key, count);
  const { successes, error } = await slowStartBatch(count, async () => {
    try {
      await podControl.create(template, rs, reason);
    } catch (failure) {
      // In a namespace that is on its way out nothing can be created; the pod counts as made, or this would never end.
      if (!isNamespaceTerminating(failure)) throw failure;
    }
  });
  // Those that failed and those that were not tried will not be seen.
  if (successes < count) expectations.creationObserved(key, count - successes);
  return error;
}

async function deletePods(tools: ReplicaTools, rs: Stored<ReplicaSet>, pods: readonly Stored<Pod>[], count: number): Promise<Error | undefined> {
  const { clock, expectations, podControl } = tools;
  const key = keyOf(rs);
  const victims = podsToDelete(pods, relatedPods(tools, rs), count, clock.now());
  const reason = `ReplicaSet ${rs.metadata.name} wants ${counted(replicasWanted(rs))} and has ${pods.length}`;
  expectations.expectDeletions(key, victims.map(({ pod }) => keyOf(pod)));
  let first: Error | undefined;
  await Promise.all(victims.map(async ({ pod, why }) => {
    try {
      await podControl.delete(pod, rs, `${reason}; this one goes first: ${why}`);
    } catch (error) {
      expectations.deletionObserved(key, keyOf(pod));
      if (!isNotFound(error)) first ??= error as Error;
    }
  }));
  return first;
}

/** The pods of all ReplicaSets under the same controller (the Deployment's old and new ones); none for a ReplicaSet on its own. */
function relatedPods({ pods, replicaSets }: ReplicaTools, rs: Stored<ReplicaSet>): Stored<Pod>[] {
  const controller = controllerOf(rs as KubeObject);
  if (!controller) return [];
  return ownedBy(replicaSets, controller.uid).flatMap((related) => [...ownedBy(pods, related.metadata.uid)]);
}

const counted = (pods: number): string => `${pods} ${pods === 1 ? 'pod' : 'pods'}`;
